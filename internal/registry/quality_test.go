package registry_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// noticeClerk works an agency's items.
func noticeClerk(agencyID string) string {
	return registrytest.OfficerID(agencyID, agency.NoticeClerk)
}

// items are those of a state that an officer sees.
func items(w *world, by, state string) []registry.QualityView {
	w.Helper()
	list, total, err := w.Reg.QualityItems(context.Background(), by, registry.QualityListing{State: state, Limit: 50})
	if err != nil || total != len(list) {
		w.Fatalf("items of %s: %d of %d, %v", by, len(list), total, err)
	}
	return list
}

// only is the one open item of an agency, of this rule.
func only(w *world, agencyID, rule string) registry.QualityView {
	w.Helper()
	list := items(w, noticeClerk(agencyID), registry.QualityOpen)
	if len(list) != 1 || list[0].Row.Rule != rule {
		w.Fatalf("%s has %d open items, want one of %s: %v", agencyID, len(list), rule, rulesOf(list))
	}
	return list[0]
}

func rulesOf(list []registry.QualityView) (out []string) {
	for _, v := range list {
		out = append(out, v.Row.Rule)
	}
	return out
}

// itemOf is the open item of a record and rule.
func itemOf(w *world, agencyID string, id docket.RecordID, rule string) registry.QualityView {
	w.Helper()
	for _, v := range items(w, noticeClerk(agencyID), registry.QualityOpen) {
		if v.Row.Record == id && v.Row.Rule == rule {
			return v
		}
	}
	w.Fatalf("%s has no open item of %s for record %s", agencyID, rule, id)
	return registry.QualityView{}
}

func none(w *world, agencyID, state string) {
	w.Helper()
	if list := items(w, noticeClerk(agencyID), state); len(list) != 0 {
		w.Fatalf("%s has %d items that are %s: %+v", agencyID, len(list), state, list[0].Finding)
	}
}

// referred is a case of theft that the procuratorate has not decided on.
func referred(w *world) (*registrytest.Case, docket.Identity, docket.RecordID) {
	w.Helper()
	c, p := w.Case(), w.Adult()
	code := w.Push(
		c.Event(registrytest.Police, docket.CaseFiled, "2025-09-01", registrytest.Suspect(p, registrytest.Theft, "2025-08-30")),
		c.Event(registrytest.Police, docket.CaseReferred, "2025-10-08", registrytest.Suspect(p, registrytest.Theft, "2025-08-30")))
	return c, p, docket.RecordID{Code: code, Seq: 1}
}

// TestAStageMissingPastItsTime: the item comes on the day after law and
// reporting have run out, to an agency that has said nothing of the record yet,
// and goes when the report comes.
func TestAStageMissingPastItsTime(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c, p, id := referred(w)
		last := civil.MustParse("2025-10-08").AddMonths(5).AddDays(45 + quality.Standard().ReportingDays)
		w.On(last.String())
		w.Examine()
		none(w, registrytest.Procuratorate, registry.QualityOpen)
		w.On(last.AddDays(1).String())
		w.Examine()
		v := only(w, registrytest.Procuratorate, "referral-decision")
		if v.Row.Record != id || v.Finding.Since != w.Today() || !slices.Contains(v.Finding.Missing, docket.ProsecutionFiled) {
			w.Errorf("%+v %+v", v.Row, v.Finding)
		}
		if v.Name != "" || len(v.Numbers) == 0 {
			w.Errorf("one that holds no copy is told of %q, numbers %v", v.Name, v.Numbers)
		}
		if e := entryOf(w, "quality.open"); e.Code != id.String() || e.Agency != registrytest.Procuratorate || e.Basis != "referral-decision" {
			w.Errorf("%+v", e)
		}
		w.Push(c.Event(registrytest.Procuratorate, docket.ProsecutionFiled, "2026-03-30", registrytest.Charge(p, registrytest.Theft, "2025-08-30")))
		w.Examine()
		none(w, registrytest.Procuratorate, registry.QualityOpen)
		if mended := items(w, noticeClerk(registrytest.Procuratorate), registry.QualityMended); len(mended) != 1 || mended[0].Name != p.Name {
			w.Errorf("mended: %+v", mended)
		}
		if e := entryOf(w, "quality.mend"); e.Detail["item"] != v.Row.ID {
			w.Errorf("%+v", e)
		}
	})
}

