package registry

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

// CaseView is a case as one officer may see it: the records that are of the
// officer's concern, their lifecycle and, of those that are open, the content.
// A record that was sealed and one that is others' to read are both left out.
type CaseView struct {
	Code    docket.Code   // that the case keeps
	Former  []docket.Code // of cases that became one with it; none where the officer reads no record
	Links   []LinkView    // likewise, in the order of the acts
	Records []RecordView
}

// LinkView is one link of the case with another.
type LinkView struct {
	On     civil.Date
	Source string // the agency's, as in events
	docket.Link
}

// RecordView is one record of a case. State and Timeline are empty where the
// record is sealed or not the officer's to read.
type RecordView struct {
	Row      store.Record
	Case     docket.Code // the code that its case keeps
	Changes  []docket.Change
	Readable bool
	State    docket.State
	Timeline []*docket.Event
	Notices  []store.Notice
}

// Case shows a case by its code or by that of a case which became one with it. A
// code that no case has, and a case that is none of the officer's business, are
// both ErrNotFound.
func (r *Registry) Case(ctx context.Context, by string, code docket.Code) (*CaseView, error) {
	v := new(CaseView)
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(by)
		if err != nil {
			return err
		}
		u, err := oneCase(tx, code)
		if err != nil {
			return err
		}
		rows, err := rowsIn(tx, u)
		if err != nil {
			return err
		}
		v.Code = u[0]
		for _, row := range rows {
			rv, concern, err := r.recordView(tx, o, row)
			if err != nil {
				return err
			}
			if rv.Case = u[0]; concern || o.Duty == agency.Supervisor {
				v.Records = append(v.Records, rv)
			}
		}
		if len(v.Records) == 0 {
			return ErrNotFound
		}
		v.showLinks(u, o.Duty == agency.Supervisor)
		return nil
	})
	return v, edge(err)
}

// showLinks fills in what the officer may know of the case's links: those that
// stand among the events the officer reads, and with these the former codes. A
// supervisor, who sees every record's number, sees the codes.
func (v *CaseView) showLinks(u union, supervisor bool) {
	reads := supervisor
	seen := make(map[[2]string]bool)
	for _, rec := range v.Records {
		reads = reads || rec.Readable
		for _, e := range rec.Timeline {
			if key := [2]string{e.Source, e.ID}; e.Data.Link != nil && !seen[key] {
				seen[key] = true
				v.Links = append(v.Links, LinkView{On: e.Data.Date, Source: e.Source, Link: *e.Data.Link})
			}
		}
	}
	if reads {
		v.Former = append(v.Former, u[1:]...)
	}
	slices.SortStableFunc(v.Links, func(a, b LinkView) int { return a.On.Compare(b.On) })
}

func (r *Registry) recordView(tx *store.Tx, o *agency.Officer, row store.Record) (v RecordView, concern bool, err error) {
	v.Row = row
	if v.Changes, err = tx.Changes(row.ID); err != nil {
		return v, false, err
	}
	if v.Notices, err = tx.NoticesOf(row.ID); err != nil {
		return v, false, err
	}
	if row.Status == docket.Merged {
		return v, false, nil // another record shows what it says
	}
	clerk := o.Duty == agency.SealClerk || o.Duty == agency.SealReviewer
	concern = clerk && row.Custodian == o.Agency
	if !row.Status.InLedger() {
		return v, concern, nil
	}
	events, err := r.events(tx, row.ID)
	if err != nil {
		return v, false, err
	}
	state := docket.Fold(events)
	concern = concern || (o.ReadsRecords() && slices.Contains(state.Holders, agency.SourceOf(o.Agency)))
	if concern && o.ReadsRecords() {
		v.Readable, v.State, v.Timeline = true, state, docket.InOrder(events)
	}
	return v, concern, nil
}

