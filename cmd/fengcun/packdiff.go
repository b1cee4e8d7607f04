package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
)

type packDiffCmd struct {
	A      string `arg:"" help:"Id or folder of the one pack."`
	B      string `arg:"" help:"Id or folder of the other."`
	On     string `help:"Date to evaluate on, YYYY-MM-DD; default: that of each dossier. 判断日期."`
	Format string `enum:"table,json" default:"table" help:"table, or json with one change a line. 输出格式."`
}

// change is one record that two packs treat differently.
type change struct {
	ID     string     `json:"id"`
	Record string     `json:"record"`
	A      packAnswer `json:"a"`
	B      packAnswer `json:"b"`
}

type packAnswer struct {
	Decision policy.Outcome `json:"decision"`
	From     string         `json:"from,omitempty"`
	Because  []string       `json:"because"` // ids of the decisive rules
}

func answerOf(r *policy.RecordDecision) packAnswer {
	a := packAnswer{Decision: r.Decision, From: r.From.String(), Because: []string{}}
	for _, reason := range r.Decisive() {
		a.Because = append(a.Because, reason.Rule)
	}
	return a
}

func (a packAnswer) String() string {
	s := string(a.Decision)
	if a.From != "" {
		s += " " + a.From
	}
	return s + " (" + strings.Join(a.Because, ", ") + ")"
}

// Run lists every record whose outcome or date differs, then the totals.
func (c *packDiffCmd) Run(e *env) error {
	a, err := openPack(c.A)
	if err != nil {
		return err
	}
	b, err := openPack(c.B)
	if err != nil {
		return err
	}
	on, err := parseOn(c.On)
	if err != nil {
		return err
	}
	var changes []change
	records := 0
	bad, err := eachDossier(e, on, func(d *policy.Dossier, on civil.Date) error {
		x, y := a.Decide(d, on), b.Decide(d, on)
		records += len(x.Records)
		for i := range x.Records {
			if x.Records[i].Decision != y.Records[i].Decision || x.Records[i].From != y.Records[i].From {
				changes = append(changes, change{ID: d.ID, Record: x.Records[i].ID, A: answerOf(&x.Records[i]), B: answerOf(&y.Records[i])})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := c.print(e, a, b, changes); err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "%d of %d records differ\n", len(changes), records)
	if bad > 0 {
		return failed
	}
	return nil
}

func (c *packDiffCmd) print(e *env, a, b *policy.Pack, changes []change) error {
	if c.Format == "json" {
		enc := json.NewEncoder(e.stdout)
		for i := range changes {
			if err := enc.Encode(&changes[i]); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(e.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "DOSSIER\tRECORD\t%s\t%s\n", a.ID, b.ID)
	for i := range changes {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", changes[i].ID, changes[i].Record, changes[i].A, changes[i].B)
	}
	return w.Flush()
}