// impossible is a judgment of eight months of 拘役, which the law does not know.
func impossible(w *world) (*registrytest.Case, *docket.Event, docket.RecordID) {
	w.Helper()
	c, p := w.Case(), w.Adult()
	code := w.Push(c.Event(registrytest.Police, docket.CaseFiled, "2026-01-02", registrytest.Suspect(p, registrytest.Theft, "2026-01-01")))
	judged := c.Event(registrytest.Court, docket.JudgmentRendered, "2026-02-20",
		registrytest.Convict(p, registrytest.Theft, "2026-01-01", registrytest.Months(docket.Detention, 8), ""))
	w.Push(judged)
	w.Examine()
	return c, judged, docket.RecordID{Code: code, Seq: 1}
}

func TestAnImpossibleSentenceIsMendedByACorrection(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c, judged, _ := impossible(w)
		v := only(w, registrytest.Court, "term-of-kind")
		if v.Finding.Statements[0].Event != judged.ID || v.Name != judged.Data.Persons[0].Identity.Name {
			w.Errorf("%+v", v)
		}
		none(w, registrytest.Police, registry.QualityOpen)
		right := *judged
		right.Data.Persons = []docket.Part{registrytest.Convict(judged.Data.Persons[0].Identity, registrytest.Theft, "2026-01-01", registrytest.Months(docket.FixedTerm, 8), "")}
		w.Push(c.Correction(judged, &right))
		w.Examine()
		none(w, registrytest.Court, registry.QualityOpen)
		if n := len(items(w, noticeClerk(registrytest.Court), registry.QualityMended)); n != 1 {
			w.Errorf("%d mended", n)
		}
	})
}

func answer(w *world, by string, v registry.QualityView, note string) error {
	w.Helper()
	err := w.Reg.AnswerQuality(context.Background(), by, registry.QualityAnswer{Code: v.Row.Record.Code, Item: v.Row.ID, Facts: v.Facts, Note: note}, w.Now)
	for _, p := range w.Violations() {
		w.Errorf("after an answer: %s", p)
	}
	return err
}

// TestAnAnswerHoldsForTheSameFacts: neither another report of the record nor a
// day that passes brings the item back; another wrong statement does.
func TestAnAnswerHoldsForTheSameFacts(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c, judged, _ := impossible(w)
		v := only(w, registrytest.Court, "term-of-kind")
		clerk := registrytest.OfficerID(registrytest.Court, agency.SealClerk)
		for by, want := range map[string]error{
			noticeClerk(registrytest.Police): registry.ErrNotFound, noticeClerk(registrytest.OtherCourt): registry.ErrNotFound,
			registrytest.OfficerID(registrytest.Procuratorate, agency.Supervisor): registry.ErrForbidden, reviewer: registry.ErrForbidden,
		} {
			if err := answer(w, by, v, "已核对"); !errors.Is(err, want) {
				w.Errorf("%s: %v, want %v", by, err, want)
			}
		}
		if err := answer(w, clerk, v, " "); !errors.Is(err, registry.ErrInput) {
			w.Errorf("no words: %v", err)
		}
		if err := answer(w, clerk, v, "与前罪并罚，判决书已核对"); err != nil {
			w.Fatal(err)
		}
		if err := answer(w, clerk, v, "再次"); !errors.Is(err, registry.ErrState) {
			w.Errorf("answered twice: %v", err)
		}
		if e := entryOf(w, "quality.answer"); e.Actor != clerk || e.Detail["note"] != "与前罪并罚，判决书已核对" {
			w.Errorf("%+v", e)
		}
		p := judged.Data.Persons[0].Identity
		w.Push(c.Event(registrytest.Police, docket.CaseReferred, "2026-01-20", registrytest.Suspect(p, registrytest.Theft, "2026-01-01")))
		w.Examine()
		none(w, registrytest.Court, registry.QualityOpen)
		if kept := items(w, clerk, registry.QualityAnswered); len(kept) != 1 || kept[0].Answer != "与前罪并罚，判决书已核对" {
			w.Errorf("%+v", kept)
		}
		worse := *judged
		worse.Data.Persons = []docket.Part{registrytest.Convict(p, registrytest.Theft, "2026-01-01", registrytest.Months(docket.Detention, 9), "")}
		w.Push(c.Correction(judged, &worse))
		w.Examine()
		only(w, registrytest.Court, "term-of-kind")
	})
}

