package desk

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Who finds the visitor of a session.
func (o *Office) Who(ctx context.Context, id string) (web.Visitor, bool) {
	officer, ag, err := o.reg.Officer(ctx, id)
	if err != nil {
		return web.Visitor{}, false
	}
	return web.Visitor{ID: officer.ID, Name: officer.Name, Agency: ag.Name, Duty: officer.Duty}, true
}

func (o *Office) signInPage(ctx context.Context, next string) (pages.SignIn, error) {
	p := pages.SignIn{
		User:   parts.Field{Name: "user", Control: parts.Line, Label: locale.T("signin.user"), Required: true, Autocomplete: "username", MaxLength: 100},
		Secret: parts.Field{Name: "secret", Control: parts.Password, Label: locale.T("signin.secret"), Required: true, Autocomplete: "current-password", MaxLength: 200},
		Next:   next, Passkeys: o.passkeys(),
	}
	if o.demo == nil {
		return p, nil
	}
	for _, a := range o.demo.Accounts {
		_, ag, err := o.reg.Officer(ctx, a.ID)
		if errors.Is(err, registry.ErrNotFound) {
			continue
		}
		if err != nil {
			return p, err
		}
		p.Accounts = append(p.Accounts, pages.Account{ID: a.ID, Name: a.Name, Agency: ag.Name, Duty: a.Duty, Icon: dutyIcon(a.Duty)})
	}
	return p, nil
}

func dutyIcon(d agency.Duty) string {
	switch d {
	case agency.SealClerk:
		return "rubber-stamp"
	case agency.SealReviewer:
		return "clipboard-check"
	case agency.QueryOfficer:
		return "file-search"
	case agency.QueryApprover:
		return "signature"
	case agency.CertWindow:
		return "file-certificate"
	case agency.Supervisor:
		return "eye"
	case agency.Auditor:
		return "scale"
	case agency.PolicyMaker:
		return "gavel"
	case agency.NoticeClerk:
		return "inbox"
	case agency.SystemAdmin, agency.SecurityAdmin, agency.AuditAdmin:
		return "key"
	}
	return "user"
}

// signIn checks an account's password. The account itself is slowed down
// after failures, and only few passwords are hashed at a time: a hash takes
// 64 MiB.
func (o *Office) signIn(r *http.Request) (string, pages.Page, error) {
	next := destination(r)
	login := strings.TrimSpace(r.PostFormValue("user"))
	leave, err := o.gate.enter(login, o.now())
	if err != nil {
		return "", nil, err
	}
	officer, err := o.reg.SignIn(r.Context(), login, r.PostFormValue("secret"), o.now())
	leave(err == nil, o.now())
	if errors.Is(err, registry.ErrSignIn) {
		p, err := o.signInPage(r.Context(), next)
		p.User.Value, p.Error = login, locale.T("signin.wrong")
		return "", p, err
	}
	if err != nil {
		return "", nil, err
	}
	return next, nil, o.site.SignIn(r, officer)
}

// signInDemo signs in one of the demonstration's accounts.
func (o *Office) signInDemo(r *http.Request) (string, pages.Page, error) {
	id := r.PostFormValue("account")
	if o.demo == nil {
		return "", nil, registry.ErrNotFound
	}
	for _, a := range o.demo.Accounts {
		if a.ID != id {
			continue
		}
		if err := o.reg.SignedIn(r.Context(), id, o.now()); err != nil {
			return "", nil, err
		}
		return destination(r), nil, o.site.SignIn(r, id)
	}
	return "", nil, registry.ErrNotFound
}

// destination is where a visitor wanted to go; Take keeps it on this site.
func destination(r *http.Request) string {
	if next := r.PostFormValue("next"); next != "" {
		return next
	}
	return "/desk"
}

// gate slows down the guessing of passwords.
type gate struct {
	hashing chan struct{}
	mu      sync.Mutex
	failed  map[string]failures
}

type failures struct {
	count int
	until time.Time
}

const (
	hashesAtOnce  = 2
	freeFailures  = 4
	loginsTracked = 10_000
)

func newGate() *gate {
	return &gate{hashing: make(chan struct{}, hashesAtOnce), failed: make(map[string]failures)}
}

// enter lets one attempt through, or says that it comes too early. The caller
// leaves with what came of it.
func (g *gate) enter(login string, now time.Time) (leave func(ok bool, now time.Time), err error) {
	g.mu.Lock()
	f := g.failed[login]
	g.mu.Unlock()
	if now.Before(f.until) {
		return nil, errBusy
	}
	select {
	case g.hashing <- struct{}{}:
	default:
		return nil, errBusy
	}
	return func(ok bool, now time.Time) {
		<-g.hashing
		g.note(login, ok, now)
	}, nil
}

func (g *gate) note(login string, ok bool, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ok {
		delete(g.failed, login)
		return
	}
	if len(g.failed) >= loginsTracked {
		clear(g.failed)
	}
	f := g.failed[login]
	f.count++
	if f.count > freeFailures {
		f.until = now.Add(time.Second << min(f.count-freeFailures, 10))
	}
	g.failed[login] = f
}
