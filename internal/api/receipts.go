package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type receiptInput struct {
	Leaf int64 `path:"leaf" minimum:"0" doc:"Index of the entry in the trail, as an event's result gives it."`
}

type receiptOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (s *server) receipts(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "receipt", Method: http.MethodGet, Path: "/api/v1/receipts/{leaf}",
		Summary: "Proof that an entry is in the trail", Tags: []string{"trail"},
		Description: "Public: a leaf is a salted commitment and tells nothing. C2SP tlog-proof text against the last checkpoint; " +
			"404 until a checkpoint covers the entry, which takes about a second.",
		Responses: map[string]*huma.Response{"200": {
			Description: "The proof",
			Content:     map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *receiptInput) (*receiptOutput, error) {
		r, err := s.Registry.Prove(ctx, in.Leaf)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return &receiptOutput{ContentType: "text/plain; charset=utf-8", Body: r.Bytes()}, nil
	})
}
