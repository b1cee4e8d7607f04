package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"
)

// Stream sends deliveries, each an id with its events' JSON, in one request, and
// gives each line of the answer as it comes, but the last. An error that
// wraps [ErrNoAnswer] says that the stream was cut off: what was not
// acknowledged is to be sent again.
func (c *Client) Stream(ctx context.Context, deliveries iter.Seq2[string, [][]byte], now func() time.Time, each func(StreamLine) error) error {
	body, w := io.Pipe()
	defer func() { _ = body.Close() }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/api/v1/events/stream", body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", typeNDJSON)
	req.Header.Set("Fengcun-Agency", c.Agency)
	go func() { _ = w.CloseWithError(c.send(w, deliveries, now)) }()
	res, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoAnswer, err)
		}
		return readProblem(res.StatusCode, res.Header, text)
	}
	for d := json.NewDecoder(res.Body); ; {
		var line StreamLine
		if err := d.Decode(&line); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("%w: the answer was cut off: %w", ErrNoAnswer, err)
		}
		if line.End {
			return nil
		}
		if err := each(line); err != nil {
			return err
		}
	}
}

// send writes the deliveries as a stream's body, each with its seal.
func (c *Client) send(w io.Writer, deliveries iter.Seq2[string, [][]byte], now func() time.Time) error {
	out := bufio.NewWriterSize(w, 64<<10)
	lines := json.NewEncoder(out)
	for id, events := range deliveries {
		for _, e := range events {
			if _, err := out.Write(append(e[:len(e):len(e)], '\n')); err != nil {
				return err
			}
		}
		seal, err := c.seal(id, events, now())
		if err != nil {
			return err
		}
		if err := lines.Encode(seal); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}
