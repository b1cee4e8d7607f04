package registry

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/simulate"
	"github.com/fengcun/fengcun/internal/store"
)

// putFact writes what a settled record adds to the statistics, as the simulator
// reads it: no person, no case, no free text. Its key is keyed, so that a
// correction finds it and nobody else does.
func (r *Registry) putFact(tx *store.Tx, s *standing) error {
	if s.state.Kind != docket.Conviction || s.state.JudgmentDate.IsZero() {
		return nil
	}
	region, err := regionOf(tx, s.row.Custodian)
	if err != nil {
		return err
	}
	tried, err := triedTogether(tx, s.row.ID.Code)
	if err != nil {
		return err
	}
	d := dossier([]standing{*s}, civil.Date{})
	f := simulate.FactOf(d.Person, &d.Records[0], region, tried)
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return tx.PutFact(r.factKey(s.row.ID), f.Year, body)
}

func (r *Registry) factKey(id docket.RecordID) []byte {
	key := r.ledger.Alias().Index("facts", []byte(id.Code), []byte(strconv.Itoa(id.Seq)))
	return key[:]
}

// triedTogether counts the persons of a case.
func triedTogether(tx *store.Tx, code docket.Code) (n int, err error) {
	u, err := oneCase(tx, code)
	if err != nil {
		return 0, err
	}
	rows, err := rowsIn(tx, u)
	for _, r := range rows {
		if r.Into.Seq == 0 {
			n++
		}
	}
	return n, err
}

// regionOf is the province of an agency: the first two digits of the code of
// its division; "" for an agency that is not in the directory.
func regionOf(tx *store.Tx, id string) (string, error) {
	a, err := tx.Agency(id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", nil
	case err != nil:
		return "", err
	}
	return a.Division[:min(2, len(a.Division))], nil
}
