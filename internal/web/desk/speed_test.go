package desk_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
)

// budget is what a page may take at the 95th percentile.
const budget = 100 * time.Millisecond

// TestPagesAreFast asks for every page as every duty and holds the 95th
// percentile of each against the budget. FENGCUN_PAGES_PERSONS makes the
// province larger: 20000 is that of the demonstration.
func TestPagesAreFast(t *testing.T) {
	persons, err := strconv.Atoi(os.Getenv("FENGCUN_PAGES_PERSONS"))
	rounds := 20
	if err != nil {
		persons, rounds = 200, 5
	}
	s := newStage(t, stageOptions{persons: persons})
	s.relapse()
	for _, duty := range agency.Duties() {
		v := s.as(s.first(duty))
		for _, path := range append(addresses(), links(v)...) {
			var took []time.Duration
			for range rounds {
				start := time.Now()
				if a := v.get(path); a.status != http.StatusOK {
					break // not this duty's
				}
				took = append(took, time.Since(start))
			}
			if len(took) == 0 {
				continue
			}
			slices.Sort(took)
			p50, p95 := took[len(took)/2], took[len(took)*95/100]
			if p95 > budget {
				t.Errorf("%s %s: p95 %s, p50 %s", duty, path, p95, p50)
			} else if persons > 200 {
				t.Logf("%-16s %-32s p50 %6.1f ms  p95 %6.1f ms", duty, path, ms(p50), ms(p95))
			}
		}
	}
}

var tableLink = regexp.MustCompile(`<td[^>]*><a [^>]*href="(/[^"]+)"`)

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// links are the first things that a duty's lists lead to.
func links(v *visitor) (out []string) {
	for _, list := range []string{"/cases", "/cases?status=sealed", "/reviews", "/queries"} {
		a := v.get(list)
		if m := tableLink.FindStringSubmatch(a.body); a.status == http.StatusOK && m != nil {
			out = append(out, m[1])
		}
	}
	return out
}
