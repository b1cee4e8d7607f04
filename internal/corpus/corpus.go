// Package corpus turns rows of a corpus of real judgments, with invented
// names, into the events that agencies would have reported. It serves tests:
// no part of the platform imports it.
//
// A row says what the court decided; it seldom says when the case was filed or
// who exactly was tried. What is not in the row is derived from the row's id
// and named in the chain's Assumed. Facts of law are never derived: a penalty,
// a suspension or a fine that the row leaves open stays unknown.
package corpus

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
)

// Chain is the events of one row, in the order of the acts.
type Chain struct {
	Row     string
	Events  []*docket.Event
	Assumed []string // what the row does not say and the chain supplies
}

// Refusal is a row that no event can be made of, and why.
type Refusal struct {
	Row    string
	Reason string
}

// Report counts rows. Rows is the sum of Accepted and the length of Refused.
type Report struct {
	Rows     int
	Accepted int
	Events   int
	Refused  []Refusal
}

func (r *Report) refuse(row, reason string) {
	r.Refused = append(r.Refused, Refusal{Row: row, Reason: reason})
}

// Converter makes chains for the agencies of an invented province.
type Converter struct {
	until     civil.Date     // acts of later days have not happened yet
	divisions []string       // those that have all organs of a case
	sequence  map[string]int // last sequence number of an invented identity number
	cases     map[string]int // last number of an invented case, by court and year
}

// New takes the agencies that report and the last day on which an act may lie:
// what a row foresees for later is left out. It needs one division at least that has
// police, procuratorate, court, detention centre and community corrections.
func New(agencies []agency.Agency, until civil.Date) (*Converter, error) {
	organs := []agency.Kind{agency.Police, agency.Procuratorate, agency.Court, agency.DetentionCentre, agency.Corrections}
	has := make(map[string]map[agency.Kind]bool)
	var order []string
	for _, a := range agencies {
		if has[a.Division] == nil {
			has[a.Division] = make(map[agency.Kind]bool)
			order = append(order, a.Division)
		}
		if a.ID == string(a.Kind)+"-"+a.Division {
			has[a.Division][a.Kind] = true
		}
	}
	c := &Converter{until: until, sequence: make(map[string]int), cases: make(map[string]int)}
	for _, division := range order {
		if !slices.ContainsFunc(organs, func(k agency.Kind) bool { return !has[division][k] }) {
			c.divisions = append(c.divisions, division)
		}
	}
	if len(c.divisions) == 0 {
		return nil, errors.New("no division has all the organs of a case")
	}
	return c, nil
}

// seeded is a source of derived facts that depends on the row alone.
func seeded(row string) *rand.Rand {
	sum := sha256.Sum256([]byte(row))
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:]))) //nolint:gosec // invented facts
}

// invented is the division of the numbers made up here; it does not exist.
const invented = "990199"

// stranger makes up a person.
func (c *Converter) stranger(rng *rand.Rand, sex string, birth civil.Date) docket.Identity {
	if sex == "" {
		sex = "男"
		if rng.IntN(6) == 0 {
			sex = "女"
		}
	}
	if birth.IsZero() {
		birth = civil.MustParse("1955-01-01").AddDays(rng.IntN(40 * 365))
	}
	return docket.Identity{
		Name: province.InventedName(rng, sex), Document: docket.ResidentID,
		Number: c.number(sex, birth), Sex: sex, Birth: birth,
	}
}

func (c *Converter) number(sex string, birth civil.Date) string {
	y, m, d := birth.YMD()
	head := fmt.Sprintf("%s%04d%02d%02d", invented, y, int(m), d)
	c.sequence[head+sex]++
	serial := 2 * c.sequence[head+sex]
	if sex != "女" {
		serial--
	}
	digits := fmt.Sprintf("%s%03d", head, serial)
	return digits + string(docket.ResidentCheckCharacter(digits))
}

// chain writes the events of one row.
type chain struct {
	Chain
	division string
	until    civil.Date
	numbers  []docket.Number
}

func (c *Converter) chain(row string, rng *rand.Rand) *chain {
	return &chain{
		Chain: Chain{Row: row}, until: c.until, division: c.divisions[rng.IntN(len(c.divisions))],
		numbers: []docket.Number{{Kind: "立案号", No: "语料" + row + "号"}},
	}
}

func (c *chain) assume(what string) { c.Assumed = append(c.Assumed, what) }

func (c *chain) report(by agency.Kind, typ docket.Type, day civil.Date, parts []docket.Part, own ...docket.Number) {
	if day.After(c.until) {
		return
	}
	c.Events = append(c.Events, &docket.Event{
		ID:     fmt.Sprintf("%s-%d", c.Row, len(c.Events)+1),
		Source: agency.SourceOf(string(by) + "-" + c.division), Type: typ, Time: day.Time().Add(10 * time.Hour),
		Data: docket.Data{Date: day, Numbers: append(slices.Clone(c.numbers), own...), Persons: parts},
	})
}

func each(who []docket.Identity, fill func(i int, p *docket.Part)) []docket.Part {
	parts := make([]docket.Part, len(who))
	for i := range who {
		parts[i].Identity = who[i]
		if fill != nil {
			fill(i, &parts[i])
		}
	}
	return parts
}

// takesEffect is when a judgment of first instance that nobody appealed takes
// effect: ten days run from the second day after receipt (刑诉法 230), and it
// is taken that the judgment was received on its day.
func takesEffect(judged civil.Date) civil.Date { return judged.AddDays(11) }
