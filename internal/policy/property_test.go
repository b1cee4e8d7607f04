package policy

import (
	"encoding/json"
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// everyPack is the packs of the program and those of testdata.
func everyPack(t testing.TB) []*Pack {
	t.Helper()
	var out []*Pack
	for _, id := range packIDs(t) {
		out = append(out, loadPack(t, id))
	}
	for _, name := range []string{"rehabilitation", "restart"} {
		p, err := Load(os.DirFS("testdata/" + name))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// erasures make one attribute of a record unknown.
func erasures() []func(*Record) {
	return []func(*Record){
		func(r *Record) { r.Kind = "" },
		func(r *Record) { r.EffectiveDate = civil.Date{} },
		func(r *Record) { r.CompletedDate = civil.Date{} },
		func(r *Record) { r.Flags.Recidivist = nil },
		func(r *Record) { r.Flags.DrugRecidivist = nil },
		func(r *Record) { r.Flags.Applied = nil },
		func(r *Record) { r.Sentence = nil },
		func(r *Record) { changeSentence(r, func(s *docket.Sentence) { s.Months = nil }) },
		func(r *Record) { changeSentence(r, func(s *docket.Sentence) { s.Kind = "" }) },
		func(r *Record) { changeSentence(r, func(s *docket.Sentence) { s.ProbationMonths = nil }) },
		func(r *Record) {
			changeSentence(r, func(s *docket.Sentence) {
				if s.Kind == docket.FixedTerm || s.Kind == docket.Detention { // of others it is known by law
					s.Suspended = nil
				}
			})
		},
		func(r *Record) { changeCrime(r, func(c *docket.Crime) { c.MensRea = "" }) },
		func(r *Record) { changeCrime(r, func(c *docket.Crime) { c.Name = "" }) },
		func(r *Record) { changeCrime(r, func(c *docket.Crime) { c.VictimMinor = nil }) },
		func(r *Record) { changeCrime(r, func(c *docket.Crime) { c.ByOfficial = nil }) },
		func(r *Record) {
			r.OffenceDate = civil.Date{}
			for i := range r.Crimes {
				r.Crimes[i].OffenceDate = civil.Date{}
			}
		},
	}
}

func changeSentence(r *Record, change func(*docket.Sentence)) {
	if r.Sentence != nil {
		change(r.Sentence)
	}
}

func changeCrime(r *Record, change func(*docket.Crime)) {
	if len(r.Crimes) > 0 {
		change(&r.Crimes[0])
	}
}

func clone(t *rapid.T, d *Dossier) *Dossier {
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var out Dossier
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// erase makes attributes unknown as drawn.
func erase(t *rapid.T, d *Dossier) *Dossier {
	out := clone(t, d)
	steps := erasures()
	for i := range out.Records {
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, len(steps)-1), 0, 4).Draw(t, "erased") {
			steps[k](&out.Records[i])
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "birth") == 0 {
		out.Person.Birth = civil.Date{}
	}
	return out
}

func TestResolvingAnUnknownNeverContradictsADecidedAnswer(t *testing.T) {
	packs := everyPack(t)
	rapid.Check(t, func(t *rapid.T) {
		full := drawn(t, true).dossier()
		half := erase(t, full)
		less := erase(t, half)
		for _, p := range packs {
			agree(t, p, less, half)
			agree(t, p, half, full)
		}
	})
}

// agree: what is decided on less is decided so on more.
func agree(t *rapid.T, p *Pack, less, more *Dossier) {
	a, b := p.Decide(less, less.On), p.Decide(more, more.On)
	for i := range a.Records {
		x, y := &a.Records[i], &b.Records[i]
		if x.Decision != Review && x.Decision != y.Decision {
			t.Fatalf("%s, %s: %s, and %s once more is known\nmissing before: %v\n%s", p.ID, x.ID, x.Decision, y.Decision, x.Missing(), asJSON(more))
		}
		if !x.From.IsZero() && x.From != y.From {
			t.Fatalf("%s, %s: from %s, and %s once more is known\n%s", p.ID, x.ID, x.From, y.From, asJSON(more))
		}
	}
}

func asJSON(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestTheOrderOfRecordsIsOfNoConsequence(t *testing.T) {
	packs := everyPack(t)
	rapid.Check(t, func(t *rapid.T) {
		p := packs[rapid.IntRange(0, len(packs)-1).Draw(t, "pack")]
		d := drawn(t, false).dossier()
		other := clone(t, d)
		other.Records = rapid.Permutation(other.Records).Draw(t, "order")
		a, b := p.Decide(d, d.On), p.Decide(other, d.On)
		for i := range a.Records {
			x, y := &a.Records[i], b.Record(a.Records[i].ID)
			if x.Decision != y.Decision || x.From != y.From {
				t.Fatalf("%s, %s: %s from %s, in another order %s from %s\n%s", p.ID, x.ID, x.Decision, x.From, y.Decision, y.From, asJSON(d))
			}
		}
	})
}

// The fast path, that with stages, the explained one, a pack loaded again and a
// dossier that went through JSON all give the same answer on 100,000 dossiers.
// TestClosuresAgreeWithCEL holds them against CEL's own interpreter,
// TestByHandAgrees against Go by hand, the simulator's tests against what is
// counted in bulk.
func TestEveryPathGivesTheSameAnswer(t *testing.T) {
	packs, again := everyPack(t), everyPack(t)
	c := seeded(7)
	for k := range rounds() {
		p, d := packs[k%len(packs)], c.dossier()
		got := p.Decide(d, d.On)
		for i := range d.Records {
			outcome, from := p.Verdict(d, i, d.On)
			if outcome != got.Records[i].Decision || from != got.Records[i].From {
				t.Fatalf("%s: verdict %s from %s, decided %s from %s\n%s", p.ID, outcome, from, got.Records[i].Decision, got.Records[i].From, asJSON(d))
			}
			if st := p.Stand(d, i, d.On); st.Outcome != outcome || st.From != from || st.Stages != stagesOf(got.Records[i].Reasons) {
				t.Fatalf("%s: stand %+v, decided %s from %s because %s", p.ID, st, outcome, from, asJSON(got.Records[i].Reasons))
			}
			uncovered := d.Records[i].Kind != "" && p.covers(d.Records[i].Kind) == False // sealed under another pack
			if outcome == Review && !uncovered && len(got.Records[i].Missing()) == 0 {
				t.Fatalf("%s: review without a missing attribute\n%s", p.ID, asJSON(got.Records[i]))
			}
		}
		if k%50 != 0 {
			continue
		}
		decoded, err := Decode([]byte(asJSON(d)))
		if err != nil {
			t.Fatal(err)
		}
		if x, y := asJSON(got), asJSON(again[k%len(packs)].Decide(decoded, d.On)); x != y {
			t.Fatalf("%s: a replay gives other bytes: %s", p.ID, cmp.Diff(x, y))
		}
	}
}

func TestAPackServesManyAtOnce(t *testing.T) {
	p := loadPack(t, "cn-adult-preferred")
	c := seeded(3)
	dossiers := make([]*Dossier, 64)
	want := make([]string, len(dossiers))
	for i := range dossiers {
		dossiers[i] = c.dossier()
		want[i] = asJSON(p.Decide(dossiers[i], dossiers[i].On))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, d := range dossiers {
				if got := asJSON(p.Decide(d, d.On)); got != want[i] {
					t.Errorf("dossier %d: another answer while others are decided", i)
				}
			}
		})
	}
	wg.Wait()
}
