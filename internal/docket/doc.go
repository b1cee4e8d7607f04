// Package docket is the case and what happens to it: the case code (一案一码),
// the record (one person in one case, the unit of sealing), the events that
// agencies push, the fold of events into what is known of a record, and the
// statuses a record may pass through.
//
// Everything here is pure: no clock, no storage, no keys.
package docket
