package registrytest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fengcun/fengcun/internal/store/storetest"
)

// query reads rows of raw SQL; row is given a scan function.
func (w *World) query(row func(scan func(...any) error) error, statement string, args ...any) {
	w.Helper()
	rows, err := w.raw.QueryContext(context.Background(), statement, args...)
	if err != nil {
		w.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			w.Fatalf("%s: %v", statement, err)
		}
	}
	if err := rows.Err(); err != nil {
		w.Fatalf("%s: %v", statement, err)
	}
}

// Exec runs raw SQL behind the platform's back.
func (w *World) Exec(statement string, args ...any) {
	w.Helper()
	if _, err := w.raw.ExecContext(context.Background(), statement, args...); err != nil {
		w.Fatalf("%s: %v", statement, err)
	}
}

// Count is a number that raw SQL counts.
func (w *World) Count(statement string, args ...any) (n int) {
	w.Helper()
	w.query(func(scan func(...any) error) error { return scan(&n) }, statement, args...)
	return n
}

// Tables lists the tables of the database.
func (w *World) Tables() (names []string) {
	w.Helper()
	statement := `SELECT name FROM (SELECT * FROM main.sqlite_master UNION ALL SELECT * FROM vault.sqlite_master)
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`
	if w.DB.Engine() == string(storetest.Postgres) {
		statement = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name`
	}
	w.query(func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	}, statement)
	return names
}

// cells gives every cell of every table.
func (w *World) cells(see func(table, column string, content []byte)) {
	w.Helper()
	for _, table := range w.Tables() {
		rows, err := w.raw.QueryContext(context.Background(), `SELECT * FROM `+table)
		if err != nil {
			w.Fatal(err)
		}
		if err := cellsOf(rows, table, see); err != nil {
			w.Fatalf("reading table %s: %v", table, err)
		}
	}
}

func cellsOf(rows *sql.Rows, table string, see func(table, column string, content []byte)) error {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	dest := make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, v := range values {
			switch v := v.(type) {
			case nil, int64, bool:
			case []byte:
				see(table, columns[i], v)
			case string:
				see(table, columns[i], []byte(v))
			default:
				see(table, columns[i], fmt.Append(nil, v))
			}
		}
	}
	return rows.Err()
}

// plaintext finds what tells a person in any cell.
func (a *audit) plaintext() {
	a.w.Helper()
	a.w.cells(func(table, column string, content []byte) {
		for _, secret := range a.w.secrets.find(content) {
			a.bad("%q stands in clear in %s.%s", secret, table, column)
		}
	})
}

// CheckFile looks for what tells a person in the bytes of the database's files,
// once before and once after they were packed. On PostgreSQL it does nothing.
func (w *World) CheckFile() {
	w.Helper()
	file, ok := storetest.File(w.URL)
	if !ok {
		return
	}
	w.scanFiles(filepath.Dir(file), "")
	for _, statement := range []string{`VACUUM main`, `VACUUM vault`} {
		w.Exec(statement)
	}
	w.scanFiles(filepath.Dir(file), " after VACUUM")
}

func (w *World) scanFiles(dir, when string) {
	w.Helper()
	files, err := os.ReadDir(dir)
	w.must(err)
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		w.must(err)
		if strings.HasSuffix(f.Name(), ".db") && len(content) == 0 {
			w.Errorf("%s is empty: nothing was looked at", f.Name())
		}
		for _, secret := range w.secrets.find(content) {
			w.Errorf("%q stands in clear in %s%s", secret, f.Name(), when)
		}
	}
}
