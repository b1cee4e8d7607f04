package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite"
)

// On SQLite the vault's tables lie in a file of their own beside the rest, so
// that the two can be copied, kept and guarded apart. Each connection opens
// both; one transaction changes both or neither, even when power fails in the
// middle of its commit. SQLite gives that with rollback journals, which a
// super-journal joins, and not with write-ahead logs, which commit file by file
// (sqlite.org/lang_attach.html, sqlite.org/atomiccommit.html). The journal is
// cut to nothing after each commit: it would keep what sealing took out of the
// ledger, and so would a write-ahead log.

// VaultFile is the path of the vault's file beside a database file.
func VaultFile(file string) string {
	ext := filepath.Ext(file)
	return strings.TrimSuffix(file, ext) + "-vault" + ext
}

// vaultSchema is the name under which connections attach the vault's file.
const vaultSchema = "vault"

// sqliteFiles opens connections to the two files: a driver.Connector.
type sqliteFiles struct {
	main, vault string
	driver      *sqlite.Driver
}

// sqlitePair makes the files where they are missing, so that nobody but their
// owner can read them.
func sqlitePair(file string) (*sqliteFiles, error) {
	p := &sqliteFiles{main: file, vault: VaultFile(file), driver: new(sqlite.Driver)}
	for _, name := range []string{p.main, p.vault} {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// uriEscapes spells what a file's name may hold and a URI reads otherwise.
var uriEscapes = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

func fileURI(file string) string { return "file:" + uriEscapes.Replace(file) }

// Each commit is flushed to disk (synchronous FULL): what was acknowledged
// survives a loss of power. A transaction is not written before it commits
// (cache_spill), so that those who read wait for the commit alone.
const sqlitePragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(TRUNCATE)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=cache_size(-32768)&_pragma=temp_store(MEMORY)&_pragma=secure_delete(1)&_pragma=cache_spill(0)"

// Connect implements driver.Connector.
func (p *sqliteFiles) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.driver.Open(fileURI(p.main) + sqlitePragmas)
	if err != nil {
		return nil, err
	}
	for _, statement := range AttachVault(p.main) {
		if err := execOn(ctx, c, statement); err != nil {
			return nil, errors.Join(fmt.Errorf("opening the vault's file %s: %w", p.vault, err), c.Close())
		}
	}
	return c, nil
}

// AttachVault is the statements by which a connection to a database file opens
// the vault's file too.
func AttachVault(file string) []string {
	name := strings.ReplaceAll(fileURI(VaultFile(file)), "'", "''")
	return []string{
		"ATTACH '" + name + "' AS " + vaultSchema,
		"PRAGMA vault.journal_mode(TRUNCATE)",
		"PRAGMA vault.synchronous(FULL)",
		"PRAGMA vault.secure_delete(1)",
		"PRAGMA vault.cache_size(-8192)",
	}
}

// Driver implements driver.Connector.
func (p *sqliteFiles) Driver() driver.Driver { return p.driver }

func execOn(ctx context.Context, c driver.Conn, statement string) error {
	x, ok := c.(driver.ExecerContext)
	if !ok {
		return errors.New("the SQLite driver runs no statements")
	}
	_, err := x.ExecContext(ctx, statement, nil)
	return err
}

// The two files of one database carry the same number, drawn when the schema
// was made: a file of another database is refused, and so is a vault's file
// that is missing.
func belongTogether(ctx context.Context, c *sql.Conn, files *sqliteFiles) error {
	var ours, vaults int64
	err := errors.Join(
		c.QueryRowContext(ctx, `PRAGMA main.user_version`).Scan(&ours),
		c.QueryRowContext(ctx, `PRAGMA vault.user_version`).Scan(&vaults))
	if err != nil {
		return fmt.Errorf("reading which files belong together: %w", err)
	}
	if ours != vaults {
		return fmt.Errorf("%s and %s do not belong together: put back both as they were saved at one time", files.main, files.vault)
	}
	return nil
}

// migrated gives the two files their number.
func (e *sqliteEngine) migrated(ctx context.Context) error {
	return e.transact(ctx, false, func(s session) error {
		c, ok := s.(*sqliteConn)
		if !ok {
			return errors.New("another engine's session")
		}
		var n int64
		if err := c.conn.QueryRowContext(ctx, `PRAGMA main.user_version`).Scan(&n); err != nil || n != 0 {
			return err
		}
		number := strconv.FormatInt(1+rand.Int64N(1<<31-1), 10) //nolint:gosec // not a secret
		for _, schema := range []string{"main", vaultSchema} {
			if _, err := c.conn.ExecContext(ctx, "PRAGMA "+schema+".user_version = "+number); err != nil {
				return fmt.Errorf("marking the files as a pair: %w", err)
			}
		}
		return nil
	})
}