// Records lists lifecycle rows: a clerk's own court, everything for a
// supervisor.
func (r *Registry) Records(ctx context.Context, by string, l store.Listing) ([]RecordView, error) {
	var out []RecordView
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer, agency.Supervisor)
		if err != nil {
			return err
		}
		if o.Duty != agency.Supervisor {
			l.Custodian = o.Agency
		}
		rows, err := tx.Records(l)
		if err != nil {
			return err
		}
		codes := make([]docket.Code, len(rows))
		for i, row := range rows {
			codes[i] = row.ID.Code
		}
		if err := tx.AheadOfCaseLinks(codes); err != nil {
			return err
		}
		for _, row := range rows {
			u, err := oneCase(tx, row.ID.Code)
			if err != nil {
				return err
			}
			v := RecordView{Row: row, Case: u[0]}
			if o.Duty != agency.Supervisor && row.Status.InLedger() {
				v.Readable = true
				if v.State, err = r.state(tx, row.ID); err != nil {
					return err
				}
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// ReviewView is an item of the queue with what policy proposes.
type ReviewView struct {
	Item     store.Review
	Row      store.Record
	Proposal *policy.RecordDecision // nil once settled
	Digest   string                 // of the proposal, hex: a ruling cites it
	State    docket.State           // empty where the record is sealed
}

// Reviews lists the open items of the officer's court; of all for a supervisor.
func (r *Registry) Reviews(ctx context.Context, by string, limit, offset int) ([]ReviewView, error) {
	var out []ReviewView
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		items, err := tx.Reviews(o.Agency, limit, offset)
		if err != nil {
			return err
		}
		for _, it := range items {
			v, err := r.reviewView(tx, it)
			if err != nil {
				return err
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, err
}

// ReviewItem reads one item of the officer's court.
func (r *Registry) ReviewItem(ctx context.Context, by string, code docket.Code, id string) (*ReviewView, error) {
	var v *ReviewView
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.SealClerk, agency.SealReviewer)
		if err != nil {
			return err
		}
		it, err := tx.Review(code, id)
		if err != nil {
			return err
		}
		if err := reviewable(tx, o, &it); err != nil {
			return err
		}
		v, err = r.reviewView(tx, it)
		return err
	})
	return v, edge(err)
}

// reviewable refuses an item that is not the officer's court's, as one that is
// not there. One that the court had before the record passed to another court,
// which sealed it, is refused too: it would tell of the sealing.
func reviewable(tx *store.Tx, o *agency.Officer, it *store.Review) error {
	if it.Custodian != o.Agency {
		return ErrNotFound
	}
	row, err := tx.Record(it.Record)
	if err == nil && row.Status == docket.Sealed && row.Custodian != o.Agency {
		err = ErrNotFound
	}
	return err
}

func (r *Registry) reviewView(tx *store.Tx, it store.Review) (*ReviewView, error) {
	v := &ReviewView{Item: it}
	var err error
	if v.Row, err = tx.Record(it.Record); err != nil {
		return nil, err
	}
	if len(it.Proposal) > 0 {
		v.Proposal = new(policy.RecordDecision)
		if err := r.unlockJSON(it.Proposal, contextOf("review", it.Record, []byte(it.ID)), v.Proposal); err != nil {
			return nil, err
		}
		v.Digest = r.proposalDigest(v.Proposal)
	}
	if v.Row.Status.InLedger() {
		v.State, err = r.state(tx, it.Record)
	}
	return v, err
}

// QueryView is a query with its request and answers, for those who take part.
type QueryView struct {
	Query   store.Query
	Request *grant.Request
	Signed  grant.Signed // the request as it was signed: an approver signs its digest
	Answers []*grant.Approval
	Keys    []string // fingerprint of the key that signed each answer
}

// Queries lists the officer's own queries, or for an approver those their
// agency is asked to answer.
func (r *Registry) Queries(ctx context.Context, by string, limit int) ([]QueryView, error) {
	var out []QueryView
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(by)
		if err != nil {
			return err
		}
		list := func() ([]store.Query, error) { return tx.QueriesBy(o.ID, limit) }
		if o.Duty == agency.QueryApprover || o.Duty == agency.SealReviewer {
			list = func() ([]store.Query, error) { return tx.QueriesFor(o.Agency, limit) }
		}
		qs, err := list()
		if err != nil {
			return err
		}
		for _, q := range qs {
			v, err := r.queryView(tx, q)
			if err != nil {
				return err
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, edge(err)
}

// Query reads one query for its asker or an approver of the agency asked.
func (r *Registry) Query(ctx context.Context, by, id string) (*QueryView, error) {
	var v *QueryView
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(by)
		if err != nil {
			return err
		}
		q, err := tx.Query(id)
		if err != nil {
			return err
		}
		approves := o.Duty == agency.QueryApprover || o.Duty == agency.SealReviewer
		if q.Officer != o.ID && (!approves || q.Approver != o.Agency) {
			return ErrNotFound
		}
		v, err = r.queryView(tx, q)
		return err
	})
	return v, edge(err)
}

func (r *Registry) queryView(tx *store.Tx, q store.Query) (*QueryView, error) {
	g, _, err := r.grantOf(tx, q.ID)
	if err != nil {
		return nil, err
	}
	v := &QueryView{Query: q, Signed: g.Request}
	if v.Request, err = grant.ReadRequest(g.Request.Body); err != nil {
		return nil, err
	}
	for _, s := range g.Answers {
		a, err := grant.ReadApproval(s.Body)
		if err != nil {
			return nil, err
		}
		v.Answers = append(v.Answers, a)
		v.Keys = append(v.Keys, keyOf(tx, a.Officer, s.Signature))
	}
	return v, nil
}

// Notices lists the letters to the officer's agency.
func (r *Registry) Notices(ctx context.Context, by string, limit, offset int) ([]store.Notice, error) {
	var out []store.Notice
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := officer(tx, by, agency.NoticeClerk, agency.SealClerk)
		if err != nil {
			return err
		}
		out, err = tx.NoticesTo(o.Agency, limit, offset)
		return err
	})
	return out, err
}

