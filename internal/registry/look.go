package registry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// What pages read beyond oversee.go. Each asks for the officer and checks the
// duty like the verbs; nothing here changes anything.

// FindCases finds the cases that an agency's number leads to, as far as the
// officer may see them. A sealed record's numbers lead nowhere, nor do those of
// another home of its case.
func (r *Registry) FindCases(ctx context.Context, by, number string) ([]docket.Code, error) {
	var codes []docket.Code
	err := r.db.Read(ctx, func(tx *store.Tx) (err error) {
		if codes, err = tx.CasesByAlias(r.aliasKey(docket.Number{No: number})); err != nil {
			return err
		}
		codes = slices.DeleteFunc(codes, func(c docket.Code) bool {
			hidden, herr := onlySealed(tx, c)
			err = errors.Join(err, herr)
			return hidden
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	var seen []docket.Code
	for _, code := range codes {
		v, err := r.Case(ctx, by, code)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(seen, v.Code) { // several of one case
			seen = append(seen, v.Code)
		}
	}
	return seen, nil
}

// RecordCount counts what Records lists.
func (r *Registry) RecordCount(ctx context.Context, by string, status docket.Status) (n int, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer, agency.Supervisor)
		if err != nil {
			return err
		}
		scope := o.Agency
		if o.Duty == agency.Supervisor {
			scope = ""
		}
		n, err = tx.RecordCount(scope, status)
		return err
	})
	return n, err
}

// ReviewPage lists a page of the open items of the officer's court, of one
// kind or of both, and counts them all. A supervisor sees the items of every
// court, without what they say of the record.
func (r *Registry) ReviewPage(ctx context.Context, by, kind string, limit, offset int) (out []ReviewView, total int, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer, agency.Supervisor)
		if err != nil {
			return err
		}
		scope := o.Agency
		if o.Duty == agency.Supervisor {
			scope = ""
		}
		for _, k := range []string{store.KindSeal, store.KindUnseal} {
			if kind != "" && kind != k {
				continue
			}
			n, err := tx.ReviewCount(scope, k)
			if err != nil {
				return err
			}
			total += n
		}
		items, err := tx.ReviewPage(scope, kind, limit, offset)
		if err != nil {
			return err
		}
		for _, it := range items {
			v := &ReviewView{Item: it}
			if scope != "" {
				if v, err = r.reviewView(tx, it); err != nil {
					return err
				}
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, total, err
}

// QueryPage lists a page of the queries that concern an officer, the latest
// first: one's own, those one's agency is asked to approve, or for a
// supervisor or auditor all, without what was asked. more says that others
// follow.
func (r *Registry) QueryPage(ctx context.Context, by string, limit, offset int) (out []QueryView, more bool, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(by)
		if err != nil {
			return err
		}
		content := true
		list := func() ([]store.Query, error) { return tx.QueriesByPage(o.ID, limit+1, offset) }
		switch o.Duty { //nolint:exhaustive // the others see their own
		case agency.QueryApprover, agency.SealReviewer:
			list = func() ([]store.Query, error) { return tx.QueriesForPage(o.Agency, limit+1, offset) }
		case agency.Supervisor, agency.Auditor:
			content = false
			list = func() ([]store.Query, error) { return tx.QueriesPage(limit+1, offset) }
		}
		qs, err := list()
		if err != nil {
			return err
		}
		if more = len(qs) > limit; more {
			qs = qs[:limit]
		}
		for _, q := range qs {
			v := &QueryView{Query: q}
			if content {
				if v, err = r.queryView(tx, q); err != nil {
					return err
				}
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, more, edge(err)
}

// Approvers lists the agencies that an officer may ask to approve: those with
// an approver, but for the officer's own.
func (r *Registry) Approvers(ctx context.Context, by string) (out []*agency.Agency, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.QueryOfficer)
		if err != nil {
			return err
		}
		approvers, err := tx.OfficersWith(agency.QueryApprover)
		if err != nil {
			return err
		}
		for _, a := range approvers {
			if a.Agency == o.Agency || slices.ContainsFunc(out, func(x *agency.Agency) bool { return x.ID == a.Agency }) {
				continue
			}
			ag, err := tx.Agency(a.Agency)
			if err != nil {
				return err
			}
			out = append(out, ag)
		}
		return nil
	})
	return out, err
}

// NoticeView is a letter with the agency it comes from.
type NoticeView struct {
	store.Notice
	From string // agency id: the record's custodian; "" for a letter about many records
}

// NoticePage lists a page of the letters to the officer's agency, those that
// wait for an answer first, and counts them all.
func (r *Registry) NoticePage(ctx context.Context, by string, limit, offset int) (out []NoticeView, total int, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.NoticeClerk, agency.SealClerk)
		if err != nil {
			return err
		}
		if total, err = tx.NoticeCount(o.Agency); err != nil {
			return err
		}
		letters, err := tx.NoticesTo(o.Agency, limit, offset)
		if err != nil {
			return err
		}
		for _, n := range letters {
			if n.Records > 0 { // about records of several
				out = append(out, NoticeView{Notice: n})
				continue
			}
			row, err := tx.Record(n.Record)
			if err != nil {
				return err
			}
			out = append(out, NoticeView{Notice: n, From: row.Custodian})
		}
		return nil
	})
	return out, total, err
}

