package main

import (
	"fmt"
	"net/url"

	"github.com/fengcun/fengcun/internal/api"
)

type reviewCmd struct {
	List    reviewListCmd    `cmd:"" help:"The open items of your court. 待审核列表."`
	Confirm reviewConfirmCmd `cmd:"" help:"Confirm a proposed sealing. 确认."`
	Reject  reviewRejectCmd  `cmd:"" help:"Reject a proposed sealing. 不予封存."`
}

type reviewListCmd struct {
	officerFlags
	Limit   int  `default:"50" help:"At most this many. 最多条数."`
	Offset  int  `help:"Leave out the first. 跳过条数."`
	Reasons bool `help:"Every rule that policy asked. 逐条理由."`
}

// Run prints a line for each item: record, id, what is proposed, since when.
func (c *reviewListCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	var list []api.ReviewView
	if err := d.get(fmt.Sprintf("/api/v1/reviews?limit=%d&offset=%d", c.Limit, c.Offset), &list); err != nil {
		return err
	}
	for _, v := range list {
		fmt.Fprintf(e.stdout, "%s\t%s\t%s\t%s\t%s\t%s\n", v.Record, v.ID, v.Kind, v.Decision, v.Pack, moment(v.Opened))
		for _, r := range v.Reasons {
			if c.Reasons {
				fmt.Fprintf(e.stdout, "  %s: %s %s (%s)\n", r.Rule, holds(r.Holds), r.Zh, r.Basis)
			}
		}
	}
	return nil
}

func holds(b *bool) string {
	switch {
	case b == nil:
		return "unknown 不明"
	case *b:
		return "true 成立"
	}
	return "false 不成立"
}

type reviewConfirmCmd struct {
	officerFlags
	Record string `arg:"" help:"The record, or its case code. 记录或案件编号."`
	ID     string `arg:"" help:"The item. 审核编号."`
	Note   string `required:"" help:"Your grounds. 审核意见."`
}

// Run confirms: the record is sealed.
func (c *reviewConfirmCmd) Run(e *env) error {
	return c.review(e, c.Record, c.ID, "confirm", c.Note)
}

type reviewRejectCmd struct {
	officerFlags
	Record string `arg:"" help:"The record, or its case code. 记录或案件编号."`
	ID     string `arg:"" help:"The item. 审核编号."`
	Note   string `required:"" help:"Your grounds. 审核意见."`
}

// Run rejects: the record stays open.
func (c *reviewRejectCmd) Run(e *env) error {
	return c.review(e, c.Record, c.ID, "reject", c.Note)
}

func (f *officerFlags) review(e *env, record, id, verdict, note string) error {
	d, err := f.open(e)
	if err != nil {
		return err
	}
	code, err := caseOf(record)
	if err != nil {
		return err
	}
	in := map[string]string{"verdict": verdict, "note": note}
	if err := d.post("/api/v1/reviews/"+string(code)+"/"+url.PathEscape(id), in, nil); err != nil {
		return err
	}
	fact(e.stdout, "review 审核", id+" "+verdict)
	return nil
}