// TestSealingLeavesNoItem: what was open, settled or waiting goes with the
// record, and comes again when it is unsealed.
func TestSealingLeavesNoItem(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c, p, id := referred(w)
		w.On("2026-06-01")
		w.Examine()
		only(w, registrytest.Procuratorate, "referral-decision")
		w.Push(
			c.Event(registrytest.Procuratorate, docket.ProsecutionFiled, "2026-05-01", registrytest.Charge(p, registrytest.Theft, "2025-08-30")),
			c.Event(registrytest.Court, docket.JudgmentRendered, "2026-05-20", registrytest.Convict(p, registrytest.Theft, "2025-08-30", registrytest.Months(docket.Detention, 2), "2026-05-31")))
		w.Wants(id, docket.Sealed)
		for _, table := range []string{"quality_item", "quality_look"} {
			if n := w.Count(`SELECT COUNT(*) FROM ` + table); n != 0 {
				w.Errorf("%d rows left in %s", n, table)
			}
		}
		w.Examine()
		none(w, registrytest.Procuratorate, registry.QualityMended)
		w.On("2026-07-01")
		if err := w.Unseal(w.ToUnseal(id, registrytest.Court)); err != nil {
			w.Fatal(err)
		}
		w.Examine()
		only(w, registrytest.Court, "effect-execution")
	})
}

// TestASupervisorReadsNoRecord: the list is theirs, the evidence is not.
func TestASupervisorReadsNoRecord(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		impossible(w)
		list := items(w, registrytest.OfficerID(registrytest.Procuratorate, agency.Supervisor), registry.QualityOpen)
		if len(list) != 1 || list[0].Finding != nil || list[0].Name != "" || list[0].Numbers != nil || list[0].Rule.ID != "term-of-kind" {
			w.Errorf("%+v", list)
		}
		for _, by := range []string{
			registrytest.OfficerID(registrytest.Police, agency.QueryOfficer), registrytest.OfficerID(registrytest.Police, agency.CertWindow),
		} {
			if _, _, err := w.Reg.QualityItems(context.Background(), by, registry.QualityListing{State: registry.QualityOpen, Limit: 5}); !errors.Is(err, registry.ErrForbidden) {
				w.Errorf("%s: %v", by, err)
			}
		}
		other := noticeClerk(registrytest.OtherCourt)
		if _, err := w.Reg.QualityItem(context.Background(), other, list[0].Row.Record.Code, list[0].Row.ID); !errors.Is(err, registry.ErrNotFound) {
			w.Errorf("another court: %v", err)
		}
	})
}

