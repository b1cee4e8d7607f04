package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/fengcun/fengcun/internal/registry"
)

// Seal closes a delivery in a stream of events: the line after its last event.
type Seal struct {
	Delivery  string    `json:"delivery" doc:"The sender's id of this delivery. Sent again with the same events it is acknowledged again."`
	SignedAt  time.Time `json:"signedAt" doc:"As Fengcun-Signed-At of a push."`
	Signature []byte    `json:"signature" doc:"Base64, as Fengcun-Signature of a push."`
}

// StreamLine is a line of the answer to a stream: what became of one event, then
// of its delivery, and at the very end that the stream has been read to its end.
type StreamLine struct {
	Line   int          `json:"line,omitempty" doc:"Line of the body, from 1: the event's, or that which closes the delivery."`
	Result *EventResult `json:"result,omitempty"`

	Delivery string           `json:"delivery,omitempty"`
	Accepted int              `json:"accepted,omitempty"`
	Repeated int              `json:"repeated,omitempty"`
	Refused  int              `json:"refused,omitempty"`
	Problem  *huma.ErrorModel `json:"problem,omitempty" doc:"Why nothing of the delivery was taken."`

	End bool `json:"end,omitempty" doc:"The last line. Without it the answer was cut off: send again what is not acknowledged."`
}

// patience is how long a stream may stand still.
const patience = 2 * time.Minute

type streamInput struct {
	Agency string `header:"Fengcun-Agency" required:"true" doc:"Id of the agency whose system sends."`
}

func (s *server) stream(api huma.API) {
	ndjson := func(line any, name string) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{typeNDJSON: {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(line), true, name)}}
	}
	const path = "/api/v1/events/stream"
	huma.Register(api, huma.Operation{
		OperationID: "stream-events", Method: http.MethodPost, Path: path,
		Summary: "Stream case events, however many", Tags: []string{"events"},
		Description: fmt.Sprintf("NDJSON of any length: one event a line, and after at most %d events or %d MiB a line that closes them as a delivery: "+
			`{"delivery": id, "signedAt": time, "signature": base64}, signed as a push is. `+
			"The answer is NDJSON, too, and comes while the body is still being sent: a line for each event and each delivery as it is stored, "+
			`and {"end": true}. A delivery that is refused does not stop the others. Events after the last such line are not taken. `+
			"429 with Retry-After: nothing was read.", MaxEvents, MaxBody>>20),
		Responses:   map[string]*huma.Response{"200": {Description: "Lines.", Content: ndjson(StreamLine{}, "StreamLine")}},
		Errors:      []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests},
		Middlewares: huma.Middlewares{s.admit(api)},
	}, func(_ context.Context, in *streamInput) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(hc huma.Context) { s.streamed(hc, in.Agency) }}, nil
	})
	// Said afterwards: the body of an operation registered with one is read whole before its handler runs.
	api.OpenAPI().Paths[path].Post.RequestBody = &huma.RequestBody{
		Required: true, Content: ndjson(Seal{}, "Seal"), Description: "Lines: events, and this after those of a delivery.",
	}
}

// streamed answers a stream while it is read.
func (s *server) streamed(hc huma.Context, agency string) {
	r, w := humago.Unwrap(hc)
	w.Header().Set("Content-Type", typeNDJSON)
	control := http.NewResponseController(w)
	if err := control.EnableFullDuplex(); err != nil && r.ProtoMajor < 2 { // HTTP/2 always is
		s.Log.ErrorContext(r.Context(), "answering a stream while it is read", "error", err)
	}
	deadline := func(at time.Time) { _, _ = control.SetReadDeadline(at), control.SetWriteDeadline(at) }
	deadline(time.Time{}) // however long it takes, as long as it moves
	idle := time.AfterFunc(patience, func() { deadline(time.Unix(1, 0)) })
	defer idle.Stop()
	t := &streaming{
		server: s, agency: agency, in: newLines(r.Body), out: json.NewEncoder(w),
		moves: func() { idle.Reset(patience) }, flush: control.Flush,
	}
	if err := t.run(r.Context()); err != nil {
		s.Log.InfoContext(r.Context(), "a stream of events was cut off", "error", err)
	}
}

