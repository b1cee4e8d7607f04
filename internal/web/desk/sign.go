package desk

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/suite"
)

// key is the officer's software key, which the demonstration alone has.
func (o *Office) key(officer string) (suite.SignKey, error) {
	if o.demo != nil && o.demo.SignKey != nil {
		if k, ok := o.demo.SignKey(officer); ok {
			return k, nil
		}
	}
	return suite.SignKey{}, errNoKey
}

func (o *Office) holdsKey(officer string) bool {
	_, err := o.key(officer)
	return err == nil
}

// How long a request waits and an approval can be used; the law gives 72 hours
// at most.
const (
	requestFor  = 48 * time.Hour
	approvalFor = 24 * time.Hour
)

// file signs a request with the officer's key and files it (step 5).
func (o *Office) file(r *http.Request, req *grant.Request) (id string, err error) {
	key, err := o.key(req.Officer)
	if err != nil {
		return "", err
	}
	uid, err := uuid.NewRandomFromReader(o.rand)
	if err != nil {
		return "", err
	}
	now := o.now()
	req.ID, req.Filed, req.Expires = uid.String(), now, now.Add(requestFor)
	signed, err := grant.Sign(o.rand, key, req)
	if err != nil {
		return "", err
	}
	_, err = o.reg.Ask(r.Context(), signed, now)
	return req.ID, err
}

// answer signs an approver's answer to the request with a digest (step 6). The
// digest is the one the approver saw: the registry refuses it for any other
// request.
func (o *Office) answer(r *http.Request, officer, ofAgency, query, digest string, verdict grant.Verdict, reason string) error {
	key, err := o.key(officer)
	if err != nil {
		return err
	}
	now := o.now()
	signed, err := grant.Sign(o.rand, key, &grant.Approval{
		Request: digest, Officer: officer, Agency: ofAgency, Verdict: verdict, Reason: reason, At: now, Expires: now.Add(approvalFor),
	})
	if err != nil {
		return err
	}
	_, err = o.reg.Approve(r.Context(), query, signed, now)
	return err
}
