// Package simulate answers whom a policy pack would reach: shares of persons
// and of cases over de-identified conviction facts, the funnel of a pack's
// stages, breakdowns, and sweeps of a threshold.
//
// Facts hold no person: a year for a date, a band for an age or a fine. They
// lie in columns; all that policy may read of a fact is one profile, kept once
// however many facts share it, so a pack is asked once for each profile and the
// facts are then only counted. What a pack is asked about a profile is a
// dossier that stands for it, built by the conventions of Dossier; the answer
// is that of policy.Decide on this dossier.
package simulate
