package trail

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Source is a stored log as its readers may see it.
type Source interface {
	// Checkpoint is the last one published; nil where none is yet.
	Checkpoint(ctx context.Context) ([]byte, error)

	// Hashes reads stored hashes by their index.
	Hashes(ctx context.Context, indexes []int64) ([]Hash, error)

	// Leaves reads n leaves from an index on, all of them or an error.
	Leaves(ctx context.Context, first int64, n int) ([]Leaf, error)
}

const (
	forever = "public, max-age=31536000, immutable"
	never   = "no-cache"
)

// Handler serves the log read-only: checkpoint, tile/… and key (its verifier
// keys, see Verifier.String). Mount it with http.StripPrefix("/trail/", …).
//
// Nothing above the published checkpoint is served: an entry is not public
// before a signature stands for it. Failures are logged and not described to
// the reader.
func Handler(src Source, key string, log *slog.Logger) http.Handler {
	h := handler{src, log}
	return allowGet(func(w http.ResponseWriter, r *http.Request) {
		switch path := trimSlash(r.URL.Path); path {
		case "checkpoint":
			h.checkpoint(w, r)
		case "key":
			respond(w, "text/plain; charset=utf-8", never, []byte(key))
		default:
			h.tile(w, r, path)
		}
	})
}

type handler struct {
	src Source
	log *slog.Logger
}

func trimSlash(path string) string {
	if len(path) > 0 && path[0] == '/' {
		return path[1:]
	}
	return path
}

func allowGet(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		next(w, r)
	}
}

func respond(w http.ResponseWriter, kind, cache string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", cache)
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body) //nolint:gosec // text/plain or octets with nosniff, from our own store; a reader gone is its own affair
}

func (h handler) checkpoint(w http.ResponseWriter, r *http.Request) {
	signed, err := h.src.Checkpoint(r.Context())
	switch {
	case err != nil:
		h.fail(w, r, err)
	case signed == nil:
		http.NotFound(w, r)
	default:
		respond(w, "text/plain; charset=utf-8", never, signed)
	}
}

func (h handler) tile(w http.ResponseWriter, r *http.Request, path string) {
	t, err := ParseTilePath(path)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	size, err := h.published(r.Context())
	if err != nil {
		h.fail(w, r, err)
		return
	}
	if !t.Within(size) {
		http.NotFound(w, r)
		return
	}
	data, err := h.read(r.Context(), t)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	respond(w, "application/octet-stream", forever, data)
}

func (h handler) read(ctx context.Context, t Tile) ([]byte, error) {
	if t.Level == EntryLevel {
		leaves, err := h.src.Leaves(ctx, t.N*tileWidth, t.Width)
		if err != nil {
			return nil, err
		}
		if len(leaves) != t.Width {
			return nil, errors.New("the store gave another number of leaves than asked for")
		}
		return Bundle(leaves), nil
	}
	return HashTile(t, tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		return h.src.Hashes(ctx, indexes)
	}))
}

// published is the size in the last checkpoint. It is our own, so its
// signature is not checked.
func (h handler) published(ctx context.Context) (int64, error) {
	signed, err := h.src.Checkpoint(ctx)
	if err != nil || signed == nil {
		return 0, err
	}
	c, err := parseUnverified(signed)
	return c.Size, err
}

func (h handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	h.log.ErrorContext(r.Context(), "serving the trail", "path", r.URL.Path, "error", err)
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// parseUnverified reads a checkpoint without checking who signed it.
func parseUnverified(signed []byte) (Checkpoint, error) {
	_, err := note.Open(signed, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return Checkpoint{}, errCheckpoint
	}
	c, err := parseBody(unverified.Note.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	c.Signed = bytes.Clone(signed)
	return c, nil
}
