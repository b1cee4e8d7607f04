package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/packs"
)

// TestKill kills the server under load at random moments, some while it starts,
// and starts it again on the same data: no acknowledged event is lost, none is
// doubled, what was answered stays true, the log continues every checkpoint
// seen, and the books add up.
func TestKill(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 12
	}
	k := newKilling(t, 40*kills)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	k.rng = mathrand.New(mathrand.NewPCG(seed, 1))
	starting, fresh := 0, 0
	for range kills {
		if !k.round() {
			starting++
		}
		if !k.allIn() {
			fresh++
		}
	}
	k.start()
	k.again()
	k.answered()
	k.log()
	k.stop()
	k.books()
	if c := k.complaints(); len(c) > 0 {
		t.Errorf("the server complained %d times, first: %s", len(c), c[0])
	}
	t.Logf("%d kills, %d of them while starting, %d before all events were in; %d checkpoints seen, %d openings answered, %d answers lost, %d certificates",
		kills, starting, fresh, len(k.seen), len(k.officers.opened), k.officers.lost, len(k.officers.certs))
}

type killing struct {
	*program
	rng      *mathrand.Rand
	senders  []*sender
	officers *officers
	seen     [][]byte // checkpoints
}

func newKilling(t *testing.T, cases int) *killing {
	t.Helper()
	agencies, staff := loadAgencies()
	k := &killing{program: newProgram(t, agencies, staff)}
	byAgency := map[string][][]byte{}
	for n := range cases {
		for id, events := range loadCase(t, n) {
			byAgency[id] = append(byAgency[id], events...)
		}
	}
	for _, id := range []string{loadPolice, loadProc, loadCourt} {
		k.senders = append(k.senders, &sender{
			agency: id, key: k.agencies[id], events: byAgency[id], acked: make([]*api.EventResult, len(byAgency[id])),
		})
	}
	k.officers = &officers{keys: k.program.officers, digest: suite.Intl().Digest, certs: map[int]api.CertificateAnswer{}}
	return k
}

func (k *killing) start() {
	k.t.Helper()
	k.program.start()
	if !k.ready() {
		k.t.Fatalf("the server does not start: %s", strings.Join(k.complaints(), ""))
	}
}

// round is one life of the server; false if it was killed while it started.
func (k *killing) round() bool {
	k.t.Helper()
	if k.rng.IntN(6) == 0 {
		k.program.start()
		time.Sleep(time.Duration(k.rng.IntN(300)) * time.Millisecond)
		k.kill()
		return false
	}
	k.start()
	ctx, cancel := context.WithCancel(context.Background())
	var load sync.WaitGroup
	for _, s := range k.senders {
		rng := mathrand.New(mathrand.NewPCG(k.rng.Uint64(), 2))
		load.Go(func() { s.run(ctx, k.url, rng) })
	}
	rng := mathrand.New(mathrand.NewPCG(k.rng.Uint64(), 3))
	load.Go(func() { k.officers.run(ctx, k.url, rng) })
	load.Go(func() { k.watch(ctx) })
	time.Sleep(time.Duration(k.rng.IntN(400)) * time.Millisecond)
	k.kill()
	cancel()
	load.Wait()
	return true
}

// allIn says that every event was acknowledged.
func (k *killing) allIn() bool {
	for _, s := range k.senders {
		if slices.Contains(s.acked, nil) {
			return false
		}
	}
	return true
}

// watch keeps the checkpoints that the log serves.
func (k *killing) watch(ctx context.Context) {
	url := k.url
	for ctx.Err() == nil {
		cp, err := get(url + "/trail/checkpoint")
		if err == nil && (len(k.seen) == 0 || !bytes.Equal(k.seen[len(k.seen)-1], cp)) {
			k.seen = append(k.seen, cp)
		}
		pause(ctx, 20*time.Millisecond)
	}
}

