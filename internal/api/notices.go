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
	Record       string     `json:"record" doc:"Empty for a letter about many."`
	Kind         string     `json:"kind" enum:"seal,unseal"`
	Agency       string     `json:"agency"`
	Issued       time.Time  `json:"issued"`
	Due          string     `json:"due" format:"date" doc:"Last day to seal, or unseal, the agency's own copy."`
	Letter       []byte     `json:"letter,omitempty" doc:"Encrypted to the agency's key: it quotes the agency's own numbers."`
	Acknowledged *time.Time `json:"acknowledged,omitempty"`
	By           string     `json:"acknowledged_by,omitempty"`
	Records      int64      `json:"records,omitempty" doc:"Of a letter about many records: how many. Its record is empty; its lines, and how to answer it, are at /api/v1/letters."`
	Of           string     `json:"of,omitempty" doc:"Of a line: the letter about many records it is in."`
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
	s.letters(api)
}

type letterInput struct {
	ID string `path:"id" maxLength:"64" doc:"The letter's id."`
}

type letterOutput struct{ Body LetterView }

// LetterView is a letter about many records: each line names one, encrypted
// under the letter's key, which is wrapped to the agency.
type LetterView struct {
	ID      string       `json:"id"`
	Agency  string       `json:"agency"`
	Kind    string       `json:"kind" enum:"seal,unseal"`
	Issued  time.Time    `json:"issued"`
	Due     string       `json:"due" format:"date" doc:"Last day to seal the agency's own copies."`
	Wrapped []byte       `json:"wrapped,omitempty" doc:"The letter's key, to the agency's key; empty where the agency has none."`
	Lines   []LetterLine `json:"lines"`
}

// LetterLine is one record of a letter about many.
type LetterLine struct {
	Record string `json:"record"`
	Notice string `json:"notice" doc:"Id by which the agency may answer for this record alone."`
	Line   []byte `json:"line" doc:"Encrypted under the letter's key: it quotes the agency's own numbers."`
}

// letters are the letters about many records, which a wave writes.
func (s *server) letters(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "letter", Method: http.MethodGet, Path: "/api/v1/letters/{id}",
		Summary: "A letter to the caller's agency about many records, with its lines", Tags: []string{"notices"},
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, o *agency.Officer, in *letterInput) (*letterOutput, error) {
		b, err := s.Registry.Letter(ctx, o.ID, in.ID)
		if err != nil {
			return nil, err
		}
		v := LetterView{ID: b.ID, Agency: b.Agency, Kind: b.Kind, Issued: b.Issued.UTC(), Due: b.Due.String(), Wrapped: b.Wrapped}
		for _, l := range b.Lines {
			v.Lines = append(v.Lines, LetterLine{Record: l.Record.String(), Notice: l.Notice, Line: l.Body})
		}
		return &letterOutput{Body: v}, nil
	})
	signed(s, api, huma.Operation{
		OperationID: "acknowledge-letter", Method: http.MethodPost, Path: "/api/v1/letters/{id}/acknowledgement",
		DefaultStatus: http.StatusNoContent,
		Summary:       "Acknowledge that the agency has dealt with its copies of all records of a letter (step 4)", Tags: []string{"notices"},
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, o *agency.Officer, in *letterInput) (*struct{}, error) {
		return nil, s.Registry.AcknowledgeLetter(ctx, o.ID, in.ID, s.Now())
	})
}

func noticeViews(notices []registry.Notice, letters bool) []NoticeView {
	out := make([]NoticeView, 0, len(notices))
	for _, n := range notices {
		v := NoticeView{
			ID: n.ID, Kind: n.Kind, Agency: n.Agency,
			Issued: n.Issued.UTC(), Due: n.Due.String(), By: n.AckedBy, Records: n.Records,
		}
		if n.Records == 0 {
			v.Record, v.Of = n.Record.String(), n.Letter
		}
		if letters && n.Records == 0 {
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
