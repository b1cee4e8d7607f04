package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
)

const password = "correct horse battery"

// TestSignInWithPassword is the server outside the demonstration.
func TestSignInWithPassword(t *testing.T) {
	s := newStage(t, stageOptions{serve: true})
	ctx := context.Background()
	s.must(s.reg.SetAccount(ctx, "li", "querier", password, s.clock()))
	if err := s.reg.SetAccount(ctx, "li", "querier", "short", s.clock()); err == nil {
		t.Error("a short password is taken")
	}
	v := s.visitor()
	if body := v.page("/signin"); strings.Contains(body, "演示账号") {
		t.Error("accounts of the demonstration are offered")
	}
	if a := v.post("/signin/demo", url.Values{"account": {"querier"}}); a.status != http.StatusNotFound {
		t.Errorf("one-click sign-in: %d", a.status)
	}
	form := func(user, secret string) url.Values {
		return url.Values{"user": {user}, "secret": {secret}, "next": {"/queries"}}
	}
	for _, f := range []url.Values{form("li", "wrong"), form("wang", password), form("", "")} {
		if a := v.post("/signin", f); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "账号或者口令不正确") {
			t.Errorf("%v: %d", f, a.status)
		}
	}
	if to := v.sent("/signin", form("li", password)); to != "/queries" {
		t.Errorf("goes on to %s", to)
	}
	v.has(v.page("/queries/new"), "须以本人密钥签名")
	cast := s.demo.Cast()
	if a := v.post("/queries", request(cast.DrunkDriver)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "须以本人密钥签名") {
		t.Errorf("a request without a key: %d", a.status)
	}
	if strings.Contains(v.page("/flow"), "signin/demo") {
		t.Error("the tour is offered")
	}
	v.sent("/signout", nil)
	if a := v.get("/desk"); a.status != http.StatusSeeOther {
		t.Errorf("after signing out: %d", a.status)
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	s := newStage(t, stageOptions{serve: true})
	v := s.visitor()
	busy := false
	for range 8 {
		busy = busy || v.post("/signin", url.Values{"user": {"x"}, "secret": {"y"}}).status == http.StatusTooManyRequests
	}
	if !busy {
		t.Error("eight guesses in a row")
	}
}

// TestNothingPersonalInAddressesAndLogs does what names persons, and looks at
// where it leads and what is logged.
func TestNothingPersonalInAddressesAndLogs(t *testing.T) {
	s := newStage(t, stageOptions{})
	cast := s.demo.Cast()
	asker, window := s.as("querier"), s.as("window")
	var led []string
	led = append(led, asker.sent("/queries", request(cast.DrunkDriver)))
	for _, p := range []string{cast.NoRecord.Name, cast.GraverPartner.Name} {
		for _, who := range people(cast) {
			if who.Name == p {
				led = append(led, window.sent("/certificates", application(who)))
			}
		}
	}
	for _, to := range led {
		asker.get(to)
		window.get(to)
	}
	text := s.log.String() + strings.Join(led, " ")
	for _, p := range people(cast) {
		for _, secret := range []string{p.Name, p.Number, url.QueryEscape(p.Name)} {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in an address or in the log", secret)
			}
		}
	}
	if !strings.Contains(s.log.String(), "POST /certificates") {
		t.Error("the log holds no routes: was anything looked at?")
	}
}

func people(c province.Cast) []docket.Identity {
	return []docket.Identity{c.DrunkDriver, c.OnProbation, c.Reoffender, c.Minor, c.PublicOrder, c.NoRecord, c.LesserPartner, c.GraverPartner}
}
