package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
)

// Client pushes events to a platform as an agency's system.
type Client struct {
	URL    string // of the platform, without /api
	Agency string
	Key    suite.SignKey
	HTTP   *http.Client
	Rand   io.Reader
}

// Push signs and sends one delivery, an event's JSON each, and gives the
// platform's answer. A problem document comes back as an error.
func (c *Client) Push(ctx context.Context, delivery string, events [][]byte, now time.Time) (*PushAnswer, error) {
	seal, err := c.seal(delivery, events, now)
	if err != nil {
		return nil, err
	}
	body := bytes.Join(events, []byte("\n"))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/api/v1/events", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", typeNDJSON)
	req.Header.Set("Fengcun-Agency", c.Agency)
	req.Header.Set("Fengcun-Delivery", delivery)
	req.Header.Set("Fengcun-Signed-At", seal.SignedAt.Format(time.RFC3339Nano))
	req.Header.Set("Fengcun-Signature", base64.StdEncoding.EncodeToString(seal.Signature))
	a := new(PushAnswer)
	return a, exchange(c.HTTP, req, a)
}

func (c *Client) seal(delivery string, events [][]byte, now time.Time) (*Seal, error) {
	d := &registry.Delivery{Agency: c.Agency, ID: delivery, SignedAt: now.UTC().Truncate(time.Microsecond), Events: events}
	sig, err := c.Key.Sign(c.Rand, d.Message(c.Key.Suite()))
	if err != nil {
		return nil, fmt.Errorf("signing the delivery: %w", err)
	}
	return &Seal{Delivery: delivery, SignedAt: d.SignedAt, Signature: sig}, nil
}
