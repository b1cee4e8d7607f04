package indistinct_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/suite"
)

// difference is an answer that tells the worlds apart.
type difference struct {
	who  observer
	look look
	diff string
}

func (d difference) String() string {
	return fmt.Sprintf("%s asks %s:\n%s", d.who, d.look.name, d.diff)
}

// tally counts what was compared, and how often each exception was needed.
type tally struct {
	mu                    sync.Mutex
	worlds, joined, asked int
	suspected             int            // worlds in which the extra person was thought to be another
	faulty                int            // worlds in which something was wrong with the extra record while it was open
	linked                map[string]int // worlds in which the extra case was linked with a shared one
	needed                map[string]int
}

func (n *tally) add(asked int, joined, suspected, faulty bool, linked string, needed []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.worlds++
	n.asked += asked
	if joined {
		n.joined++
	}
	if suspected {
		n.suspected++
	}
	if faulty {
		n.faulty++
	}
	if linked != "" {
		n.linked[linked]++
	}
	for _, x := range needed {
		n.needed[x]++
	}
}

func newTally() *tally { return &tally{needed: map[string]int{}, linked: map[string]int{}} }

// effort is how much of everything that can be asked is asked in each world.
type effort struct {
	near, far int     // observers
	share     float64 // of what each could ask
}

// tells compares what observers are told in both worlds. It gives what differs
// without an exception for it.
func (p *pair) tells(e effort, n *tally) (out []difference) {
	p.Helper()
	v := p.sight()
	rng := rand.New(rand.NewPCG(p.h.rng.Uint64(), 1))
	asked, needed := 0, []string(nil)
	for i, o := range sample(p.observers(v), rng, e) {
		for j, l := range p.looks(o, v) {
			x := allowed(o, l.path)
			if x != nil && l.writes || !l.after && rng.Float64() >= e.share {
				continue
			}
			asked++
			diff := p.ask(fmt.Sprint("look ", i, " ", j), l)
			switch {
			case diff == "":
			case x != nil:
				needed = append(needed, x.name)
			default:
				out = append(out, difference{o, l, diff})
			}
		}
	}
	n.add(asked, p.h.under != nil, p.suspected != noPair, p.fault != noPair, p.linked, needed)
	return out
}

// ask asks both worlds one thing and gives how the answers differ; "" where
// they do not.
func (p *pair) ask(step string, l look) string {
	p.Helper()
	var told [2]answer
	sides := [2]*side{p.without, p.with}
	for i, s := range sides {
		s.at(p.h.end)
		s.tape.begin(step)
		told[i] = l.do(s)
	}
	if told[0] == told[1] {
		return ""
	}
	a, b := sides[0].masked(told[0], l.path), sides[1].masked(told[1], l.path)
	return cmp.Diff(strings.Split(a, "\n"), strings.Split(b, "\n"))
}

// worlds plays n pairs of worlds, from a seed on, until done says enough.
func worlds(t *testing.T, p *pair, from uint64, n int, visit func(seed uint64) (goOn bool)) {
	t.Helper()
	not := map[string]bool{} // cases whose records do not all come to be sealed
	for seed := from; n > 0; seed++ {
		h := draw(seed, not)
		err := p.play(h)
		if errors.Is(err, errOther) {
			not[h.extra.number] = true
			continue
		}
		if err != nil {
			t.Fatalf("world %d: %v", seed, err)
		}
		if n--; !visit(seed) {
			return
		}
	}
}

func newPair(tb testing.TB, s suite.Suite) *pair {
	tb.Helper()
	k := newKeys(tb, s)
	return &pair{TB: tb, without: newSide(tb, k), with: newSide(tb, k)}
}

// TestWorlds: whoever may not know of a sealed record is told the same as if
// there were none. 1,000 pairs of worlds; of each, a sample of the observers
// and of what each can ask, so that everything is asked a hundred times and
// more. FENGCUN_SOAK=1 asks everything of everybody in every fifth pair.
func TestWorlds(t *testing.T) {
	n, some, everything := 1000, effort{near: 1, far: 1, share: 0.3}, effort{near: 1000, far: 1000, share: 1}
	soak := os.Getenv("FENGCUN_SOAK") != ""
	if testing.Short() {
		n = 60
	}
	total := newTally()
	t.Run("all", func(t *testing.T) {
		for i, s := range []suite.Suite{suite.Intl(), suite.Intl(), suite.GM()} {
			t.Run(fmt.Sprint(i, s.Name()), func(t *testing.T) {
				t.Parallel()
				p := newPair(t, s)
				share := []int{n * 9 / 20, n * 9 / 20, n / 10}[i]
				played := 0
				worlds(t, p, uint64(1e6*i), share, func(seed uint64) bool {
					e := some
					if soak && played%5 == 0 {
						e = everything
					}
					played++
					for _, d := range p.tells(e, total) {
						t.Errorf("world %d, a case %s more: %.3000s", seed, p.h.extra.number, d)
					}
					return !t.Failed()
				})
			})
		}
	})
	t.Logf("%d pairs of worlds, in %d of them a defendant more in a shared case, in %d one who was thought to be another, in %d one with a fault in what was reported, by links %v; %d answers compared; exceptions needed: %v",
		total.worlds, total.joined, total.suspected, total.faulty, total.linked, total.asked, total.needed)
	if total.faulty == 0 {
		t.Error("nothing was ever wrong with a record that came to be sealed")
	}
	if total.suspected == 0 {
		t.Error("nobody whose record came to be sealed was ever thought to be another")
	}
	if total.linked["joined"] == 0 || total.linked["parted"] == 0 {
		t.Errorf("links with the sealed case: %v", total.linked)
	}
	for _, x := range exceptions() {
		if total.needed[x.name] == 0 {
			t.Errorf("the exception %q was never needed: take it out", x.name)
		}
	}
}
