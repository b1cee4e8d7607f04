package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/docket"
)

// Content is all there is of one record: what goes into the vault, and what an
// opening shows.
type Content struct {
	Record     docket.RecordID   `json:"record"`
	Custodian  string            `json:"custodian"`
	Identity   docket.Identity   `json:"identity"`
	Events     []json.RawMessage `json:"events"`                // each reduced to this person
	CaseEvents []json.RawMessage `json:"case_events,omitempty"` // of the case as a whole: they name nobody
	Numbers    []docket.Number   `json:"numbers,omitempty"`     // that lead to it
	// Homes are the cases that the events were filed in, the case events first,
	// where one of them is another than the record's: cases that are one.
	Homes []docket.Code `json:"homes,omitempty"`
	// NumberHomes are the cases that the numbers lead to, likewise.
	NumberHomes []docket.Code `json:"number_homes,omitempty"`
	// Joined is who an officer found to be the same person under another
	// identity. Sealing makes the record weighed for them too and keeps no more
	// of it: an opening does not show it.
	Joined []Joined `json:"joined,omitempty"`
}

// Home is the case that an event was filed in: the index counts the case events,
// then the events.
func (c *Content) Home(index int) docket.Code {
	if index < len(c.Homes) {
		return c.Homes[index]
	}
	return c.Record.Code
}

// Joined is another identity of a record's person, as stated in a case.
type Joined struct {
	Code     docket.Code     `json:"code"`
	Identity docket.Identity `json:"identity"`
}

// Seal takes a record over. The caller deletes it from the ledger in the same
// transaction.
func (v *Vault) Seal(rows Rows, c *Content, at time.Time) error {
	key := v.recordKey(c.Record)
	kept := *c
	kept.Joined = nil
	body, err := json.Marshal(&kept)
	if err != nil {
		return fmt.Errorf("encoding record %s: %w", c.Record, err)
	}
	wrapped, sealed, err := v.encrypt(rows, c.Custodian, body, recordContext(key, c.Custodian))
	if err != nil {
		return fmt.Errorf("sealing record %s: %w", c.Record, err)
	}
	row := &SealedRecord{Key: key, Custodian: c.Custodian, SealedAt: at, Wrapped: wrapped, Body: sealed}
	if err := rows.AddSealedRecord(row); err != nil {
		return fmt.Errorf("sealing record %s: %w", c.Record, err)
	}
	for i, n := range c.Numbers {
		home := c.Record.Code
		if i < len(c.NumberHomes) {
			home = c.NumberHomes[i]
		}
		if err := v.addNumber(rows, c.Record, home, n); err != nil {
			return err
		}
	}
	events, err := stored(slices.Concat(c.CaseEvents, c.Events))
	if err != nil {
		return err
	}
	weighed, err := capsuleOf(c.Record, events)
	if err != nil {
		return err
	}
	for _, person := range slices.Concat(v.personKeys(c.Record.Code, c.Identity), v.joinedKeys(c)) {
		if err := v.putCapsuleBody(rows, person, key, weighed); err != nil {
			return err
		}
	}
	return nil
}

// personKeys are the vault's indexes of a person: that of the document, and
// that of the name within the case, for reports that give no more.
func (v *Vault) personKeys(code docket.Code, p docket.Identity) [][]byte {
	keys := [][]byte{v.personKey(code, p)}
	if p.MatchKey() != "" {
		keys = append(keys, v.personKey(code, docket.Identity{Name: p.Name}))
	}
	return keys
}

// joinedKeys are the indexes of a record's person under other identities. One
// with a record in the same case is left out: events for that record must find
// it, and nothing else.
func (v *Vault) joinedKeys(c *Content) (keys [][]byte) {
	for _, j := range c.Joined {
		if j.Code != c.Record.Code {
			keys = append(keys, v.personKey(j.Code, j.Identity))
		}
	}
	return keys
}

func (v *Vault) encrypt(rows Rows, custodian string, body, context []byte) (wrapped, sealed []byte, err error) {
	kek, err := v.keys.AddCustodian(rows.Context(), v.rand, custodian)
	if err != nil {
		return nil, nil, err
	}
	dek := v.suite.NewKey(v.rand)
	if wrapped, err = kek.Wrap(rows.Context(), v.rand, dek, context); err != nil {
		return nil, nil, err
	}
	return wrapped, dek.SealPadded(v.rand, body, context), nil
}

func (v *Vault) decrypt(rows Rows, custodian string, wrapped, sealed, context []byte) ([]byte, error) {
	kek, err := v.keys.Custodian(custodian)
	if err != nil {
		return nil, err
	}
	dek, err := kek.Unwrap(rows.Context(), wrapped, context)
	if err != nil {
		return nil, err
	}
	return dek.OpenPadded(sealed, context)
}

// absorbed is an event that arrived for a sealed record, with the case that it
// was filed in.
type absorbed struct {
	Home  docket.Code     `json:"home"`
	Event json.RawMessage `json:"event"`
}

