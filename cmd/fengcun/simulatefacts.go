package main

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/simulate"
	"github.com/fengcun/fengcun/internal/store"
)

type factsCmd struct {
	Config   string `xor:"from" required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Database string `xor:"from" required:"" help:"The database itself, as the configuration names it: sqlite:FILE or postgres://…. 数据库."`
}

// Run writes the facts that a platform has gathered, one line for those alike,
// as fengcun simulate --facts reads them. It needs the database and no key:
// facts hold no person.
func (c *factsCmd) Run(e *env) error {
	if c.Config != "" {
		cfg, err := readConfig(c.Config)
		if err != nil {
			return err
		}
		c.Database = cfg.Database
	}
	db, err := store.Open(e.ctx, c.Database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var kept [][]byte
	if err := db.Read(e.ctx, func(tx *store.Tx) (err error) {
		kept, err = tx.Facts()
		return err
	}); err != nil {
		return fmt.Errorf("reading the facts: %w", err)
	}
	lines, err := simulate.Gather(kept)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := fmt.Fprintf(e.stdout, "%s\n", line); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.stderr, "%d facts, %d different\n", len(kept), len(lines))
	return nil
}
