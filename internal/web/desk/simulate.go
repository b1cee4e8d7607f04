package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/simulate"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/packs"
)

// layersFrom is the pack whose exclusions, first-offender test and extra
// conditions can be laid over the others.
const layersFrom = "cn-adult-preferred"

// Thresholds that the sweep tries, in months.
const (
	sweepFrom, sweepTo, sweepStep = 3, 36, 3
)

// simulateRoutes shows whom the rules would reach. All of it is counted on
// synthetic facts and holds nothing of the platform, so everybody may ask.
func (o *Office) simulateRoutes(mux *http.ServeMux) {
	var s simulator
	o.show(mux, "/simulate", func(r *http.Request) (pages.Page, error) {
		q, err := questionOf(r.URL.Query())
		if err != nil {
			return nil, err
		}
		return s.page(q)
	})
	mux.Handle("GET /simulate/data.csv", o.simulationFile(&s, "text/csv; charset=utf-8", func(w *bytes.Buffer, c *simulate.Comparison) error {
		w.WriteString("\ufeff") // spreadsheets take the text for UTF-8 then
		return c.WriteCSV(w)
	}))
	mux.Handle("GET /simulate/data.json", o.simulationFile(&s, "application/json", func(w *bytes.Buffer, c *simulate.Comparison) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(c)
	}))
}

// simulationFile answers with the numbers of the page as a file.
func (o *Office) simulationFile(s *simulator, kind string, write func(*bytes.Buffer, *simulate.Comparison) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		q, err := questionOf(r.URL.Query())
		if err == nil {
			var c *simulate.Comparison
			if c, err = s.compare(q); err == nil {
				err = write(&body, c)
			}
		}
		if err != nil {
			o.site.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Disposition", `attachment; filename="simulation-`+q.name()+r.URL.Path[len("/simulate/data"):]+`"`)
		_, _ = w.Write(body.Bytes())
	})
}

// question is what a reader wants compared: one pack or two, and what is laid
// over both.
type question struct {
	packs  []string
	layers []string
}

// layerNames are the layers in the order in which they are offered.
func layerNames() []string { return []string{"exclusions", "first-offender", "extra"} }

// questionOf reads the query; what it names must be there.
func questionOf(v url.Values) (question, error) {
	q := question{packs: []string{"cn-adult-opinion-1", layersFrom}}
	if a := v.Get("a"); a != "" {
		q.packs = []string{a}
		if b := v.Get("b"); b != "" && b != a {
			q.packs = append(q.packs, b)
		}
	}
	known, err := packs.Load()
	if err != nil {
		return q, err
	}
	for _, id := range q.packs {
		if !slices.ContainsFunc(known, func(p *policy.Pack) bool { return p.ID == id }) {
			return q, fmt.Errorf("%w: no pack %q", registry.ErrNotFound, id)
		}
	}
	for _, l := range v["layer"] {
		if !slices.Contains(layerNames(), l) {
			return q, fmt.Errorf("%w: no layer %q", registry.ErrNotFound, l)
		}
	}
	for _, l := range layerNames() {
		if slices.Contains(v["layer"], l) {
			q.layers = append(q.layers, l)
		}
	}
	return q, nil
}

// values are the question as a query.
func (q question) values() url.Values {
	v := url.Values{"a": {q.packs[0]}, "layer": q.layers}
	if len(q.packs) > 1 {
		v.Set("b", q.packs[1])
	}
	return v
}

// name is for a file.
func (q question) name() string {
	name := q.packs[0]
	for _, s := range append(q.packs[1:], q.layers...) {
		name += "-" + s
	}
	return name
}

// simulator answers questions, one at a time, and keeps the answers: there are
// some hundreds of questions, and the facts are always the same.
type simulator struct {
	mu     sync.Mutex
	facts  *simulate.Facts
	report *simulate.ReportTable
	kept   map[string]*simulate.Comparison
}

const mostKept = 200

func (s *simulator) compare(q question) (*simulate.Comparison, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	by := simulate.Conventions{On: civil.New(simulate.NationalYear, 12, 31)}
	if err := s.prepare(by); err != nil {
		return nil, err
	}
	key := q.values().Encode()
	if c := s.kept[key]; c != nil {
		return c, nil
	}
	from, err := packs.Open(layersFrom)
	if err != nil {
		return nil, err
	}
	out := &simulate.Comparison{Facts: s.facts.Source("synthetic national year 2024", ""), On: by.On, Report: s.report}
	for _, id := range q.packs {
		if err := s.add(out, id, from, q.layers, by); err != nil {
			return nil, err
		}
	}
	if len(s.kept) >= mostKept {
		s.kept = nil
	}
	if s.kept == nil {
		s.kept = map[string]*simulate.Comparison{}
	}
	s.kept[key] = out
	return out, nil
}

// prepare makes the facts and the report's table, once.
func (s *simulator) prepare(by simulate.Conventions) error {
	if s.report != nil {
		return nil
	}
	facts, err := simulate.National(simulate.DefaultAssumptions())
	if err != nil {
		return err
	}
	var all []*policy.Pack
	for _, id := range simulate.ReportPacks() {
		p, err := packs.Open(id)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	s.facts, s.report = facts, facts.Report("synthetic national year 2024", true, all, by, 0)
	return nil
}

// add evaluates one pack with its layers, and sweeps its threshold.
func (s *simulator) add(out *simulate.Comparison, id string, from *policy.Pack, layers []string, by simulate.Conventions) error {
	p, err := packs.Open(id)
	if err != nil {
		return err
	}
	p, laid, err := simulate.Lay(p, from, layers)
	if err != nil {
		return err
	}
	out.Packs = append(out.Packs, s.facts.Compare([]*policy.Pack{p}, [][]string{laid}, by, 0)...)
	threshold := simulate.Threshold(p)
	if threshold == "" {
		return nil
	}
	sweep, err := s.facts.Sweep(p, threshold, sweepFrom, sweepTo, sweepStep, by, 0)
	if err == nil {
		out.Sweeps = append(out.Sweeps, sweep)
	}
	return err
}
