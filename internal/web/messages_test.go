package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/identity"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// enumerations are the values that stand for "*" in messages that templates
// put together.
func enumerations() map[string][]string {
	verdicts := []string{string(parts.Holds), string(parts.Fails), string(parts.Unknown)}
	decisions := []string{"seal", "observe", "keep", "review", "unseal"}
	all := map[string][]string{
		"verdict.*": verdicts, "decision.*": decisions, "decision.*-lead": decisions,
		"certificate.integrity-*": verdicts, "certificate.status-*": verdicts, "certificate.issuer-*": verdicts,
		"review.*":   {"confirm", "return", "keep", "ask-unseal"},
		"notice.*":   {"seal", "unseal"},
		"identity.*": {registry.SamePerson, registry.DifferentPerson}, "identity.act-*": {"same", "part", "different"},
		"identity.level-*": {
			string(identity.Same), string(identity.Variant), string(identity.Near), string(identity.Partly), string(identity.Differs), string(identity.Unknown),
		},
		"identity.basis-*": registry.IdentityBases(),
		"state.*":          {"filed", "waiting", "approved", "refused", "opened", "expired", "unread", "overdue", "acknowledged", "valid", "withdrawn", "urgent", "forged"},
		"quality.*":        {string(quality.Completeness), string(quality.Accuracy)},
		"quality.from-*":   {string(quality.FromAct), string(quality.FromRecorded)},
	}
	for _, s := range []string{registry.QualityOpen, registry.QualityMended, registry.QualityAnswered} {
		all["state.*"] = append(all["state.*"], "quality-"+s)
	}
	for _, f := range identity.Fields() {
		all["identity.field-*"] = append(all["identity.field-*"], string(f))
	}
	for _, s := range docket.Statuses() {
		all["status.*"] = append(all["status.*"], string(s))
	}
	for _, d := range agency.Duties() {
		all["duty.*"] = append(all["duty.*"], string(d))
	}
	for i := 1; i <= 10; i++ {
		for _, id := range []string{"flow.*", "flow.*-lead", "flow.*-who"} {
			all[id] = append(all[id], strconv.Itoa(i))
		}
	}
	return all
}

// TestMessagesOfTheCodeExist reads the Go files for messages named outright.
func TestMessagesOfTheCodeExist(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?:locale\.T|crumb)\("([a-z0-9.-]+)"[,)]|entry\("([a-z]+)",`)
	found := 0
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range named.FindAllStringSubmatch(string(b), -1) {
			key := m[1]
			if key == "" {
				key = "nav." + m[2]
			}
			found++
			if !catalogue.Has(locale.Zh, key) {
				t.Errorf("%s: no message %q", path, key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 50 {
		t.Errorf("found only %d messages: does the pattern still fit?", found)
	}
}

func TestProblemsAndDutiesHaveWords(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 0} {
		p := pages.Problem{Status: status}
		for _, text := range []locale.Text{p.Title(), p.Lead()} {
			if !catalogue.Has(locale.En, text.Key) {
				t.Errorf("%d: no message %q", status, text.Key)
			}
		}
	}
	for _, d := range agency.Duties() {
		if key := "duty." + string(d) + "-lead"; !catalogue.Has(locale.En, key) {
			t.Errorf("no message %q", key)
		}
	}
}