// Desk is the counts an officer's first page shows.
type Desk struct {
	Officer   agency.Officer
	Agency    agency.Agency
	Statuses  map[docket.Status]int
	ToSeal    int
	ToUnseal  int
	Unacked   int
	Faults    int // open items of quality
	TrailSize int64
}

// Desk counts what waits for an officer: what the duty has pages for. Counts
// of sealed records are for those who may know of each: a count that goes up by
// one tells that something was sealed.
func (r *Registry) Desk(ctx context.Context, by string) (*Desk, error) {
	d := new(Desk)
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(by)
		if err != nil {
			return err
		}
		a, err := tx.Agency(o.Agency)
		if err != nil {
			return err
		}
		d.Officer, d.Agency = *o, *a
		return r.count(tx, d)
	})
	return d, edge(err)
}

func (r *Registry) count(tx *store.Tx, d *Desk) (err error) {
	head, err := tx.CurrentHead()
	if err != nil {
		return err
	}
	d.TrailSize = head.Size()
	scope := d.Officer.Agency
	switch d.Officer.Duty {
	case agency.Supervisor:
		scope = ""
	case agency.SealClerk, agency.SealReviewer, agency.NoticeClerk:
	default:
		return nil
	}
	if d.Faults, err = tx.QualityTotal(store.QualityListing{Agency: scope, State: store.QualityOpen}); err != nil {
		return err
	}
	if d.Unacked, err = tx.UnansweredCount(scope); err != nil || d.Officer.Duty == agency.NoticeClerk {
		return err
	}
	if d.Statuses, err = tx.StatusCounts(scope); err != nil {
		return err
	}
	if d.ToSeal, err = tx.ReviewCount(scope, store.KindSeal); err != nil {
		return err
	}
	d.ToUnseal, err = tx.ReviewCount(scope, store.KindUnseal)
	return err
}

// Officer reads an officer and the agency.
func (r *Registry) Officer(ctx context.Context, id string) (o *agency.Officer, a *agency.Agency, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		if o, err = tx.Officer(id); err != nil {
			return err
		}
		a, err = tx.Agency(o.Agency)
		return err
	})
	return o, a, edge(err)
}

// Agencies lists all agencies.
func (r *Registry) Agencies(ctx context.Context) (out []*agency.Agency, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		out, err = tx.Agencies()
		return err
	})
	return out, err
}

// TrailEntry is one entry of the trail: the public leaf, and for an auditor
// the private record.
type TrailEntry struct {
	Index int64
	Leaf  trail.Leaf
	Entry *trail.Entry
	Err   error // the private record does not open, or is not what the leaf commits to
}

// Trail reads entries from an index on. The public sees leaves; an auditor's
// private key, where given, opens the records behind them.
func (r *Registry) Trail(ctx context.Context, from int64, limit int, open func(epoch string, wrapped []byte) (*trail.Epoch, error)) ([]TrailEntry, error) {
	var out []TrailEntry
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.TrailRows(from, limit)
		if err != nil {
			return err
		}
		epochs := make(map[string]*trail.Epoch)
		for _, row := range rows {
			e := TrailEntry{Index: row.Seq, Leaf: row.Leaf}
			if open != nil {
				e.Entry, e.Err = openEntry(tx, epochs, row, open)
			}
			out = append(out, e)
		}
		return nil
	})
	return out, err
}

func openEntry(tx *store.Tx, epochs map[string]*trail.Epoch, row store.TrailRow,
	open func(string, []byte) (*trail.Epoch, error),
) (*trail.Entry, error) {
	ep, ok := epochs[row.Epoch]
	if !ok {
		wrapped, err := tx.Epoch(row.Epoch)
		if err != nil {
			return nil, err
		}
		if ep, err = open(row.Epoch, wrapped); err != nil {
			return nil, err
		}
		epochs[row.Epoch] = ep
	}
	c, err := ep.Open(row.Sealed)
	if err != nil {
		return nil, err
	}
	e, err := c.Entry()
	return &e, err
}

// Enrol adds agencies and officers.
func (r *Registry) Enrol(ctx context.Context, agencies []*agency.Agency, officers []*agency.Officer, now time.Time) error {
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		for _, a := range agencies {
			if err := tx.PutAgency(a); err != nil {
				return err
			}
		}
		for _, o := range officers {
			if err := errors.Join(o.Check(), tx.PutOfficer(o)); err != nil {
				return err
			}
		}
		_, err := j.add(trail.Entry{Kind: "directory.change", At: now, Actor: "platform"}, nil)
		return err
	})
}
