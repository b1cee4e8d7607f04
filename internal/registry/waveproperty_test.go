package registry_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/suite"
)

// pastLives is a made-up history: who was convicted of what, when.
type pastLives struct {
	persons []docket.Identity
	courses []course
}

type course struct {
	person   int
	crime    string
	offence  string
	judged   string
	sentence docket.Sentence
	served   string
	withdraw bool // the judgment is retracted in the end
}

func drawStory(t *rapid.T, w *world) pastLives {
	s := pastLives{}
	for range rapid.IntRange(1, 4).Draw(t, "persons") {
		s.persons = append(s.persons, w.Person(rapid.SampledFrom([]string{"1992-04-05", "2004-05-06", "2007-08-09"}).Draw(t, "birth")))
	}
	years := []string{"2021", "2022", "2023", "2024", "2025"}
	for range rapid.IntRange(1, 6).Draw(t, "cases") {
		y := rapid.SampledFrom(years).Draw(t, "year")
		s.courses = append(s.courses, course{
			person:  rapid.IntRange(0, len(s.persons)-1).Draw(t, "who"),
			crime:   rapid.SampledFrom([]string{registrytest.DrunkDriving, registrytest.Theft, registrytest.Injury}).Draw(t, "crime"),
			offence: y + "-02-03", judged: y + "-05-06", served: y + "-11-20",
			sentence: rapid.SampledFrom([]docket.Sentence{
				registrytest.Months(docket.Detention, 2), registrytest.Months(docket.FixedTerm, 8), registrytest.Months(docket.FixedTerm, 20),
				registrytest.Months(docket.FixedTerm, 60), registrytest.Suspended(docket.FixedTerm, 10, 14),
			}).Draw(t, "sentence"),
			withdraw: rapid.IntRange(0, 7).Draw(t, "withdraw") == 0,
		})
	}
	return s
}

// events tells the story in one world: the same numbers in each.
func (s *pastLives) events(w *world) (all []*docket.Event) {
	for i, c := range s.courses {
		p := s.persons[c.person]
		of := w.Case()
		judged := of.Event(registrytest.Court, docket.JudgmentRendered, c.judged, registrytest.Convict(p, c.crime, c.offence, c.sentence, c.judged))
		these := []*docket.Event{
			of.Event(registrytest.Police, docket.CaseFiled, c.offence, registrytest.Suspect(p, c.crime, c.offence)), judged,
			of.Event(registrytest.Detention, docket.ExecutionCompleted, c.served, registrytest.Served(p, "看守所")),
		}
		if c.withdraw {
			these = append(these, of.Retraction(judged))
		}
		for n, e := range these {
			e.ID = fmt.Sprintf("s%d-%d", i, n)
		}
		all = append(all, these...)
	}
	return all
}

// ending is where each case of a story stands: status, day to look again, open
// review, and who was written to.
func ending(w *world, codes map[string]docket.Code) map[string]string {
	out := map[string]string{}
	for event, code := range codes {
		one := docket.RecordID{Code: code, Seq: 1}
		out[event] = fmt.Sprintf("%s, due %d, reviews %d, letters %s", w.Status(one),
			w.Count(`SELECT COALESCE(due, 0) FROM record WHERE code = $1`, string(code)),
			w.Count(`SELECT COUNT(*) FROM review WHERE code = $1 AND outcome = ''`, string(code)), lettersOf(w, one))
	}
	return out
}

func lettersOf(w *world, id docket.RecordID) string {
	v, err := w.Reg.Case(context.Background(), registrytest.OfficerID(registrytest.Procuratorate, agency.Supervisor), id.Code)
	if err != nil {
		w.Fatal(err)
	}
	var to []string
	for _, n := range v.Records[0].Notices {
		to = append(to, n.Agency+" "+n.Kind)
	}
	slices.Sort(to)
	return strings.Join(to, ", ")
}

