package docket

import "fmt"

// MaxEventBytes is the largest event taken: free text included, a hundred
// times what a judgment of a dozen defendants needs.
const MaxEventBytes = 1 << 20

// Parse reads one event strictly: a CloudEvents 1.0 JSON object (structured
// mode) of at most MaxEventBytes, UTF-8, no property twice, nothing beside
// what the envelope's schema and that of its type name. A refusal is an
// *Invalid. What no schema can see is Event.Check's.
func Parse(raw []byte) (*Event, error) {
	if len(raw) > MaxEventBytes {
		return nil, invalid("", fmt.Sprintf("the event has %d bytes, at most %d are taken; shorten the free text", len(raw), MaxEventBytes))
	}
	tree, err := readStrict(raw)
	if err != nil {
		return nil, invalid("", err.Error())
	}
	if err := contracts().check(tree); err != nil {
		return nil, err
	}
	e, err := decode(raw)
	if err != nil { // what the schemas let pass: an hour that no clock shows
		return nil, invalid("/time", "want an existing instant as RFC 3339 writes it, such as 2026-01-02T15:04:05+08:00")
	}
	return e, nil
}
