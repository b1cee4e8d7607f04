package api

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// Pushes bounds what is under way at once: a push that would go past either is
// answered 429 before its body is read, so that memory stays bounded whatever
// the agencies send.
type Pushes struct {
	Count int
	Bytes int64
}

// DefaultPushes is enough for a few hundred systems that push single events,
// or four that push the largest batches.
func DefaultPushes() Pushes { return Pushes{Count: 256, Bytes: 4 * MaxBody} }

// retryAfter is how many seconds a sender is asked to wait.
const retryAfter = 2

// gate counts the pushes under way.
type gate struct {
	most Pushes
	mu   sync.Mutex
	now  Pushes
}

// enter is false where a push of this size has to wait outside. One is always
// let in when nothing else is under way.
func (g *gate) enter(size int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now.Count > 0 && (g.now.Count >= g.most.Count || g.now.Bytes+size > g.most.Bytes) {
		return false
	}
	g.now.Count++
	g.now.Bytes += size
	return true
}

func (g *gate) leave(size int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now.Count--
	g.now.Bytes -= size
}

// admit lets a push in or answers 429. A push that does not say how large it
// is counts as the largest.
func (s *server) admit(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		size, err := strconv.ParseInt(ctx.Header("Content-Length"), 10, 64)
		if err != nil || size < 0 || size > MaxBody {
			size = MaxBody
		}
		if !s.gate.enter(size) {
			ctx.SetHeader("Retry-After", strconv.Itoa(retryAfter))
			_ = huma.WriteErr(api, ctx, http.StatusTooManyRequests, "too many pushes are under way; nothing was read, send the same again")
			return
		}
		defer s.gate.leave(size)
		next(ctx)
	}
}
