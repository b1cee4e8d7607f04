package registry_test

import (
	"context"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
)

type world = registrytest.World

// The whole life of one record, ten steps, on every pair of engine and suite.
func TestTheLifeOfOneRecord(t *testing.T) {
	for _, e := range storetest.Engines() {
		for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
			t.Run(string(e)+"-"+s.Name(), func(t *testing.T) {
				t.Parallel()
				w := registrytest.New(t, registrytest.Options{Engine: e, Suite: s})
				theLife(w)
				w.CheckFile()
			})
		}
	}
}

func theLife(w *world) {
	driver := w.Adult()
	c := w.Case()
	events := c.DrunkDriver(driver)

	// 1 receive, 2 fold: the record opens with the first report and follows.
	code := w.Push(events[:4]...)
	id := docket.RecordID{Code: code, Seq: 1}
	w.Wants(id, docket.Open)
	if s := w.State(id); s.Kind != docket.Conviction || s.Crimes[0].Name != registrytest.DrunkDriving || !s.EffectiveDate.IsZero() {
		w.Errorf("before the judgment takes effect: %+v", s)
	}
	if got := w.Certify(driver); got.Text == nil {
		w.Error("a case under way stands on the certificate")
	}

	// 3 decide, 4 seal: the judgment takes effect, and every agency is told.
	w.Push(events[4])
	w.Wants(id, docket.Sealed)
	w.Push(events[5]) // what comes afterwards goes into the vault
	w.Wants(id, docket.Sealed)
	if n := w.Count(`SELECT COUNT(*) FROM notice WHERE kind = 'seal'`); n != 3 { // police, procuratorate, court
		w.Errorf("%d notices of sealing", n)
	}

	// 5 ask, 6 approve, 7 log, 8 open.
	request := w.About(driver)
	answer := w.Inspect(request)
	if len(answer.Records) != 1 || answer.Records[0].ID != id || len(answer.Records[0].Timeline) != 6 {
		w.Fatalf("the answer has %d records", len(answer.Records))
	}
	if s := answer.Records[0].State; s.Identity.Name != driver.Name || s.CompletedDate.String() != "2025-08-20" {
		w.Errorf("the record in the answer: %+v", s)
	}
	for _, part := range []string{request.Officer, request.Agency, request.ID} {
		if !strings.Contains(answer.Watermark, part) {
			w.Errorf("the watermark %q does not name %s", answer.Watermark, part)
		}
	}
	if _, err := answer.Receipt.Verify(w.Reg.Verifier(), answer.Receipt.Leaf); err != nil {
		w.Errorf("the receipt: %v", err)
	}

	// 9 certify: the ledger knows nothing of a sealed record.
	issued := w.Certify(driver)
	if _, err := certificate.Verify(issued.Text, w.Reg.CertificateKey()); err != nil {
		w.Fatal(err)
	}
	wantStanding(w, issued.ID, "valid")

	// 10 unseal: a new crime, policy proposes, clerk and reviewer confirm.
	w.On("2026-06-01")
	w.Convicted(driver, registrytest.Theft, "2026-04-01", registrytest.Months(docket.FixedTerm, 6), "2026-05-20")
	w.Wants(id, docket.Sealed)
	item := openItem(w, id, store.KindUnseal)
	if item.Custodian != registrytest.Court {
		w.Errorf("the proposal lies with %s", item.Custodian)
	}
	if err := w.Unseal(w.ToUnseal(id, registrytest.Court)); err != nil {
		w.Fatal(err)
	}
	w.Wants(id, docket.Unsealed)
	wantStanding(w, issued.ID, "withdrawn")
	if n := w.Count(`SELECT COUNT(*) FROM notice WHERE kind = 'unseal'`); n != 4 { // the detention centre reported last
		w.Errorf("%d notices of unsealing", n)
	}
	if s := w.State(id); s.Identity.Name != driver.Name || s.CompletedDate.String() != "2025-08-20" {
		w.Errorf("the record came back as %+v", s)
	}
	if got := w.Certify(driver); got.Text != nil {
		w.Error("a certificate in spite of an unsealed conviction")
	}
}

func wantStanding(w *world, id, want string) {
	w.Helper()
	s, err := w.Reg.CertificateStanding(context.Background(), id)
	if err != nil || s.On(w.Today()) != want {
		w.Errorf("the certificate stands as %+v, %v; want %s", s, err, want)
	}
}

// openItem is the open item of the review queue for a record.
func openItem(w *world, id docket.RecordID, kind string) store.Review {
	w.Helper()
	for _, court := range []string{registrytest.Court, registrytest.OtherCourt, registrytest.Police, registrytest.Procuratorate} {
		for _, v := range reviews(w, court) {
			if v.Item.Record == id && v.Item.Kind == kind {
				return v.Item
			}
		}
	}
	w.Fatalf("no open item to %s record %s", kind, id)
	return store.Review{}
}

func reviews(w *world, agencyID string) []registry.ReviewView {
	w.Helper()
	if agencyID != registrytest.Court && agencyID != registrytest.OtherCourt {
		return nil
	}
	items, err := w.Reg.Reviews(context.Background(), registrytest.OfficerID(agencyID, agency.SealReviewer), 100, 0)
	if err != nil {
		w.Fatal(err)
	}
	return items
}