// streaming is one stream under way. It holds one delivery at a time.
type streaming struct {
	*server
	agency string
	in     *lines
	out    *json.Encoder
	moves  func() // says that the stream does not stand still
	flush  func() error

	events  [][]byte // of the delivery that is not closed yet
	at      []int    // their lines
	size    int
	spoiled error // why the delivery cannot be taken
}

// run reads to the end of the body. An error says that the body or the answer
// was cut off.
func (t *streaming) run(ctx context.Context) error {
	for {
		line, err := t.in.next(MaxBody - t.size)
		t.moves()
		switch {
		case errors.Is(err, io.EOF):
			return t.end(ctx)
		case errors.Is(err, errLong):
			t.spoil(fmt.Errorf("%w: line %d: with it the delivery has more than %d MiB; close deliveries earlier", registry.ErrInput, t.in.n, MaxBody>>20))
		case err != nil:
			return err
		case len(line) == 0:
		case isSeal(line):
			if err := t.close(ctx, line); err != nil {
				return err
			}
		default:
			t.add(line)
		}
	}
}

func (t *streaming) add(line []byte) {
	switch {
	case t.spoiled != nil:
	case len(t.events) == MaxEvents:
		t.spoil(fmt.Errorf("%w: line %d: with it the delivery has more than %d events; close deliveries earlier", registry.ErrInput, t.in.n, MaxEvents))
	default:
		t.events, t.at, t.size = append(t.events, line), append(t.at, t.in.n), t.size+len(line)
	}
}

// spoil lets go of a delivery that cannot be taken; its lines are read over.
func (t *streaming) spoil(why error) {
	if t.spoiled == nil {
		t.spoiled = why
	}
	t.events, t.at, t.size = nil, nil, 0
}

// close takes a delivery in and says what became of it.
func (t *streaming) close(ctx context.Context, line []byte) error {
	answer, results, err := t.take(ctx, line)
	at := t.at
	t.spoil(nil)
	t.spoiled = nil
	if err != nil {
		var p *huma.ErrorModel
		if !errors.As(t.problem(ctx, err), &p) {
			return err
		}
		answer.Problem = p
	}
	for i := range results {
		if err := t.out.Encode(StreamLine{Line: at[i], Result: &results[i]}); err != nil {
			return err
		}
	}
	if err := t.out.Encode(answer); err != nil {
		return err
	}
	return t.flush()
}

func (t *streaming) take(ctx context.Context, line []byte) (StreamLine, []EventResult, error) {
	var seal Seal
	answer := StreamLine{Line: t.in.n}
	if err := json.Unmarshal(line, &seal); err != nil {
		return answer, nil, fmt.Errorf("%w: line %d closes no delivery: %w", registry.ErrInput, t.in.n, err)
	}
	answer.Delivery = seal.Delivery
	switch {
	case t.spoiled != nil:
		return answer, nil, t.spoiled
	case len(t.events) == 0:
		return answer, nil, fmt.Errorf("%w: line %d closes a delivery without an event", registry.ErrInput, t.in.n)
	}
	receipts, err := t.Registry.Receive(ctx, &registry.Delivery{
		Agency: t.agency, ID: seal.Delivery, SignedAt: seal.SignedAt, Signature: seal.Signature, Events: t.events,
	}, t.Now())
	if err != nil {
		return answer, nil, err
	}
	a := pushAnswer(receipts)
	answer.Accepted, answer.Repeated, answer.Refused = a.Accepted, a.Repeated, a.Refused
	return answer, a.Results, nil
}

// end says that all was read, and what was left without a signature.
func (t *streaming) end(ctx context.Context) error {
	last := StreamLine{End: true}
	if n := len(t.events); n > 0 || t.spoiled != nil {
		err := fmt.Errorf("%w: the body ends before the line that closes its last delivery; events after the line before were not taken", registry.ErrInput)
		_ = errors.As(t.problem(ctx, err), &last.Problem)
	}
	if err := t.out.Encode(last); err != nil {
		return err
	}
	return t.flush()
}
