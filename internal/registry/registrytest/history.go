package registrytest

import (
	"context"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
)

// History takes events in as history, each by its own agency and in a delivery
// of its own; the file they come in is finished.
func (w *World) History(events ...*docket.Event) {
	w.Helper()
	for _, e := range events {
		by, err := agency.IDOf(e.Source)
		w.must(err)
		for _, r := range w.TakeHistory(w.Delivery(by, e)) {
			if r.Outcome != registry.Accepted {
				w.Fatalf("event %s (%s) is %s: %v", e.ID, e.Type.Chinese(), r.Outcome, r.Problems)
			}
		}
	}
}

// TakeHistory takes a delivery in as a file of history.
func (w *World) TakeHistory(d *registry.Delivery) []registry.Receipt {
	w.Helper()
	ctx := context.Background()
	f, err := w.Reg.BeginHistory(ctx, registry.HistoryFile{Digest: w.Reg.HistoryDigest(d.Agency, []byte(d.ID)), Agency: d.Agency}, false, w.Now)
	w.must(err)
	c, err := w.Reg.Check(ctx, []*registry.Delivery{d}, w.Now)
	w.must(err)
	receipts, err := w.Reg.TakeHistory(ctx, c, &f)
	w.must(err)
	for _, r := range receipts[0] {
		if r.Outcome == registry.Accepted {
			w.accepted[agency.SourceOf(d.Agency)]++
		}
	}
	f.Line, f.Finished = int64(len(d.Events)), w.Now
	w.must(w.Reg.KeepHistory(ctx, &f))
	w.step()
	return receipts[0]
}

// Wave runs a wave to its end, so many persons at a time.
func (w *World) Wave(kind registry.WaveKind, persons int) *registry.Report {
	w.Helper()
	ctx := context.Background()
	wave, err := w.Reg.BeginWave(ctx, registry.WaveOptions{Kind: kind, Worker: "test"}, w.Now)
	w.must(err)
	for more := true; more; {
		more, err = wave.Step(ctx, persons, w.Now)
		w.must(err)
		w.step()
	}
	w.must(wave.Finish(ctx, w.Now))
	w.step()
	return wave.Report
}

// Foretell is what a wave would do today.
func (w *World) Foretell(kind registry.WaveKind, persons int) *registry.Report {
	w.Helper()
	report := registry.NewReport()
	for after := []byte{}; ; {
		keys, err := w.Reg.WavePage(context.Background(), kind, after, persons)
		w.must(err)
		if len(keys) == 0 {
			return report
		}
		part, err := w.Reg.Foretell(context.Background(), keys, w.Today())
		w.must(err)
		report.Add(part)
		after = keys[len(keys)-1]
	}
}
