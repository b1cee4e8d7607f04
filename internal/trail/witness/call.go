package witness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/fengcun/fengcun/internal/trail"
)

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return fmt.Errorf("witness: its URL: %w", err)
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("witness: the URL %q: want http(s)://HOST/PATH/", text)
	}
	return nil
}

// post sends a request and gives the signature lines, or the error that the
// status stands for.
func (p *peer) post(ctx context.Context, r Request) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(r.Bytes()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("reading its answer: %w", err)
	}
	return body, status(res, body)
}

// status is the error of an answer; nil for one with signature lines.
func status(res *http.Response, body []byte) error {
	switch res.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusConflict:
		kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
		size, err := trail.ParseCount(strings.TrimSuffix(string(body), "\n"))
		if kind != sizeType || err != nil {
			return fmt.Errorf("%w: it has another root at this size", ErrProof)
		}
		return ErrStale{Size: size}
	case http.StatusNotFound:
		return ErrUnknownLog
	case http.StatusForbidden:
		return trail.ErrSignature
	case http.StatusUnprocessableEntity:
		return ErrProof
	}
	return fmt.Errorf("it answered %s", res.Status)
}
