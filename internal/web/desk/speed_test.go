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

// BenchmarkPages asks for every page as every duty, and reports the slowest
// page's 95th percentile, also as a share of the budget (x-budget), which it
// holds. FENGCUN_PAGES_PERSONS makes the province larger: 20000 is that of the
// demonstration.
func BenchmarkPages(b *testing.B) {
	persons, err := strconv.Atoi(os.Getenv("FENGCUN_PAGES_PERSONS"))
	if err != nil {
		persons = 1000
	}
	s := newStage(b, stageOptions{persons: persons})
	s.relapse()
	type page struct {
		visitor *visitor
		path    string
		took    []time.Duration
	}
	var pages []page
	for _, duty := range agency.Duties() {
		v := s.as(s.first(duty))
		for _, path := range append(addresses(), links(v)...) {
			if v.get(path).status == http.StatusOK { // this duty's
				pages = append(pages, page{visitor: v, path: path})
			}
		}
	}
	for b.Loop() {
		for range 20 {
			for i := range pages {
				p := &pages[i]
				start := time.Now()
				if a := p.visitor.get(p.path); a.status != http.StatusOK {
					b.Fatalf("%s: %d", p.path, a.status)
				}
				p.took = append(p.took, time.Since(start))
			}
		}
	}
	var worst time.Duration
	for _, p := range pages {
		slices.Sort(p.took)
		p95 := p.took[len(p.took)*95/100]
		if worst = max(worst, p95); p95 > budget {
			b.Errorf("%s: p95 %s, p50 %s", p.path, p95, p.took[len(p.took)/2])
		}
	}
	b.ReportMetric(float64(len(pages)), "pages")
	b.ReportMetric(float64(worst.Microseconds())/1000, "worst-p95-ms")
	b.ReportMetric(worst.Seconds()/budget.Seconds(), "x-budget")
}

var tableLink = regexp.MustCompile(`<td[^>]*><a [^>]*href="(/[^"]+)"`)

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
