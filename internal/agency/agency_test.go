package agency_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
)

func TestEveryTypeHasAReporter(t *testing.T) {
	for _, typ := range docket.Types() {
		spoken := false
		for _, k := range agency.Kinds() {
			spoken = spoken || k.MayReport(typ)
		}
		if !spoken {
			t.Errorf("nobody may report %s", typ)
		}
		for _, k := range []agency.Kind{agency.Outside, agency.Central, "unheard of"} {
			if k.MayReport(typ) {
				t.Errorf("%q holds no case and may report %s", k, typ)
			}
		}
	}
	if agency.Court.MayReport("cn.fengcun.unknown.v1") {
		t.Error("an unknown type may be reported")
	}
}

func TestStagesBelongToTheirOrgans(t *testing.T) {
	for _, c := range []struct {
		kind agency.Kind
		typ  docket.Type
		may  bool
	}{
		{agency.Police, docket.CaseFiled, true},
		{agency.Court, docket.CaseFiled, false},
		{agency.Procuratorate, docket.ProsecutionDeclined, true},
		{agency.Police, docket.ProsecutionDeclined, false},
		{agency.Court, docket.JudgmentRendered, true},
		{agency.Procuratorate, docket.JudgmentRendered, false},
		{agency.Prison, docket.ExecutionCompleted, true},
		{agency.Prison, docket.SentenceCommuted, false}, // the prison proposes, the court decides (刑法 79)
		{agency.Police, docket.PublicOrderDecided, true},
		{agency.Court, docket.PublicOrderDecided, false},
	} {
		if c.kind.MayReport(c.typ) != c.may {
			t.Errorf("%s reporting %s: want %v", c.kind, c.typ, c.may)
		}
	}
}

func TestTheEndOfAProbationBelongsToWhoSupervisedIt(t *testing.T) {
	of := func(what string) *docket.Event {
		return &docket.Event{Type: docket.ProbationCompleted, Data: docket.Data{Persons: []docket.Part{{Execution: &docket.Execution{Of: what}}}}}
	}
	for _, c := range []struct {
		kind agency.Kind
		of   string
		may  bool
	}{
		{agency.Corrections, "缓刑", true},
		{agency.Corrections, "假释", true},
		{agency.Corrections, docket.DeclinedConditional, false},
		{agency.Procuratorate, docket.DeclinedConditional, true},
		{agency.Procuratorate, "缓刑", false},
		{agency.Court, "缓刑", false},
	} {
		if c.kind.MayState(of(c.of)) != c.may {
			t.Errorf("%s stating the end of %s: want %v", c.kind, c.of, c.may)
		}
	}
	for _, kind := range docket.LinkKinds() {
		link := &docket.Event{Type: docket.CaseLinked, Data: docket.Data{Link: &docket.Link{Kind: kind}}}
		if !agency.Court.MayState(link) || agency.Police.MayState(link) == kind.ByCourt() || agency.Prison.MayState(link) {
			t.Errorf("who may say %s", kind)
		}
	}
	if !agency.Court.MayState(&docket.Event{Type: docket.JudgmentRendered}) {
		t.Error("a court may state a judgment")
	}
}

func TestSourceAndID(t *testing.T) {
	a := agency.Agency{ID: "court-990101"}
	if id, err := agency.IDOf(a.Source()); err != nil || id != a.ID {
		t.Errorf("the id came back as %q, %v", id, err)
	}
	for _, s := range []string{"", "court-990101", "urn:fengcun:agency:", "https://example.org"} {
		if id, err := agency.IDOf(s); err == nil {
			t.Errorf("%q gave the id %q", s, id)
		}
	}
}

func TestEveryKindAndDutyHasItsWord(t *testing.T) {
	for _, k := range agency.Kinds() {
		if k.Chinese() == string(k) {
			t.Errorf("no Chinese for %s", k)
		}
	}
	for _, d := range agency.Duties() {
		if d.Chinese() == string(d) {
			t.Errorf("no Chinese for %s", d)
		}
	}
}

func TestOfficers(t *testing.T) {
	good := agency.Officer{ID: "o", Agency: "court-990101", Duty: agency.SealClerk, VerifyKey: "k"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*agency.Officer){
		"no id":        func(o *agency.Officer) { o.ID = "" },
		"no agency":    func(o *agency.Officer) { o.Agency = "" },
		"unknown kind": func(o *agency.Officer) { o.KeyKind = "passkey" },
		"unknown duty": func(o *agency.Officer) { o.Duty = "root" },
	} {
		bad := good
		change(&bad)
		if bad.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestWhoRunsThePlatformReadsNoRecord(t *testing.T) {
	reads := map[agency.Duty]bool{
		agency.SealClerk: true, agency.SealReviewer: true, agency.QueryOfficer: true,
		agency.QueryApprover: true, agency.CertWindow: true, agency.NoticeClerk: true,
	}
	for _, d := range agency.Duties() {
		if o := (&agency.Officer{Duty: d}); o.ReadsRecords() != reads[d] {
			t.Errorf("%s reads records: %v", d, o.ReadsRecords())
		}
	}
}
