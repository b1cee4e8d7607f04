package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// sealed is a delivery as a stream has it: events, one a line, and its seal.
func (s *site) sealed(events ...[]byte) []byte {
	s.Helper()
	d := s.Raw(registrytest.Police, events...)
	seal, err := json.Marshal(api.Seal{Delivery: d.ID, SignedAt: d.SignedAt, Signature: d.Signature})
	if err != nil {
		s.Fatal(err)
	}
	return bytes.Join(append(slices.Clip(events), seal, nil), []byte("\n"))
}

// stream sends a body and gives the lines of the answer.
func (s *site) stream(body io.Reader) (answer []api.StreamLine) {
	s.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.URL+"/api/v1/events/stream", body)
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Fengcun-Agency", registrytest.Police)
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	for d := json.NewDecoder(res.Body); ; {
		var line api.StreamLine
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) {
			return answer
		}
		if err != nil {
			s.Fatal(err)
		}
		answer = append(answer, line)
	}
}

// told is an answer in short: the line and the outcome of each event, what each
// delivery came to, the end.
func told(answer []api.StreamLine) string {
	var b strings.Builder
	for _, l := range answer {
		switch {
		case l.Result != nil:
			fmt.Fprintf(&b, "%d %s; ", l.Line, l.Result.Outcome)
		case l.Delivery != "" && l.Problem == nil:
			fmt.Fprintf(&b, "%d +%d =%d -%d; ", l.Line, l.Accepted, l.Repeated, l.Refused)
		}
		if l.Problem != nil {
			fmt.Fprintf(&b, "%d %s; ", l.Line, strings.TrimPrefix(l.Problem.Type, "urn:fengcun:problem:"))
		}
		if l.End {
			b.WriteString("end")
		}
	}
	return b.String()
}

