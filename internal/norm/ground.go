package norm

import "sync"

// Ground is a statutory ground on which a sealed record may be queried.
type Ground struct {
	ID     string
	Regime string // of the sealed record: adult, minor, public_order
	Who    string // whom the statute admits
	Zh, En string
	Basis  string
	Mark   string // "proposal" where no statute stands behind it yet
}

var grounds = sync.OnceValue(func() []Ground {
	var out []Ground
	for _, r := range table("grounds.tsv", "id", "regime", "who", "zh", "en", "basis", "mark") {
		out = append(out, Ground{ID: r[0], Regime: r[1], Who: r[2], Zh: r[3], En: r[4], Basis: r[5], Mark: r[6]})
	}
	return out
})

// Grounds lists the grounds of all three regimes.
func Grounds() []Ground { return append([]Ground(nil), grounds()...) }

// GroundByID finds one.
func GroundByID(id string) (Ground, bool) {
	for _, g := range grounds() {
		if g.ID == id {
			return g, true
		}
	}
	return Ground{}, false
}

// ByUnit says that the ground is open to units that query under a provision of
// the State, which they must name (see Norm.Queryable).
func (g Ground) ByUnit() bool { return g.Who == "有关单位" }
