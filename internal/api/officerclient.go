package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
)

// OfficerClient acts on a platform as one officer, by that officer's own key.
type OfficerClient struct {
	URL     string // of the platform, without /api
	Officer string
	Key     suite.SignKey
	HTTP    *http.Client
	Rand    io.Reader
}

// Call signs and sends one request; path begins with /api/v1/. in, unless nil,
// is the body; out, unless nil, gets the answer. A refusal is a *Problem.
func (c *OfficerClient) Call(ctx context.Context, method, path string, in, out any, now time.Time) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encoding the request: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := c.sign(req, body, now); err != nil {
		return err
	}
	return exchange(c.HTTP, req, out)
}

func (c *OfficerClient) sign(req *http.Request, body []byte, now time.Time) error {
	call := registry.Call{
		Officer: c.Officer, Method: req.Method, Path: req.URL.RequestURI(), SignedAt: now.UTC(), Body: body,
	}
	sig, err := c.Key.Sign(c.Rand, call.Message(c.Key.Suite()))
	if err != nil {
		return fmt.Errorf("signing the request: %w", err)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set(headerOfficer, c.Officer)
	req.Header.Set(headerSignedAt, call.SignedAt.Format(time.RFC3339Nano))
	req.Header.Set(headerSignature, base64.StdEncoding.EncodeToString(sig))
	return nil
}

// exchange sends a request and reads its JSON answer.
func exchange(client *http.Client, req *http.Request, out any) error {
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, MaxBody))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return readProblem(res.StatusCode, res.Header, text)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("reading the platform's answer: %w", err)
	}
	return nil
}

// QueryPath is the path of one query, and of what is done to it: "", "answers",
// "opening" or "unsealing".
func QueryPath(id, act string) string {
	p := "/api/v1/queries/" + url.PathEscape(id)
	if act != "" {
		p += "/" + act
	}
	return p
}
