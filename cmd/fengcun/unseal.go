package main

import (
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/grant"
)

type unsealCmd struct {
	Ask     unsealAskCmd     `cmd:"" help:"A sealing clerk asks for a record's unsealing. 提出解封."`
	Approve queryApproveCmd  `cmd:"" help:"A reviewer of the court approves, by signature. 批准解封."`
	Refuse  queryRefuseCmd   `cmd:"" help:"A reviewer of the court refuses, by signature. 不批准解封."`
	Execute unsealExecuteCmd `cmd:"" help:"The clerk carries an approved unsealing out. 执行解封."`
}

type unsealAskCmd struct {
	officerFlags
	requestFlags
	Record string `arg:"" help:"Record's number. 记录编号."`
	Ground string `default:"new-crime" enum:"new-crime,missed-crime,sentence-raised,wrong-sealing" help:"Why the sealing ends: new-crime 再犯新罪, missed-crime 漏罪, sentence-raised 再审加重, wrong-sealing 封存有误."`
}

// Run files the request with the officer's own court.
func (c *unsealAskCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	return d.ask(&grant.Request{Purpose: grant.Unseal, Ground: c.Ground, Scope: grant.Full, Record: c.Record}, &c.requestFlags)
}

type unsealExecuteCmd struct {
	officerFlags
	ID string `arg:"" help:"The approved request. 申请编号."`
}

// Run returns the record to the ledger.
func (c *unsealExecuteCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	var out struct{ Record string }
	if err := d.post(api.QueryPath(c.ID, "unsealing"), nil, &out); err != nil {
		return err
	}
	fact(e.stdout, "unsealed 已解封", out.Record)
	return nil
}