func TestStream(t *testing.T) {
	s := serve(t)
	a, b, c, d := s.event(t), s.event(t), s.event(t), s.event(t)
	spoilt := s.sealed(c)
	spoilt = bytes.Replace(spoilt, []byte("盗窃罪"), []byte("抢劫罪"), 1)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, test := range []struct {
		name string
		body []byte
		want string
	}{
		{"two deliveries", join(s.sealed(a, b), []byte("\r\n"), s.sealed(c)), "1 accepted; 2 accepted; 3 +2 =0 -0; 5 accepted; 6 +1 =0 -0; end"},
		{"again, with a bad line", join(s.sealed(a, []byte("{"), b)), "1 repeated; 2 refused; 3 repeated; 4 +0 =2 -1; end"},
		{"a signature that does not hold", join(spoilt, s.sealed(d)), "2 unsigned; 3 accepted; 4 +1 =0 -0; end"},
		{"a seal that is none", join([]byte(`{ "delivery": 7}`+"\n"), s.sealed(a)), "1 input; 2 repeated; 3 +0 =1 -0; end"},
		{"a seal without events", join([]byte(`{"delivery":"x"}`), []byte("\n"), s.sealed(a)), "1 input; 2 repeated; 3 +0 =1 -0; end"},
		{"too many events", join(bytes.Repeat([]byte("1\n"), api.MaxEvents+1), []byte(`{"delivery":"x"}`+"\n"), s.sealed(a)), "10002 input; 10003 repeated; 10004 +0 =1 -0; end"},
		{"the end is missing", join(s.sealed(a), b), "1 repeated; 2 +0 =1 -0; 0 input; end"},
		{"nothing", nil, "end"},
	} {
		if got := told(s.stream(bytes.NewReader(test.body))); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// The answer to a delivery comes before the next is sent.
func TestStreamAnswersWhileItIsRead(t *testing.T) {
	s := serve(t)
	w := s.client()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answered := make(chan int, 1)
	answered <- 0
	events := [][]byte{s.event(t), s.event(t), s.event(t)}
	sent := 0
	err := w.Stream(ctx, func(yield func(string, [][]byte) bool) {
		for i, e := range events {
			select {
			case <-answered:
			case <-ctx.Done():
				return
			}
			if !yield(fmt.Sprint("stream-", i), [][]byte{e}) {
				return
			}
			sent++
		}
	}, s.clock, func(l api.StreamLine) error {
		if l.Delivery != "" {
			if l.Accepted != 1 {
				t.Errorf("%+v", l)
			}
			answered <- 1
		}
		return nil
	})
	if err != nil || sent != len(events) {
		t.Errorf("%d deliveries sent: %v", sent, err)
	}
}

// A stream that is cut off has taken what was closed and nothing else; sent
// again, what was taken is acknowledged again.
func TestStreamCutOff(t *testing.T) {
	s := serve(t)
	w := s.client()
	deliveries := map[string][][]byte{"one": {s.event(t), s.event(t)}, "two": {s.event(t)}}
	lost := errors.New("the line went dead")
	sum := func(cut bool) (accepted, repeated int, err error) {
		err = w.Stream(t.Context(), func(yield func(string, [][]byte) bool) {
			for _, id := range slices.Sorted(maps.Keys(deliveries)) {
				if !yield(id, deliveries[id]) {
					return
				}
			}
		}, s.clock, func(l api.StreamLine) error {
			accepted, repeated = accepted+l.Accepted, repeated+l.Repeated
			if cut && l.Delivery != "" {
				return lost
			}
			return nil
		})
		return accepted, repeated, err
	}
	if accepted, _, err := sum(true); accepted != 2 || !errors.Is(err, lost) {
		t.Fatalf("cut off: %d accepted, %v", accepted, err)
	}
	if accepted, repeated, err := sum(false); accepted+repeated != 3 || repeated < 2 || err != nil {
		t.Errorf("again: %d accepted, %d repeated, %v", accepted, repeated, err)
	}
}

// endless is a line of so many bytes.
func endless(n int64) io.Reader { return io.LimitReader(letters{}, n) }

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// A line that never seems to end costs its delivery and no memory.
func TestStreamOfAVeryLongLine(t *testing.T) {
	s := serve(t)
	size := int64(2 << 30)
	if testing.Short() {
		size = 128 << 20
	}
	var before, after runtime.MemStats
	e := s.sealed(s.event(t))
	runtime.ReadMemStats(&before)
	got := told(s.stream(io.MultiReader(endless(size), strings.NewReader("\n"+`{"delivery":"x"}`+"\n"), bytes.NewReader(e))))
	runtime.ReadMemStats(&after)
	if want := "2 input; 3 accepted; 4 +1 =0 -0; end"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 6*api.MaxBody {
		t.Errorf("%d MiB were allocated", grown>>20)
	}
}

// In a stream of 70,050 lines line 70,001 is bad: it is named, the rest goes in.
func TestStreamWithOneBadLine(t *testing.T) {
	s := serve(t)
	e := s.event(t)
	const each, bad, last = 7_005, 70_001, 70_050
	line, accepted, repeated, refused := 0, 0, 0, 0
	err := s.client().Stream(t.Context(), func(yield func(string, [][]byte) bool) {
		for d := 0; line < last; d++ {
			var events [][]byte
			for range each {
				if line++; line+d == bad { // the seals of the deliveries before are lines, too
					events = append(events, []byte(`{"specversion":"1.0"`))
				} else {
					events = append(events, e)
				}
			}
			if !yield(fmt.Sprint("d", d), events) {
				return
			}
		}
	}, s.clock, func(l api.StreamLine) error {
		if l.Result != nil && l.Result.Outcome == "refused" && l.Line != bad {
			t.Errorf("line %d is refused: %+v", l.Line, l.Result)
		}
		accepted, repeated, refused = accepted+l.Accepted, repeated+l.Repeated, refused+l.Refused
		return nil
	})
	if err != nil || accepted != 1 || repeated != last-2 || refused != 1 {
		t.Errorf("%d accepted, %d repeated, %d refused: %v", accepted, repeated, refused, err)
	}
}
