package main

import (
	"cmp"
	"fmt"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
)

type caseCmd struct {
	officerFlags
	Code string `arg:"" help:"Case code, or a record's number. 案件编号."`
}

// Run prints the case as far as the officer may see it.
func (c *caseCmd) Run(e *env) error {
	code, err := caseOf(c.Code)
	if err != nil {
		return err
	}
	d, err := c.open(e)
	if err != nil {
		return err
	}
	var v api.CaseView
	if err := d.get("/api/v1/cases/"+string(code), &v); err != nil {
		return err
	}
	fact(e.stdout, "case 案件", v.Code)
	for _, former := range v.Former {
		fact(e.stdout, "former 曾用编号", former)
	}
	for _, l := range v.Links {
		fmt.Fprintf(e.stdout, "link 关联: %s %s %s %s\n", l.Date, l.Kind, otherCase(&l), l.Source)
	}
	for i := range v.Records {
		tellRecord(d, &v.Records[i])
	}
	return nil
}

// otherCase is what a link names the other case by.
func otherCase(l *api.LinkView) string {
	if l.Number != nil {
		return l.Number.No
	}
	return l.Code
}

func tellRecord(d *actor, r *api.RecordView) {
	w := d.env.stdout
	fmt.Fprintf(w, "record 记录: %s %s %s since %s, %s\n", r.Record, r.Status, docket.Status(r.Status).Chinese(), moment(r.Since), r.Custodian)
	if r.State != nil {
		tellState(w, r.State)
		tellTimeline(d, r.Timeline)
	}
	for _, c := range r.Changes {
		fmt.Fprintf(w, "  change 变更: %s %s -> %s by %s on %s: %s\n", moment(c.At), cmp.Or(c.From, "new"), c.To, c.Operator, c.Basis, c.Reason)
	}
	for _, n := range r.Notices {
		state := "waits 待回执"
		if n.Acknowledged != nil {
			state = "acknowledged 已回执"
		}
		fmt.Fprintf(w, "  notice 通知: %s %s due %s %s\n", kindText(n.Kind), n.Agency, n.Due, state)
	}
}
