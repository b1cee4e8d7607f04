package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/norm"
)

type queryCmd struct {
	Ask     queryAskCmd     `cmd:"" help:"File a signed request. 提出查询申请."`
	List    queryListCmd    `cmd:"" help:"Your queries, or those your agency is asked to answer. 查询列表."`
	Approve queryApproveCmd `cmd:"" help:"Approve a request by signature. 批准."`
	Refuse  queryRefuseCmd  `cmd:"" help:"Refuse a request by signature. 不批准."`
	Open    queryOpenCmd    `cmd:"" help:"Open an approved query, once. 开启, 仅一次."`
}

// requestFlags are what every request states, an unsealing too.
type requestFlags struct {
	Basis  string `help:"Provision relied on; without it the one the ground names. 法律依据."`
	Matter string `required:"" help:"Your own case number. 本机关案号."`
	Reason string `required:"" help:"Why. 事由."`
	Hours  int    `default:"48" help:"How long the request may wait and be used, at most 72. 有效小时数."`
}

type queryAskCmd struct {
	officerFlags
	requestFlags
	Approver string `required:"" help:"Agency that is asked to approve, another than your own. 审批机关."`
	Ground   string `default:"adult-judicial-case" help:"Statutory ground, one of: ${grounds}. 法定事由."`
	Scope    string `default:"summary" enum:"summary,full" help:"How much is asked for: summary or full. 范围."`
	Record   string `xor:"whom" required:"" help:"Record's number. 记录编号."`
	Number   string `xor:"whom" required:"" help:"Person's document number. 证件号码."`
	Name     string `help:"Person's name. 姓名."`
	Document string `help:"Kind of document; a resident identity card where left out. 证件名称."`
}

// groundsHelp lists the grounds of a query for the help text.
func groundsHelp() string {
	var ids []string
	for _, g := range norm.Grounds() {
		ids = append(ids, g.ID)
	}
	return strings.Join(ids, ", ")
}

// Run files the request.
func (c *queryAskCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	r := &grant.Request{
		Purpose: grant.Inspect, Approver: c.Approver, Ground: c.Ground, Scope: grant.Scope(c.Scope), Record: c.Record,
	}
	if c.Number != "" {
		r.Subject = docket.Identity{Name: c.Name, Document: c.Document, Number: c.Number}
	}
	if g, ok := norm.GroundByID(c.Ground); ok && c.Basis == "" {
		c.Basis = g.Basis
	}
	return d.ask(r, &c.requestFlags)
}

// ask completes, signs and files a request.
func (d *actor) ask(r *grant.Request, f *requestFlags) error {
	me, err := d.self()
	if err != nil {
		return err
	}
	id, err := uuid.NewRandomFromReader(d.Rand)
	if err != nil {
		return err
	}
	now := d.env.now().UTC()
	r.ID, r.Officer, r.Agency = id.String(), me.ID, me.Agency
	if r.Approver == "" {
		r.Approver = me.Agency
	}
	r.Basis, r.Matter, r.Reason = f.Basis, f.Matter, f.Reason
	r.Filed, r.Expires = now, now.Add(time.Duration(f.Hours)*time.Hour)
	if err := r.Check(); err != nil {
		return err
	}
	signed, err := grant.Sign(d.Rand, d.Key, r)
	if err != nil {
		return err
	}
	var v api.QueryView
	if err := d.post("/api/v1/queries", api.Signed(signed), &v); err != nil {
		return err
	}
	d.tellQuery(&v)
	return nil
}

func (d *actor) tellQuery(v *api.QueryView) {
	w := d.env.stdout
	fact(w, "query 查询", v.ID)
	fact(w, "state 状态", v.State+" "+stateChinese(v.State))
	fact(w, "asks 审批机关", v.Approver)
	fact(w, "expires 有效期至", moment(v.Expires))
}

func stateChinese(state string) string {
	switch state {
	case "filed":
		return "待审批"
	case "approved":
		return "已批准"
	case "refused":
		return "未批准"
	case "opened":
		return "已开启"
	}
	return ""
}

type queryListCmd struct {
	officerFlags
	Limit int `default:"50" help:"At most this many. 最多条数."`
}

