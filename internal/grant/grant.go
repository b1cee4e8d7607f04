// Package grant is the controlled query: what an officer asks, what another
// agency's officer answers, and the rules under which the two together open a
// sealed record. Both are signed by the officers' own keys, and so is what a
// court's officer rules on a sealing. The rules are pure functions of the signed
// bytes and the officers' public keys: they are checked by the registry and, once
// more, by the vault that holds the record.
package grant

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
)

// Purpose is why a sealed record is opened.
type Purpose string

// The purposes: to be read on a statutory ground (刑诉法 286), or to go back to
// the ledger because the law ends the sealing.
const (
	Inspect Purpose = "inspect"
	Unseal  Purpose = "unseal"
)

// Scope is how much of a record the answer shows.
type Scope string

// The scopes: other bodies learn no more than whether, for what and to what
// the person was sentenced; justice organs may read the whole file.
const (
	Summary Scope = "summary"
	Full    Scope = "full"
)

// Request is what an officer asks for. It names a record, or a person by name
// and document number, never both.
type Request struct {
	ID       string          `json:"id"`
	Purpose  Purpose         `json:"purpose"`
	Officer  string          `json:"officer"`
	Agency   string          `json:"agency"`
	Approver string          `json:"approver"` // agency that is asked to approve
	Ground   string          `json:"ground"`   // id of a statutory ground in package norm
	Basis    string          `json:"basis"`    // the provision relied on
	Matter   string          `json:"matter"`   // the asker's own case number
	Reason   string          `json:"reason"`
	Scope    Scope           `json:"scope"`
	Record   string          `json:"record,omitempty"` // printed record number
	Subject  docket.Identity `json:"subject,omitzero"`
	Filed    time.Time       `json:"filed"`
	Expires  time.Time       `json:"expires"`
}

// Verdict is an approver's answer.
type Verdict string

// The answers.
const (
	Approve Verdict = "approve"
	Refuse  Verdict = "refuse"
)

