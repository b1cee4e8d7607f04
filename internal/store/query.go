package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/grant"
)

// Query is a filed request as the store keeps it: who asked whom and how far
// it got in clear, what was asked encrypted.
type Query struct {
	ID        string
	Purpose   grant.Purpose
	Officer   string
	Agency    string
	Approver  string // agency asked to approve
	Filed     time.Time
	Expires   time.Time
	State     QueryState
	Digest    []byte // of the signed request
	Encrypted []byte
}

// QueryState is how far a query got.
type QueryState string

// The states.
const (
	QueryFiled    QueryState = "filed"
	QueryApproved QueryState = "approved"
	QueryRefused  QueryState = "refused"
	QueryOpened   QueryState = "opened"
)

const queryColumns = `id, purpose, officer, agency, approver, filed, expires, state, digest, body`

func scanQuery(scan func(...any) error) (q Query, err error) {
	var filed, expires int64
	err = scan(&q.ID, (*string)(&q.Purpose), &q.Officer, &q.Agency, &q.Approver, &filed, &expires, (*string)(&q.State), &q.Digest, &q.Encrypted)
	q.Filed, q.Expires = fromMicros(filed), fromMicros(expires)
	return q, err
}

// AddQuery files a query; ErrConflict if its id was filed before.
func (t *Tx) AddQuery(q *Query) error {
	return t.put(`INSERT INTO query (`+queryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		q.ID, string(q.Purpose), q.Officer, q.Agency, q.Approver, micros(q.Filed), micros(q.Expires), string(q.State), q.Digest, q.Encrypted)
}

// Query reads a query, or ErrNotFound.
func (t *Tx) Query(id string) (Query, error) {
	if rows, known := t.ahead.queries.rows(id); known {
		return first(rows, nil)
	}
	return first(all(t, `SELECT `+queryColumns+` FROM query WHERE id = $1`, []any{id}, scanQuery))
}

// QueriesBy lists an officer's queries, the latest first.
func (t *Tx) QueriesBy(officer string, limit int) ([]Query, error) {
	return all(t, `SELECT `+queryColumns+` FROM query WHERE officer = $1 ORDER BY filed DESC, id LIMIT $2`, []any{officer, limit}, scanQuery)
}

// QueriesFor lists the queries an agency is asked to approve, the latest first.
func (t *Tx) QueriesFor(agencyID string, limit int) ([]Query, error) {
	return all(t, `SELECT `+queryColumns+` FROM query WHERE approver = $1 ORDER BY filed DESC, id LIMIT $2`, []any{agencyID, limit}, scanQuery)
}

// MoveQuery changes a query's state, provided it still is in the first.
func (t *Tx) MoveQuery(id string, from, to QueryState) error {
	return t.change(`UPDATE query SET state = $3 WHERE id = $1 AND state = $2`, id, string(from), string(to))
}

// MoveQueries is MoveQuery for several, all or none: ErrStale comes from what
// is asked next.
func (t *Tx) MoveQueries(ids []string, from, to QueryState) {
	clear(t.ahead.queries)
	args := []any{string(from), string(to)}
	var list strings.Builder
	for i, id := range ids {
		if i > 0 {
			list.WriteString(", ")
		}
		args = append(args, id)
		fmt.Fprintf(&list, "$%d", i+3)
	}
	t.soon([]string{"query"}, int64(len(ids)), `UPDATE query SET state = $2 WHERE state = $1 AND id IN (`+list.String()+`)`, args...)
}

// Approval is an answer as the store keeps it; the signed body is encrypted.
type Approval struct {
	Query, Officer, Agency string
	Verdict                grant.Verdict
	At, Expires            time.Time
	Encrypted              []byte
	Signature              []byte
}

// AddApproval stores an answer; ErrConflict if the officer answered before.
func (t *Tx) AddApproval(a *Approval) error {
	return t.put(`INSERT INTO approval (`+approvalColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.Query, a.Officer, a.Agency, string(a.Verdict), micros(a.At), micros(a.Expires), a.Encrypted, a.Signature)
}

const approvalColumns = `query, officer, agency, verdict, at, expires, body, signature`

func scanApproval(scan func(...any) error) (a Approval, err error) {
	var at, expires int64
	err = scan(&a.Query, &a.Officer, &a.Agency, (*string)(&a.Verdict), &at, &expires, &a.Encrypted, &a.Signature)
	a.At, a.Expires = fromMicros(at), fromMicros(expires)
	return a, err
}

// Approvals reads the answers to a query in the order they came.
func (t *Tx) Approvals(query string) ([]Approval, error) {
	if rows, known := t.ahead.approvals.rows(query); known {
		return rows, nil
	}
	return all(t, `SELECT `+approvalColumns+` FROM approval WHERE query = $1 ORDER BY at, officer`, []any{query}, scanApproval)
}

// AheadOfGrants reads ahead queries, the answers to them, and the officers who
// signed the ones and the others.
func (t *Tx) AheadOfGrants(queries []string) error {
	var signers []string
	err := readFew(t, t.ahead.queries, keysOf(queries), `SELECT `+queryColumns+` FROM query WHERE id`, ``, nil,
		func(scan func(...any) error) (string, Query, error) {
			q, err := scanQuery(scan)
			signers = append(signers, q.Officer)
			return q.ID, q, err
		})
	if err != nil {
		return err
	}
	err = readFew(t, t.ahead.approvals, keysOf(queries), `SELECT `+approvalColumns+` FROM approval WHERE query`, ` ORDER BY at, officer`, nil,
		func(scan func(...any) error) (string, Approval, error) {
			a, err := scanApproval(scan)
			signers = append(signers, a.Officer)
			return a.Query, a, err
		})
	if err != nil || len(signers) == 0 {
		return err
	}
	return t.AheadOfOfficers(signers...)
}