// Run prints a line for each query: id, state, purpose, who asks, which agency answers, until when.
func (c *queryListCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	var list []api.QueryView
	if err := d.get(fmt.Sprintf("/api/v1/queries?limit=%d", c.Limit), &list); err != nil {
		return err
	}
	for _, v := range list {
		fmt.Fprintf(e.stdout, "%s\t%s %s\t%s\t%s\t%s\t%s\n", v.ID, v.State, stateChinese(v.State), v.Purpose, v.Officer, v.Approver, moment(v.Expires))
	}
	return nil
}

type queryApproveCmd struct {
	officerFlags
	ID     string `arg:"" help:"The query. 查询编号."`
	Reason string `default:"符合规定" help:"Why. 理由."`
}

// Run approves.
func (c *queryApproveCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	return d.answer(c.ID, grant.Approve, c.Reason)
}

type queryRefuseCmd struct {
	officerFlags
	ID     string `arg:"" help:"The query. 查询编号."`
	Reason string `required:"" help:"Why. 理由."`
}

// Run refuses.
func (c *queryRefuseCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	return d.answer(c.ID, grant.Refuse, c.Reason)
}

// answer shows what is asked, and signs the digest of exactly that.
func (d *actor) answer(id string, verdict grant.Verdict, reason string) error {
	var v api.QueryView
	if err := d.get(api.QueryPath(id, ""), &v); err != nil {
		return err
	}
	if v.Request == nil {
		return fmt.Errorf("query %s: the platform did not show the request; nothing was signed", id)
	}
	digest := grant.DigestHex(d.Key.Suite().Digest(v.Request.Body))
	if digest != v.Digest {
		return fmt.Errorf("query %s: the request shown is not the one filed; nothing was signed", id)
	}
	req, err := grant.ReadRequest(v.Request.Body)
	if err != nil {
		return err
	}
	d.tellRequest(req)
	me, err := d.self()
	if err != nil {
		return err
	}
	now := d.env.now().UTC()
	expires := now.Add(24 * time.Hour)
	if req.Expires.Before(expires) {
		expires = req.Expires
	}
	signed, err := grant.Sign(d.Rand, d.Key, &grant.Approval{
		Request: digest, Officer: me.ID, Agency: me.Agency, Verdict: verdict, Reason: reason, At: now, Expires: expires,
	})
	if err != nil {
		return err
	}
	if err := d.post(api.QueryPath(id, "answers"), api.Signed(signed), &v); err != nil {
		return err
	}
	fact(d.env.stdout, "state 状态", v.State+" "+stateChinese(v.State))
	return nil
}

func (d *actor) tellRequest(r *grant.Request) {
	w := d.env.stdout
	fact(w, "query 查询", r.ID)
	fact(w, "asked by 申请人", r.Officer+", "+r.Agency)
	fact(w, "ground 事由", r.Ground)
	fact(w, "basis 依据", r.Basis)
	fact(w, "matter 案号", r.Matter)
	fact(w, "reason 说明", r.Reason)
	fact(w, "about 对象", strings.TrimSpace(r.Record+" "+r.Subject.Name+" "+r.Subject.Number))
}

type queryOpenCmd struct {
	officerFlags
	ID      string `arg:"" help:"The query. 查询编号."`
	Receipt string `type:"path" help:"File that gets the proof that the opening is in the trail. 留痕凭证文件."`
}

// Run opens the query and shows what it gives, under its watermark.
func (c *queryOpenCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	var o api.Opening
	if err := d.post(api.QueryPath(c.ID, "opening"), nil, &o); err != nil {
		return err
	}
	fact(e.stdout, "watermark 水印", o.Watermark)
	for i := range o.Records {
		fact(e.stdout, "record 记录", o.Records[i].Record)
		tellState(e.stdout, &o.Records[i].State)
		tellTimeline(d, o.Records[i].Timeline)
	}
	fact(e.stdout, "records 记录数", len(o.Records))
	if c.Receipt == "" {
		return nil
	}
	if err := os.WriteFile(c.Receipt, []byte(o.Receipt), 0o600); err != nil {
		return fmt.Errorf("--receipt: %w", err)
	}
	fact(e.stdout, "receipt 凭证", c.Receipt)
	return nil
}

// tellTimeline prints a line for each event.
func tellTimeline(d *actor, events []json.RawMessage) {
	for _, raw := range events {
		e, err := docket.Stored(raw)
		if err != nil {
			fact(d.env.stdout, "  event 事件", "unreadable 无法读取")
			continue
		}
		fmt.Fprintf(d.env.stdout, "  event 事件: %s %s %s\n", e.Data.Date, e.Type.Chinese(), e.Source)
	}
}
