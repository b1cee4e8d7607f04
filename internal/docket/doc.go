// Package docket is the case and what happens to it: the case code (一案一码),
// the record (one person in one case, the unit of sealing), the events that
// agencies push, the fold of events into what is known of a record, and the
// statuses a record may pass through.
//
// What an event may say is fixed by the JSON Schemas in schema/, one for each
// type; docs/events.md is written from them. Parse holds an event to its schema,
// Event.Check to what no schema can see.
//
// Everything here is pure: no clock, no storage, no keys.
package docket
