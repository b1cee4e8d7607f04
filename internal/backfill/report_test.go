package backfill_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/backfill"
	"github.com/fengcun/fengcun/internal/registry"
)

var update = flag.Bool("update", false, "write the golden files anew")

func counted() *backfill.Report {
	c := registry.NewReport()
	c.Persons, c.Records = 1990, 2005
	c.All = registry.Tally{"seal": 1500, "keep": 500, "review": 5}
	c.By[registry.ByCrime] = map[string]registry.Tally{"盗窃罪": {"keep": 500}, "危险驾驶罪": {"seal": 1500, "review": 2}, "": {"review": 3}}
	c.By[registry.ByRegion] = map[string]registry.Tally{"99": {"seal": 1500, "keep": 500, "review": 5}}
	c.By[registry.ByPenalty] = map[string]registry.Tally{"拘役（缓刑）": {"seal": 1500, "review": 5}, "有期徒刑": {"keep": 500}}
	c.Letters = map[string]int64{"police-990101": 1500, "court-990101": 1000}
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	r := backfill.NewReport(c, []registry.HistoryFile{
		{Digest: "0123456789abcdef", Agency: "court-990101", Began: at, Finished: at.Add(time.Hour), Line: 1510, Accepted: 1505, Refused: 5},
		{Digest: "fedcba9876543210", Agency: "police-990101", Began: at, Line: 500, Accepted: 500},
	})
	r.Over, r.DryRun, r.On, r.Packs = "waiting", true, "2026-11-23", []string{"cn-adult-preferred@sha256:00"}
	return r
}

// The report as it is read, handed on and computed with.
func TestReports(t *testing.T) {
	for name, write := range map[string]func(r *backfill.Report, b *bytes.Buffer) error{
		"report.txt":  func(r *backfill.Report, b *bytes.Buffer) error { return r.WriteTable(b) },
		"report.csv":  func(r *backfill.Report, b *bytes.Buffer) error { return r.WriteCSV(b) },
		"report.json": func(r *backfill.Report, b *bytes.Buffer) error { return r.WriteJSON(b) },
		"least.txt":   func(r *backfill.Report, b *bytes.Buffer) error { r.Suppress(10); return r.WriteTable(b) },
	} {
		var b bytes.Buffer
		if err := write(counted(), &b); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s (-update writes it anew):\n%s", name, diff)
		}
	}
}

// A report that is passed on names no rare case; what it sums to stays.
func TestSmallCountsAreLeftOut(t *testing.T) {
	r := counted()
	r.Suppress(10)
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got backfill.Report
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, rows := range [][]backfill.Row{got.Crimes, got.Regions, got.Penalty} {
		for _, row := range rows {
			for outcome, n := range row.Outcomes {
				if n < 10 {
					t.Errorf("%s: %s %d", row.Value, outcome, n)
				}
			}
		}
	}
	if got.All["review"] != 5 || !strings.Contains(strings.Join(got.Notes, "\n"), "counts below 10 are left out") {
		t.Errorf("%v, %q", got.All, got.Notes)
	}
}
