package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// try runs a statement that changes nothing in the end, and says whether the
// login was allowed to.
func try(t *testing.T, db *sql.DB, statement string) bool {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(t.Context(), statement)
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == "42501" {
		return false
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return true
}

// What each role may do and may not, asked of the database by a login of that
// role.
func TestRoles(t *testing.T) {
	url := storetest.URL(t, storetest.Postgres)
	const (
		readContent   = `SELECT body FROM vault_record`
		readWrapped   = `SELECT wrapped FROM vault_record`
		readItem      = `SELECT body FROM vault_item`
		readOriginal  = `SELECT body FROM vault_original`
		readWhole     = `SELECT * FROM vault_record`
		readCustodian = `SELECT custodian FROM vault_record WHERE record_key = 'x'`
		seal          = `INSERT INTO vault_record (record_key, custodian, sealed, wrapped, body) VALUES ('x', 'c', 1, 'w', 'b')`
		release       = `DELETE FROM vault_record WHERE record_key = 'x'`
		replace       = `UPDATE vault_record SET body = 'x'`
		rewrap        = `UPDATE vault_record SET wrapped = 'x' WHERE record_key = 'x'`
		forgetOrig    = `DELETE FROM vault_original`
		extend        = `UPDATE vault_person SET capsule = 'x' WHERE record_key = 'x'`
		relink        = `UPDATE vault_person SET person_key = 'x' WHERE record_key = 'x'`
		readLedger    = `SELECT body FROM slip`
		readPersons   = `SELECT person_key FROM person_record`
		appendTrail   = `INSERT INTO trail_entry (seq, leaf, epoch, body) VALUES (0, 'l', 'e', 'b')`
		readTrail     = `SELECT body FROM trail_entry`
		editTrail     = `UPDATE trail_entry SET leaf = 'x'`
		cutTrail      = `DELETE FROM trail_entry`
		editHash      = `UPDATE trail_hash SET hash = 'x'`
		moveHead      = `UPDATE trail_head SET size = 1, edge = 'x' WHERE id = 1`
		dropHead      = `DELETE FROM trail_head`
		editCheck     = `UPDATE trail_checkpoint SET note = 'x'`
		editLife      = `UPDATE lifecycle SET operator = 'x'`
		readLife      = `SELECT operator FROM lifecycle`
		editApproval  = `UPDATE approval SET verdict = 'approve'`
		dropApproval  = `DELETE FROM approval`
		editQuery     = `UPDATE query SET body = 'x' WHERE id = 'q'`
		moveQuery     = `UPDATE query SET state = 'opened' WHERE id = 'q' AND state = 'approved'`
		dropQuery     = `DELETE FROM query`
		readQuery     = `SELECT body FROM query`
		readAsked     = `SELECT officer, purpose FROM query`
		reviveTicket  = `DELETE FROM ticket`
		editDelivery  = `UPDATE delivery SET signature = 'x'`
		editCert      = `UPDATE certificate SET body = 'x'`
		readAccount   = `SELECT password FROM account`
		readOfficer   = `SELECT verify_key FROM officer`
		editOfficer   = `UPDATE officer SET verify_key = 'x'`
		newTable      = `CREATE TABLE loot (x TEXT)`
		truncate      = `TRUNCATE trail_entry`
		alter         = `ALTER TABLE trail_entry ADD COLUMN x TEXT`
	)
	all := []string{
		readContent, readWrapped, readItem, readOriginal, readWhole, readCustodian, seal, release, replace, rewrap, forgetOrig, extend, relink,
		readLedger, readPersons, appendTrail, readTrail, editTrail, cutTrail, editHash, moveHead, dropHead, editCheck, editLife, readLife,
		editApproval, dropApproval, editQuery, moveQuery, dropQuery, readQuery, readAsked, reviveTicket, editDelivery, editCert,
		readAccount, readOfficer, editOfficer, newTable, truncate, alter,
	}
	serves := []string{
		readCustodian, seal, release, extend, readLedger, readPersons, appendTrail, readTrail, moveHead, readLife, moveQuery, readQuery,
		readAsked, readAccount, readOfficer, editOfficer,
	}
	for role, may := range map[string][]string{
		"fengcun_web":      serves,
		"fengcun_registry": append(slices.Clone(serves), readContent, readWrapped, readItem, readOriginal, readWhole),
		"fengcun_vault":    {readContent, readWrapped, readItem, readWhole, readCustodian, readOfficer},
		"fengcun_keys":     {readContent, readWrapped, readItem, readOriginal, readWhole, readCustodian, rewrap, editCert},
		"fengcun_auditor":  {readTrail, readLife, readAsked, readOfficer},
	} {
		t.Run(role, func(t *testing.T) {
			db := storetest.SQL(t, storetest.As(t, url, role))
			for _, statement := range all {
				if got, want := try(t, db, statement), slices.Contains(may, statement); got != want {
					t.Errorf("allowed %t, want %t: %s", got, want, statement)
				}
			}
		})
	}
}

// Every table is somebody's to write, and everybody who may connect without a
// role may nothing.
func TestEveryTableHasItsGrants(t *testing.T) {
	url := storetest.URL(t, storetest.Postgres)
	db := storetest.SQL(t, url)
	stranger := storetest.SQL(t, storetest.As(t, url, "pg_monitor"))
	for _, table := range tables(t, url) {
		var readable bool
		err := db.QueryRowContext(t.Context(), `SELECT has_any_column_privilege('fengcun_registry', $1, 'SELECT') OR has_any_column_privilege('fengcun_keys', $1, 'SELECT')`, table).Scan(&readable)
		if err != nil || !readable {
			t.Errorf("nobody may read %s (%v): say in grants/postgres.sql who may do what with it", table, err)
		}
		if try(t, stranger, `SELECT 1 FROM `+table) {
			t.Errorf("anybody may read %s", table)
		}
	}
}

// Each migration grants the same again; a login that does not own the schema
// finds it up to date and changes nothing; where steps are pending it is told
// who must run them.
func TestMigratingAsAnotherLogin(t *testing.T) {
	url := storetest.URL(t, storetest.Postgres)
	owner := storetest.Open(t, url)
	if n, err := owner.Migrate(t.Context()); err != nil || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	web := storetest.Open(t, storetest.As(t, url, "fengcun_web"))
	if n, err := web.Migrate(t.Context()); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	blank := storetest.Open(t, storetest.As(t, storetest.Blank(t, storetest.Postgres), "fengcun_web"))
	if _, err := blank.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "fengcun migrate") {
		t.Errorf("a login that may not: %v", err)
	}
}

