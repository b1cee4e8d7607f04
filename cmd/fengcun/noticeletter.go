package main

import (
	"fmt"
	"net/url"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
)

type noticeLetterCmd struct {
	officerFlags
	ID      string `arg:"" help:"The letter. 通知编号."`
	Letters string `type:"existingfile" help:"File with the agency's letter key: shows the agency's own numbers of each case. 通知解密密钥."`
	Ack     bool   `help:"Acknowledge for all records of the letter. 全部回执."`
}

// Run prints the records of a letter with the agency's own numbers, and answers
// it if asked to.
func (c *noticeLetterCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	path := "/api/v1/letters/" + url.PathEscape(c.ID)
	if c.Ack {
		if err := d.post(path+"/acknowledgement", nil, nil); err != nil {
			return err
		}
		fact(e.stdout, "acknowledged 已回执", c.ID)
		return nil
	}
	key, err := readLetterKey(c.Letters)
	if err != nil {
		return err
	}
	var v api.LetterView
	if err := d.get(path, &v); err != nil {
		return err
	}
	numbers := map[string][]docket.Number{}
	if !key.IsZero() {
		b, err := bundleOf(&v)
		if err != nil {
			return err
		}
		lines, err := b.Read(key)
		if err != nil {
			return fmt.Errorf("the letter does not open with this key 无法解密: %w", err)
		}
		for _, l := range lines {
			numbers[l.Record.String()] = l.Numbers
		}
	}
	for _, l := range v.Lines {
		fmt.Fprintf(e.stdout, "%s\t%s\n", l.Record, l.Notice)
		for _, no := range numbers[l.Record] {
			fmt.Fprintf(e.stdout, "  %s: %s\n", no.Kind, no.No)
		}
	}
	return nil
}

// bundleOf is a letter as the agency's key opens it.
func bundleOf(v *api.LetterView) (*notice.Bundle, error) {
	b := &notice.Bundle{ID: v.ID, Agency: v.Agency, Kind: v.Kind, Wrapped: v.Wrapped}
	for _, l := range v.Lines {
		id, err := docket.ParseRecordID(l.Record)
		if err != nil {
			return nil, err
		}
		b.Lines = append(b.Lines, notice.Encrypted{Record: id, Notice: l.Notice, Body: l.Line})
	}
	return b, nil
}
