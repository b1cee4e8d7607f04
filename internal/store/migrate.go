package store

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
)

// The schema's steps: those of both engines, and in a folder each those of one.
//
//go:embed migrations
var migrations embed.FS

// steps is the folder that an engine migrates by.
type steps struct{ common, own fs.FS }

func stepsOf(engine string) (steps, error) {
	common, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return steps{}, err
	}
	own, err := fs.Sub(common, engine)
	return steps{common, own}, err
}

// Open implements fs.FS.
func (s steps) Open(name string) (fs.File, error) {
	f, err := s.own.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return s.common.Open(name)
	}
	return f, err
}

// ReadDir implements fs.ReadDirFS.
func (s steps) ReadDir(name string) ([]fs.DirEntry, error) {
	own, err := fs.ReadDir(s.own, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	common, err := fs.ReadDir(s.common, name)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(append(own, common...), func(e fs.DirEntry) bool { return e.IsDir() })
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return all, nil
}

// Migrate brings the schema to this program's version and says how many steps
// that took.
func (db *DB) Migrate(ctx context.Context) (int, error) {
	p, err := db.provider()
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if db.engine.forbidden(err) {
		return 0, fmt.Errorf("the schema is not up to date, and this login may not change it: run «fengcun migrate» as its owner: %w", err)
	}
	if err != nil {
		return 0, fmt.Errorf("migrating the schema: %w", err)
	}
	if err := db.engine.migrated(ctx); err != nil {
		return 0, fmt.Errorf("after migrating the schema: %w", err)
	}
	return len(done), nil
}

func (db *DB) provider() (*goose.Provider, error) {
	dir, err := stepsOf(db.name)
	if err != nil {
		return nil, err
	}
	dialect, options, err := db.engine.goose()
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(dialect, db.engine.pool(), dir, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return p, nil
}
