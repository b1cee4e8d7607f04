package vault

import (
	"encoding/json"
	"fmt"

	"github.com/fengcun/fengcun/internal/docket"
)

// Weighed is what policy learns of a sealed record: its number and its events
// without identity, numbers and free text. Birth and sex stay, because age at
// the offence decides.
type Weighed struct {
	Record docket.RecordID
	Events []*docket.Event
}

// capsule is the stored form of Weighed.
type capsule struct {
	Record docket.RecordID   `json:"record"`
	Events []json.RawMessage `json:"events"`
}

// Weigh gives the sealed records of a person for a decision of policy. It
// opens capsules, never contents.
func (v *Vault) Weigh(rows Rows, code docket.Code, p docket.Identity) ([]Weighed, error) {
	links, err := rows.LinksOfPerson(v.personKey(code, p))
	if err != nil {
		return nil, err
	}
	out := make([]Weighed, 0, len(links))
	for _, l := range links {
		w, err := v.openCapsule(l)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

// WeighRecord is Weigh starting from one sealed record: it and its person's
// other sealed records.
func (v *Vault) WeighRecord(rows Rows, id docket.RecordID) ([]Weighed, error) {
	links, err := rows.LinksOfRecord(v.recordKey(id))
	if err != nil {
		return nil, err
	}
	if len(links) == 0 {
		return nil, ErrNotSealed
	}
	var out []Weighed
	seen := make(map[string]bool)
	for _, l := range links { // by document, and by name within the case
		all, err := rows.LinksOfPerson(l.PersonKey)
		if err != nil {
			return nil, err
		}
		for _, l := range all {
			if seen[string(l.RecordKey)] {
				continue
			}
			seen[string(l.RecordKey)] = true
			w, err := v.openCapsule(l)
			if err != nil {
				return nil, err
			}
			out = append(out, w)
		}
	}
	return out, nil
}

func (v *Vault) putCapsule(rows Rows, personKey, recordKey []byte, id docket.RecordID, events []*docket.Event) error {
	body, err := capsuleOf(id, events)
	if err != nil {
		return err
	}
	return v.putCapsuleBody(rows, personKey, recordKey, body)
}

// capsuleOf encodes a capsule.
func capsuleOf(id docket.RecordID, events []*docket.Event) ([]byte, error) {
	c := capsule{Record: id}
	for _, e := range events {
		raw, err := stripped(e).Encode()
		if err != nil {
			return nil, err
		}
		c.Events = append(c.Events, raw)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encoding a capsule: %w", err)
	}
	return body, nil
}

func (v *Vault) putCapsuleBody(rows Rows, personKey, recordKey, body []byte) error {
	l := &PersonLink{PersonKey: personKey, RecordKey: recordKey}
	l.Capsule = v.keys.Weigh().SealPadded(v.rand, body, capsuleContext(personKey, recordKey))
	return rows.PutPersonLink(l)
}

func (v *Vault) openCapsule(l PersonLink) (Weighed, error) {
	body, err := v.keys.Weigh().OpenPadded(l.Capsule, capsuleContext(l.PersonKey, l.RecordKey))
	if err != nil {
		return Weighed{}, fmt.Errorf("a capsule: %w", err)
	}
	var c capsule
	if err := json.Unmarshal(body, &c); err != nil {
		return Weighed{}, fmt.Errorf("a capsule: %w", err)
	}
	events, err := stored(c.Events)
	return Weighed{Record: c.Record, Events: events}, err
}

// stripped is an event without what tells who it is about.
func stripped(e *docket.Event) *docket.Event {
	s := *e
	s.Data.Numbers, s.Data.Text = nil, ""
	s.Data.Persons = make([]docket.Part, len(e.Data.Persons))
	for i, p := range e.Data.Persons {
		p.Identity = docket.Identity{Sex: p.Identity.Gender(), Birth: p.Identity.Born(), Unit: p.Identity.Unit}
		p.Reason = ""
		s.Data.Persons[i] = p
	}
	return &s
}
