package store

import (
	"context"
	"database/sql"
)

// Step is one thing asked of the database: a statement, or the beginning or the
// end of a transaction.
type Step struct {
	What string // BEGIN, COMMIT, or the statement
	Done bool   // it was done; else it is about to be
}

// Interrupted is the same database with somebody who may break off each step,
// before it is done and after: for tests of what a crash, a full disk or a lost
// connection leaves behind. What breaks off a statement undoes its transaction;
// what breaks off after COMMIT is an end of which nobody was told.
func (db *DB) Interrupted(at func(Step) error) *DB {
	out := *db
	out.engine = &interrupted{engine: db.engine, at: at}
	return &out
}

type interrupted struct {
	engine
	at func(Step) error
}

func (e *interrupted) transact(ctx context.Context, readOnly bool, f func(session) error) error {
	if err := e.at(Step{What: "BEGIN"}); err != nil {
		return err
	}
	err := e.engine.transact(ctx, readOnly, func(s session) error {
		if err := e.at(Step{What: "BEGIN", Done: true}); err != nil {
			return err
		}
		if err := f(&interruptedSession{s, e.at}); err != nil {
			return err
		}
		return e.at(Step{What: "COMMIT"})
	})
	if err != nil {
		return err
	}
	return e.at(Step{What: "COMMIT", Done: true})
}

type interruptedSession struct {
	session
	at func(Step) error
}

func (s *interruptedSession) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := s.at(Step{What: query}); err != nil {
		return nil, err
	}
	res, err := s.session.ExecContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return res, s.at(Step{What: query, Done: true})
}

// Copy does nothing, so that each statement can be broken off.
func (s *interruptedSession) Copy(context.Context, *insertion, [][]any) (bool, error) {
	return false, nil
}

// ExecMany breaks off before and after each.
func (s *interruptedSession) ExecMany(ctx context.Context, all []statement) error {
	return oneByOne(ctx, s, all)
}

// QueryContext breaks off before the query alone: its rows are read after it
// returns.
func (s *interruptedSession) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := s.at(Step{What: query}); err != nil {
		return nil, err
	}
	return s.session.QueryContext(ctx, query, args...)
}