// A wave ends where live deciding ends once everything is in, whatever the order
// of the files, however they are cut, and wherever the wave is stopped and taken
// up.
func TestAWaveEndsAsLiveDecidingDoes(t *testing.T) {
	t.Parallel()
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		if checks++; testing.Short() && checks > 15 {
			return
		}
		live, wave := registrytest.New(t, registrytest.Options{Suite: suite.Intl()}), registrytest.New(t, registrytest.Options{Suite: suite.Intl()})
		s := drawStory(rt, live)
		want := ending(live, liveAtOnce(live, s.events(live)))
		got := ending(wave, inAWave(rt, wave, rapid.Permutation(s.events(wave)).Draw(rt, "order")))
		for event := range want {
			if got[event] != want[event] {
				rt.Errorf("the case of %s: by the wave %q, live %q", event, got[event], want[event])
			}
		}
		if !slices.Equal(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))) {
			rt.Errorf("cases %v and %v", want, got)
		}
	})
}

// liveAtOnce has all events decided together, when all are in.
func liveAtOnce(w *world, events []*docket.Event) map[string]docket.Code {
	byAgency := map[string][]*docket.Event{}
	for _, e := range events {
		byAgency[agencyOf(e)] = append(byAgency[agencyOf(e)], e)
	}
	var ds []*registry.Delivery
	for _, id := range slices.Sorted(maps.Keys(byAgency)) {
		ds = append(ds, w.Delivery(id, byAgency[id]...))
	}
	receipts, err := w.Reg.ReceiveAll(context.Background(), ds, w.Now)
	if err != nil {
		w.Fatal(err)
	}
	w.Acknowledged(ds...)
	w.Check()
	codes := map[string]docket.Code{}
	for _, rs := range receipts {
		keepCodes(w, codes, rs)
	}
	return codes
}

// keepCodes notes the case of each story's first event.
func keepCodes(w *world, codes map[string]docket.Code, receipts []registry.Receipt) {
	for _, r := range receipts {
		if r.Outcome != registry.Accepted {
			w.Fatalf("event %s is %s: %v", r.ID, r.Outcome, r.Problems)
		}
		if strings.HasSuffix(r.ID, "-0") {
			codes[r.ID] = r.Code
		}
	}
}

// inAWave takes events in as history, cut anywhere, and runs a wave that is
// stopped anywhere.
func inAWave(rt *rapid.T, w *world, events []*docket.Event) map[string]docket.Code {
	codes := map[string]docket.Code{}
	for _, e := range events {
		if rapid.IntRange(0, 5).Draw(rt, "live") == 0 { // somebody sweeps, somebody starts anew
			w.Restart()
			w.Sweep()
		}
		keepCodes(w, codes, w.TakeHistory(w.Delivery(agencyOf(e), e)))
	}
	if n := w.Count(`SELECT COUNT(*) FROM record WHERE status <> 'open'`) + w.Count(`SELECT COUNT(*) FROM review`); n > 0 {
		rt.Fatalf("%d records were decided before the wave", n)
	}
	ctx := context.Background()
	for n := 1; ; n++ {
		wave, err := w.Reg.BeginWave(ctx, registry.WaveOptions{Kind: registry.WaveWaiting, Worker: fmt.Sprint(n)}, w.Now)
		if err != nil {
			rt.Fatal(err)
		}
		more := true
		for range rapid.IntRange(1, 3).Draw(rt, "steps") {
			if more, err = wave.Step(ctx, rapid.IntRange(1, 3).Draw(rt, "persons"), w.Now); err != nil {
				rt.Fatal(err)
			}
			w.Check()
			if !more {
				break
			}
		}
		if !more {
			if err := wave.Finish(ctx, w.Now); err != nil {
				rt.Fatal(err)
			}
			w.Check()
			return codes
		}
		w.Now = w.Now.Add(2 * 60e9) // it died; its lease runs out
		w.Restart()
	}
}
