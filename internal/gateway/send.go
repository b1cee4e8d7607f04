package gateway

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/fengcun/fengcun/internal/api"
)

// sender pushes what waits in the spool, the oldest first.
type sender struct {
	spool  *spool
	client *api.Client
	most   int // events in a push
	size   int // events in the next one: fewer while the platform refuses larger ones
	now    func() time.Time
	log    *slog.Logger
	sum    Counts
	fails  int    // in a row
	told   string // the last failure logged
}

const (
	mostBytes = 16 << 20 // of a push
	longest   = 5 * time.Minute
	putOff    = time.Minute // a row that the platform fails at lets the others go first
	patience  = 5           // tries of Drain
)

// run pushes until the context ends.
func (s *sender) run(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := s.step(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			wait(ctx, s.failed(ctx, err))
		case n == 0:
			wait(ctx, 100*time.Millisecond)
		}
	}
}

// drain pushes until nothing waits; after some failures in a row it gives up.
func (s *sender) drain(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := s.step(ctx)
		var p *api.Problem
		switch {
		case err == nil && n == 0:
			return nil
		case err == nil:
			continue
		case errors.As(err, &p) && p.Status < http.StatusInternalServerError && p.Status != http.StatusTooManyRequests && p.Status != http.StatusRequestEntityTooLarge:
			return err
		}
		pause := s.failed(ctx, err)
		if s.fails >= patience {
			return err
		}
		wait(ctx, pause)
	}
	return context.Cause(ctx)
}

// failed notes a failure, says it once, and gives the time to wait.
func (s *sender) failed(ctx context.Context, err error) time.Duration {
	s.fails++
	pause := min(longest, time.Second<<min(s.fails-1, 16))
	var p *api.Problem
	hint := "what waits is kept; sending is tried again"
	if errors.As(err, &p) {
		switch p.Status {
		case http.StatusTooManyRequests:
			return max(p.RetryAfter, time.Second)
		case http.StatusRequestEntityTooLarge:
			return 0
		case http.StatusUnauthorized:
			hint = "what waits is kept. Look at this machine's clock, and whether the platform knows this key: it may have been replaced or have expired"
		}
	}
	if text := err.Error(); text != s.told {
		s.told = text
		s.log.ErrorContext(ctx, "the platform does not take the events", "error", err, "hint", hint, "again_in", pause.String())
	}
	return pause
}

// step pushes once, and gives how many rows were answered.
func (s *sender) step(ctx context.Context) (int, error) {
	items, err := s.spool.next(ctx, s.size, mostBytes, s.now().UnixMicro())
	if err != nil || len(items) == 0 {
		return 0, err
	}
	raws := make([][]byte, len(items))
	for i := range items {
		raws[i] = items[i].raw
	}
	sum := s.client.Key.Suite().Digest(bytes.Join(raws, []byte("\n")))
	answer, err := s.client.Push(ctx, hex.EncodeToString(sum[:16]), raws, s.now())
	if err != nil {
		return 0, s.refused(ctx, items, err)
	}
	if len(answer.Results) != len(items) {
		return 0, errors.New("the platform's answer has not one result for each event; is it the platform?")
	}
	for i := range items {
		s.take(&items[i], &answer.Results[i])
	}
	if err := s.spool.answered(ctx, items); err != nil {
		return 0, err
	}
	if s.told != "" {
		s.log.InfoContext(ctx, "the platform takes the events again")
	}
	s.fails, s.told = 0, ""
	s.size = min(s.most, s.size*2)
	return len(items), nil
}

func (s *sender) take(it *item, r *api.EventResult) {
	it.id, it.outcome, it.code = r.ID, r.Outcome, r.Case
	if r.Leaf != nil {
		it.leaf = sql.NullInt64{Int64: *r.Leaf, Valid: true}
	}
	switch r.Outcome {
	case "accepted":
		s.sum.Accepted++
	case "repeated":
		s.sum.Repeated++
	default:
		s.sum.Refused++
		it.outcome = "refused"
	}
	for _, p := range r.Problems {
		it.faults = append(it.faults, fault{Pointer: p.Pointer, Message: p.Message})
	}
}

// refused looks whether a smaller push would do: then the next one is smaller.
// A single row that the platform cannot take is refused, one that it fails at
// lets the others go first.
func (s *sender) refused(ctx context.Context, items []item, err error) error {
	var p *api.Problem
	if !errors.As(err, &p) {
		return err
	}
	tooLarge := p.Status == http.StatusRequestEntityTooLarge
	if !tooLarge && p.Status != http.StatusInternalServerError {
		return err
	}
	if len(items) > 1 {
		s.size = len(items) / 2
		return err
	}
	if tooLarge {
		items[0].outcome, items[0].faults = "refused", []fault{{Message: p.Detail}}
		s.sum.Refused++
		return errors.Join(s.spool.answered(ctx, items))
	}
	return errors.Join(err, s.spool.putOff(ctx, items[0].seq, s.now().Add(putOff).UnixMicro()))
}
