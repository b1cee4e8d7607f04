package policy

import "github.com/fengcun/fengcun/internal/civil"

// Passage is the answer on one record as the simulator's funnel wants it: the
// outcome, and how far each stage alone lets the record pass.
type Passage struct {
	Outcome Outcome
	From    civil.Date
	Stages  [4]Truth // in the order of Stages(): every rule of the stage allows sealing
}

// Stand is Verdict with the stages told apart. It does not allocate. A record
// outside the scope does not pass the first stage.
func (p *Pack) Stand(d *Dossier, record int, on civil.Date) Passage {
	s := p.scope(d, on)
	f := p.weigh(s, record, nil)
	s.rec = &d.Records[record]
	out := Passage{Stages: [4]Truth{f.covered, True, True, True}}
	for i := range p.rules {
		if rule := &p.rules[i]; rule.asks(s.rec.Kind) {
			at := rule.Stage.index()
			out.Stages[at] = out.Stages[at].And(rule.allows(rule.holds(s)))
		}
	}
	s.release()
	out.Outcome, out.From = f.outcome(on)
	return out
}

func (s Stage) index() int {
	switch s {
	case Exclusions:
		return 1
	case FirstOffence:
		return 2
	case Extra:
		return 3
	case Threshold:
	}
	return 0
}
