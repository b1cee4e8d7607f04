package registry_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

func waveOptions(worker string) registry.WaveOptions {
	return registry.WaveOptions{Kind: registry.WaveWaiting, Worker: worker}
}

// One whose second conviction stands at the end of the file is not sealed for
// the first, whatever else arrives before the wave comes; one without is.
func TestHistoryWaitsForTheWave(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		barred, clean := w.Adult(), w.Adult()
		first, other, second := w.Case(), w.Case(), w.Case()
		events := first.DrunkDriver(barred)
		w.History(other.DrunkDriver(clean)...)
		w.History(events...)
		code := codeOf(w, first)
		one := docket.RecordID{Code: code, Seq: 1}
		w.Wants(one, docket.Open)
		w.Sweep()
		w.Push(first.Event(registrytest.Corrections, docket.ExecutionCompleted, "2025-08-21", registrytest.Served(barred, "社区矫正"))) // live, meanwhile
		w.Wants(one, docket.Open)
		w.History(second.Event(registrytest.Court, docket.JudgmentRendered, "2025-12-01",
			registrytest.Convict(barred, registrytest.Injury, "2025-10-01", registrytest.Months(docket.FixedTerm, 60), "2025-12-12")))
		foretold := w.Foretell(registry.WaveWaiting, 1)
		report := w.Wave(registry.WaveWaiting, 1)
		w.Wants(one, docket.Open)
		if w.Count(`SELECT COUNT(*) FROM record WHERE status = 'sealed'`) != 1 || w.Count(`SELECT COUNT(*) FROM person_record WHERE waits = 1`) != 0 {
			w.Error("the one without a second conviction is not sealed, or somebody still waits")
		}
		for _, r := range []*registry.Report{foretold, report} {
			if r.Persons != 2 || r.Records != 3 || r.All["seal"] != 1 || r.By[registry.ByCrime]["危险驾驶罪"]["seal"] != 1 || r.By[registry.ByRegion]["99"]["seal"] != 1 {
				w.Errorf("the report: %+v", r)
			}
			if r.Letters[registrytest.Police] != 1 || r.Letters[registrytest.Court] != 1 || r.Letters[registrytest.Procuratorate] != 1 {
				w.Errorf("letters: %v", r.Letters)
			}
		}
	})
}

// codeOf is the code of a case that is not sealed.
func codeOf(w *world, c *registrytest.Case) docket.Code {
	w.Helper()
	codes, err := w.Reg.FindCases(context.Background(), registrytest.OfficerID(registrytest.Procuratorate, agency.Supervisor), c.Number().No)
	if err != nil || len(codes) != 1 {
		w.Fatalf("the case: %v, %v", codes, err)
	}
	return codes[0]
}

// A file of history that is not finished keeps the wave from everybody.
func TestAWaveWaitsForTheRestOfAFile(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		w.History(w.Case().DrunkDriver(w.Adult())...)
		ctx := context.Background()
		f, err := w.Reg.BeginHistory(ctx, registry.HistoryFile{Digest: "half", Agency: registrytest.Court}, false, w.Now)
		if err != nil {
			w.Fatal(err)
		}
		wave, err := w.Reg.BeginWave(ctx, waveOptions("a"), w.Now)
		if err != nil {
			w.Fatal(err)
		}
		if _, err := wave.Step(ctx, 10, w.Now); !errors.Is(err, registry.ErrUnfinished) {
			w.Errorf("half a file: %v", err)
		}
		if _, err := w.Reg.BeginWave(ctx, waveOptions("b"), w.Now.Add(time.Second)); !errors.Is(err, registry.ErrRuns) {
			w.Errorf("a second wave: %v", err)
		}
		f.Finished = w.Now
		if err := errors.Join(w.Reg.KeepHistory(ctx, &f), wave.Leave(ctx, w.Now)); err != nil {
			w.Fatal(err)
		}
		if r := w.Wave(registry.WaveWaiting, 10); r.All["seal"] != 1 {
			w.Errorf("afterwards: %+v", r)
		}
	})
}

