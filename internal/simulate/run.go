package simulate

import (
	"math/bits"
	"runtime"
	"sync"

	"github.com/fengcun/fengcun/internal/policy"
)

// stages is the number of steps of the funnel.
const stages = 4

// answer is what a pack says of one profile: the outcome, and for each stage of
// the funnel whether the record passes it and all before it.
type answer struct {
	outcome uint8 // into outcomes
	passed  [stages]policy.Truth
}

const (
	sealNow = iota
	sealLater
	kept
	toReview
	outcomeCount
)

func outcomeNumber(o policy.Outcome) uint8 {
	switch o {
	case policy.Seal:
		return sealNow
	case policy.Observe:
		return sealLater
	case policy.Keep:
		return kept
	case policy.Review, policy.Unseal:
	}
	return toReview
}

// Answers is what a pack says of every profile of some facts.
type Answers struct {
	facts  *Facts
	of     []answer
	region [len(regions)][outcomeCount]total
}

// Ask puts every profile before the pack, once, and counts the facts. workers
// is the number of goroutines; 0 is one for each processor.
func (f *Facts) Ask(p *policy.Pack, by Conventions, workers int) *Answers {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	a := &Answers{facts: f, of: make([]answer, len(f.profiles))}
	inParts(len(f.profiles), workers, func(from, to int) {
		s := newStand(f, by)
		for i := from; i < to; i++ {
			a.of[i] = s.ask(p, &f.profiles[i])
		}
	})
	f.once.Do(func() { f.totals = f.sum(workers) })
	a.count(workers)
	return a
}

// inParts divides 0 to n among goroutines and waits for them.
func inParts(n, workers int, do func(from, to int)) {
	if workers <= 1 || n < 2*workers {
		do(0, n)
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { do(n*w/workers, n*(w+1)/workers) })
	}
	wg.Wait()
}

// ask evaluates the pack for one profile. Where several penalties are possible
// the answer is theirs if they agree, else it is open.
func (s *stand) ask(p *policy.Pack, of *profile) answer {
	s.set(of)
	s.choose(of, 0)
	out := s.stand(p)
	for n := 1; n < bits.OnesCount16(of.kinds); n++ {
		s.choose(of, n)
		out = out.or(s.stand(p))
	}
	return out
}

func (s *stand) stand(p *policy.Pack) answer {
	st := p.Stand(&s.d, 0, s.by.On)
	out := answer{outcome: outcomeNumber(st.Outcome)}
	passed := policy.True
	for i, t := range st.Stages {
		passed = passed.And(t)
		out.passed[i] = passed
	}
	return out
}

// or is the answer where it is open which of two is right.
func (a answer) or(b answer) answer {
	if a.outcome != b.outcome {
		a.outcome = toReview
	}
	for i := range a.passed {
		if a.passed[i] != b.passed[i] {
			a.passed[i] = policy.Unknown
		}
	}
	return a
}

// total counts persons, and cases in units: a person is that part of a case
// which falls to each of its defendants.
type total struct{ persons, cases int64 }

func (t *total) add(o total) {
	t.persons += o.persons
	t.cases += o.cases
}

// caseUnit is a multiple of all numbers up to 16, so that the shares of up to
// 16 defendants add up to whole cases exactly.
const caseUnit = 720720

func caseShares() (share [256]int64) {
	for n := 1; n < len(share); n++ {
		share[n] = int64((caseUnit + n/2) / n)
	}
	return share
}

// sum counts the facts of each profile. It serves every pack.
func (f *Facts) sum(workers int) []total {
	share := caseShares()
	var mu sync.Mutex
	all := make([]total, len(f.profiles))
	inParts(len(f.profile), workers, func(from, to int) {
		own := make([]total, len(f.profiles))
		rows, persons, defendants := f.profile[from:to], f.persons[from:to], f.defendants[from:to]
		for i, n := range rows {
			t, w := &own[n], int64(persons[i])
			t.persons += w
			t.cases += w * share[defendants[i]]
		}
		mu.Lock()
		defer mu.Unlock()
		for n := range own {
			all[n].add(own[n])
		}
	})
	return all
}

// count adds up outcomes by region, the one thing besides the profile that a
// fact is told apart by.
func (a *Answers) count(workers int) {
	f, share := a.facts, caseShares()
	outcomes := make([]uint8, len(a.of))
	for i := range a.of {
		outcomes[i] = a.of[i].outcome
	}
	var mu sync.Mutex
	inParts(len(f.profile), workers, func(from, to int) {
		var own [256][outcomeCount]total
		rows, persons := f.profile[from:to], f.persons[from:to]
		region, defendants := f.region[from:to], f.defendants[from:to]
		for i, n := range rows {
			t, w := &own[region[i]][outcomes[n]&3], int64(persons[i])
			t.persons += w
			t.cases += w * share[defendants[i]]
		}
		mu.Lock()
		defer mu.Unlock()
		for r := range a.region {
			for o := range own[r] {
				a.region[r][o].add(own[r][o])
			}
		}
	})
}

// Outcome is what the pack says of fact i.
func (a *Answers) Outcome(i int) policy.Outcome {
	return [...]policy.Outcome{policy.Seal, policy.Observe, policy.Keep, policy.Review}[a.of[a.facts.profile[i]].outcome]
}
