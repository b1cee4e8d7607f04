package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
)

// ReviewView is an item of the review queue with what policy proposes.
type ReviewView struct {
	ID       string       `json:"id"`
	Record   string       `json:"record"`
	Kind     string       `json:"kind" enum:"seal,unseal"`
	Status   string       `json:"status" enum:"open,pending,sealed,unsealed"`
	Opened   time.Time    `json:"opened"`
	Decision string       `json:"decision,omitempty" enum:"seal,observe,keep,review,unseal"`
	Pack     string       `json:"pack,omitempty"`
	Digest   string       `json:"digest,omitempty" doc:"Of the pack; the decision can be replayed."`
	From     string       `json:"from,omitempty" format:"date"`
	Reasons  []Reason     `json:"reasons,omitempty"`
	State    *RecordState `json:"state,omitempty" doc:"Left out where the record is sealed."`
}

// Reason is one rule that policy asked, and how it answered.
type Reason struct {
	Rule  string `json:"rule"`
	Holds *bool  `json:"holds" doc:"null is unknown."`
	Basis string `json:"basis"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

type reviewsOutput struct{ Body []ReviewView }

type reviewInput struct {
	Code string `path:"code" maxLength:"40" doc:"The case code."`
	ID   string `path:"id" maxLength:"64" doc:"The item's id."`
	Body struct {
		Verdict string `json:"verdict" enum:"confirm,reject"`
		Note    string `json:"note" minLength:"1" maxLength:"2000" doc:"The reviewer's grounds; kept encrypted with the item."`
	}
}

func (s *server) reviews(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "reviews", Method: http.MethodGet, Path: "/api/v1/reviews",
		Summary: "The open items of the caller's court, the oldest first", Tags: []string{"reviews"},
	}, func(ctx context.Context, o *agency.Officer, in *listInput) (*reviewsOutput, error) {
		found, err := s.Registry.Reviews(ctx, o.ID, in.Limit, in.Offset)
		out := &reviewsOutput{Body: []ReviewView{}}
		for i := range found {
			out.Body = append(out.Body, reviewView(&found[i]))
		}
		return out, err
	})
	signed(s, api, huma.Operation{
		OperationID: "review", Method: http.MethodPost, Path: "/api/v1/reviews/{code}/{id}", DefaultStatus: http.StatusNoContent,
		Summary: "Confirm or reject a proposed sealing (step 4)", Tags: []string{"reviews"},
		Description: "An unsealing is not settled here: it takes a request and an approval, both signed. A settled item is refused (409).",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, o *agency.Officer, in *reviewInput) (*struct{}, error) {
		code, err := docket.ParseCode(in.Code)
		if err != nil {
			return nil, err
		}
		return nil, s.Registry.Review(ctx, o.ID, code, in.ID, in.Body.Verdict == "confirm", in.Body.Note, s.Now())
	})
}

func reviewView(v *registry.ReviewView) ReviewView {
	out := ReviewView{
		ID: v.Item.ID, Record: v.Item.Record.String(), Kind: v.Item.Kind, Status: string(v.Row.Status), Opened: v.Item.Opened.UTC(),
	}
	if v.Row.Status.InLedger() {
		state := stateView(&v.State)
		out.State = &state
	}
	if p := v.Proposal; p != nil {
		out.Decision, out.Pack, out.Digest, out.From = string(p.Decision), p.Pack, p.Digest, day(p.From)
		for _, r := range p.Reasons {
			out.Reasons = append(out.Reasons, Reason{Rule: r.Rule, Holds: known(r.Holds), Basis: r.Basis, Zh: r.Zh, En: r.En})
		}
	}
	return out
}

// known is a truth as JSON tells it: nil is unknown.
func known(t policy.Truth) *bool {
	if t == policy.Unknown {
		return nil
	}
	holds := t == policy.True
	return &holds
}
