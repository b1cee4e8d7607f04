package policy

import "testing"

// Stand gives Verdict's outcome, and of each stage what Decide's reasons say.
func TestStandAgreesWithDecide(t *testing.T) {
	for k, id := range packIDs(t) {
		p := loadPack(t, id)
		c := seeded(uint64(k) + 77)
		for range 400 {
			d := c.dossier()
			decision := p.Decide(d, d.On)
			for i := range d.Records {
				st := p.Stand(d, i, d.On)
				want := decision.Records[i]
				if outcome, from := p.Verdict(d, i, d.On); st.Outcome != outcome || st.From != from || want.Decision != outcome {
					t.Fatalf("%s: stand %v from %v, verdict %v from %v, decided %v", id, st.Outcome, st.From, outcome, from, want.Decision)
				}
				if got := stagesOf(want.Reasons); got != st.Stages {
					t.Fatalf("%s record %s: stages %v, the reasons say %v", id, d.Records[i].ID, st.Stages, got)
				}
			}
		}
	}
}

func stagesOf(reasons []Reason) [4]Truth {
	out := [4]Truth{True, True, True, True}
	for _, r := range reasons {
		switch r.Role {
		case ScopeRole:
			out[0] = out[0].And(r.Holds)
		case ConditionRole:
			out[r.Stage.index()] = out[r.Stage.index()].And(r.Holds)
		case ExclusionRole:
			out[r.Stage.index()] = out[r.Stage.index()].And(r.Holds.Not())
		case ClockRole, LaterRole, StartRole, TriggerRole:
		}
	}
	return out
}

func BenchmarkStand(b *testing.B) {
	p := loadPack(b, "cn-adult-preferred")
	d := seeded(5).dossier()
	b.ReportAllocs()
	for b.Loop() {
		p.Stand(d, 0, d.On)
	}
}
