package registry

import (
	"fmt"
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/vault"
)

// What goes into the vault with a record, and which numbers lead to it.

// gathered is the events of a case as the sealing of one of its records sees
// them.
type gathered struct {
	content             *vault.Content
	homes, caseHomes    []docket.Code
	own, shared, others []docket.Number
	alone               bool // nobody else's record of the case lies in the ledger
}

// content gathers what goes into the vault, with the numbers that lead to this
// record alone. The vault is told of all that lead to one of its homes: cases
// that are one may part.
func (r *Registry) content(tx *store.Tx, j *journal, s *standing, u union) (c *vault.Content, alone []docket.Number, err error) {
	rows, err := rowsIn(tx, u)
	if err != nil {
		return nil, nil, err
	}
	into := make(map[docket.RecordID]docket.RecordID, len(rows))
	for _, row := range rows {
		into[row.ID] = standsFor(&row)
	}
	slips, err := slipsIn(tx, u)
	if err != nil {
		return nil, nil, err
	}
	g := gathered{alone: true, content: &vault.Content{Record: s.row.ID, Custodian: custodian(s), Identity: s.state.Identity}}
	for _, slip := range slips {
		raw, err := r.unlock(slip.Body, slipContext(slip.ID, slip.EventKey))
		if err != nil {
			return nil, nil, fmt.Errorf("reading an event of case %s: %w", s.row.ID.Code, err)
		}
		home, err := homeOf(tx, slip)
		if err != nil {
			return nil, nil, err
		}
		e := j.read[bodyOf(&slip)]
		if e == nil {
			if e, err = docket.Stored(raw); err != nil {
				return nil, nil, err
			}
		}
		g.add(slip.ID, into[slip.ID], home, raw, e)
	}
	if homes := append(g.caseHomes, g.homes...); len(u) > 1 {
		g.content.Homes = homes
	}
	alone = g.numbers()
	return g.content, alone, r.leadingTo(tx, g.content, into, append(slices.Clone(g.own), g.shared...))
}

// add takes an event of the case: of the record, of the case as a whole, or of
// somebody else.
func (g *gathered) add(slip, into docket.RecordID, home docket.Code, raw []byte, e *docket.Event) {
	switch {
	case slip.Seq == 0:
		g.content.CaseEvents, g.caseHomes = append(g.content.CaseEvents, raw), append(g.caseHomes, home)
		g.shared = append(g.shared, e.Data.Numbers...)
		if l := e.Data.Link; l != nil && l.Number != nil {
			g.shared = append(g.shared, *l.Number)
		}
	case into == g.content.Record:
		g.content.Events, g.homes = append(g.content.Events, raw), append(g.homes, slip.Code)
		g.own = append(g.own, e.Data.Numbers...)
	default:
		g.alone = false
		g.others = append(g.others, e.Data.Numbers...)
	}
}

// numbers are those that lead to the record alone.
func (g *gathered) numbers() (alone []docket.Number) {
	own, others := slices.Clone(g.own), slices.Clone(g.others)
	if g.alone {
		own = append(own, g.shared...)
	} else {
		others = append(others, g.shared...)
	}
	for _, n := range own {
		if !slices.Contains(alone, n) && !slices.Contains(others, n) {
			alone = append(alone, n)
		}
	}
	return alone
}

// leadingTo adds the numbers, each once, that lead to a home in which the record
// or one that counts with it lies.
func (r *Registry) leadingTo(tx *store.Tx, c *vault.Content, into map[docket.RecordID]docket.RecordID, numbers []docket.Number) error {
	homes := make(map[docket.Code]bool)
	for part, head := range into {
		if head == c.Record {
			homes[part.Code] = true
		}
	}
	for _, n := range numbers {
		codes, err := tx.CasesByAlias(r.aliasKey(n))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(codes, func(code docket.Code) bool { return homes[code] })
		if i < 0 || slices.Contains(c.Numbers, n) {
			continue
		}
		c.Numbers = append(c.Numbers, n)
		if len(homes) > 1 {
			c.NumberHomes = append(c.NumberHomes, codes[i])
		}
	}
	return nil
}