// One letter tells an agency of all that a wave sealed; its records show it, and
// it is answered once for all of them, or record by record.
func TestLettersAboutMany(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		for range 3 {
			w.History(w.Case().DrunkDriver(w.Adult())...)
		}
		w.Wave(registry.WaveWaiting, 2)
		ctx := context.Background()
		clerk := registrytest.OfficerID(registrytest.Police, agency.NoticeClerk)
		list, total, err := w.Reg.NoticePage(ctx, clerk, 10, 0)
		if err != nil || total != 1 || len(list) != 1 || list[0].Records != 3 {
			w.Fatalf("the police's letters: %+v, %d, %v", list, total, err)
		}
		b, err := w.Reg.Letter(ctx, clerk, list[0].ID)
		if err != nil || len(b.Lines) != 3 {
			w.Fatalf("the letter: %+v, %v", b, err)
		}
		lines, err := b.Read(w.AgencyKey(registrytest.Police))
		if err != nil || len(lines[0].Numbers) == 0 || lines[0].Record != b.Lines[0].Record {
			w.Fatalf("its lines: %+v, %v", lines, err)
		}
		if _, err := b.Read(w.AgencyKey(registrytest.Court)); err == nil {
			w.Error("another agency reads it")
		}
		if _, err := w.Reg.Letter(ctx, registrytest.OfficerID(registrytest.Court, agency.NoticeClerk), list[0].ID); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("another agency asks for it: %v", err)
		}
		answerByLine(w, clerk, b.ID, b.Lines[0].Record, b.Lines[0].Notice)
		if err := w.Reg.AcknowledgeLetter(ctx, clerk, b.ID, w.Now); err != nil {
			w.Fatal(err)
		}
		if err := w.Reg.AcknowledgeLetter(ctx, clerk, b.ID, w.Now); !errors.Is(err, registry.ErrState) {
			w.Errorf("answered twice: %v", err)
		}
		supervisor := registrytest.OfficerID(registrytest.Procuratorate, agency.Supervisor)
		for _, l := range b.Lines {
			v, err := w.Reg.Case(ctx, supervisor, l.Record.Code)
			if err != nil || len(v.Records[0].Notices) == 0 {
				w.Fatalf("the record's letters: %+v, %v", v, err)
			}
			for _, n := range v.Records[0].Notices {
				if (n.Agency == registrytest.Police) != (n.AckedBy == clerk) || n.Letter == "" {
					w.Errorf("record %s shows the letter as %+v", l.Record, n)
				}
			}
		}
		w.Check()
	})
}

// A letter that is full is issued while the wave goes on, and another begun.
func TestALetterIsFull(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		for range 5 {
			w.History(w.Case().DrunkDriver(w.Adult())[:5]...)
		}
		ctx := context.Background()
		o := waveOptions("a")
		o.Letter = 2
		wave, err := w.Reg.BeginWave(ctx, o, w.Now)
		if err != nil {
			w.Fatal(err)
		}
		for range 2 {
			if _, err := wave.Step(ctx, 2, w.Now); err != nil {
				w.Fatal(err)
			}
			w.Check()
		}
		w.Exec(`UPDATE letter SET touched = 1 WHERE issued IS NULL`) // nothing was written to them for long, and yet they are the wave's
		if n, err := w.Reg.IssueLetters(ctx, w.Now, 10); n != 0 || err != nil {
			w.Errorf("%d drafts of a wave that runs are issued, %v", n, err)
		}
		const issued = `SELECT COUNT(*) FROM letter WHERE agency = 'police-990101' AND issued IS NOT NULL AND records = 2`
		if n := w.Count(issued); n != 2 {
			w.Errorf("%d full letters are issued", n)
		}
		if _, err := wave.Step(ctx, 2, w.Now); err != nil {
			w.Fatal(err)
		}
		if err := wave.Finish(ctx, w.Now); err != nil {
			w.Fatal(err)
		}
		if n, one := w.Count(issued), w.Count(`SELECT COUNT(*) FROM letter WHERE agency = 'police-990101' AND issued IS NOT NULL AND records = 1`); n != 2 || one != 1 {
			w.Errorf("%d letters of two, %d of one", n, one)
		}
		w.Check()
	})
}

func answerByLine(w *world, clerk, letter string, id docket.RecordID, line string) {
	w.Helper()
	ctx := context.Background()
	if err := w.Reg.Acknowledge(ctx, clerk, id.Code, line, w.Now); err != nil {
		w.Fatal(err)
	}
	if err := w.Reg.Acknowledge(ctx, clerk, id.Code, line, w.Now); !errors.Is(err, registry.ErrState) {
		w.Errorf("a line answered twice: %v", err)
	}
	if n := w.Count(`SELECT answered FROM letter WHERE id = $1 AND acked IS NULL`, letter); n != 1 {
		w.Errorf("%d records of the letter are answered", n)
	}
}

// What was proposed before history came in is not sealed on that word: the wave
// proposes anew, or no more.
func TestAProposalWaitsForTheWave(t *testing.T) {
	w := registrytest.New(t, registrytest.Options{ConfirmSealing: true})
	p := w.Adult()
	_, id := w.Convicted(p, registrytest.DrunkDriving, "2025-04-01", registrytest.Months(docket.Detention, 2), "2025-06-20")
	item := openItem(w, id, store.KindSeal)
	w.History(w.Case().Event(registrytest.Court, docket.JudgmentRendered, "2025-12-01",
		registrytest.Convict(p, registrytest.Injury, "2025-10-01", registrytest.Months(docket.FixedTerm, 60), "2025-12-12")))
	confirm := func() error {
		return w.Reg.Review(context.Background(), registrytest.OfficerID(registrytest.Court, agency.SealReviewer), id.Code, item.ID, true, "同意", w.Now)
	}
	if err := confirm(); !errors.Is(err, registry.ErrState) {
		t.Errorf("confirmed while history waits: %v", err)
	}
	w.Check()
	w.Wave(registry.WaveWaiting, 10)
	w.Wants(id, docket.Open)
	if err := confirm(); !errors.Is(err, registry.ErrState) {
		t.Errorf("confirmed though policy proposes it no more: %v", err)
	}
}