// Approval is the answer to one request, bound to its digest.
type Approval struct {
	Request string    `json:"request"` // hex digest of the signed request
	Officer string    `json:"officer"`
	Agency  string    `json:"agency"`
	Verdict Verdict   `json:"verdict"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
}

// Signed is a request or an approval as it was signed: the exact bytes.
type Signed struct {
	Body      []byte `json:"body"`
	Signature []byte `json:"signature"`
}

// MaxValidity bounds how long a request may wait and an approval may be used.
const MaxValidity = 72 * time.Hour

// The refusals. Each is a sentence for the officer; none says whether a sealed
// record exists.
var (
	ErrSignature   = errors.New("the signature is not that of the officer's own key")
	ErrRevoked     = errors.New("the key has been revoked")
	ErrCounter     = errors.New("the key's counter did not grow: there may be a copy of the key")
	ErrSoftware    = errors.New("a key that the platform itself holds signs nothing outside the demonstration")
	ErrSelf        = errors.New("nobody approves a request of their own")
	ErrSameAgency  = errors.New("the approver must belong to another agency")
	ErrDuty        = errors.New("the officer does not hold the duty this needs")
	ErrExpired     = errors.New("the request or the approval has expired")
	ErrNotApproved = errors.New("the request is not approved")
	ErrOther       = errors.New("the approval was given for another request")
	ErrIncomplete  = errors.New("the request is incomplete")
)

// Officers looks an officer up; it is the directory the rules are checked
// against.
type Officers interface {
	Officer(id string) (*agency.Officer, error)
}

// Check refuses a request that lacks what the law wants stated.
func (r *Request) Check() error {
	missing := func(what string) error { return fmt.Errorf("%w: %s", ErrIncomplete, what) }
	switch {
	case r.ID == "" || r.Officer == "" || r.Agency == "":
		return missing("id, officer and agency")
	case r.Purpose != Inspect && r.Purpose != Unseal:
		return missing("purpose")
	case r.Ground == "" || r.Basis == "":
		return missing("statutory ground and legal basis")
	case r.Matter == "" || r.Reason == "":
		return missing("own case number and reason")
	case r.Scope != Summary && r.Scope != Full:
		return missing("scope")
	case (r.Record == "") == (r.Subject.MatchKey() == ""):
		return missing("either a record number or a person's document number")
	case !r.Expires.After(r.Filed) || r.Expires.Sub(r.Filed) > MaxValidity:
		return missing("an expiry within 72 hours")
	}
	return nil
}

func duties(p Purpose) (ask, approve agency.Duty) {
	if p == Unseal {
		return agency.SealClerk, agency.SealReviewer
	}
	return agency.QueryOfficer, agency.QueryApprover
}

// VerifyRequest checks a signed request against its officer's key and duty and
// gives its content.
func (r Rules) VerifyRequest(s Signed, dir Officers, now time.Time) (*Request, error) {
	var req Request
	if err := strictly(s.Body, &req); err != nil {
		return nil, err
	}
	if err := req.Check(); err != nil {
		return nil, err
	}
	ask, _ := duties(req.Purpose)
	if err := r.signedBy(s, dir, req.Officer, req.Agency, ask); err != nil {
		return nil, err
	}
	if !now.Before(req.Expires) || early(req.Filed, now) {
		return nil, ErrExpired
	}
	return &req, nil
}

// VerifyApproval checks one signed answer to a signed request: the officer's
// key and duty, that it is meant for exactly this request, and that the
// approver is another officer of another agency (for an unsealing: another
// officer).
func (r Rules) VerifyApproval(signed Signed, req *Request, s Signed, dir Officers, now time.Time) (*Approval, error) {
	var a Approval
	if err := strictly(s.Body, &a); err != nil {
		return nil, err
	}
	sum := r.Digest(signed.Body)
	_, approve := duties(req.Purpose)
	switch {
	case a.Verdict != Approve && a.Verdict != Refuse:
		return nil, fmt.Errorf("%w: a verdict, %s or %s", ErrIncomplete, Approve, Refuse)
	case a.Request != hexOf(sum[:]):
		return nil, ErrOther
	case a.Officer == req.Officer:
		return nil, ErrSelf
	case req.Purpose == Inspect && a.Agency == req.Agency:
		return nil, ErrSameAgency
	case !now.Before(a.Expires) || !now.Before(req.Expires) || a.Expires.Sub(a.At) > MaxValidity || early(a.At, now):
		return nil, ErrExpired
	}
	if err := r.signedBy(s, dir, a.Officer, a.Agency, approve); err != nil {
		return nil, err
	}
	return &a, nil
}

// Verify checks a whole grant: the request and at least one approval, every
// answer given an approval. It returns the request's content.
func (r Rules) Verify(req Signed, answers []Signed, dir Officers, now time.Time) (*Request, error) {
	content, err := r.VerifyRequest(req, dir, now)
	if err != nil {
		return nil, err
	}
	if len(answers) == 0 {
		return nil, ErrNotApproved
	}
	var approvers []string
	for _, s := range answers {
		a, err := r.VerifyApproval(req, content, s, dir, now)
		if err != nil {
			return nil, err
		}
		if a.Verdict != Approve || slices.Contains(approvers, a.Officer) {
			return nil, ErrNotApproved
		}
		approvers = append(approvers, a.Officer)
	}
	return content, nil
}

// maxAhead is how far the clock that dated a document may go ahead of ours.
// Without a bound a document from the future would outlive MaxValidity.
const maxAhead = 15 * time.Minute

func early(dated, now time.Time) bool { return dated.Sub(now) > maxAhead }

func (r Rules) signedBy(s Signed, dir Officers, officer, ofAgency string, duty ...agency.Duty) error {
	o, err := dir.Officer(officer)
	if err != nil {
		return ErrSignature // an unknown officer has no key
	}
	if !slices.Contains(duty, o.Duty) || o.Agency != ofAgency {
		return ErrDuty
	}
	return r.VerifySignature(o, Message(s.Body), s.Signature)
}
