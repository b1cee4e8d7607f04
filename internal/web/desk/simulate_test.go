package desk

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/fengcun/fengcun/internal/simulate"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/browsertest"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/packs"
)

func simulated(t *testing.T, query string) pages.Simulation {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, err := questionOf(v)
	if err != nil {
		t.Fatal(err)
	}
	var s simulator
	page, err := s.page(q)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := page.(pages.Simulation)
	if !ok {
		t.Fatalf("%T", page)
	}
	return p
}

// The page shows the report's five numbers twice, the whole funnel and a sweep
// that rises through its line.
func TestSimulationPage(t *testing.T) {
	p := simulated(t, "a=cn-adult-opinion-2&b=cn-adult-opinion-3")
	if len(p.Rows) != 5 || len(p.Labelled) != 5 || len(p.Funnel) != 4 || p.Persons != 1_600_000 || len(p.Packs) != 2 {
		t.Fatalf("%+v", p)
	}
	for _, r := range append(p.Rows, p.Labelled...) {
		shown := 0
		for _, c := range r.Cells {
			if c.Shown {
				shown++
			}
		}
		if len(r.Cells) != 4 || shown != 1 || r.Agreement.IsZero() || r.Title.Zh == "" {
			t.Errorf("%s: %+v", r.Pack, r)
		}
	}
	values := p.Sweep.Data.Series[0].Values
	if values[0] >= 30 || math.Abs(values[3]-58) > 0.1 || len(values) != len(p.Sweep.Data.Labels) {
		t.Errorf("sweep: %v", values)
	}
	if p.Crosses[0].Value != "6" {
		t.Errorf("the line is crossed at %+v", p.Crosses)
	}
	if len(p.Parts) != 5 || len(p.Parts[2].Lines) != longest || p.Parts[2].More != 45-longest {
		t.Errorf("parts: %d, crimes %d and %d more", len(p.Parts), len(p.Parts[2].Lines), p.Parts[2].More)
	}
}

// Layers are laid over both; a pack that has them stays as it is.
func TestSimulationLayers(t *testing.T) {
	p := simulated(t, "a=cn-adult-opinion-1&b=cn-adult-preferred&layer=first-offender&layer=exclusions")
	if len(p.Packs[0].Layers) != 2 || len(p.Packs[1].Layers) != 0 {
		t.Errorf("%+v", p.Packs)
	}
	if a, b := p.Packs[0].Cells[0].Percent, p.Packs[1].Cells[0].Percent; a != b || a == "59.99%" {
		t.Errorf("the first opinion with the layers of the preferred rule: %s, that rule: %s", a, b)
	}
	if one := simulated(t, "a=cn-minor"); len(one.Packs) != 1 || one.Sweep == nil && len(one.Crosses) > 0 {
		t.Errorf("%+v", one.Packs)
	}
}

// Every pair of packs under every layer can be asked for.
func TestEverySimulationCanBeAsked(t *testing.T) {
	if testing.Short() {
		t.Skip("evaluates every pack over the whole year")
	}
	all, err := packs.Load()
	if err != nil {
		t.Fatal(err)
	}
	var s simulator
	for _, p := range all {
		if _, err := s.page(question{packs: []string{p.ID, "cn-adult-opinion-1"}, layers: layerNames()}); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
}

// simulationSite is the page alone, without a platform behind it.
func simulationSite(t *testing.T) string {
	t.Helper()
	site, err := web.New(web.Options{
		Who: func(context.Context, string) (web.Visitor, bool) { return web.Visitor{}, false }, Status: Status,
		Now:    func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) },
		Random: rand.Reader, Log: slog.New(slog.DiscardHandler), Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Routes(mux)
	(&Office{site: site}).simulateRoutes(mux)
	srv := httptest.NewServer(site.Handler(mux))
	t.Cleanup(srv.Close)
	return srv.URL
}

func fetch(t *testing.T, address string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

// The files hold what the command prints, and what is not there is not found.
func TestSimulationFiles(t *testing.T) {
	at := simulationSite(t)
	status, head, body := fetch(t, at+"/simulate/data.json?a=cn-adult-opinion-2&layer=exclusions")
	var c simulate.Comparison
	if err := json.Unmarshal([]byte(body), &c); err != nil || status != http.StatusOK || len(c.Packs) != 1 || c.Report == nil {
		t.Fatal(status, err, body[:min(300, len(body))])
	}
	if want := `attachment; filename="simulation-cn-adult-opinion-2-exclusions.json"`; head.Get("Content-Disposition") != want {
		t.Error(head.Get("Content-Disposition"))
	}
	_, _, body = fetch(t, at+"/simulate/data.csv?a=cn-adult-opinion-2")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || rows[0][0] != "pack" || len(rows) < 100 {
		t.Error(err, len(rows))
	}
	for _, path := range []string{"/simulate?a=cn-nothing", "/simulate?a=../..", "/simulate/data.csv?layer=age", "/simulate/data.json?a=cn-minor&b=x"} {
		if status, _, _ := fetch(t, at+path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// A policy maker looks at two rules in a browser.
func TestSimulationInTheBrowser(t *testing.T) {
	at, b := simulationSite(t), browsertest.New(t)
	look := func(name string) {
		t.Helper()
		for _, c := range append(b.Complaints(), b.Audit()...) {
			t.Errorf("%s: %s", name, c)
		}
		b.Screenshot(name)
	}
	b.Open(at + "/simulate")
	look("simulate")
	browsertest.Eval[bool](b, `(() => {
		document.getElementById("f-a").value = "cn-adult-opinion-2";
		document.getElementById("f-b").value = "cn-adult-graded";
		document.querySelector("input[value=exclusions]").click();
		document.querySelector("input[value=first-offender]").click();
		document.body.dataset.left = "1";
		return true })()`)
	b.Do("compute", chromedp.Click(chromedp.CSS(".simulation-form button")), chromedp.WaitReady(chromedp.CSS("body:not([data-left]) footer")))
	if got := browsertest.Eval[string](b, `document.querySelector("#compare tbody").innerText`); !strings.Contains(got, "cn-adult-graded") {
		t.Errorf("the page compares %q", got)
	}
	look("simulate-layers")
	b.Size(390, 844)
	look("simulate-narrow")
	b.Size(1360, 900)
	b.Open(at + "/language?to=" + string(locale.En) + "&back=/simulate")
	look("simulate-en")
}
