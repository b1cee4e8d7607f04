package registry

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
)

// contextOf is what a ciphertext of the ledger is bound to: table and row.
func contextOf(table string, id docket.RecordID, key []byte) []byte {
	return suite.Frame(table, []byte(id.Code), []byte(strconv.Itoa(id.Seq)), key)
}

// events decrypts what the ledger holds of a record, with what counts with it
// and that of the case as a whole.
func (r *Registry) events(tx *store.Tx, id docket.RecordID) ([]*docket.Event, error) {
	slips, err := slipsOf(tx, id)
	if err != nil {
		return nil, err
	}
	return r.readSlips(slips)
}

// readSlips decrypts and reads what slips say.
func (r *Registry) readSlips(slips []store.Slip) (out []*docket.Event, err error) {
	out = make([]*docket.Event, len(slips))
	for i, s := range slips {
		if out[i], err = r.event(&s); err != nil {
			return nil, fmt.Errorf("reading an event of record %s: %w", s.ID, err)
		}
	}
	return out, nil
}

// event decrypts and reads what a slip says.
func (r *Registry) event(s *store.Slip) (*docket.Event, error) {
	raw, err := r.unlock(s.Body, slipContext(s.ID, s.EventKey))
	if err != nil {
		return nil, err
	}
	return docket.Stored(raw)
}

// state is Registry.state, of what the transaction has read already.
func (j *journal) state(tx *store.Tx, id docket.RecordID) (docket.State, error) {
	slips, err := slipsOf(tx, id)
	if err != nil {
		return docket.State{}, err
	}
	events := make([]*docket.Event, len(slips))
	for i, s := range slips {
		if events[i] = j.read[bodyOf(&s)]; events[i] != nil {
			continue
		}
		if events[i], err = j.r.event(&s); err != nil {
			return docket.State{}, fmt.Errorf("reading an event of record %s: %w", id, err)
		}
	}
	return docket.Fold(events), nil
}

// state is what the events of a record in the ledger add up to. It is not
// stored: there is one truth, the events.
func (r *Registry) state(tx *store.Tx, id docket.RecordID) (docket.State, error) {
	events, err := r.events(tx, id)
	if err != nil {
		return docket.State{}, err
	}
	return docket.Fold(events), nil
}

// lockJSON encrypts a value for a row of the ledger.
func (r *Registry) lockJSON(v any, aad []byte) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding a ledger row: %w", err)
	}
	return r.lock(b, aad), nil
}

func (r *Registry) unlockJSON(body, aad []byte, v any) error {
	b, err := r.unlock(body, aad)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}
