package registrytest

import (
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
)

// The checker is worth what it finds: each way of spoiling the books behind the
// platform's back must show.
func TestTheCheckerSeesWhatIsSpoilt(t *testing.T) {
	if testing.Short() {
		t.Skip("a short run does not check the checker")
	}
	t.Parallel()
	const words = 2
	for _, c := range [][]string{
		{"a status without a change", `UPDATE record SET status = 'open' WHERE status = 'sealed'`, "its lifecycle ends"},
		{"a change that is gone", `DELETE FROM lifecycle WHERE to_status = 'sealed'`, "its lifecycle ends"},
		{"another operator", `UPDATE lifecycle SET operator = 'nobody'`, "its entry in the trail says"},
		{"another time", `UPDATE lifecycle SET at = at + 1 WHERE n = 1`, "its entry in the trail says"},
		{"another leaf", `UPDATE lifecycle SET leaf = 0`, "its entry in the trail says"},
		{"a leaf replaced", `UPDATE trail_entry SET leaf = (SELECT leaf FROM trail_entry WHERE seq = 2) WHERE seq = 1`, "the private record of entry 1"},
		{"a hash replaced", `UPDATE trail_hash SET hash = (SELECT hash FROM trail_hash WHERE idx = 1) WHERE idx = 0`, "stored hash 0"},
		{"entries cut off", `DELETE FROM trail_entry WHERE seq > 1`, "the leaves give 2"},
		{"a person without records", `INSERT INTO person VALUES (x'01', 1, 1)`, "persons without a record"},
		{"an open record's link gone", `DELETE FROM holding`, "not wholly in the ledger"},
		{"an open record's events gone", `DELETE FROM slip`, "not wholly in the ledger"},
		{"a sealed record's body gone", `DELETE FROM vault_record`, "not wholly in the vault"},
		{"the vault holds an open record", `UPDATE record SET status = 'unsealed' WHERE status = 'sealed'`, "of a record that is not sealed"},
		{"a number left behind", `INSERT INTO alias SELECT x'01', code FROM record WHERE status = 'sealed'`, "all of whose records are sealed"},
		{"a query opened by hand", `UPDATE query SET state = 'opened'`, "state opened, ticket redeemed false"},
		{"a ticket redeemed by hand", `UPDATE ticket SET redeemed = 1`, "ticket redeemed true"},
		{"an event lost", `DELETE FROM intake WHERE leaf = (SELECT MAX(leaf) FROM intake)`, "acknowledged were"},
		{"evidence altered", `UPDATE delivery SET signed_at = signed_at + 1`, "does not hold over what is stored"},
		{"a name in clear", `UPDATE agency SET name = '鄢' || $1`, "stands in clear in agency.name"},
	} {
		t.Run(c[0], func(t *testing.T) {
			w := New(t, Options{})
			sealed := w.Adult()
			w.Sealed(sealed)
			open := w.Case()
			w.Push(open.Event(Police, docket.CaseFiled, "2026-02-01", Suspect(w.Adult(), Theft, "2026-01-30")))
			r := w.About(sealed)
			w.Approve(r, w.Ask(r))
			w.Prepare(r)
			if before := w.Violations(); len(before) > 0 {
				t.Fatalf("before anything was spoilt: %q", before)
			}
			if strings.Contains(c[1], "$1") {
				w.Exec(c[1], strings.TrimPrefix(sealed.Name, "鄢"))
			} else {
				w.Exec(c[1])
			}
			found := strings.Join(w.Violations(), "\n")
			if !strings.Contains(found, c[words]) {
				t.Errorf("want %q, found %q", c[words], found)
			}
		})
	}
}