// Name is the name of an officer or an agency; the id itself where the
// directory knows neither.
func (r *Registry) Name(ctx context.Context, id string) (name string, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		a, err := tx.Agency(id)
		if err == nil {
			name = a.Name
			return nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		o, err := tx.Officer(id)
		if err == nil {
			name = o.Name
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return id, nil
	}
	return name, err
}

// Pack finds a pack by the digest that a decision cites.
func (r *Registry) Pack(digest string) (*policy.Pack, bool) {
	return r.packs.set.Load().ByDigest(digest)
}

// InForce are the packs that decide on a day.
func (r *Registry) InForce(on civil.Date) (all []*policy.Pack) {
	for _, regime := range policy.Regimes() {
		if p := r.packs.set.Load().InForce(regime, on); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// PacksInForce counts the packs that decide on a day.
func (r *Registry) PacksInForce(on civil.Date) int { return len(r.InForce(on)) }

// StepCounts counts what each of the ten steps has done here.
func (r *Registry) StepCounts(ctx context.Context) (n [10]int, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		n, err = tx.StepCounts()
		return err
	})
	return n, err
}

// IssuedCertificate reads back a certificate for the window that issued it.
func (r *Registry) IssuedCertificate(ctx context.Context, by, id string) (text []byte, err error) {
	code, err := docket.ParseCode(id)
	if err != nil {
		return nil, ErrNotFound
	}
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.CertWindow)
		if err != nil {
			return err
		}
		c, err := tx.Certificate(code.Grouped())
		if err != nil {
			return err
		}
		issuer, err := tx.Officer(c.Officer)
		if err != nil {
			return err
		}
		if issuer.Agency != o.Agency {
			return ErrNotFound
		}
		text, err = r.unlock(c.Body, certificateContext(c.ID))
		return err
	})
	return text, edge(err)
}

// Issued is a certificate in a list: its number and its clock.
type Issued struct {
	ID        string
	At        time.Time
	Expires   civil.Date
	Withdrawn time.Time
}

// IssuedBy lists the certificates an officer at the window issued last.
func (r *Registry) IssuedBy(ctx context.Context, by string, limit int) (out []Issued, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.CertWindow)
		if err != nil {
			return err
		}
		list, err := tx.CertificatesBy(o.ID, limit)
		for _, c := range list {
			out = append(out, Issued{ID: c.ID, At: c.Issued, Expires: c.Expires, Withdrawn: c.Withdrawn})
		}
		return err
	})
	return out, err
}

// CertificateIssuer is the name of the agency that issued a certificate.
func (r *Registry) CertificateIssuer(ctx context.Context, id string) (name string, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		c, err := tx.Certificate(id)
		if err != nil {
			return err
		}
		o, err := tx.Officer(c.Officer)
		if err != nil {
			return err
		}
		a, err := tx.Agency(o.Agency)
		if err == nil {
			name = a.Name
		}
		return err
	})
	return name, edge(err)
}

// AuditTrail is Trail with the private records opened, for an auditor. The
// caller hands in what opens an epoch; the registry holds no audit key.
func (r *Registry) AuditTrail(ctx context.Context, by string, from int64, limit int,
	open func(epoch string, wrapped []byte) (*trail.Epoch, error),
) ([]TrailEntry, error) {
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		_, err := officer(tx, by, agency.Auditor)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.Trail(ctx, from, limit, open)
}
