package gateway

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"
	"time"
)

// newMariaDB runs a server of the test's own on a socket, as the user of the
// test and without the tables of accounts, and gives the address of an empty
// database.
func newMariaDB(t *testing.T) (dsn string) {
	t.Helper()
	const program = "/usr/sbin/mariadbd"
	if _, err := os.Stat(program); err != nil {
		t.Fatal("MariaDB is missing: apt-get install mariadb-server-core")
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "maria") // a short name: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	server := exec.Command(program, "--no-defaults", "--datadir="+data, "--user="+me.Username, "--socket="+socket, "--skip-networking", "--skip-grant-tables", "--innodb-flush-log-at-trx-commit=0")
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	at := "root@unix(" + socket + ")/"
	db, err := sql.Open("mysql", at)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 300 {
		if _, err = db.Exec("CREATE DATABASE agency CHARACTER SET utf8mb4"); err == nil {
			return at + "agency"
		}
		time.Sleep(100 * time.Millisecond)
	}
	_ = server.Process.Kill()
	_ = server.Wait()
	t.Fatalf("MariaDB did not start: %v\n%s", err, said.Bytes())
	return ""
}
