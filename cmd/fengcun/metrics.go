package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/registry"
)

// metrics serves /metrics on an address of its own; nowhere where none is given.
func (p *platform) metrics(ctx context.Context, addr string) error {
	if addr == "" {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("metrics_listen: %w", err)
	}
	all := prometheus.NewRegistry()
	all.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newQualityMetrics(ctx, p.reg, p.env.now, p.log))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(all, promhttp.HandlerOpts{MaxRequestsInFlight: 2}))
	go func() {
		if err := p.listen(ctx, l, mux); err != nil {
			p.log.Error("serving metrics", "error", err)
		}
	}()
	return nil
}

// metricDays is over how many days freshness is measured.
const metricDays = 7

// qualityMetrics asks the registry at each scrape. It names rules and agencies,
// never a record.
type qualityMetrics struct {
	ctx context.Context //nolint:containedctx // a collector is called without one
	reg *registry.Registry
	now func() time.Time
	log *slog.Logger

	open, oldest, reports, late, lag, promise *prometheus.Desc
}

func newQualityMetrics(ctx context.Context, reg *registry.Registry, now func() time.Time, log *slog.Logger) *qualityMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("fengcun_"+name, help, labels, nil)
	}
	return &qualityMetrics{
		ctx: ctx, reg: reg, now: now, log: log,
		open:    desc("quality_open_items", "Items that wait for the agency at fault.", "rule", "kind"),
		oldest:  desc("quality_oldest_item_seconds", "How long the oldest of them has waited.", "rule", "kind"),
		reports: desc("freshness_reports", "Reports of the last days, today included.", "source", "basis"),
		late:    desc("freshness_late_ratio", "Share of them that came after the promise.", "source", "basis"),
		lag:     desc("freshness_lag_seconds", "How long they took, as the end of the class.", "source", "basis", "quantile"),
		promise: desc("freshness_promise_seconds", "Within how long they are to come.", "source", "basis"),
	}
}

// Describe implements prometheus.Collector.
func (m *qualityMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.open, m.oldest, m.reports, m.late, m.lag, m.promise} {
		to <- d
	}
}

// Collect implements prometheus.Collector. Where the database does not answer
// there are no figures of quality; those of the process stay.
func (m *qualityMetrics) Collect(to chan<- prometheus.Metric) {
	now := m.now()
	v, err := m.reg.QualityFigures(m.ctx, metricDays, now)
	if err != nil {
		m.log.Error("counting the quality for the metrics", "error", err)
		return
	}
	agencies, err := m.reg.Agencies(m.ctx)
	if err != nil {
		m.log.Error("reading the agencies for the metrics", "error", err)
		return
	}
	m.items(to, v, now)
	m.freshness(to, v, agencies)
}

func (m *qualityMetrics) items(to chan<- prometheus.Metric, v *registry.QualityOverview, now time.Time) {
	open, oldest := make(map[string]int), make(map[string]time.Duration)
	for _, c := range v.Counts {
		if c.State == registry.QualityOpen {
			open[c.Rule] += c.N
			oldest[c.Rule] = max(oldest[c.Rule], now.Sub(c.Oldest))
		}
	}
	for _, r := range m.reg.QualityRules() {
		gauge(to, m.open, float64(open[r.ID]), r.ID, string(r.Kind))
		gauge(to, m.oldest, oldest[r.ID].Seconds(), r.ID, string(r.Kind))
	}
}

func (m *qualityMetrics) freshness(to chan<- prometheus.Metric, v *registry.QualityOverview, agencies []*agency.Agency) {
	byID := make(map[string]*agency.Agency, len(agencies))
	for _, a := range agencies {
		byID[a.Source()] = a
	}
	for _, l := range v.Lags {
		a := byID[l.Source]
		if a == nil {
			continue
		}
		n, basis := l.Lags.Count(), string(l.Basis)
		gauge(to, m.reports, float64(n), a.ID, basis)
		if promise := m.reg.Promise().To(l.Basis, a); promise > 0 && n > 0 {
			gauge(to, m.promise, promise.Seconds(), a.ID, basis)
			gauge(to, m.late, float64(l.Lags.Late(promise))/float64(n), a.ID, basis)
		}
		for _, q := range []float64{0.5, 0.95} {
			if lag, ok := l.Lags.Quantile(q); ok {
				gauge(to, m.lag, lag.Seconds(), a.ID, basis, strconv.FormatFloat(q, 'g', -1, 64))
			} else if n > 0 {
				open := quality.Bounds()[quality.Classes-2] // longer than the last bound
				gauge(to, m.lag, open.Seconds(), a.ID, basis, strconv.FormatFloat(q, 'g', -1, 64))
			}
		}
	}
}

func gauge(to chan<- prometheus.Metric, d *prometheus.Desc, value float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}
