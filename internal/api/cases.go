package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// CaseView is a case as the caller may see it.
type CaseView struct {
	Code    string       `json:"code" doc:"That the case keeps: the one asked for, or the one that it became one with."`
	Former  []string     `json:"former,omitempty" doc:"Codes of cases that became one with this; they lead here."`
	Links   []LinkView   `json:"links,omitempty"`
	Records []RecordView `json:"records"`
}

// LinkView is why the case and another are one.
type LinkView struct {
	Date   string         `json:"date"`
	Source string         `json:"source"`
	Kind   string         `json:"kind"`
	Number *docket.Number `json:"number,omitempty" doc:"Of the other case."`
	Code   string         `json:"code,omitempty" doc:"Of the other case, where the event names that."`
}

// RecordView is one record: its life, and its content where it is open and of
// the caller's concern.
type RecordView struct {
	Record    string            `json:"record"`
	Status    string            `json:"status" enum:"open,pending,sealed,unsealed,merged"`
	Into      string            `json:"into,omitempty" doc:"Of a merged one: the record that it counts with."`
	Since     time.Time         `json:"since"`
	Custodian string            `json:"custodian"`
	Changes   []Change          `json:"changes" doc:"The life of the record; it names no person."`
	State     *RecordState      `json:"state,omitempty"`
	Timeline  []json.RawMessage `json:"timeline,omitempty"`
	Notices   []NoticeView      `json:"notices,omitempty"`
}

// Change is one step of a record's life.
type Change struct {
	From     string    `json:"from,omitempty"`
	To       string    `json:"to"`
	At       time.Time `json:"at"`
	Operator string    `json:"operator"`
	Basis    string    `json:"basis"`
	Reason   string    `json:"reason"`
}

type caseInput struct {
	Code string `path:"code" maxLength:"40" doc:"The case code, grouped or not."`
}

type caseOutput struct{ Body CaseView }

func (s *server) cases(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "case", Method: http.MethodGet, Path: "/api/v1/cases/{code}",
		Summary: "A case by its code, as far as it is the caller's concern", Tags: []string{"cases"},
		Description: "A code that no case has and a case that is none of the caller's concern are the same answer.",
		Errors:      []int{http.StatusNotFound},
	}, s.oneCase)
}

func (s *server) oneCase(ctx context.Context, o *agency.Officer, in *caseInput) (*caseOutput, error) {
	code, err := docket.ParseCode(in.Code)
	if err != nil {
		return nil, err
	}
	c, err := s.Registry.Case(ctx, o.ID, code)
	if err != nil {
		return nil, err
	}
	out := &caseOutput{CaseView{Code: c.Code.Grouped(), Records: []RecordView{}}}
	for _, former := range c.Former {
		out.Body.Former = append(out.Body.Former, former.Grouped())
	}
	for _, l := range c.Links {
		out.Body.Links = append(out.Body.Links, LinkView{Date: l.On.String(), Source: l.Source, Kind: string(l.Kind), Number: l.Number, Code: l.Code})
	}
	for i := range c.Records {
		v, err := recordView(&c.Records[i])
		if err != nil {
			return nil, err
		}
		out.Body.Records = append(out.Body.Records, v)
	}
	return out, nil
}

func recordView(r *registry.RecordView) (RecordView, error) {
	v := RecordView{
		Record: r.Row.ID.String(), Status: string(r.Row.Status), Since: r.Row.Since.UTC(), Custodian: r.Row.Custodian,
		Changes: []Change{}, Notices: noticeViews(r.Notices, false),
	}
	if r.Row.Into.Seq > 0 {
		v.Into = r.Row.Into.String()
	}
	for _, c := range r.Changes {
		v.Changes = append(v.Changes, Change{
			From: string(c.From), To: string(c.To), At: c.At.UTC(), Operator: c.Operator, Basis: c.Basis, Reason: c.Reason,
		})
	}
	if !r.Readable {
		return v, nil
	}
	state := stateView(&r.State)
	v.State = &state
	var err error
	v.Timeline, err = timeline(r.Timeline)
	return v, err
}