// TestLagsAreCountedOnceForEachReport: a report that comes again, one that is
// refused and a correction are not counted.
func TestLagsAreCountedOnceForEachReport(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c, p := w.Case(), w.Adult()
		filed := c.Event(registrytest.Police, docket.CaseFiled, w.Today().AddDays(-4).String(), registrytest.Suspect(p, registrytest.Theft, "2025-08-30"))
		w.Push(filed)
		w.Send(filed)
		w.Push(c.Correction(filed, filed))
		v, err := w.Reg.QualityOverview(context.Background(), noticeClerk(registrytest.Police), 30, w.Now)
		if err != nil || len(v.Lags) != 2 {
			w.Fatalf("%+v, %v", v, err)
		}
		var act, recorded quality.Lags
		act[5], recorded[0] = 1, 1 // within five days of the act, within an hour of the recording
		for _, l := range v.Lags {
			want := map[quality.Basis]quality.Lags{quality.FromAct: act, quality.FromRecorded: recorded}[l.Basis]
			if l.Source != agency.SourceOf(registrytest.Police) || l.Lags != want {
				w.Errorf("%s: %v, want %v", l.Basis, l.Lags, want)
			}
		}
		if v, err = w.Reg.QualityOverview(context.Background(), noticeClerk(registrytest.Court), 30, w.Now); err != nil || len(v.Lags) != 0 {
			w.Errorf("the court sees the police's: %+v, %v", v, err)
		}
		w.On("2026-06-01")
		if v, err = w.Reg.QualityOverview(context.Background(), noticeClerk(registrytest.Police), 30, w.Now); err != nil || len(v.Lags) != 0 {
			w.Errorf("of other days: %+v, %v", v, err)
		}
	})
}

// TestWhatIsSaidOfACaseIsSaidOfEachRecord: an event that names nobody has every
// record of its case looked at again, and the work is taken once.
func TestWhatIsSaidOfACaseIsSaidOfEachRecord(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		c, p, q := w.Case(), w.Adult(), w.Adult()
		filed := c.Event(registrytest.Police, docket.CaseFiled, "2026-01-02",
			registrytest.Suspect(p, registrytest.Theft, "2026-01-01"), registrytest.Suspect(q, registrytest.Theft, "2026-01-01"))
		w.Push(filed)
		w.Examine()
		w.Push(c.Retraction(filed))
		waiting := func() int { return w.Count(`SELECT COUNT(*) FROM quality_look WHERE at <= $1`, w.Now.UnixMicro()) }
		if n := waiting(); n != 2 {
			w.Errorf("%d records wait, want both", n)
		}
		if n, err := w.Reg.Examine(context.Background(), w.Now, 1); n != 1 || err != nil || waiting() != 1 {
			w.Errorf("a bounded pass looked at %d, %v", n, err)
		}
		w.Examine()
		if n := waiting(); n != 0 {
			w.Errorf("%d still wait", n)
		}
	})
}

// TestTwoThatLookAtOnce: programs that look at the same records, while more is
// reported of them, open each item once.
func TestTwoThatLookAtOnce(t *testing.T) {
	registrytest.Each(t, func(w *world) {
		var late []*registry.Delivery
		for range 12 {
			c, p, _ := referred(w)
			e := c.Event(registrytest.Police, docket.MeasureImposed, "2025-10-09", registrytest.Suspect(p, registrytest.Theft, "2025-08-30"))
			e.Data.Persons[0] = docket.Part{Identity: p, Measure: &docket.Measure{Kind: "取保候审", From: civil.MustParse("2025-10-09")}}
			late = append(late, w.Delivery(registrytest.Police, e))
		}
		w.On("2026-06-01")
		for _, d := range late {
			d.SignedAt = w.Now
			w.Sign(d)
		}
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for range 8 {
					if _, err := w.Reg.Examine(context.Background(), w.Now, 5); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Go(func() {
			for _, d := range late {
				if _, err := w.Reg.Receive(context.Background(), d, w.Now); err != nil {
					t.Error(err)
				}
			}
		})
		all.Wait()
		w.Acknowledged(late...)
		w.Examine()
		if n := len(items(w, noticeClerk(registrytest.Procuratorate), registry.QualityOpen)); n != 12 {
			w.Errorf("%d items, want 12", n)
		}
		opened := 0
		for i := range w.Count(`SELECT size FROM trail_head`) {
			if w.Entry(int64(i)).Kind == "quality.open" {
				opened++
			}
		}
		if opened != w.Count(`SELECT COUNT(*) FROM quality_item`) {
			w.Errorf("%d openings in the trail for %d items", opened, w.Count(`SELECT COUNT(*) FROM quality_item`))
		}
	})
}
