package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/store"
)

// QualityRow is one item as the list keeps it.
type QualityRow = store.QualityItem

// QualityListing narrows a list of items; zero fields do not narrow.
type QualityListing = store.QualityListing

// QualityCount is how many items there are of a rule, an agency and a state.
type QualityCount = store.QualityCount

// SourceLags is how long the reports of one source took.
type SourceLags = store.SourceLags

// The states of an item.
const (
	QualityOpen     = store.QualityOpen
	QualityMended   = store.QualityMended
	QualityAnswered = store.QualityAnswered
)

// QualityView is an item with its evidence. Finding and what follows are empty
// for a supervisor, who reads no record.
type QualityView struct {
	Row     QualityRow
	Rule    *quality.Rule
	Finding *quality.Finding
	Facts   string          // hex: an answer names what it answers
	Numbers []docket.Number // by which the agencies know the case
	Name    string          // of the person, where the agency holds a copy of the record
	Answer  string
}

// qualityReader is who has quality for a page: the clerks of the agency at
// fault, and the supervisor, who sees all and reads no record.
func qualityReader(tx *store.Tx, by string) (*agency.Officer, error) {
	return officer(tx, by, agency.NoticeClerk, agency.SealClerk, agency.SealReviewer, agency.Supervisor)
}

// QualityItems lists a page of the items of the officer's agency, or of any for
// a supervisor, and counts them all.
func (r *Registry) QualityItems(ctx context.Context, by string, l QualityListing) (out []QualityView, total int, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := qualityReader(tx, by)
		if err != nil {
			return err
		}
		if o.Duty != agency.Supervisor {
			l.Agency = o.Agency
		}
		if total, err = tx.QualityTotal(l); err != nil {
			return err
		}
		rows, err := tx.QualityPage(l)
		if err != nil {
			return err
		}
		for _, row := range rows {
			v, err := r.qualityView(tx, o, row)
			if err != nil {
				return err
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, total, edge(err)
}

// QualityItem reads one item of the officer's agency; of any for a supervisor.
func (r *Registry) QualityItem(ctx context.Context, by string, code docket.Code, id string) (v *QualityView, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := qualityReader(tx, by)
		if err != nil {
			return err
		}
		row, err := qualityItemOf(tx, o, code, id)
		if err != nil {
			return err
		}
		v, err = r.qualityView(tx, o, row)
		return err
	})
	return v, edge(err)
}

// qualityItemOf refuses another agency's item as one that is not there.
func qualityItemOf(tx *store.Tx, o *agency.Officer, code docket.Code, id string) (store.QualityItem, error) {
	row, err := tx.QualityItem(code, id)
	if err == nil && row.Agency != o.Agency && o.Duty != agency.Supervisor {
		err = store.ErrNotFound
	}
	return row, err
}

func (r *Registry) qualityView(tx *store.Tx, o *agency.Officer, row store.QualityItem) (*QualityView, error) {
	v := &QualityView{Row: row}
	var ok bool
	if v.Rule, ok = r.rulesOf.Rule(row.Rule); !ok {
		v.Rule = &quality.Rule{ID: row.Rule, Kind: quality.Kind(row.Kind), Title: quality.Words{Zh: row.Rule, En: row.Rule}} // of an earlier version
	}
	if o.Duty == agency.Supervisor {
		return v, nil
	}
	v.Facts = fmt.Sprintf("%x", row.Facts)
	v.Finding = new(quality.Finding)
	if err := r.unlockJSON(row.Body, qualityContext(&row, "finding"), v.Finding); err != nil {
		return nil, err
	}
	if row.Answer != nil {
		if err := r.unlockJSON(row.Answer, qualityContext(&row, "answer"), &v.Answer); err != nil {
			return nil, err
		}
	}
	s, err := r.state(tx, row.Record)
	if err != nil {
		return nil, err
	}
	v.Numbers = s.Numbers
	if slices.Contains(s.Holders, agency.SourceOf(o.Agency)) {
		v.Name = s.Identity.Name
	}
	return v, nil
}

// QualityAnswer is what an officer of the agency at fault says to an item: what
// was reported is right, and why. Facts is what the officer saw.
type QualityAnswer struct {
	Code  docket.Code
	Item  string
	Facts string
	Note  string
}

// AnswerQuality closes an item with an officer's word. It does not return while
// the facts are the same; who, when and the words stay in the trail.
func (r *Registry) AnswerQuality(ctx context.Context, by string, a QualityAnswer, now time.Time) error {
	note := strings.TrimSpace(a.Note)
	if note == "" || len(note) > 2000 {
		return fmt.Errorf("%w: note: say in words why what was reported is right, in at most 2000 bytes", ErrInput)
	}
	return r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := officer(tx, by, agency.NoticeClerk, agency.SealClerk)
		if err != nil {
			return err
		}
		if err := tx.LockCase(a.Code); err != nil {
			return err
		}
		q, err := qualityItemOf(tx, o, a.Code, a.Item)
		if err != nil {
			return err
		}
		if q.State != store.QualityOpen || fmt.Sprintf("%x", q.Facts) != a.Facts {
			return ErrState
		}
		q.State, q.Settled, q.Officer = store.QualityAnswered, now, o.ID
		if q.Answer, err = r.lockJSON(note, qualityContext(&q, "answer")); err != nil {
			return err
		}
		tx.PutQualityItem(&q)
		return j.quality("quality.answer", &q, o.ID, note, now)
	})
}

// QualityOverview is the figures of an agency, or of all for a supervisor: the
// items by rule and state, and how long the reports of the last days took.
type QualityOverview struct {
	Since  civil.Date
	Counts []QualityCount
	Lags   []SourceLags
}

// QualityOverview counts what the officer's agency has to mend and how fresh
// its reports are. A supervisor sees that of all. How long reports took is
// counted with those of records that were sealed since: an agency's own figures
// tell it no more than it sent.
func (r *Registry) QualityOverview(ctx context.Context, by string, days int, now time.Time) (v *QualityOverview, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		o, err := qualityReader(tx, by)
		if err != nil {
			return err
		}
		id, source := o.Agency, agency.SourceOf(o.Agency)
		if o.Duty == agency.Supervisor {
			id, source = "", ""
		}
		v, err = qualityFigures(tx, id, source, civil.Of(now).AddDays(1-days))
		return err
	})
	return v, edge(err)
}

// QualityFigures is the overview of all agencies for the platform's own
// metrics, which tell of no person.
func (r *Registry) QualityFigures(ctx context.Context, days int, now time.Time) (v *QualityOverview, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		v, err = qualityFigures(tx, "", "", civil.Of(now).AddDays(1-days))
		return err
	})
	return v, edge(err)
}

func qualityFigures(tx *store.Tx, agencyID, source string, since civil.Date) (*QualityOverview, error) {
	counts, err := tx.QualityCounts(agencyID)
	lags, err2 := tx.LagsSince(source, since)
	return &QualityOverview{Since: since, Counts: counts, Lags: lags}, errors.Join(err, err2)
}

// Promise is within how long reports are to come in.
func (r *Registry) Promise() quality.Promise { return r.promise }

// QualityRules are the rules that records are held to.
func (r *Registry) QualityRules() []*quality.Rule { return r.rulesOf.Rules() }
