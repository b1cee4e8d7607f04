package vault_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/vault"
)

// exec runs a statement behind the vault's back.
func (s *safe) exec(statement string) {
	s.t.Helper()
	if _, err := storetest.SQL(s.t, s.url).ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatal(err)
	}
}

// read asks the vault something inside a transaction.
func read[T any](s *safe, f func(tx *store.Tx) (T, error)) (out T) {
	s.t.Helper()
	s.write(func(tx *store.Tx) (err error) {
		out, err = f(tx)
		return err
	})
	return out
}

// Policy weighs what it needs and learns nobody's name.
func TestWhatPolicyWeighs(t *testing.T) {
	each(t, func(s *safe) {
		p := person(1)
		s.seal(1, p)
		s.seal(2, person(2))
		s.write(func(tx *store.Tx) error { return s.Absorb(tx, recordID(1), recordID(1).Code, event(t, "late", p, 9)) })
		byNumber := docket.Identity{Name: "改名了", Number: p.Number}
		byName := docket.Identity{Name: p.Name}
		for name, weighed := range map[string][]vault.Weighed{
			"by number": read(s, func(tx *store.Tx) ([]vault.Weighed, error) { return s.Weigh(tx, caseCode, byNumber) }),
			"by name":   read(s, func(tx *store.Tx) ([]vault.Weighed, error) { return s.Weigh(tx, caseCode, byName) }),
			"by record": read(s, func(tx *store.Tx) ([]vault.Weighed, error) { return s.WeighRecord(tx, recordID(1)) }),
		} {
			if len(weighed) != 1 || weighed[0].Record != recordID(1) || len(weighed[0].Events) != 2 {
				t.Fatalf("%s: %+v", name, weighed)
			}
			for _, e := range weighed[0].Events {
				raw, err := e.Encode()
				if err != nil {
					t.Fatal(err)
				}
				for _, secret := range []string{p.Name, p.Number, p.Address, "立字"} {
					if strings.Contains(string(raw), secret) {
						t.Errorf("%s: it tells %s", name, secret)
					}
				}
				if got := e.Data.Persons[0].Identity; got.Birth != p.Birth || got.Sex != p.Sex {
					t.Errorf("%s: age and sex are lost: %+v", name, got)
				}
			}
		}
		elsewhere := read(s, func(tx *store.Tx) ([]vault.Weighed, error) { return s.Weigh(tx, "00000000000000000000", byName) })
		if len(elsewhere) != 0 {
			t.Error("a name is somebody beyond the case")
		}
		err := s.try(func(tx *store.Tx) error {
			_, err := s.WeighRecord(tx, recordID(7))
			return err
		})
		if !errors.Is(err, vault.ErrNotSealed) {
			t.Errorf("a record that is not there: %v", err)
		}
	})
}

func TestFinding(t *testing.T) {
	each(t, func(s *safe) {
		namesake := person(3)
		namesake.Name = person(2).Name
		sealed := []docket.RecordID{recordID(1), recordID(2), recordID(3)}
		for i, p := range []docket.Identity{person(1), person(2), namesake} {
			s.seal(i+1, p)
		}
		for name, c := range map[string]struct {
			who  docket.Identity
			want int // 0: nobody
		}{
			"by number":                {docket.Identity{Number: person(2).Number}, 2},
			"by name":                  {docket.Identity{Name: person(1).Name}, 1},
			"by a name of two":         {docket.Identity{Name: namesake.Name}, 0},
			"a stranger":               {person(9), 0},
			"a name, another's number": {docket.Identity{Name: person(1).Name, Number: person(9).Number}, 0},
		} {
			id, found := docket.RecordID{}, false
			s.write(func(tx *store.Tx) (err error) {
				id, found, err = s.Find(tx, sealed, c.who)
				return err
			})
			if found != (c.want != 0) || (found && id != recordID(c.want)) {
				t.Errorf("%s: %v, %t", name, id, found)
			}
		}
		cases := read(s, func(tx *store.Tx) ([]docket.Code, error) { return s.CasesByNumber(tx, number(2)) })
		if len(cases) != 1 || cases[0] != recordID(2).Code {
			t.Errorf("by an agency's number: %v", cases)
		}
		if cases := read(s, func(tx *store.Tx) ([]docket.Code, error) { return s.CasesByNumber(tx, number(99)) }); len(cases) != 0 {
			t.Errorf("by a number of nobody: %v", cases)
		}
	})
}

func TestRedacting(t *testing.T) {
	each(t, func(s *safe) {
		a, b := person(1), person(2)
		s.seal(1, a)
		s.seal(2, b)
		both := []docket.RecordID{recordID(1), recordID(2)}
		for name, c := range map[string]struct {
			sealed     []docket.RecordID
			text, want string
		}{
			"nothing sealed": {nil, a.Name + "作案", a.Name + "作案"},
			"nothing said":   {both, "", ""},
			"names":          {both, a.Name + "伙同" + b.Name + "、" + person(3).Name + "作案", "某伙同某、" + person(3).Name + "作案"},
			"one of them":    {both[:1], a.Name + "伙同" + b.Name, "某伙同" + b.Name},
			"a number":       {both, "（身份证号" + a.Number + "）", "（身份证号某）"},
			"at the end":     {both, "被告人" + b.Name, "被告人某"},
			"part of a name": {both, string([]rune(a.Name)[:2]) + "某人", string([]rune(a.Name)[:2]) + "某人"},
		} {
			got := read(s, func(tx *store.Tx) (string, error) { return s.Redact(tx, c.sealed, c.text, "某") })
			if got != c.want {
				t.Errorf("%s: %s", name, got)
			}
		}
	})
}

func TestAbsorbingWhereNothingIsSealed(t *testing.T) {
	each(t, func(s *safe) {
		err := s.try(func(tx *store.Tx) error {
			return s.Absorb(tx, recordID(1), recordID(1).Code, event(t, "e", person(1), 1))
		})
		if !errors.Is(err, vault.ErrNotSealed) {
			t.Errorf("%v", err)
		}
		s.seal(1, person(1))
		if err := s.try(func(tx *store.Tx) error { return s.Absorb(tx, recordID(1), recordID(1).Code, []byte("{")) }); err == nil {
			t.Error("bytes that are no event were absorbed")
		}
		again := &vault.Content{Record: recordID(1), Custodian: "court", Identity: person(1)}
		if err := s.try(func(tx *store.Tx) error { return s.Seal(tx, again, now) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("sealed twice: %v", err)
		}
	})
}