// Where roles cannot be made, the error says what an administrator must run;
// where they were made before, no right to make them is needed.
func TestRolesOnAManagedServer(t *testing.T) {
	url := storetest.Blank(t, storetest.Postgres)
	raw := storetest.SQL(t, url)
	as := storetest.As(t, url, "pg_monitor")
	login := as[strings.LastIndex(as, "=")+1:]
	if _, err := raw.ExecContext(t.Context(), `GRANT CREATE ON SCHEMA public TO `+login+`; ALTER SCHEMA public OWNER TO `+login); err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, as)
	if n, err := db.Migrate(t.Context()); err != nil || n == 0 {
		t.Errorf("with roles that are there: %d, %v", n, err)
	}
	prefix := login + "_"
	_, err := storetest.SQL(t, as).ExecContext(t.Context(), strings.ReplaceAll(store.Grants, "fengcun_", prefix))
	var pe *pgconn.PgError
	if !errors.As(err, &pe) || !strings.Contains(pe.Hint, fmt.Sprintf("CREATE ROLE %sweb NOLOGIN", prefix)) {
		t.Errorf("without the roles: %v", err)
	}
	if _, err := raw.ExecContext(t.Context(), `REASSIGN OWNED BY `+login+` TO postgres; DROP OWNED BY `+login); err != nil {
		t.Fatal(err)
	}
}
