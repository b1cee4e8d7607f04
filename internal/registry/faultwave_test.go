package registry_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// takeHistoryAct takes a delivery of history in and finishes its file.
func takeHistoryAct(w *world) func() deed {
	return func() deed {
		ctx := context.Background()
		c, p := w.Case(), w.Adult()
		d := w.Delivery(registrytest.Court, c.Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(p, registrytest.DrunkDriving, "2025-04-01", registrytest.Months(docket.Detention, 2), "2025-06-20")))
		a := accepted(w, d, func() {
			if n := w.Count(`SELECT COUNT(*) FROM history_file WHERE finished IS NULL`); n != 0 {
				w.Fatalf("%d files are not finished", n)
			}
		})
		a.do = func() error {
			f, err := w.Reg.BeginHistory(ctx, registry.HistoryFile{Digest: d.ID, Agency: d.Agency}, false, w.Now)
			if err != nil {
				return err
			}
			checked, err := w.Reg.Check(ctx, []*registry.Delivery{d}, w.Now)
			if err != nil {
				return err
			}
			if _, err := w.Reg.TakeHistory(ctx, checked, &f); err != nil {
				return err
			}
			f.Line, f.Finished = 1, w.Now
			return w.Reg.KeepHistory(ctx, &f)
		}
		return a
	}
}

func closeHistoryAct(w *world) func() deed {
	n := 0
	return func() deed {
		n++
		digest := fmt.Sprintf("%04d", n)
		if _, err := w.Reg.BeginHistory(context.Background(), registry.HistoryFile{Digest: digest, Agency: registrytest.Court}, false, w.Now); err != nil {
			w.Fatal(err)
		}
		return deed{do: func() error {
			_, err := w.Reg.CloseHistory(context.Background(), digest, w.Now)
			if errors.Is(err, registry.ErrNotFound) && w.Count(`SELECT COUNT(*) FROM history_file WHERE digest = $1 AND finished IS NOT NULL`, digest) == 1 {
				return registry.ErrState // it is closed
			}
			return err
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM history_file WHERE finished IS NULL`); n != 0 {
				w.Fatalf("%d files are open", n)
			}
		}}
	}
}

// waveAct runs a whole wave over two persons, one at a time; broken off it is
// run again from where it stood, by another program.
func waveAct(w *world) func() deed {
	worker := 0
	return func() deed {
		var codes []docket.Code
		for range 2 {
			c := w.Case()
			w.History(c.DrunkDriver(w.Adult())[:5]...)
			codes = append(codes, codeOf(w, c))
		}
		before := w.Count(`SELECT COUNT(*) FROM wave`)
		return deed{do: func() error {
			worker++
			w.Now = w.Now.Add(2 * time.Minute) // whoever died holds the lease no more
			return runWave(w, fmt.Sprint(worker))
		}, done: func() {
			for _, code := range codes {
				w.Wants(docket.RecordID{Code: code, Seq: 1}, docket.Sealed)
				if n := w.Count(`SELECT COUNT(*) FROM notice n JOIN letter l ON l.agency = n.agency AND l.id = n.letter AND l.issued IS NOT NULL WHERE n.code = $1`, string(code)); n != 3 {
					w.Fatalf("%d letters that are issued name the record", n)
				}
			}
			if n := w.Count(`SELECT COUNT(*) FROM wave`) - before; n < 1 || w.Count(`SELECT COUNT(*) FROM wave WHERE finished IS NULL`) != 0 {
				w.Fatalf("%d waves, or one that is not finished", n)
			}
		}}
	}
}

func runWave(w *world, worker string) error {
	ctx := context.Background()
	wave, err := w.Reg.BeginWave(ctx, registry.WaveOptions{Kind: registry.WaveWaiting, Worker: worker}, w.Now)
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = wave.Step(ctx, 1, w.Now); err != nil {
			return err // killed: nothing is left in order
		}
	}
	return wave.Finish(ctx, w.Now)
}

// issueLettersAct issues what a wave that was killed left as drafts.
func issueLettersAct(w *world) func() deed {
	worker := 0
	return func() deed {
		worker++
		ctx := context.Background()
		w.History(w.Case().DrunkDriver(w.Adult())[:5]...)
		wave, err := w.Reg.BeginWave(ctx, registry.WaveOptions{Kind: registry.WaveWaiting, Worker: fmt.Sprint(worker)}, w.Now)
		if err != nil {
			w.Fatal(err)
		}
		if _, err := wave.Step(ctx, 10, w.Now); err != nil {
			w.Fatal(err)
		}
		w.Now = w.Now.Add(time.Hour)
		return deed{do: func() error { _, err := w.Reg.IssueLetters(ctx, w.Now, 10); return err }, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM letter WHERE issued IS NULL OR issued < touched + 600000000`); n != 0 {
				w.Fatalf("%d letters are drafts, or their clock began before they were issued", n)
			}
		}}
	}
}

// letterFor is a letter to the police about two records that a wave sealed.
func letterFor(w *world) *notice.Bundle {
	for range 2 {
		w.History(w.Case().DrunkDriver(w.Adult())[:5]...)
	}
	w.Now = w.Now.Add(2 * time.Minute)
	w.Wave(registry.WaveWaiting, 10)
	clerk := registrytest.OfficerID(registrytest.Police, agency.NoticeClerk)
	list, _, err := w.Reg.NoticePage(context.Background(), clerk, 1, 0)
	if err != nil || len(list) != 1 || list[0].Records != 2 {
		w.Fatalf("the police's letters: %+v, %v", list, err)
	}
	b, err := w.Reg.Letter(context.Background(), clerk, list[0].ID)
	if err != nil {
		w.Fatal(err)
	}
	return b
}

func acknowledgeLetterAct(w *world) func() deed {
	return func() deed {
		b := letterFor(w)
		return deed{do: func() error {
			return w.Reg.AcknowledgeLetter(context.Background(), registrytest.OfficerID(registrytest.Police, agency.NoticeClerk), b.ID, w.Now)
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM letter WHERE id = $1 AND acked IS NOT NULL AND answered = 0`, b.ID); n != 1 {
				w.Fatal("the letter is not answered")
			}
		}}
	}
}

// acknowledgeLineAct answers a letter record by record: with the last the letter
// is answered.
func acknowledgeLineAct(w *world) func() deed {
	return func() deed {
		b := letterFor(w)
		clerk := registrytest.OfficerID(registrytest.Police, agency.NoticeClerk)
		if err := w.Reg.Acknowledge(context.Background(), clerk, b.Lines[0].Record.Code, b.Lines[0].Notice, w.Now); err != nil {
			w.Fatal(err)
		}
		return deed{do: func() error {
			return w.Reg.Acknowledge(context.Background(), clerk, b.Lines[1].Record.Code, b.Lines[1].Notice, w.Now)
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM letter WHERE id = $1 AND acked IS NOT NULL AND answered = 2`, b.ID); n != 1 {
				w.Fatal("the letter is not answered though each of its records is")
			}
		}}
	}
}
