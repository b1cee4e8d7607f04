package desk

import (
	"context"
	"errors"
	"net/http"

	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web/locale"
)

// errBusy asks the visitor to come back later.
var errBusy = errors.New("too many requests at once")

// errNoKey says that the officer has no key that this page could sign with.
var errNoKey = errors.New("no key of the officer's is at hand")

// refusal is one kind of error with its status and its words.
type refusal struct {
	err    error
	status int
	key    string // of the message; "" where the status says all there is to say
}

// refusals map the errors of the packages below, once. The more particular
// stand first. What is withheld has no entry of its own: it is ErrNotFound.
func refusals() []refusal {
	return []refusal{
		{errSignIn, http.StatusUnauthorized, ""},
		{errBusy, http.StatusTooManyRequests, ""},
		{registry.ErrNotFound, http.StatusNotFound, ""},
		{docket.ErrCode, http.StatusNotFound, ""},
		{errNoKey, http.StatusForbidden, "refusal.no-key"},
		{grant.ErrSelf, http.StatusForbidden, "refusal.self"},
		{grant.ErrSameAgency, http.StatusForbidden, "refusal.same-agency"},
		{grant.ErrDuty, http.StatusForbidden, "refusal.duty"},
		{registry.ErrSignIn, http.StatusUnauthorized, "signin.wrong"}, // before what it wraps
		{registry.ErrEnrolment, http.StatusForbidden, "refusal.enrolment"},
		{registry.ErrKeys, http.StatusConflict, "refusal.keys"},
		{grant.ErrRevoked, http.StatusForbidden, "refusal.revoked"},
		{grant.ErrCounter, http.StatusForbidden, "refusal.counter"},
		{grant.ErrSoftware, http.StatusForbidden, "refusal.software"},
		{passkey.ErrSynced, http.StatusForbidden, "refusal.synced"},
		{grant.ErrSignature, http.StatusForbidden, "refusal.signature"},
		{grant.ErrExpired, http.StatusConflict, "refusal.expired"},
		{grant.ErrNotApproved, http.StatusConflict, "refusal.not-approved"},
		{grant.ErrOther, http.StatusConflict, "refusal.other"},
		{grant.ErrIncomplete, http.StatusUnprocessableEntity, "refusal.incomplete"},
		{registry.ErrForbidden, http.StatusForbidden, "refusal.forbidden"},
		{registry.ErrState, http.StatusConflict, "refusal.state"},
		{registry.ErrVault, http.StatusServiceUnavailable, "refusal.vault"},
		{registry.ErrInput, http.StatusUnprocessableEntity, "refusal.input"},
		{certificate.ErrForm, http.StatusUnprocessableEntity, "refusal.input"},
		{context.Canceled, http.StatusServiceUnavailable, ""},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, ""},
	}
}

func refused(err error) (refusal, bool) {
	for _, r := range refusals() {
		if errors.Is(err, r.err) {
			return r, true
		}
	}
	return refusal{}, false
}

// Status is the HTTP status of an error: 500 for one that is no refusal.
func Status(err error) int {
	if r, ok := refused(err); ok {
		return r.status
	}
	return http.StatusInternalServerError
}

// Explain is what an officer is told of a refusal; zero where the status has
// to say enough.
func Explain(err error) locale.Text {
	if r, ok := refused(err); ok && r.key != "" {
		return locale.T(r.key)
	}
	return locale.Text{}
}

// mendable says that the form can be shown again with the words of Explain.
func mendable(err error) bool {
	r, ok := refused(err)
	return ok && r.key != ""
}
