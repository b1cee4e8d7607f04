package api

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// FuzzLines: however a body arrives, its lines are those between the line
// feeds; one that is too long says so, and those behind it are read.
func FuzzLines(f *testing.F) {
	f.Add([]byte("{}\r\n \n{\"delivery\":\"1\"}"), uint32(12))
	f.Add([]byte("a\n\nbc\n"), uint32(2))
	f.Add(append(bytes.Repeat([]byte("x"), 70<<10), "\ny"...), uint32(66<<10))
	f.Add([]byte{}, uint32(0))
	f.Fuzz(func(t *testing.T, body []byte, room uint32) {
		most := int(room)
		want := bytes.SplitAfter(body, []byte("\n"))
		if n := len(want) - 1; len(want[n]) == 0 { // nothing stands behind the last line feed
			want = want[:n]
		}
		for name, r := range map[string]io.Reader{
			"whole": bytes.NewReader(body), "halves": iotest.HalfReader(bytes.NewReader(body)), "with its end": iotest.DataErrReader(bytes.NewReader(body)),
		} {
			in := newLines(r)
			for i, w := range want {
				got, err := in.next(most)
				switch {
				case len(w) > most && !errors.Is(err, errLong), len(w) <= most && (err != nil || !bytes.Equal(got, bytes.TrimSpace(w))):
					t.Fatalf("%s, line %d of %q, at most %d bytes: %q, %v", name, i+1, body, most, got, err)
				case in.n != i+1:
					t.Fatalf("%s: line %d is counted as %d", name, i+1, in.n)
				}
			}
			if got, err := in.next(most); !errors.Is(err, io.EOF) || len(got) != 0 {
				t.Fatalf("%s: after the last line: %q, %v", name, got, err)
			}
		}
	})
}

// A body that breaks off says so, and gives no part of a line as a line.
func TestLinesBrokenOff(t *testing.T) {
	lost := errors.New("the line went dead")
	in := newLines(io.MultiReader(bytes.NewReader([]byte("one\ntw")), iotest.ErrReader(lost)))
	if got, err := in.next(10); string(got) != "one" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := in.next(10); got != nil || !errors.Is(err, lost) {
		t.Errorf("%q, %v", got, err)
	}
}
