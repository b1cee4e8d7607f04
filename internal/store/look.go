package store

import (
	"strconv"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
)

// What pages ask beyond what the verbs need: pages of lists, and their counts.

// RecordCount counts records of a custodian, or of all, by status, or of any.
func (t *Tx) RecordCount(custodian string, status docket.Status) (n int, err error) {
	counts, err := t.StatusCounts(custodian)
	for s, k := range counts {
		if s == status || status == "" && s != docket.Merged {
			n += k
		}
	}
	return n, err
}

// ReviewPage lists open items of a custodian, or of all, and of a kind, or of
// both, the oldest first.
func (t *Tx) ReviewPage(custodian, kind string, limit, offset int) ([]Review, error) {
	where, args := `outcome = ''`, []any{limit, offset}
	if custodian != "" {
		args = append(args, custodian)
		where += ` AND custodian = $` + strconv.Itoa(len(args))
	}
	if kind != "" {
		args = append(args, kind)
		where += ` AND kind = $` + strconv.Itoa(len(args))
	}
	return all(t, `SELECT `+reviewColumns+` FROM review WHERE `+where+` ORDER BY opened, code, id LIMIT $1 OFFSET $2`, args, scanReview)
}

// QueriesByPage lists an officer's queries, the latest first.
func (t *Tx) QueriesByPage(officer string, limit, offset int) ([]Query, error) {
	return all(t, `SELECT `+queryColumns+` FROM query WHERE officer = $1 ORDER BY filed DESC, id LIMIT $2 OFFSET $3`,
		[]any{officer, limit, offset}, scanQuery)
}

// QueriesForPage lists the queries an agency is asked to approve, the latest
// first.
func (t *Tx) QueriesForPage(agencyID string, limit, offset int) ([]Query, error) {
	return all(t, `SELECT `+queryColumns+` FROM query WHERE approver = $1 ORDER BY filed DESC, id LIMIT $2 OFFSET $3`,
		[]any{agencyID, limit, offset}, scanQuery)
}

// QueriesPage lists all queries, the latest first.
func (t *Tx) QueriesPage(limit, offset int) ([]Query, error) {
	return all(t, `SELECT `+queryColumns+` FROM query ORDER BY filed DESC, id LIMIT $1 OFFSET $2`, []any{limit, offset}, scanQuery)
}

// OfficersWith lists the officers who hold a duty, by id.
func (t *Tx) OfficersWith(duty agency.Duty) ([]*agency.Officer, error) {
	return all(t, `SELECT id, agency, name, duty, verify_key FROM officer WHERE duty = $1 ORDER BY id`, []any{string(duty)},
		func(scan func(...any) error) (*agency.Officer, error) {
			o := new(agency.Officer)
			return o, scan(&o.ID, &o.Agency, &o.Name, (*string)(&o.Duty), &o.VerifyKey)
		})
}

// StepCounts counts what each of the ten steps has done, by whole tables: for
// the demonstration and for statistics, not for a page of a national database.
func (t *Tx) StepCounts() (n [10]int, err error) {
	for i, query := range []string{
		`SELECT COUNT(*) FROM intake`,
		`SELECT COUNT(*) FROM record`,
		`SELECT COUNT(*) FROM lifecycle WHERE operator = 'policy'`,
		`SELECT COUNT(*) FROM lifecycle WHERE to_status = 'sealed'`,
		`SELECT COUNT(*) FROM query`,
		`SELECT COUNT(*) FROM approval`,
		`SELECT COUNT(*) FROM ticket`,
		`SELECT COUNT(*) FROM query WHERE state = 'opened'`,
		`SELECT COUNT(*) FROM certificate`,
		`SELECT COUNT(*) FROM lifecycle WHERE to_status = 'unsealed'`,
	} {
		if err := t.one(query, nil, &n[i]); err != nil {
			return n, err
		}
	}
	return n, nil
}
