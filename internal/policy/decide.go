package policy

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Decide gives the pack's answer on every record of a dossier, with every
// reason. The date given counts; a zero date stands for the dossier's own.
func (p *Pack) Decide(d *Dossier, on civil.Date) Decision {
	if on.IsZero() {
		on = d.On
	}
	out := Decision{
		ID: d.ID, On: on, Pack: p.ID, Version: p.Version, Digest: p.Digest,
		Catalogue: p.catalogue.Digest(), Records: make([]RecordDecision, len(d.Records)),
	}
	s := p.scope(d, on)
	defer s.release()
	for i := range d.Records {
		out.Records[i] = p.explain(s, i)
	}
	return out
}

// Verdict is Decide for one record without the reasons: the outcome, and the
// first date on which the record may be sealed or no date. It does not
// allocate.
func (p *Pack) Verdict(d *Dossier, record int, on civil.Date) (Outcome, civil.Date) {
	s := p.scope(d, on)
	f := p.weigh(s, record, nil)
	s.release()
	return f.outcome(on)
}

func (p *Pack) explain(s *scope, i int) RecordDecision {
	most := len(p.rules) + len(p.triggers) + 2 // and scope and clock
	if p.clock.later != nil {
		most++
	}
	if p.start.application {
		most++
	}
	reasons := make([]Reason, 0, most)
	f := p.weigh(s, i, &reasons)
	outcome, from := f.outcome(s.on)
	return RecordDecision{ID: s.d.Records[i].ID, Decision: outcome, From: from, Reasons: reasons}
}

// finding is what the rules say of one record, before it is an outcome.
type finding struct {
	sealed   bool
	covered  Truth
	sealable Truth // scope, conditions, exclusions, triggers
	trigger  Truth // any trigger of unsealing
	from     civil.Date
	applied  Truth
}

// weigh asks the rules that concern the record. Without a place for reasons it
// stops where an open record is known not to be sealable; the outcome is the
// same.
func (p *Pack) weigh(s *scope, i int, why *[]Reason) finding {
	s.rec = &s.d.Records[i]
	kind := s.rec.Kind
	f := finding{sealed: s.rec.sealed(), covered: p.covers(kind), applied: True, trigger: False}
	if why != nil {
		*why = append(*why, p.coverageReason(s, f.covered))
	}
	if f.sealed {
		f.trigger = p.triggered(s, why)
	}
	f.sealable = p.sealable(s, why)
	if f.sealable == False && why == nil && !f.sealed && f.covered != Unknown {
		return f
	}
	var never bool
	if f.from, never = p.clock.from(p, s, i, why); never {
		f.sealable = False
	}
	if p.start.application && !p.fortiori.has(kind) {
		f.applied = p.start.rule.ask(s, why)
	}
	return f
}

// sealable is the scope, the conditions, the exclusions and the triggers of
// one record.
func (p *Pack) sealable(s *scope, why *[]Reason) Truth {
	kind := s.rec.Kind
	out := p.covers(kind)
	for r := range p.rules {
		rule := &p.rules[r]
		if !rule.asks(kind) {
			continue
		}
		out = out.And(rule.allows(rule.ask(s, why)))
		if out == False && why == nil {
			return out
		}
	}
	if !s.rec.sealed() { // of a sealed record they were asked already
		out = out.And(p.triggered(s, why).Not())
	}
	return out
}

// triggered says whether a trigger of unsealing holds.
func (p *Pack) triggered(s *scope, why *[]Reason) Truth {
	out := False
	for r := range p.triggers {
		if rule := &p.triggers[r]; rule.asks(s.rec.Kind) {
			out = out.Or(rule.ask(s, why))
		}
	}
	return out
}

// covers says whether the pack speaks of such records at all.
func (p *Pack) covers(k docket.Kind) Truth {
	if k == "" {
		return Unknown
	}
	return truthOf((p.kinds | p.fortiori).has(k))
}

func (p *Pack) coverageReason(s *scope, t Truth) Reason {
	r := p.coverage.reason(t)
	if t == Unknown {
		r.Missing = []string{recordPath(s.rec) + ".kind"}
	}
	return r
}

// asks says whether a rule concerns records of a kind. All rules concern a
// record of unknown kind.
func (r *Rule) asks(k docket.Kind) bool { return k == "" || r.kinds.has(k) }

// allows turns what a rule says into whether the record may be sealed.
func (r *Rule) allows(t Truth) Truth {
	if r.Role == ConditionRole {
		return t
	}
	return t.Not()
}

func (r *Rule) ask(s *scope, why *[]Reason) Truth {
	if why == nil {
		return r.holds(s)
	}
	t, missing := s.trace(r.holds)
	if n := len(*why); n < cap(*why) { // the room is fresh: what is zero need not be written
		*why = (*why)[:n+1]
		at := &(*why)[n]
		if at.Citation, at.Holds = r.cite, t; missing != nil {
			at.Missing = missing
		}
		return t
	}
	*why = append(*why, Reason{Citation: r.cite, Holds: t, Missing: missing})
	return t
}

func (r *Rule) reason(t Truth) Reason {
	return Reason{Citation: r.cite, Holds: t}
}

// outcome draws the conclusion. What is unknown leads to review unless the
// answer is the same either way.
func (f finding) outcome(on civil.Date) (Outcome, civil.Date) {
	var none civil.Date
	switch {
	case f.sealed:
		return f.outcomeSealed()
	case f.covered == Unknown:
		return Review, none // of another kind the other rules might not be asked
	case f.sealable == False:
		return Keep, none
	}
	due := !f.from.IsZero() && !on.Before(f.from)
	switch {
	case f.sealable == Unknown && due && f.applied == False:
		return Keep, none // whatever the review finds, nobody has applied
	case f.sealable == Unknown || f.from.IsZero():
		return Review, none
	case !due:
		return Observe, f.from
	case f.applied == False:
		return Keep, f.from // it may be sealed from then, once applied for
	case f.applied == Unknown:
		return Review, none
	}
	return Seal, f.from
}

// outcomeSealed: a sealed record stays sealed unless a trigger of unsealing
// holds. Whether it could be sealed today is not asked again.
func (f finding) outcomeSealed() (Outcome, civil.Date) {
	switch {
	case f.covered != True:
		return Review, civil.Date{}
	case f.trigger == True:
		return Unseal, civil.Date{}
	case f.trigger == Unknown:
		return Review, civil.Date{}
	}
	return Seal, f.from
}
