package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// push sends a body as the police's system, signed over the events in it.
func (s *site) push(contentType string, body []byte, events ...[]byte) (int, *api.PushAnswer, []byte) {
	s.Helper()
	d := s.Raw(registrytest.Police, events...)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.URL+"/api/v1/events", bytes.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	for k, v := range map[string]string{
		"Content-Type": contentType, "Fengcun-Agency": d.Agency, "Fengcun-Delivery": d.ID,
		"Fengcun-Signed-At": d.SignedAt.UTC().Format(time.RFC3339Nano),
		"Fengcun-Signature": base64.StdEncoding.EncodeToString(d.Signature),
	} {
		req.Header.Set(k, v)
	}
	status, _, text := s.exchange(req)
	a := new(api.PushAnswer)
	if status == http.StatusOK {
		if err := json.Unmarshal(text, a); err != nil {
			s.Fatal(err)
		}
	}
	return status, a, text
}

func (s *site) event(t *testing.T) []byte {
	t.Helper()
	raw, err := s.Case().Event(registrytest.Police, docket.CaseFiled, "2026-02-01", registrytest.Suspect(s.Adult(), "盗窃罪", "2026-01-30")).Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestThreeWaysToPush(t *testing.T) {
	s := serve(t)
	a, b, c, d := s.event(t), s.event(t), s.event(t), s.event(t)
	batch := append(append(append(append([]byte("[ "), b...), " ,\n "...), c...), " ]"...)
	for _, push := range []struct {
		contentType string
		body        []byte
		events      [][]byte
		want        api.PushAnswer
	}{
		{"application/cloudevents+json; charset=utf-8", a, [][]byte{a}, api.PushAnswer{Accepted: 1}},
		{"application/cloudevents-batch+json", batch, [][]byte{b, c}, api.PushAnswer{Accepted: 2}},
		{"application/x-ndjson", bytes.Join([][]byte{d, {}, a}, []byte("\r\n")), [][]byte{d, a}, api.PushAnswer{Accepted: 1, Repeated: 1}},
		{"application/x-ndjson", []byte("{}\nno"), [][]byte{[]byte("{}"), []byte("no")}, api.PushAnswer{Refused: 2}},
	} {
		status, got, text := s.push(push.contentType, push.body, push.events...)
		if status != http.StatusOK || got.Accepted != push.want.Accepted || got.Repeated != push.want.Repeated || got.Refused != push.want.Refused {
			t.Errorf("%s: %d %s", push.contentType, status, text)
		}
		for _, r := range got.Results {
			if (r.Outcome == "refused") != (len(r.Problems) > 0) || (r.Outcome == "refused") == (r.Leaf != nil && r.Case != "") {
				t.Errorf("%s: result %+v", push.contentType, r)
			}
		}
	}
}

func TestPushesRefusedAsAWhole(t *testing.T) {
	s := serve(t)
	e := s.event(t)
	for name, c := range map[string]struct {
		contentType string
		body        []byte
		status      int
		kind        string
	}{
		"another body":    {"application/cloudevents+json", append([]byte(" "), bytes.Replace(e, []byte("盗窃罪"), []byte("抢劫罪"), 1)...), http.StatusUnauthorized, "unsigned"},
		"no event":        {"application/x-ndjson", []byte("\n\n"), http.StatusUnprocessableEntity, "input"},
		"no array":        {"application/cloudevents-batch+json", e, http.StatusUnprocessableEntity, "input"},
		"another type":    {"text/plain", e, http.StatusUnprocessableEntity, "input"},
		"far too many":    {"application/x-ndjson", []byte(strings.Repeat("1\n", api.MaxEvents+1)), http.StatusUnprocessableEntity, "input"},
		"far too large":   {"application/x-ndjson", make([]byte, api.MaxBody+1), http.StatusRequestEntityTooLarge, "too-large"},
		"nothing in body": {"application/x-ndjson", nil, http.StatusUnprocessableEntity, "input"},
	} {
		status, _, text := s.push(c.contentType, c.body, e)
		if status != c.status && (name != "nothing in body" || status != http.StatusBadRequest) || !bytes.Contains(text, []byte(`"urn:fengcun:problem:`+c.kind+`"`)) {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	s.Check()
}

func TestClientTellsProblems(t *testing.T) {
	s := serve(t)
	key, err := s.Reg.Suite().GenerateSignKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &api.Client{URL: s.URL + "/", Agency: registrytest.Police, Key: key, HTTP: http.DefaultClient, Rand: rand.Reader}
	if _, err := c.Push(t.Context(), "d1", [][]byte{s.event(t)}, s.Now); err == nil || !strings.HasPrefix(err.Error(), "unsigned: ") {
		t.Errorf("a key nobody knows: %v", err)
	}
	c.URL = "http://127.0.0.1:1"
	if _, err := c.Push(t.Context(), "d1", [][]byte{s.event(t)}, s.Now); err == nil || !strings.Contains(err.Error(), api.ErrNoAnswer.Error()) {
		t.Errorf("nobody answers: %v", err)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("application/cloudevents+json", []byte(`{"id":"1"}`))
	f.Add("application/cloudevents-batch+json", []byte(`[{"id":"1"}, {"id":"2"}]`))
	f.Add("application/x-ndjson; charset=utf-8", []byte("{}\r\n\n{}"))
	f.Add("text/plain", []byte("x"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		events, err := api.Split(contentType, body)
		if err != nil {
			if len(events) != 0 {
				t.Errorf("%d events and an error: %v", len(events), err)
			}
			return
		}
		if len(events) == 0 || len(events) > api.MaxEvents {
			t.Errorf("%d events", len(events))
		}
		for _, e := range events {
			if !bytes.Contains(body, e) {
				t.Errorf("the event %q is not in the body as it was sent", e)
			}
		}
	})
}
