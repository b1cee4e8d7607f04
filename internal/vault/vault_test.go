package vault_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/vault"
	"github.com/fengcun/fengcun/internal/vaultd"
	"github.com/fengcun/fengcun/internal/vaultd/vaultdtest"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

const caseCode = docket.Code("7Q2M0ZK4XB9TR51HDWC0")

func recordID(seq int) docket.RecordID { return docket.RecordID{Code: caseCode, Seq: seq} }

// safe is a vault over a database, with a log to prove preparations in and the
// officers who take part.
type safe struct {
	vault.Book
	clock  *atomic.Int64 // of a vault in a process of its own
	t      *testing.T
	url    string
	db     *store.DB
	ring   *keyring.Ring
	signer *trail.Signer
	keys   map[string]suite.SignKey
}

func each(t *testing.T, f func(s *safe)) {
	t.Helper()
	for e, cs := range map[storetest.Engine]suite.Suite{storetest.SQLite: suite.Intl(), storetest.Postgres: suite.GM()} {
		t.Run(string(e)+"-"+cs.Name(), func(t *testing.T) { f(open(t, e, cs)) })
	}
	t.Run("apart", func(t *testing.T) {
		s := open(t, storetest.SQLite, suite.Intl())
		s.apart()
		f(s)
	})
}

// apart puts the vault behind a socket, as a process of its own has it.
func (s *safe) apart() {
	s.t.Helper()
	v, ok := s.Book.(*vault.Vault)
	if !ok {
		s.t.Fatal("it is apart already")
	}
	s.Book = vaultdtest.Apart(s.t, &vaultd.Server{
		Vault: v, Suite: s.ring.Suite().Name(), Now: func() time.Time { return time.Unix(0, s.clock.Load()).UTC() },
	})
}

