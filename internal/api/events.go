package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fengcun/fengcun/internal/registry"
)

// The content types of a push: one event, a batch (CloudEvents 1.0 JSON event
// and batch format), or one event a line.
const (
	typeEvent  = "application/cloudevents+json"
	typeBatch  = "application/cloudevents-batch+json"
	typeNDJSON = "application/x-ndjson"
)

type pushInput struct {
	Agency      string `header:"Fengcun-Agency" required:"true" doc:"Id of the agency whose system sends."`
	Delivery    string `header:"Fengcun-Delivery" required:"true" maxLength:"128" doc:"The sender's id of this delivery. Sent again with the same events it is acknowledged again."`
	SignedAt    string `header:"Fengcun-Signed-At" required:"true" doc:"When it was signed, RFC 3339, at most 15 minutes off. The signature is over the time to the microsecond, in UTC."`
	Signature   string `header:"Fengcun-Signature" required:"true" doc:"Base64 of the signature by the agency's registered key over agency, delivery, time and the digest of each event's bytes. See docs/events.md."`
	ContentType string `header:"Content-Type"`
	RawBody     []byte `contentType:"application/cloudevents-batch+json"`
}

type pushOutput struct {
	Body PushAnswer
}

// PushAnswer answers a push: one result for each event, in order.
type PushAnswer struct {
	Accepted int           `json:"accepted"`
	Repeated int           `json:"repeated" doc:"Events that came before; acknowledged again, nothing changed."`
	Refused  int           `json:"refused"`
	Results  []EventResult `json:"results"`
}

// EventResult is what became of one event.
type EventResult struct {
	ID       string         `json:"id"`
	Outcome  string         `json:"outcome" enum:"accepted,repeated,refused"`
	Case     string         `json:"case,omitempty" doc:"The case code; use it as subject from now on."`
	Leaf     *int64         `json:"leaf,omitempty" doc:"Index of the entry in the trail."`
	Received *time.Time     `json:"received,omitempty"`
	Problems []EventProblem `json:"problems,omitempty"`
}

// EventProblem is one thing wrong with an event.
type EventProblem struct {
	Pointer string `json:"pointer" doc:"JSON pointer into the event."`
	Message string `json:"message"`
}

func (s *server) events(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "push-events", Method: http.MethodPost, Path: "/api/v1/events",
		Summary: "Push case events", Tags: []string{"events"},
		Description: "One CloudEvents 1.0 JSON event, a batch (JSON array), or NDJSON. Each event is judged by itself: " +
			"the answer has a result for each, in order. Nothing is acknowledged before it is stored. " +
			"429 with Retry-After says that too many pushes are under way: nothing was read; send the same again then.",
		MaxBodyBytes:     MaxBody,
		Errors:           []int{http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusTooManyRequests},
		SkipValidateBody: true,
		Middlewares:      huma.Middlewares{s.admit(api)},
	}, s.push)
}

func (s *server) push(ctx context.Context, in *pushInput) (*pushOutput, error) {
	raws, err := Split(in.ContentType, in.RawBody)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	d := &registry.Delivery{Agency: in.Agency, ID: in.Delivery, Events: raws}
	if d.SignedAt, err = time.Parse(time.RFC3339Nano, in.SignedAt); err != nil {
		return nil, s.problem(ctx, fmt.Errorf("%w: Fengcun-Signed-At: want an RFC 3339 time", registry.ErrInput))
	}
	if d.Signature, err = base64.StdEncoding.DecodeString(in.Signature); err != nil {
		return nil, s.problem(ctx, fmt.Errorf("%w: Fengcun-Signature: want base64", registry.ErrInput))
	}
	receipts, err := s.Registry.Receive(ctx, d, s.Now())
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return &pushOutput{Body: pushAnswer(receipts)}, nil
}

// Split gives the events of a push byte for byte as they were sent.
func Split(contentType string, body []byte) ([][]byte, error) {
	var raws [][]byte
	switch mediaType(contentType) {
	case typeEvent, "application/json":
		raws = [][]byte{bytes.TrimSpace(body)}
	case typeBatch:
		var items []json.RawMessage
		if err := json.Unmarshal(body, &items); err != nil {
			return nil, fmt.Errorf("%w: the batch is no JSON array of events: %w", registry.ErrInput, err)
		}
		for _, i := range items {
			raws = append(raws, i)
		}
	case typeNDJSON:
		for line := range bytes.Lines(body) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				raws = append(raws, line)
			}
		}
	default:
		return nil, fmt.Errorf("%w: Content-Type: want %s, %s or %s", registry.ErrInput, typeEvent, typeBatch, typeNDJSON)
	}
	switch {
	case len(raws) == 0:
		return nil, fmt.Errorf("%w: there is no event in the body", registry.ErrInput)
	case len(raws) > MaxEvents:
		return nil, fmt.Errorf("%w: %d events in one push, at most %d are taken; send several", registry.ErrInput, len(raws), MaxEvents)
	}
	return raws, nil
}

func mediaType(s string) string {
	for i := range len(s) {
		if s[i] == ';' {
			s = s[:i]
			break
		}
	}
	return string(bytes.ToLower(bytes.TrimSpace([]byte(s))))
}

func pushAnswer(receipts []registry.Receipt) PushAnswer {
	a := PushAnswer{Results: make([]EventResult, len(receipts))}
	for i, r := range receipts {
		res := EventResult{ID: r.ID, Outcome: string(r.Outcome)}
		switch r.Outcome {
		case registry.Accepted:
			a.Accepted++
		case registry.Repeated:
			a.Repeated++
		case registry.Refused:
			a.Refused++
		}
		if r.Outcome != registry.Refused {
			leaf, received := r.Leaf, r.Received.UTC()
			res.Case, res.Leaf, res.Received = r.Code.Grouped(), &leaf, &received
		}
		for _, p := range r.Problems {
			res.Problems = append(res.Problems, EventProblem{Pointer: p.Path, Message: p.Message})
		}
		a.Results[i] = res
	}
	return a
}

// ErrNoAnswer says that the platform did not answer: sending again is safe.
var ErrNoAnswer = errors.New("the platform did not answer")
