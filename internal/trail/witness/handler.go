package witness

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/fengcun/fengcun/internal/trail"
)

// sizeType is the content type of a 409's body.
const sizeType = "text/x.tlog.size"

// Handler serves POST /add-checkpoint, and GET /key, the witness's verifier
// key. What goes wrong inside is logged and not told.
func Handler(w *Witness, now func() time.Time, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
		if err != nil {
			http.Error(rw, "witness: the request was not read", http.StatusBadRequest)
			return
		}
		req, err := ParseRequest(body)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		c, err := w.Add(req, now())
		if err != nil {
			refuse(rw, r, log, err)
			return
		}
		answer(rw, http.StatusOK, "text/plain; charset=utf-8", c.Line)
	})
	mux.HandleFunc("GET /key", func(rw http.ResponseWriter, _ *http.Request) {
		answer(rw, http.StatusOK, "text/plain; charset=utf-8", w.Key().String()+"\n")
	})
	return mux
}

func answer(rw http.ResponseWriter, status int, kind, body string) {
	h := rw.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, body)
}

// refuse gives an error the status that the protocol has for it. A request
// that a log did sign and that does not fit what was seen may prove that the
// log misbehaved, so it is logged.
func refuse(rw http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	var stale ErrStale
	switch {
	case errors.As(err, &stale):
		if stale.Forked {
			log.WarnContext(r.Context(), "a signed checkpoint that forks the log", "error", err)
		}
		answer(rw, http.StatusConflict, sizeType, strconv.FormatInt(stale.Size, 10)+"\n")
	case errors.Is(err, ErrUnknownLog):
		http.Error(rw, err.Error(), http.StatusNotFound)
	case errors.Is(err, trail.ErrSignature):
		http.Error(rw, trail.ErrSignature.Error(), http.StatusForbidden)
	case errors.Is(err, ErrOldSize):
		http.Error(rw, err.Error(), http.StatusBadRequest)
	case errors.Is(err, ErrProof):
		log.WarnContext(r.Context(), "a signed checkpoint that does not continue the last one", "error", err)
		http.Error(rw, err.Error(), http.StatusUnprocessableEntity)
	default:
		log.ErrorContext(r.Context(), "add-checkpoint", "error", err)
		http.Error(rw, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
