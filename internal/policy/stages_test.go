package policy

import "testing"

// stagesOf is what the reasons say of each stage.
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
