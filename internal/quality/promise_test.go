package quality_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/strictyaml"
)

const hours = time.Hour

func TestPromises(t *testing.T) {
	var p quality.Promise
	if err := strictyaml.Decode([]byte("act: {court: 5d, court-990101: 6h}\n"), &p); err != nil {
		t.Fatal(err)
	}
	p = p.Over(quality.Standard().Promise())
	for _, c := range []struct {
		basis quality.Basis
		who   agency.Agency
		want  time.Duration
	}{
		{quality.FromAct, agency.Agency{ID: "court-990101", Kind: agency.Court}, 6 * hours},
		{quality.FromAct, agency.Agency{ID: "court-990102", Kind: agency.Court}, 120 * hours},
		{quality.FromAct, agency.Agency{ID: "p", Kind: agency.Police}, 240 * hours},
		{quality.FromRecorded, agency.Agency{ID: "court-990101", Kind: agency.Court}, 24 * hours},
	} {
		if got := p.To(c.basis, &c.who); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.basis, c.who.ID, got, c.want)
		}
	}
	if who := p.Strangers([]*agency.Agency{{ID: "court-990102"}}); !slices.Equal(who, []string{"court-990101"}) {
		t.Errorf("strangers: %v", who)
	}
	for _, bad := range []string{"act: {court: 4d}", "act: {court: 5}", "act: {court: soon}", "acts: {court: 5d}", "recorded: {court: -1d}"} {
		var p quality.Promise
		if strictyaml.Decode([]byte(bad), &p) == nil && p.Check() == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// TestLags compares the classes with the lags themselves.
func TestLags(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(-3, 24*100).Draw(t, "hours")) * hours
		})).Draw(t, "lags")
		var l, other quality.Lags
		for i, lag := range all {
			if i%2 == 0 {
				l[quality.Class(lag)]++
			} else {
				other[quality.Class(lag)]++
			}
		}
		l.Add(other)
		if l.Count() != int64(len(all)) {
			t.Fatalf("%d of %d", l.Count(), len(all))
		}
		promise := rapid.SampledFrom(quality.Bounds()).Draw(t, "promise")
		late := int64(0)
		for _, lag := range all {
			if lag > promise {
				late++
			}
		}
		if l.Late(promise) != late {
			t.Fatalf("late %d, want %d", l.Late(promise), late)
		}
		if len(all) == 0 {
			return
		}
		q := rapid.Float64Range(0.01, 1).Draw(t, "q")
		slices.Sort(all)
		i := 0
		for float64(i+1) < q*float64(len(all)) {
			i++
		}
		got, ok := l.Quantile(q)
		if class := quality.Class(all[i]); ok != (class < quality.Classes-1) || (ok && quality.Class(got) != class) {
			t.Fatalf("the %v part lies in class %d, said %s", q, class, got)
		}
	})
}