func open(t *testing.T, e storetest.Engine, cs suite.Suite) *safe {
	t.Helper()
	s := &safe{t: t, url: storetest.URL(t, e), keys: map[string]suite.SignKey{}, clock: new(atomic.Int64)}
	s.clock.Store(now.UnixNano())
	s.db = storetest.Open(t, s.url)
	var err error
	if s.ring, err = keyring.New(cs, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if s.signer, err = trail.NewSigner("vault.test/trail", s.ring.Trail().Log()...); err != nil {
		t.Fatal(err)
	}
	s.Book = vault.New(cs, s.ring.Vault(), s.signer.Verifier(), rand.Reader)
	s.write(func(tx *store.Tx) error {
		for _, a := range []string{"police", "court"} {
			if err := tx.PutAgency(&agency.Agency{ID: a}); err != nil {
				return err
			}
		}
		for _, o := range []agency.Officer{
			{ID: "ask", Agency: "police", Duty: agency.QueryOfficer}, {ID: "approve", Agency: "court", Duty: agency.QueryApprover},
		} {
			k, err := cs.GenerateSignKey(rand.Reader)
			if err != nil {
				return err
			}
			s.keys[o.ID], o.VerifyKey = k, k.Public().String()
			if err := tx.PutOfficer(&o); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *safe) try(f func(tx *store.Tx) error) error { return s.db.Write(context.Background(), f) }

func (s *safe) write(f func(tx *store.Tx) error) {
	s.t.Helper()
	if err := s.try(f); err != nil {
		s.t.Fatal(err)
	}
}

func person(n int) docket.Identity {
	digits := fmt.Sprintf("99010119920405%03d", n)
	return docket.Identity{
		Name: fmt.Sprintf("鄢麒%c", '麟'+rune(n)), Number: digits + string(docket.ResidentCheckCharacter(digits)), Sex: "男",
		Birth: civil.MustParse("1992-04-05"), Address: "云岭县栖霞巷1号",
	}
}

func number(n int) docket.Number {
	return docket.Number{Kind: "立案号", No: fmt.Sprintf("云岭公(刑)立字〔2026〕%d号", n)}
}

func event(t *testing.T, id string, p docket.Identity, n int) json.RawMessage {
	t.Helper()
	e := &docket.Event{
		ID: id, Source: "urn:fengcun:agency:police", Type: docket.CaseFiled, Time: now,
		Data: docket.Data{Date: civil.MustParse("2026-01-01"), Numbers: []docket.Number{number(n)}, Text: p.Name + "作案", Persons: []docket.Part{{Identity: p}}},
	}
	raw, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// seal seals a record of one event and gives what was sealed.
func (s *safe) seal(seq int, p docket.Identity) *vault.Content {
	s.t.Helper()
	c := &vault.Content{
		Record: recordID(seq), Custodian: "court", Identity: p, Numbers: []docket.Number{number(seq)},
		Events: []json.RawMessage{event(s.t, fmt.Sprint("e", seq), p, seq)},
	}
	s.write(func(tx *store.Tx) error { return s.Seal(tx, c, now) })
	return c
}

func (s *safe) request(target func(*grant.Request)) *grant.Request {
	r := &grant.Request{
		ID: "q" + rand.Text(), Purpose: grant.Inspect, Officer: "ask", Agency: "police", Approver: "court", Ground: "g", Basis: "b",
		Matter: "m", Reason: "r", Scope: grant.Full, Filed: now, Expires: now.Add(time.Hour),
	}
	target(r)
	return r
}

func about(p docket.Identity) func(*grant.Request) {
	return func(r *grant.Request) { r.Subject = docket.Identity{Name: p.Name, Number: p.Number} }
}

// grant is a request with one approval.
func (s *safe) grant(target func(*grant.Request)) vault.Grant {
	s.t.Helper()
	req, err := grant.Sign(rand.Reader, s.keys["ask"], s.request(target))
	if err != nil {
		s.t.Fatal(err)
	}
	yes, err := grant.Sign(rand.Reader, s.keys["approve"], &grant.Approval{
		Request: grant.DigestHex(s.ring.Suite().Digest(req.Body)), Officer: "approve", Agency: "court",
		Verdict: grant.Approve, At: now, Expires: now.Add(time.Hour),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return vault.Grant{Request: req, Answers: []grant.Signed{yes}}
}

// key is all that opens: a ticket with the proof that its preparation is in the
// trail.
type key struct {
	ticket     vault.Ticket
	grant      vault.Grant
	commitment trail.Commitment
	receipt    trail.Receipt
}

func (s *safe) prepare(g vault.Grant) key {
	s.t.Helper()
	k := key{grant: g}
	s.write(func(tx *store.Tx) error {
		ticket, row, entry, err := s.Prepare(tx, g, now)
		if err != nil {
			return err
		}
		k.ticket = ticket
		k.commitment, k.receipt, err = s.log(tx, s.signer, entry)
		row.Leaf = k.receipt.Index
		return errors.Join(err, tx.AddTicket(row))
	})
	return k
}

// log appends an entry and proves it.
func (s *safe) log(tx *store.Tx, signer *trail.Signer, e trail.Entry) (c trail.Commitment, r trail.Receipt, err error) {
	if c, err = trail.Commit(s.ring.Suite(), rand.Reader, e); err != nil {
		return c, r, err
	}
	head, err := tx.TrailHead()
	if err != nil {
		return c, r, err
	}
	b := head.Append(c.Leaf())
	if err := tx.AppendTrail(b, []trail.Sealed{{Leaf: c.Leaf(), Epoch: "e", Box: []byte("box")}}); err != nil {
		return c, r, err
	}
	cp, err := signer.Checkpoint(rand.Reader, b.Head)
	if err != nil {
		return c, r, err
	}
	r, err = cp.Prove(b.First, c.Leaf(), tx)
	return c, r, err
}

func (s *safe) open(k key, at time.Time) (contents []*vault.Content, err error) {
	s.clock.Store(at.UnixNano())
	defer s.clock.Store(now.UnixNano())
	err = s.try(func(tx *store.Tx) (err error) {
		contents, err = s.Open(tx, k.ticket, k.grant, k.commitment, k.receipt, at)
		return err
	})
	return contents, err
}

func TestSealedAndOpened(t *testing.T) {
	each(t, func(s *safe) {
		p := person(1)
		want := s.seal(1, p)
		s.seal(2, person(2))
		s.write(func(tx *store.Tx) error { return s.Absorb(tx, recordID(1), recordID(1).Code, event(t, "late", p, 9)) })
		for name, target := range map[string]func(*grant.Request){
			"by person": about(p), "by record": func(r *grant.Request) { r.Record = recordID(1).String() },
		} {
			got, err := s.open(s.prepare(s.grant(target)), now.Add(time.Minute))
			if err != nil || len(got) != 1 {
				t.Fatalf("%s: %d records, %v", name, len(got), err)
			}
			c := got[0]
			if c.Record != want.Record || c.Identity.Address != p.Address || len(c.Events) != 2 || string(c.Events[0]) != string(want.Events[0]) {
				t.Errorf("%s: %+v", name, c)
			}
		}
		if got, err := s.open(s.prepare(s.grant(about(person(3)))), now); err != nil || len(got) != 0 {
			t.Errorf("somebody who is not there: %v, %v", got, err)
		}
		if got, err := s.open(s.prepare(s.grant(func(r *grant.Request) { r.Record = recordID(7).String() })), now); err != nil || len(got) != 0 {
			t.Errorf("a record that is not there: %v, %v", got, err)
		}
		s.write(func(tx *store.Tx) error { return s.Release(tx, want) })
		if got, err := s.open(s.prepare(s.grant(about(p))), now); err != nil || len(got) != 0 {
			t.Errorf("released: %v, %v", got, err)
		}
	})
}

// What opens is this ticket, for this grant, prepared in this log, in time, once.
func TestNothingElseOpens(t *testing.T) {
	each(t, func(s *safe) {
		p := person(1)
		s.seal(1, p)
		good := s.prepare(s.grant(about(p)))
		other := s.prepare(s.grant(about(p)))
		bare := good
		bare.grant.Answers = nil
		otherGrant, otherTicket, otherProof, noTicket := good, good, good, good
		otherGrant.grant, otherTicket.ticket = other.grant, other.ticket
		otherProof.commitment, otherProof.receipt = other.commitment, other.receipt
		noTicket.ticket = vault.Ticket{}
		halfProof, noProof := good, good
		halfProof.receipt, noProof.receipt = other.receipt, trail.Receipt{}
		moved := good
		moved.receipt.Index++
		for name, c := range map[string]struct {
			key  key
			want error
		}{
			"another grant":      {otherGrant, vault.ErrReceipt},
			"another ticket":     {otherTicket, vault.ErrReceipt},
			"no ticket":          {noTicket, vault.ErrReceipt},
			"another proof":      {otherProof, vault.ErrReceipt},
			"another's receipt":  {halfProof, vault.ErrReceipt},
			"no receipt":         {noProof, vault.ErrReceipt},
			"another index":      {moved, vault.ErrReceipt},
			"without approval":   {bare, grant.ErrNotApproved},
			"in a foreign trail": {s.elsewhere(s.grant(about(p))), vault.ErrReceipt},
			"never prepared":     {s.unprepared(s.grant(about(p))), vault.ErrReceipt},
		} {
			if got, err := s.open(c.key, now); !errors.Is(err, c.want) || got != nil {
				t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
			}
		}
		if got, err := s.open(good, now); err != nil || len(got) != 1 {
			t.Errorf("the one that opens: %v, %v", got, err)
		}
		if _, err := s.open(good, now); !errors.Is(err, vault.ErrTicket) {
			t.Errorf("a second time: %v", err)
		}
	})
}

// What has expired opens no more, also where the clock is set back to when it
// would have.
func TestAClockSetBack(t *testing.T) {
	each(t, func(s *safe) {
		p := person(1)
		s.seal(1, p)
		k := s.prepare(s.grant(about(p)))
		for _, c := range []struct {
			at   time.Time
			want error
		}{
			{now.Add(5 * time.Minute), vault.ErrTicket},
			{now, vault.ErrTicket},
			{now.Add(time.Hour), grant.ErrExpired},
			{now.Add(5 * time.Minute), grant.ErrExpired},
			{now, grant.ErrExpired},
		} {
			if got, err := s.open(k, c.at); !errors.Is(err, c.want) || got != nil {
				t.Errorf("at %s: %v, %v; want %v", c.at, got, err, c.want)
			}
		}
		err := s.try(func(tx *store.Tx) error {
			_, _, _, err := s.Prepare(tx, k.grant, now)
			return err
		})
		if !errors.Is(err, grant.ErrExpired) {
			t.Errorf("prepared anew: %v", err)
		}
	})
}

// elsewhere prepares in a log that somebody else signs.
func (s *safe) elsewhere(g vault.Grant) key {
	s.t.Helper()
	foreign, err := suite.Intl().GenerateSignKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	signer, err := trail.NewSigner("vault.test/trail", foreign)
	if err != nil {
		s.t.Fatal(err)
	}
	mine := s.signer
	s.signer = signer
	defer func() { s.signer = mine }()
	return s.prepare(g)
}

// unprepared is a ticket whose entry never entered the trail; another entry
// stands there.
func (s *safe) unprepared(g vault.Grant) key {
	s.t.Helper()
	k := key{grant: g}
	s.write(func(tx *store.Tx) error {
		ticket, row, entry, err := s.Prepare(tx, g, now)
		if err != nil {
			return err
		}
		k.ticket = ticket
		entry.Kind = "something.else"
		k.commitment, k.receipt, err = s.log(tx, s.signer, entry)
		return errors.Join(err, tx.AddTicket(row))
	})
	return k
}

// An officer who lost the duty after the preparation opens nothing.
func TestADutyThatWasLost(t *testing.T) {
	each(t, func(s *safe) {
		p := person(1)
		s.seal(1, p)
		k := s.prepare(s.grant(about(p)))
		s.write(func(tx *store.Tx) error {
			o, err := tx.Officer("approve")
			if err != nil {
				return err
			}
			o.Duty = agency.Auditor
			return tx.PutOfficer(o)
		})
		if _, err := s.open(k, now); !errors.Is(err, grant.ErrDuty) {
			t.Errorf("%v", err)
		}
	})
}

// A row of the vault is worth nothing in the place of another, nor under
// another ring.
func TestCiphertextIsBoundToItsRow(t *testing.T) {
	for _, statement := range []string{
		`UPDATE vault_record SET body = (SELECT body FROM vault_record ORDER BY body LIMIT 1), wrapped = (SELECT wrapped FROM vault_record ORDER BY body LIMIT 1)`,
		`UPDATE vault_record SET custodian = 'police'`,
	} {
		each(t, func(s *safe) { // each statement spoils a vault of its own
			s.seal(1, person(1))
			s.seal(2, person(2))
			s.exec(statement)
			failed := 0
			for seq := 1; seq <= 2; seq++ {
				if _, err := s.open(s.prepare(s.grant(func(r *grant.Request) { r.Record = recordID(seq).String() })), now); err != nil {
					failed++
				}
			}
			if failed == 0 {
				t.Errorf("%s: both still open", statement)
			}
		})
	}
}

func TestATicketDoesNotPrint(t *testing.T) {
	var k vault.Ticket
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), k.String()} {
		if s != "[ticket]" {
			t.Errorf("printed as %s", s)
		}
	}
	if b, err := json.Marshal(k); err == nil || strings.Contains(string(b), "AAAA") {
		t.Errorf("marshalled as %s", b)
	}
}
