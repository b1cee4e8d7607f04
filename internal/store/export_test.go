package store

import "io/fs"

// What the tests of this package's inner workings reach.
var (
	BindByNumber = bindByNumber
	Placeholders = placeholders
)

// Migrations is the folder of an engine's migrations.
func Migrations(engine string) (fs.FS, error) { return stepsOf(engine) }

// Grants is who may do what on PostgreSQL, as SQL.
var Grants = grants

// Exec runs one statement in the transaction.
func (t *Tx) Exec(query string, args ...any) (int64, error) { return t.exec(query, args...) }

// One reads one row.
func (t *Tx) One(query string, args []any, dest ...any) error { return t.one(query, args, dest...) }