// History of two whom an officer joined is decided together, whichever of them
// it is about; a live report on the other waits as well.
func TestJoinedPersonsWaitTogether(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		p := w.Adult()
		other := selfReported(p)
		w.Convicted(p, registrytest.Theft, "2024-01-05", registrytest.Months(docket.FixedTerm, 60), "2024-06-20")
		c, _ := w.Convicted(other, registrytest.Theft, "2023-05-05", registrytest.Months(docket.FixedTerm, 61), "2023-11-01")
		w.Identify()
		if err := ruleIdentity(w, reviewer, pairs(w, reviewer, "")[0].Row.ID, "", registry.SamePerson); err != nil {
			w.Fatal(err)
		}
		w.History(w.Case().DrunkDriver(p)...)
		w.Push(c.Event(registrytest.Detention, docket.ExecutionCompleted, "2025-08-21", registrytest.Served(other, "看守所"))) // live
		if n := w.Count(`SELECT COUNT(DISTINCT person_key) FROM person_record WHERE waits = 1`); n != 2 {
			w.Errorf("%d of the two wait", n)
		}
		if r := w.Wave(registry.WaveWaiting, 1); r.Persons != 2 || r.Records != 3 || r.All["seal"] != 0 {
			w.Errorf("the wave: %+v", r)
		}
		if n := w.Count(`SELECT COUNT(*) FROM record WHERE status = 'sealed'`) + w.Count(`SELECT COUNT(*) FROM person_record WHERE waits = 1`); n != 0 {
			w.Errorf("%d records are sealed in spite of the other identity's, or wait", n)
		}
	})
}

// One on whom policy has no answer keeps nobody else from being decided; they
// wait on, and are counted.
func TestOneWhoCannotBeDecidedHoldsUpNobody(t *testing.T) {
	w := registrytest.New(t, registrytest.Options{})
	busy := w.Adult()
	var events []*docket.Event
	for range policy.MaxRecords + 1 {
		events = append(events, w.Case().Event(registrytest.Court, docket.JudgmentRendered, "2025-06-09",
			registrytest.Convict(busy, registrytest.Theft, "2025-04-01", registrytest.Months(docket.FixedTerm, 6), "2025-06-20")))
	}
	w.TakeHistory(w.Delivery(registrytest.Court, events...))
	w.History(w.Case().DrunkDriver(w.Adult())...)
	for _, r := range []*registry.Report{w.Foretell(registry.WaveWaiting, 1), w.Wave(registry.WaveWaiting, 1)} {
		if r.Persons != 2 || r.All[registry.Undecided] != policy.MaxRecords+1 || r.All["seal"] != 1 {
			t.Errorf("%d persons, %v", r.Persons, r.All)
		}
	}
	if n := w.Count(`SELECT COUNT(DISTINCT person_key) FROM person_record WHERE waits = 1`); n != 1 {
		t.Errorf("%d persons wait on", n)
	}
}

// A wave over everybody in the ledger goes on where it was stopped, also after
// its last person, and keeps no key of anybody.
func TestAWaveOverTheOpenLedgerIsTakenUp(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		for range 5 {
			w.Convicted(w.Adult(), registrytest.Theft, "2025-04-01", registrytest.Months(docket.FixedTerm, 60), "2025-06-20")
		}
		ctx := context.Background()
		done := int64(0)
		for life := 1; ; life++ {
			w.Now = w.Now.Add(time.Minute)
			o := waveOptions(fmt.Sprint(life))
			o.Kind = registry.WaveOpen
			wave, err := w.Reg.BeginWave(ctx, o, w.Now)
			if err != nil {
				w.Fatal(err)
			}
			if wave.Left != 5-done || wave.Resumed != (life > 1) {
				w.Errorf("life %d: %d left after %d, resumed %t", life, wave.Left, done, wave.Resumed)
			}
			if _, err := wave.Step(ctx, 2, w.Now); err != nil {
				w.Fatal(err)
			}
			done = wave.Persons
			if n := w.Count(`SELECT COUNT(*) FROM wave, person WHERE reached = person_key`); n != 0 {
				w.Error("the wave keeps a person's key")
			}
			if life == 4 { // the one before died between its last person and its end
				if err := wave.Finish(ctx, w.Now); err != nil {
					w.Fatal(err)
				}
				if wave.Persons != 5 || wave.Report.All["keep"] != 5 || w.Count(`SELECT COUNT(*) FROM wave WHERE LENGTH(reached) = 0`) != 1 {
					w.Errorf("in the end: %+v, %v", wave.WaveRow, wave.Report.All)
				}
				return
			}
			w.Restart()
		}
	})
}
