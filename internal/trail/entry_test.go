package trail

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/suite"
)

func TestEntryEncoding(t *testing.T) {
	e := entry(3)
	got, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"kind":"seal","at":"2026-07-01T09:00:03.000001Z","actor":"officer-1","agency":"990101",` +
		`"code":"C-3","basis":"刑诉法第286条","detail":{"a":"<1>","b":"2"}}`
	if string(got) != want {
		t.Errorf("Encode = %s\nwant     %s", got, want)
	}
	back, err := ParseEntry(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back); diff != "" {
		t.Error(diff)
	}
	e.At = e.At.In(time.FixedZone("x", 8*3600))
	if again, err := e.Encode(); err != nil || !bytes.Equal(again, got) {
		t.Error("the same instant in another zone encodes otherwise")
	}
}

func TestEntryRefuses(t *testing.T) {
	for name, change := range map[string]func(*Entry){
		"kind":      func(e *Entry) { e.Kind = "Seal it" },
		"no actor":  func(e *Entry) { e.Actor = "" },
		"no time":   func(e *Entry) { e.At = time.Time{} },
		"not UTF-8": func(e *Entry) { e.Basis = "\xff" },
		"detail":    func(e *Entry) { e.Detail = map[string]string{"k": "\xff"} },
		"too large": func(e *Entry) { e.Basis = strings.Repeat("x", MaxEntry) },
	} {
		e := entry(1)
		change(&e)
		if _, err := e.Encode(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	good, err := entry(1).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"white space": " " + string(good),
		"rest":        string(good) + "{}",
		"unknown":     strings.Replace(string(good), `"kind"`, `"x":1,"kind"`, 1),
		"order":       `{"at":"2026-07-01T09:00:03.000001Z","kind":"seal","actor":"a"}`,
		"null":        `null`,
	} {
		if _, err := ParseEntry([]byte(data)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestEpoch(t *testing.T) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		t.Run(s.Name(), func(t *testing.T) {
			auditor, err := s.GenerateDecryptKey(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			writer, err := NewEpoch(rand.Reader, auditor.Public())
			if err != nil {
				t.Fatal(err)
			}
			c, err := Commit(s, rand.Reader, entry(1))
			if err != nil {
				t.Fatal(err)
			}
			sealed := writer.Seal(rand.Reader, c)
			reader, err := OpenEpoch(auditor, writer.ID(), writer.Wrapped())
			if err != nil {
				t.Fatal(err)
			}
			got, err := reader.Open(sealed)
			if err != nil {
				t.Fatal(err)
			}
			e, err := got.Entry()
			if err != nil || !cmp.Equal(e, entry(1)) || got.Leaf() != sealed.Leaf {
				t.Errorf("the record came back as %+v, %v", e, err)
			}
			other := sealed
			other.Leaf[0] ^= 1
			if _, err := reader.Open(other); !errors.Is(err, suite.ErrOpen) {
				t.Errorf("a record under another's leaf: %v", err)
			}
			if _, err := OpenEpoch(auditor, strings.Repeat("0", 32), writer.Wrapped()); !errors.Is(err, suite.ErrOpen) {
				t.Errorf("an epoch key under another id: %v", err)
			}
		})
	}
}

// TestForgedRecord: whoever holds an epoch's key still cannot put a record
// under a leaf that commits to another.
func TestForgedRecord(t *testing.T) {
	auditor, err := suite.Intl().GenerateDecryptKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEpoch(rand.Reader, auditor.Public())
	if err != nil {
		t.Fatal(err)
	}
	c, err := Commit(suite.Intl(), rand.Reader, entry(1))
	if err != nil {
		t.Fatal(err)
	}
	forged := Sealed{Leaf: leaf(9), Epoch: e.id, Box: e.key.SealPadded(rand.Reader, c.Bytes(), e.bind(leaf(9)))}
	if _, err := e.Open(forged); !errors.Is(err, ErrNotCommitted) {
		t.Errorf("a forged record opens: %v", err)
	}
}

func TestCommitIsSalted(t *testing.T) {
	a, err := Commit(suite.Intl(), rand.Reader, entry(1))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Commit(suite.Intl(), rand.Reader, entry(1))
	if err != nil {
		t.Fatal(err)
	}
	if a.Leaf() == b.Leaf() {
		t.Error("the same entry has the same leaf twice")
	}
	back, err := ParseCommitment(a.Bytes())
	if err != nil || back.Leaf() != a.Leaf() {
		t.Errorf("the commitment does not survive its bytes: %v", err)
	}
}
