// Package judgment reads Chinese criminal judgments: who was convicted of what
// and sentenced to what, with the stretch of text behind every field.
//
// The reading is deterministic and goes from the whole to the part: the text
// is folded into one spelling (page), cut into the parts that the Supreme
// People's Court prescribes for a judgment (parts: head, parties, facts,
// reasons, operative part, signatures), the operative part is cut into what it
// orders for each defendant (order), and each order is read as a row of
// penalties (penalty, tally). Findings such as 自首 come from the court's own
// reasons, never from what a party claims (finding).
//
// What is not certain is unknown, never a guess: a field that two places tell
// differently, that stands in a form not known here, or that nothing tells, is
// nil. Any string may be given; the package does not fail and does not panic.
package judgment
