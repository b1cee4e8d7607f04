package province

import (
	"math/rand/v2"

	"github.com/fengcun/fengcun/internal/docket"
)

// verdict is what a court decides of one defendant.
type verdict struct {
	crimes   []docket.Crime
	sentence docket.Sentence
	flags    docket.Flags
}

func ptr[T any](v T) *T { return &v }

func chance(rng *rand.Rand, percent int) bool { return rng.IntN(100) < percent }

func between(rng *rand.Rand, from, to int) int { return from + rng.IntN(to-from+1) }

// weighted draws an index with the given weights.
func weighted(rng *rand.Rand, n int, weight func(int) int) int {
	total := 0
	for i := range n {
		total += weight(i)
	}
	at := rng.IntN(total)
	for i := range n {
		if at -= weight(i); at < 0 {
			return i
		}
	}
	return n - 1
}

// standing is what the earlier life of a defendant brings into a sentence.
type standing struct {
	minor bool // under 18 at the offence
	// may be 累犯 (刑法 65): fixed-term imprisonment completed within five years,
	// both crimes intentional, of age at both
	recidivist bool
	drug       bool // an earlier drug conviction (刑法 356)
	// the suspended sentence that the new crime falls into: it is revoked and
	// both are combined (刑法 77, 69)
	suspended *docket.Sentence
}

// sentenceFor draws a sentence for one crime.
func sentenceFor(rng *rand.Rand, o *offence, s standing) docket.Sentence {
	b := o.bands[weighted(rng, len(o.bands), func(i int) int {
		if s.minor && (o.bands[i].to > 84 || o.bands[i].kind.Gravity() > ft.Gravity()) {
			return 0 // 应当从轻或者减轻 (刑法 17); the heavy bands do not befall minors
		}
		return o.bands[i].weight
	})]
	sentence := docket.Sentence{Kind: b.kind, Exempt: ptr(b.kind == ex)}
	if b.kind.Gravity() >= ps.Gravity() && b.kind.Gravity() <= ft.Gravity() {
		sentence.Months = ptr(round(between(rng, b.from, b.to), b.from))
		suspended := b.suspended
		if s.minor {
			suspended = min(95, suspended+35)
		}
		suspend(rng, &sentence, chance(rng, suspended) && !s.recidivist && s.suspended == nil)
	}
	sentence.RightsMonths = rights(rng, b.kind, o)
	if b.kind != ex && b.kind.Gravity() < docket.LifeImprisonment.Gravity() {
		sentence.FineYuan = fine(rng, o, b.kind, sentence.Months)
	}
	return sentence
}

// round makes long terms look like those that courts declare.
func round(months, least int) int {
	switch {
	case months > 60:
		return max(least, months/6*6)
	case months > 24:
		return max(least, months/2*2)
	}
	return months
}

// suspend fixes whether the sentence is suspended, and the probation inside
// 刑法 73: 拘役 2 to 12 months, imprisonment 1 to 5 years, never below the term.
func suspend(rng *rand.Rand, s *docket.Sentence, yes bool) {
	yes = yes && (s.Kind == dt || (s.Kind == ft && *s.Months <= 36))
	if s.Kind == dt || s.Kind == ft {
		s.Suspended = ptr(yes)
	}
	if !yes {
		return
	}
	if s.Kind == dt {
		s.ProbationMonths = ptr(min(12, max(2, *s.Months+between(rng, 0, 3))))
		return
	}
	s.ProbationMonths = ptr(min(60, max(12, (*s.Months*between(rng, 10, 16)/10+5)/6*6, *s.Months)))
}

// rights is 剥夺政治权利: for life with life and death (刑法 57), now and then
// beside long terms.
func rights(rng *rand.Rand, kind docket.Penalty, o *offence) *int {
	switch {
	case kind.Gravity() >= docket.LifeImprisonment.Gravity():
		return ptr(-1)
	case kind == ft && o.mens == docket.Intent && (o.name == "故意杀人罪" || o.name == "强奸罪") && chance(rng, 15):
		return ptr(12 * between(rng, 1, 3))
	}
	return nil
}

func fine(rng *rand.Rand, o *offence, kind docket.Penalty, months *int) *int64 {
	if o.fine == noFine && kind != fn {
		return nil
	}
	if o.fine == mayFine && kind != fn && chance(rng, 40) {
		return nil
	}
	usual := max(o.yuan, 2000)
	if months != nil && kind == ft {
		usual = usual * int64(6+*months) / 18
	}
	amount := usual * int64(between(rng, 50, 180)) / 100
	return ptr(max(1000, amount/1000*1000))
}

// combine is the sentence to be executed for two crimes (刑法 69): the graver
// kind, between the longer term and the sum; the fines add up.
func combine(rng *rand.Rand, a, b docket.Sentence) docket.Sentence {
	if b.Kind.Gravity() > a.Kind.Gravity() {
		a, b = b, a
	}
	out := a
	out.FineYuan = add(a.FineYuan, b.FineYuan)
	out.Suspended, out.ProbationMonths = nil, nil
	if a.Kind == b.Kind && a.Months != nil {
		longest, sum := max(*a.Months, *b.Months), *a.Months+*b.Months
		out.Months = ptr(min(limit(a.Kind, sum), max(longest, longest+(sum-longest)*between(rng, 30, 90)/100)))
	}
	if out.RightsMonths == nil {
		out.RightsMonths = b.RightsMonths
	}
	if out.Kind == dt || out.Kind == ft {
		out.Suspended = ptr(false)
	}
	return out
}

// limit is the longest combined term (刑法 69).
func limit(kind docket.Penalty, sum int) int {
	switch {
	case kind == ps:
		return 36
	case kind == dt:
		return 12
	case sum >= 35*12:
		return 300
	}
	return 240
}

func add(a, b *int64) *int64 {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return ptr(*a + *b)
}

// try draws the verdict on one defendant.
func try(rng *rand.Rand, o, second *offence, crime docket.Crime, s standing) verdict {
	v := verdict{}
	v.sentence = sentenceFor(rng, o, s)
	crime.Sentence = ptr(v.sentence)
	v.crimes = []docket.Crime{crime}
	if second != nil {
		other := sentenceFor(rng, second, s)
		v.crimes = append(v.crimes, docket.Crime{Name: second.name, MensRea: second.mens, OffenceDate: crime.OffenceDate, Sentence: ptr(other)})
		v.sentence = combine(rng, v.sentence, other)
	}
	if s.suspended != nil {
		v.sentence = combine(rng, v.sentence, *s.suspended)
	}
	v.flags = docket.Flags{
		Recidivist:     ptr(s.recidivist && v.sentence.Kind.Gravity() >= ft.Gravity() && o.mens == docket.Intent),
		DrugRecidivist: ptr(s.drug && o.drug),
		PleadsGuilty:   ptr(chance(rng, 88)),
		Surrender:      ptr(chance(rng, 28)),
	}
	if o.victims {
		v.flags.VictimForgives = ptr(chance(rng, 62))
		v.flags.CompensationPaid = ptr(*v.flags.VictimForgives || chance(rng, 20))
	}
	return v
}
