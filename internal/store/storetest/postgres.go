package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// errMissing is what a test fails with on a machine without PostgreSQL.
var errMissing = errors.New("PostgreSQL is missing: apt-get install postgresql-15 (its programs are looked for in " + programs + ")")

const programs = "/usr/lib/postgresql/15/bin"

//go:embed guard.sh
var guard string

// cluster is a running server and the lock that keeps it running.
type cluster struct {
	dir   string
	users *os.File
	// template is the name of this process's migrated database.
	template func() (string, error)
}

// The clusters, each started by the first test that asks for it: one that
// forgets all in a crash, and one that flushes each commit to disk.
var (
	running = sync.OnceValues(func() (*cluster, error) { return start("") })
	durable = sync.OnceValues(func() (*cluster, error) { return start("-durable") })
)

func (c *cluster) migrated() (string, error) {
	name := newName()
	if err := c.create(name, "template0"); err != nil {
		return "", err
	}
	return name, migrate(c.url(name))
}

func blank(*cluster) (string, error) { return "template0", nil }

func migratedOnce(c *cluster) (string, error) { return c.template() }

// postgresDatabase makes a database after the one that from names.
func postgresDatabase(tb testing.TB, on func() (*cluster, error), from func(*cluster) (string, error)) string {
	tb.Helper()
	c, err := on()
	if err != nil {
		tb.Fatal(err)
	}
	original, err := from(c)
	if err != nil {
		tb.Fatal(err)
	}
	name := newName()
	if err := c.create(name, original); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			tb.Errorf("dropping the test's database: %v", err)
		}
	})
	return c.url(name)
}

func newName() string { return "t" + strings.ToLower(rand.Text()) }

func (c *cluster) create(name, from string) error {
	return c.exec("CREATE DATABASE " + name + " TEMPLATE " + from + " STRATEGY WAL_LOG")
}

func (c *cluster) url(database string) string {
	return fmt.Sprintf("postgres:///%s?host=%s&user=postgres", database, c.dir)
}

func (c *cluster) exec(statement string) error {
	db, err := sql.Open("pgx", c.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(context.Background(), statement)
	return err
}

// start finds the cluster running or starts a guard that runs it.
func start(kind string) (*cluster, error) {
	if _, err := os.Stat(filepath.Join(programs, "initdb")); err != nil {
		return nil, errMissing
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: filepath.Join(shortTemp(), fmt.Sprintf("fengcun-pg%s-%d", kind, owner.Uid))}
	c.template = sync.OnceValues(c.migrated)
	if err := ownDirectory(c.dir, owner); err != nil {
		return nil, err
	}
	gate, err := lock(filepath.Join(c.dir, "start"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer gate.Close() // releases the lock
	if c.exec("SELECT 1") != nil {
		if err := c.run(owner, kind); err != nil {
			return nil, err
		}
	}
	c.users, err = lock(filepath.Join(c.dir, "users"), syscall.LOCK_SH)
	return c, err
}

// run starts the guard and waits for the server to answer.
func (c *cluster) run(owner *syscall.Credential, kind string) error {
	failed := filepath.Join(c.dir, "failed")
	if err := os.Remove(failed); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	cmd := exec.Command("sh", "-c", guard, "guard", c.dir, programs, kind)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = owner
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting PostgreSQL for tests: %w", err)
	}
	if err := cmd.Process.Release(); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		err := c.exec("SELECT 1")
		if err == nil {
			return nil
		}
		if why, ferr := os.ReadFile(failed); ferr == nil {
			return fmt.Errorf("starting PostgreSQL for tests: %s", why)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("PostgreSQL for tests does not answer after a minute, see %s: %w", filepath.Join(c.dir, "log"), err)
		}
	}
}

// serverUser is who runs the server: it refuses to run as root, so root lends
// it the account that Debian's package makes.
func serverUser() (*syscall.Credential, error) {
	u, err := user.Current()
	if err == nil && u.Uid == "0" {
		u, err = user.Lookup("postgres")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMissing, err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
}

// shortTemp is the temporary directory, unless the name of a socket in it
// would be longer than the 107 bytes that Linux allows.
func shortTemp() string {
	if dir := os.TempDir(); len(dir) < 60 {
		return dir
	}
	return "/tmp"
}

// ownDirectory makes the cluster's directory. One that belongs to another user
// is refused: the directory above it is open to all.
func ownDirectory(dir string, owner *syscall.Credential) error {
	err := os.Mkdir(dir, 0o700)
	if err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err == nil && os.Getuid() == 0 {
		if err := os.Lchown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || st.Uid != owner.Uid || !info.IsDir() {
		return fmt.Errorf("%s belongs to somebody else: remove it", dir)
	}
	return nil
}

func lock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if os.Getuid() == 0 { // the guard, which is not root, opens it too
		if err := f.Chmod(0o666); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", path, err), f.Close())
	}
	return f, nil
}