// Absorb takes an event that arrived for a sealed record: raw is the event
// reduced to that person, home the case that it was filed in, the record's own
// or one that is one with it. Its numbers go with it. An event that the record
// has absorbed already changes nothing.
func (v *Vault) Absorb(rows Rows, id docket.RecordID, home docket.Code, raw []byte) error {
	key := v.recordKey(id)
	custodian, err := rows.SealedCustodian(key)
	if err != nil {
		return fmt.Errorf("absorbing an event of record %s: %w", id, err)
	}
	e, err := docket.Stored(raw)
	if err != nil {
		return fmt.Errorf("absorbing an event of record %s: %w", id, err)
	}
	eventKey := v.eventKey(e)
	body, err := json.Marshal(absorbed{home, raw})
	if err != nil {
		return fmt.Errorf("absorbing an event of record %s: %w", id, err)
	}
	wrapped, sealed, err := v.encrypt(rows, custodian, body, itemContext(key, eventKey))
	if err != nil {
		return fmt.Errorf("absorbing an event of record %s: %w", id, err)
	}
	item := &SealedItem{RecordKey: key, EventKey: eventKey, Wrapped: wrapped, Body: sealed}
	if err := rows.AddSealedItem(item); err != nil {
		return fmt.Errorf("absorbing an event of record %s: %w", id, err)
	}
	for _, n := range e.Data.Numbers {
		if err := v.addNumber(rows, id, home, n); err != nil {
			return err
		}
	}
	return v.extendCapsule(rows, key, id, e)
}

// addNumber has a number lead to a case in which a sealed record has events.
func (v *Vault) addNumber(rows Rows, id docket.RecordID, home docket.Code, n docket.Number) error {
	a := &SealedAlias{AliasKey: v.aliasKey(n), RecordKey: v.recordKey(id)}
	a.Body = v.keys.Weigh().Seal(v.rand, []byte(home), aliasContext(a.AliasKey, a.RecordKey))
	if err := rows.AddSealedAlias(a); err != nil {
		return fmt.Errorf("sealing a number of record %s: %w", id, err)
	}
	return nil
}

func (v *Vault) extendCapsule(rows Rows, key []byte, id docket.RecordID, e *docket.Event) error {
	links, err := rows.LinksOfRecord(key)
	if err != nil {
		return err
	}
	for _, l := range links {
		w, err := v.openCapsule(l)
		if err != nil {
			return err
		}
		if err := v.putCapsule(rows, l.PersonKey, key, id, append(w.Events, e)); err != nil {
			return err
		}
	}
	return nil
}

// KeepOriginal stores the bytes of an event about several persons: they would
// name each of them, so they never lie in the ledger.
func (v *Vault) KeepOriginal(rows Rows, e *docket.Event, custodian string, raw []byte) error {
	eventKey := v.eventKey(e)
	wrapped, sealed, err := v.encrypt(rows, custodian, raw, originalContext(e.Source, eventKey))
	if err != nil {
		return fmt.Errorf("keeping the original of an event: %w", err)
	}
	return rows.AddOriginal(e.Source, eventKey, wrapped, sealed)
}

// CasesByNumber finds the cases of sealed records that an agency's number leads
// to, each once.
func (v *Vault) CasesByNumber(rows Rows, n docket.Number) ([]docket.Code, error) {
	aliases, err := rows.SealedAliases(v.aliasKey(n))
	if err != nil {
		return nil, err
	}
	var out []docket.Code
	for _, a := range aliases {
		text, err := v.keys.Weigh().Open(a.Body, aliasContext(a.AliasKey, a.RecordKey))
		if err != nil {
			return nil, fmt.Errorf("a sealed number: %w", err)
		}
		if code := docket.Code(text); !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out, nil
}

// Find says which of a case's sealed records is the person's, if any.
func (v *Vault) Find(rows Rows, sealed []docket.RecordID, p docket.Identity) (docket.RecordID, bool, error) {
	if len(sealed) == 0 {
		return docket.RecordID{}, false, nil
	}
	links, err := rows.LinksOfPerson(v.personKey(sealed[0].Code, p))
	if err != nil {
		return docket.RecordID{}, false, err
	}
	keys := make(map[string]bool, len(links))
	for _, l := range links {
		keys[string(l.RecordKey)] = true
	}
	var found []docket.RecordID
	for _, id := range sealed {
		if keys[string(v.recordKey(id))] {
			found = append(found, id)
		}
	}
	if len(found) != 1 { // two of one name: no guess
		return docket.RecordID{}, false, nil
	}
	return found[0], true, nil
}

func stored(raws []json.RawMessage) ([]*docket.Event, error) {
	events := make([]*docket.Event, len(raws))
	var errs []error
	for i, raw := range raws {
		e, err := docket.Stored(raw)
		errs = append(errs, err)
		events[i] = e
	}
	return events, errors.Join(errs...)
}
