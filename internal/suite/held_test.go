package suite_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/suite"
)

// What a Held says is what verifying says, whatever was asked before; what it
// saves is that the last that held are not verified again.
func TestHeldSaysWhatVerifyingSays(t *testing.T) {
	bad := errors.New("does not hold")
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.IntRange(1, 4).Draw(t, "room")
		h := suite.NewHeld(suite.Intl(), room)
		var last []string // those that held, the latest last, each once
		for range rapid.IntRange(1, 60).Draw(t, "questions") {
			key := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key")
			sig := rapid.SampledFrom([]string{"1", "2", "3", "no"}).Draw(t, "signature")
			var want error
			if sig == "no" {
				want = bad
			}
			asked := false
			err := h.Check(func() error { asked = true; return want }, "test", []byte(key), []byte(sig))
			if !errors.Is(err, want) {
				t.Fatalf("%s by %s: %v, want %v", sig, key, err, want)
			}
			known := false
			for _, k := range last[max(0, len(last)-room):] {
				known = known || k == key+sig
			}
			switch {
			case want != nil && !asked:
				t.Fatal("what did not hold was remembered")
			case known && asked:
				t.Fatalf("one of the last %d was verified again", room)
			}
			if want == nil && asked {
				last = append(last, key+sig)
			}
		}
	})
}

// A part is told from its neighbours: no two questions are one.
func TestHeldTellsPartsApart(t *testing.T) {
	h := suite.NewHeld(suite.GM(), 10)
	ask := func(domain string, parts ...string) (asked bool) {
		raw := make([][]byte, len(parts))
		for i, p := range parts {
			raw[i] = []byte(p)
		}
		_ = h.Check(func() error { asked = true; return nil }, domain, raw...)
		return asked
	}
	for _, q := range [][]string{{"d", "ab", "c"}, {"d", "a", "bc"}, {"d", "abc"}, {"da", "b", "c"}, {"d", "", "abc"}} {
		if !ask(q[0], q[1:]...) {
			t.Errorf("%q was taken for another", q)
		}
		if ask(q[0], q[1:]...) {
			t.Errorf("%q was forgotten", q)
		}
	}
	var nobody *suite.Held
	for range 2 {
		asked := false
		_ = nobody.Check(func() error { asked = true; return nil }, "d")
		if !asked {
			t.Error("a nil Held remembers")
		}
	}
}

func TestHeldByManyAtOnce(t *testing.T) {
	h := suite.NewHeld(suite.Intl(), 8)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 500 {
				if err := h.Check(func() error { return nil }, "d", fmt.Append(nil, i%20)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
