package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// QualityItemView is one thing that is wrong with what the agency reported of a
// record, or left out. A supervisor gets no evidence.
type QualityItemView struct {
	Code       string             `json:"code" doc:"The case code."`
	ID         string             `json:"id"`
	Record     string             `json:"record"`
	Rule       string             `json:"rule" doc:"See docs/quality.md."`
	Kind       string             `json:"kind" enum:"completeness,accuracy"`
	Zh         string             `json:"zh"`
	En         string             `json:"en"`
	Law        string             `json:"law"`
	MendZh     string             `json:"mend_zh" doc:"What the agency can do."`
	MendEn     string             `json:"mend_en"`
	Agency     string             `json:"agency" doc:"The one at fault."`
	Since      string             `json:"since" format:"date" doc:"From when it is a fault."`
	Opened     time.Time          `json:"opened"`
	State      string             `json:"state" enum:"open,mended,answered"`
	Settled    *time.Time         `json:"settled,omitempty"`
	Answer     string             `json:"answer,omitempty"`
	Facts      string             `json:"facts,omitempty" doc:"What the item rests on; an answer repeats it."`
	Missing    []docket.Type      `json:"missing,omitempty" doc:"One event of these types would mend it."`
	Field      string             `json:"field,omitempty" doc:"Of the event's data, or of a person in it."`
	Expected   string             `json:"expected,omitempty"`
	Stated     string             `json:"stated,omitempty"`
	Statements []QualityStatement `json:"statements,omitempty" doc:"The events it rests on. One of the caller's own is mended by an event that names it in \"corrects\"."`
	Numbers    []docket.Number    `json:"numbers,omitempty" doc:"By which the agencies know the case."`
}

// QualityStatement is an event that an item rests on.
type QualityStatement struct {
	Source string      `json:"source"`
	Event  string      `json:"event" doc:"Its id."`
	Type   docket.Type `json:"type"`
	Date   string      `json:"date" format:"date"`
	Says   string      `json:"says,omitempty"`
}

type qualityItemsInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Offset int    `query:"offset" minimum:"0" default:"0"`
	State  string `query:"state" enum:"open,mended,answered" default:"open"`
	Rule   string `query:"rule" maxLength:"64"`
}

type qualityItemsOutput struct{ Body []QualityItemView }

type qualityAnswerInput struct {
	Code string `path:"code" maxLength:"40" doc:"The case code."`
	ID   string `path:"id" maxLength:"64" doc:"The item's id."`
	Body struct {
		Facts string `json:"facts" minLength:"1" maxLength:"64" doc:"As the item gave them."`
		Note  string `json:"note" minLength:"1" maxLength:"2000" doc:"Why what was reported is right; kept in the trail."`
	}
}

func (s *server) quality(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "quality-items", Method: http.MethodGet, Path: "/api/v1/quality/items",
		Summary: "What the caller's agency has to mend in its reports, the oldest first", Tags: []string{"quality"},
		Description: "An item closes by itself when a report mends it: the missing event, or one that corrects the wrong one.",
	}, func(ctx context.Context, o *agency.Officer, in *qualityItemsInput) (*qualityItemsOutput, error) {
		found, _, err := s.Registry.QualityItems(ctx, o.ID, registry.QualityListing{State: in.State, Rule: in.Rule, Limit: in.Limit, Offset: in.Offset})
		out := &qualityItemsOutput{Body: []QualityItemView{}}
		for i := range found {
			out.Body = append(out.Body, qualityItemView(&found[i]))
		}
		return out, err
	})
	signed(s, api, huma.Operation{
		OperationID: "answer-quality-item", Method: http.MethodPost, Path: "/api/v1/quality/items/{code}/{id}/answer",
		DefaultStatus: http.StatusNoContent,
		Summary:       "Answer that what was reported is right", Tags: []string{"quality"},
		Description: "The item does not return while it rests on the same facts. One that has changed since it was read is refused (409).",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, o *agency.Officer, in *qualityAnswerInput) (*struct{}, error) {
		code, err := docket.ParseCode(in.Code)
		if err != nil {
			return nil, err
		}
		return nil, s.Registry.AnswerQuality(ctx, o.ID, registry.QualityAnswer{Code: code, Item: in.ID, Facts: in.Body.Facts, Note: in.Body.Note}, s.Now())
	})
}

func qualityItemView(v *registry.QualityView) QualityItemView {
	out := QualityItemView{
		Code: v.Row.Record.Code.Grouped(), ID: v.Row.ID, Record: v.Row.Record.String(), Rule: v.Row.Rule, Kind: v.Row.Kind,
		Zh: v.Rule.Title.Zh, En: v.Rule.Title.En, Law: v.Rule.Law, MendZh: v.Rule.Mend.Zh, MendEn: v.Rule.Mend.En,
		Agency: v.Row.Agency, Since: v.Row.Since.String(), Opened: v.Row.Opened.UTC(), State: v.Row.State,
		Answer: v.Answer, Facts: v.Facts, Numbers: v.Numbers,
	}
	if !v.Row.Settled.IsZero() {
		at := v.Row.Settled.UTC()
		out.Settled = &at
	}
	if f := v.Finding; f != nil {
		out.Missing, out.Field, out.Expected, out.Stated = f.Missing, f.Field, f.Expected, f.Stated
		for _, s := range f.Statements {
			out.Statements = append(out.Statements, QualityStatement{Source: s.Source, Event: s.Event, Type: s.Type, Date: s.Date.String(), Says: s.Says})
		}
	}
	return out
}
