package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// TestQualityMetrics: open items by rule with the age of the oldest, and each
// source's lags against the promise; nothing that tells of a record.
func TestQualityMetrics(t *testing.T) {
	w := registrytest.New(t, registrytest.Options{})
	c, p := w.Case(), w.Adult()
	w.Push(c.Event(registrytest.Police, docket.CaseFiled, w.Today().AddDays(-20).String(), registrytest.Suspect(p, registrytest.Theft, "2026-01-01")))
	w.Push(c.Event(registrytest.Police, docket.CaseReferred, w.Today().String(), registrytest.Suspect(p, registrytest.Theft, "2026-01-01")))
	code := w.Push(c.Event(registrytest.Court, docket.JudgmentRendered, w.Today().String(),
		registrytest.Convict(p, registrytest.Theft, "2026-01-01", registrytest.Months(docket.Detention, 8), "")))
	w.Examine()
	w.Now = w.Now.Add(time.Hour)

	all := prometheus.NewRegistry()
	all.MustRegister(newQualityMetrics(context.Background(), w.Reg, func() time.Time { return w.Now }, slog.New(slog.DiscardHandler)))
	rec := httptest.NewRecorder()
	promhttp.HandlerFor(all, promhttp.HandlerOpts{}).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	text := rec.Body.String()
	for _, want := range []string{
		`fengcun_quality_open_items{kind="accuracy",rule="term-of-kind"} 1`,
		`fengcun_quality_open_items{kind="completeness",rule="term-end"} 0`,
		`fengcun_quality_oldest_item_seconds{kind="accuracy",rule="term-of-kind"} 360`,
		`fengcun_freshness_reports{basis="act",source="police-990101"} 2`,
		`fengcun_freshness_late_ratio{basis="act",source="police-990101"} 0.5`,
		`fengcun_freshness_late_ratio{basis="recorded",source="police-990101"} 0`,
		`fengcun_freshness_lag_seconds{basis="act",quantile="0.95",source="police-990101"} 2.592e+06`,
		`fengcun_freshness_lag_seconds{basis="recorded",quantile="0.5",source="court-990101"} 3600`,
		`fengcun_freshness_promise_seconds{basis="act",source="court-990101"} 864000`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, secret := range []string{p.Name, p.Number, string(code), code.Grouped()} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics tell %q", secret)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}