// again pushes every event once more: each that was acknowledged is repeated,
// at its old place; together they are all, each once.
func (k *killing) again() {
	k.t.Helper()
	for _, s := range k.senders {
		client := &api.Client{URL: k.url, Agency: s.agency, Key: s.key, Rand: rand.Reader, HTTP: freshClient()}
		acked, accepted, repeated := 0, 0, 0
		for _, r := range s.acked {
			if r != nil {
				acked++
			}
		}
		for first := 0; first < len(s.events); first += 200 {
			batch := s.events[first:min(first+200, len(s.events))]
			a, err := client.Push(context.Background(), fmt.Sprintf("%s-again-%d", s.agency, first), batch, time.Now())
			if err != nil {
				k.t.Fatal(err)
			}
			accepted, repeated = accepted+a.Accepted, repeated+a.Repeated
			for i := range a.Results {
				s.take(first+i, &a.Results[i])
			}
		}
		if accepted+repeated != len(s.events) || repeated < acked {
			k.t.Errorf("%s: %d events, %d acknowledged before; again %d repeated and %d accepted", s.agency, len(s.events), acked, repeated, accepted)
		}
		for _, f := range s.faults {
			k.t.Errorf("%s: %s", s.agency, f)
		}
		k.t.Logf("%s: %d events, %d acknowledged before the last start, %d stored, the first answer to %d was lost",
			s.agency, len(s.events), acked, repeated, s.unheard)
	}
}

// answered looks whether what officers were told still is so.
func (k *killing) answered() {
	k.t.Helper()
	o := k.officers
	for _, f := range o.faults {
		k.t.Errorf("officers: %s", f)
	}
	call := func(officer, method, path string, in, out any) {
		c := api.OfficerClient{URL: k.url, Officer: officer, Key: o.keys[officer], HTTP: freshClient(), Rand: rand.Reader}
		if err := c.Call(context.Background(), method, path, in, out, time.Now()); err != nil {
			k.t.Errorf("%s %s: %v", method, path, err)
		}
	}
	for _, q := range o.opened {
		var v api.QueryView
		call("querier", "GET", api.QueryPath(q, ""), nil, &v)
		if v.State != "opened" {
			k.t.Errorf("query %s was opened and is %q", q, v.State)
		}
	}
	for n, a := range o.certs {
		if a.Outcome != "issued" {
			continue
		}
		var s api.CertificateStanding
		call("window", "GET", "/api/v1/certificates/"+a.ID, nil, &s)
		if s.Status != "valid" {
			k.t.Errorf("the certificate for person %d was issued and is %q", n, s.Status)
		}
	}
}

// log verifies the whole log against every checkpoint seen, and once more with
// the command.
func (k *killing) log() {
	k.t.Helper()
	key, err := get(k.url + "/trail/key")
	if err != nil {
		k.t.Fatal(err)
	}
	k.write("trail.key", string(key))
	v, err := trail.ParseVerifier(string(key))
	if err != nil {
		k.t.Fatal(err)
	}
	served, err := trail.URL(freshClient(), k.url+"/trail/")
	if err != nil {
		k.t.Fatal(err)
	}
	report, _, err := trail.VerifyLog(context.Background(), served, v, trail.Check{Seen: k.seen})
	if err != nil || report.Err() != nil || report.Seen != len(k.seen) {
		k.t.Errorf("the log: %v, %v, continues %d of %d checkpoints", err, report.Err(), report.Seen, len(k.seen))
	}
	if len(k.seen) > 0 {
		k.write("seen", string(k.seen[0]))
	}
	out := k.run("log", "verify", "--url", k.url+"/trail/", "--key", k.path("trail.key"), "--seen", k.path("seen"))
	if !strings.Contains(out, "the log verifies") {
		k.t.Errorf("log verify says\n%s", out)
	}
}

// books looks at the database as an auditor would.
func (k *killing) books() {
	k.t.Helper()
	ring, err := keyring.Open(k.path("ring"), killPassphrase, rand.Reader)
	if err != nil {
		k.t.Fatal(err)
	}
	set, err := packs.Set()
	if err != nil {
		k.t.Fatal(err)
	}
	stored := map[string]int64{}
	for _, s := range k.senders {
		stored[agency.SourceOf(s.agency)] = int64(len(s.events))
	}
	registrytest.Over(k.t, registrytest.Books{
		URL: "sqlite:" + k.path("fengcun.db"), Ring: ring, Origin: "kill.example/trail", Packs: set, Now: time.Now(), Agencies: k.agencies, Acknowledged: stored,
		Secrets: []string{loadPerson(0).Number, loadPerson(0).Name, "松公(刑)立字〔2025〕700000号"},
	}).Check()
}
