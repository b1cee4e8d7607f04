package registry_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// outage takes a PostgreSQL database away and gives it back: the platform's
// connections are cut where they stand, and new ones are refused. Those of the
// checker, which is the superuser, stay.
type outage struct {
	*world
	admin *sql.DB
	name  string
}

func newOutage(w *world) *outage {
	w.Helper()
	u, err := url.Parse(w.URL)
	if err != nil {
		w.Fatal(err)
	}
	o := &outage{world: w, name: strings.TrimPrefix(u.Path, "/")}
	u.Path = "/postgres"
	o.admin = storetest.SQL(w, u.String())
	return o
}

func (o *outage) run(statement string, args ...any) {
	o.Helper()
	if _, err := o.admin.ExecContext(context.Background(), statement, args...); err != nil {
		o.Fatalf("%s: %v", statement, err)
	}
}

func (o *outage) begin() {
	o.Helper()
	o.run(`ALTER DATABASE ` + o.name + ` ALLOW_CONNECTIONS false`)
	o.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename <> 'postgres'`, o.name)
}

func (o *outage) end() {
	o.Helper()
	o.run(`ALTER DATABASE ` + o.name + ` ALLOW_CONNECTIONS true`)
}

// TestDatabaseGoneDuringRelease: PostgreSQL goes away at each step of an opening
// and of an unsealing, between the preparation and the release too. Nobody gets
// an answer, no opening stands in the trail that was none, and once the
// database is back it is done as if for the first time.
func TestDatabaseGoneDuringRelease(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"open", "unseal"} {
		t.Run(name, func(t *testing.T) {
			stride := 4
			switch {
			case os.Getenv("FENGCUN_SOAK") != "":
				stride = 1
			case testing.Short():
				stride = 12
			}
			places := 0
			for k, more := 1, true; more; k += stride {
				t.Run(fmt.Sprint(k), func(t *testing.T) {
					more = false // also where it fails on the way
					more = goneAt(t, name, k) && !t.Failed()
				})
				places++
			}
			if places < 3 {
				t.Errorf("gone at only %d places: the steps are not seen", places)
			}
			t.Logf("gone at %d places", places)
		})
	}
}

// goneAt lets the database go away at one step; false says that the verb ended
// before.
func goneAt(t *testing.T, name string, k int) bool {
	t.Helper()
	w := registrytest.New(t, registrytest.Options{Engine: storetest.Postgres})
	o := newOutage(w)
	n, armed := 0, false
	w.Interrupt(func(store.Step) error {
		if armed {
			if n++; n == k {
				o.begin()
			}
		}
		return nil
	})
	a := verbs[name](w)()
	armed = true
	err := a.do()
	armed = false
	if n < k {
		if err != nil {
			t.Fatalf("nothing went away, and it failed: %v", err)
		}
		return false
	}
	o.end()
	for range 20 { // connections of the pool that were cut are thrown away as they are met
		if _, err := w.Reg.Checkpoint(t.Context()); err == nil {
			break
		}
	}
	committed := w.Count(`SELECT COUNT(*) FROM query WHERE state = 'opened'`) > 0
	if err == nil && !committed {
		t.Fatalf("gone at step %d: an answer without its opening", k)
	}
	w.Restart()
	w.Check()
	if again := a.do(); (again == nil) == committed {
		t.Fatalf("gone at step %d, opened %t, and again: %v", k, committed, again)
	}
	w.Check()
	a.done()
	return true
}
