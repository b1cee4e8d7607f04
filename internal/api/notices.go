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

// NoticeView is a letter to an agency that holds a copy, with its clock.
type NoticeView struct {
	ID           string     `json:"id"`
	Record       string     `json:"record"`
	Kind         string     `json:"kind" enum:"seal,unseal"`
	Agency       string     `json:"agency"`
	Issued       time.Time  `json:"issued"`
	Due          string     `json:"due" format:"date" doc:"Last day to seal, or unseal, the agency's own copy."`
	Letter       []byte     `json:"letter,omitempty" doc:"Encrypted to the agency's key: it quotes the agency's own numbers."`
	Acknowledged *time.Time `json:"acknowledged,omitempty"`
	By           string     `json:"acknowledged_by,omitempty"`
}

type noticesOutput struct{ Body []NoticeView }

type noticeInput struct {
	Code string `path:"code" maxLength:"40" doc:"The case code."`
	ID   string `path:"id" maxLength:"64" doc:"The notice's id."`
}

func (s *server) notices(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "notices", Method: http.MethodGet, Path: "/api/v1/notices",
		Summary: "Letters to the caller's agency: first those that wait, then the answered", Tags: []string{"notices"},
	}, func(ctx context.Context, o *agency.Officer, in *listInput) (*noticesOutput, error) {
		found, err := s.Registry.Notices(ctx, o.ID, in.Limit, in.Offset)
		return &noticesOutput{Body: noticeViews(found, true)}, err
	})
	signed(s, api, huma.Operation{
		OperationID: "acknowledge", Method: http.MethodPost, Path: "/api/v1/notices/{code}/{id}/acknowledgement",
		DefaultStatus: http.StatusNoContent,
		Summary:       "Acknowledge that the agency has dealt with its own copy (step 4)", Tags: []string{"notices"},
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, o *agency.Officer, in *noticeInput) (*struct{}, error) {
		code, err := docket.ParseCode(in.Code)
		if err != nil {
			return nil, err
		}
		return nil, s.Registry.Acknowledge(ctx, o.ID, code, in.ID, s.Now())
	})
}

func noticeViews(notices []registry.Notice, letters bool) []NoticeView {
	out := make([]NoticeView, 0, len(notices))
	for _, n := range notices {
		v := NoticeView{
			ID: n.ID, Record: n.Record.String(), Kind: n.Kind, Agency: n.Agency,
			Issued: n.Issued.UTC(), Due: n.Due.String(), By: n.AckedBy,
		}
		if letters {
			v.Letter = n.Body
		}
		if !n.Acked.IsZero() {
			at := n.Acked.UTC()
			v.Acknowledged = &at
		}
		out = append(out, v)
	}
	return out
}
