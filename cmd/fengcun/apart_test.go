package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
)

// apart is the program as two processes: one serves, one holds the vault's keys.
type apart struct {
	*program
	socket string
	vault  *exec.Cmd
}

const vaultPassphrase = "another passphrase of the test"

func newApart(t *testing.T) *apart {
	t.Helper()
	agencies, officers := loadAgencies()
	a := &apart{program: newProgram(t, agencies, officers)}
	dir, err := os.MkdirTemp("", "vault-") // short: the name of a socket is
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	a.socket = filepath.Join(dir, "s")
	a.write("vault-passphrase", vaultPassphrase+"\n")
	out := a.run("keys", "apart", "--config", a.path("fengcun.yaml"), "--vault", a.path("vault-ring"), "--passphrase-file", a.path("vault-passphrase"))
	_, logKey, ok := strings.Cut(out, "log_key: ")
	if !ok {
		t.Fatalf("keys apart says %s", out)
	}
	a.write("vault.yaml", fmt.Sprintf("listen: unix:%s\nusers: [%d]\nkeys: %q\npassphrase_file: %q\nspent: %q\ndirectory: %q\nlog_key: %s",
		a.socket, os.Getuid(), a.path("vault-ring"), a.path("vault-passphrase"), a.path("spent"), a.path("directory.yaml"), logKey))
	cfg, err := os.ReadFile(a.path("fengcun.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	a.write("fengcun.yaml", string(cfg)+"vault:\n  address: unix:"+a.socket+"\n")
	return a
}

func (a *apart) startVault() {
	a.t.Helper()
	_ = os.Remove(a.path("vault-ready"))
	a.vault = launch(a.t, a.path("vault-log"), "vault", "--config", a.path("vault.yaml"), "--ready", a.path("vault-ready"))
	a.t.Cleanup(a.killVault)
	for range 1000 {
		if _, err := os.Stat(a.path("vault-ready")); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	text, _ := os.ReadFile(a.path("vault-log"))
	a.t.Fatalf("the vault is not there after ten seconds: %s", text)
}

func (a *apart) killVault() {
	if a.vault != nil {
		_ = a.vault.Process.Kill()
		_ = a.vault.Wait()
		a.vault = nil
	}
}

func (a *apart) startServer() {
	a.t.Helper()
	a.start()
	if !a.ready() {
		a.t.Fatalf("the server does not start: %s", strings.Join(a.complaints(), ""))
	}
}

// push sends one agency's events of a case.
func (a *apart) push(by, id string, events [][]byte) (*api.PushAnswer, error) {
	h := freshClient()
	defer h.CloseIdleConnections() // a connection's buffer keeps its last request
	c := &api.Client{URL: a.url, Agency: by, Key: a.agencies[by], Rand: rand.Reader, HTTP: h}
	return c.Push(context.Background(), id, events, time.Now())
}

// report sends what some agencies say of cases, and wants it accepted.
func (a *apart) report(cases []int, by ...string) {
	a.t.Helper()
	for _, n := range cases {
		all := loadCase(a.t, n)
		for _, b := range by {
			if ack, err := a.push(b, fmt.Sprintf("%s-%d", b, n), all[b]); err != nil || ack.Accepted != len(all[b]) {
				a.t.Fatalf("case %d of %s: %+v, %v", n, b, ack, err)
			}
		}
	}
}

// The vault apart, as officers and agencies meet it: events are sealed, a query
// is opened, a vault that is gone stops what needs it and nothing else, nothing
// is half done, and when it is back all goes on without a restart.
func TestVaultApart(t *testing.T) {
	a := newApart(t)
	a.startVault()
	a.startServer()
	a.report([]int{0, 2}, loadPolice, loadProc, loadCourt)
	a.opens(0)
	a.report([]int{4}, loadPolice, loadProc)
	court := loadCase(t, 4)[loadCourt]
	a.killVault()
	for range 2 {
		_, err := a.push(loadCourt, "court-4", court)
		var p *api.Problem
		if !errors.As(err, &p) || p.Kind() != "vault-unreachable" || p.Status != 503 {
			t.Fatalf("sealing without the vault: %v", err)
		}
	}
	if _, err := get(a.url + "/readyz"); err == nil || !strings.Contains(err.Error(), "the vault does not answer") {
		t.Errorf("ready without the vault: %v", err)
	}
	a.certifies(7) // the ledger alone is read
	a.startVault()
	if ack, err := a.push(loadCourt, "court-4", court); err != nil || ack.Accepted != len(court) || ack.Repeated != 0 {
		t.Fatalf("with the vault again: %+v, %v", ack, err)
	}
	a.opens(4)
	if _, err := get(a.url + "/readyz"); err != nil {
		t.Error(err)
	}
	a.stop()
	db := storetest.SQL(t, "sqlite:"+a.path("fengcun.db"))
	var sealed, rows int
	if err := db.QueryRowContext(t.Context(), `SELECT (SELECT COUNT(*) FROM record WHERE status = 'sealed'), (SELECT COUNT(*) FROM vault_record)`).Scan(&sealed, &rows); err != nil {
		t.Fatal(err)
	}
	if sealed != 3 || rows != 3 {
		t.Errorf("%d records are sealed, %d lie in the vault, want 3", sealed, rows)
	}
}

// The same on PostgreSQL, where each process has a login that can do no more
// than it must: the owner migrates, the server cannot read contents, the vault
// can write nothing.
func TestVaultApartOnPostgres(t *testing.T) {
	a := newApart(t)
	url := storetest.Blank(t, storetest.Postgres)
	a.run("migrate", "--config", a.path("fengcun.yaml"), "--database", url)
	for file, edit := range map[string]func(string) string{
		"fengcun.yaml": func(s string) string {
			return strings.Replace(s, "sqlite:"+a.path("fengcun.db"), storetest.As(t, url, "fengcun_web"), 1)
		},
		"vault.yaml": func(s string) string {
			return fmt.Sprintf("database: %q\n%s", storetest.As(t, url, "fengcun_vault"), s)
		},
	} {
		text, err := os.ReadFile(a.path(file))
		if err != nil {
			t.Fatal(err)
		}
		a.write(file, edit(string(text)))
	}
	a.startVault()
	a.startServer()
	a.report([]int{0}, loadPolice, loadProc, loadCourt)
	a.opens(0)
	a.stop()
	if c := a.complaints(); len(c) > 0 {
		t.Errorf("the server complains: %s", c[0])
	}
}

// opens asks, approves and opens a query about the defendant of a case.
func (a *apart) opens(n int) {
	a.t.Helper()
	o := &officers{keys: a.officers, digest: suite.Intl().Digest, certs: map[int]api.CertificateAnswer{}, turn: 4*n + 1}
	for range 3 {
		err := o.step(func(officer, path string, in, out any) error {
			h := freshClient()
			defer h.CloseIdleConnections()
			c := api.OfficerClient{URL: a.url, Officer: officer, Key: o.keys[officer], HTTP: h, Rand: rand.Reader}
			err := c.Call(context.Background(), "POST", path, in, out, time.Now())
			if got, ok := out.(*api.Opening); ok && err == nil && len(got.Records) != 1 {
				a.t.Errorf("%d records of the defendant of case %d", len(got.Records), n)
			}
			return err
		})
		if err != nil {
			a.t.Fatalf("the query about the defendant of case %d: %v", n, err)
		}
		o.turn++
	}
}

// A configuration that would leave the vault's keys where the web is served, or
// nowhere, is refused.
func TestKeysInTheWrongPlace(t *testing.T) {
	a := newApart(t)
	refused := func(want string, args ...string) {
		t.Helper()
		out, err := exec.Command(binary, args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("fengcun %s: %v, %s", strings.Join(args, " "), err, out)
		}
	}
	edit := func(file string, changes ...string) string {
		text, err := os.ReadFile(a.path(file))
		if err != nil {
			t.Fatal(err)
		}
		a.write("edited.yaml", strings.NewReplacer(changes...).Replace(string(text)))
		return a.path("edited.yaml")
	}
	refused("does not hold the vault's keys: say under vault", "serve", "--config", edit("fengcun.yaml", "vault:\n  address: unix:"+a.socket+"\n", ""))
	refused("does not hold the vault's keys", "vault", "--config", edit("vault.yaml", a.path("vault-ring"), a.path("ring"), a.path("vault-passphrase"), a.path("passphrase")))
	refused("want unix:PATH", "vault", "--config", edit("vault.yaml", "unix:", "http:"))
	refused("users", "vault", "--config", edit("vault.yaml", fmt.Sprint("[", os.Getuid(), "]"), "[]"))
	refused("log_key", "vault", "--config", edit("vault.yaml", "log_key:", "log_key: x #"))
	refused("unknown field", "vault", "--config", edit("vault.yaml", "log_key:", "more: 1\nlog_key:"))
	refused("cert, key and ca", "serve", "--config", edit("fengcun.yaml", "unix:"+a.socket, "tls:localhost:1"))
	whole := newProgram(t, nil, nil)
	text, err := os.ReadFile(whole.path("fengcun.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	whole.write("fengcun.yaml", string(text)+"vault: {address: unix:"+a.socket+"}\n")
	refused("still holds the vault's keys", "serve", "--config", whole.path("fengcun.yaml"))
}

// A vault that wants cosignatures the server would not gather opens nothing, so
// the server says so before it serves.
func TestWitnessesDiffer(t *testing.T) {
	a := newApart(t)
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewEd25519VerifierKey("witness.example/one", public)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(a.path("vault.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	a.write("vault.yaml", fmt.Sprintf("%s\nwitnesses: [%q]\nquorum: 1\n", text, key))
	a.startVault()
	out, err := exec.Command(binary, "serve", "--config", a.path("fengcun.yaml")).CombinedOutput()
	if want := "fengcun: vault: the vault and the server are set up differently: the other side wants cosignatures of 1 of witness.example/one+"; err == nil || !strings.Contains(string(out), want) {
		t.Errorf("serve: %v, %s; want %q", err, out, want)
	}
}

// Somebody who has the database's files and the memory of the process that
// serves the web cannot name one sealed person. Those who were sealed before
// the process was started are in neither, nor is any key of the vault's, nor
// anything that the ledger's keys, which are there, would open. Those who are
// sealed while it runs are gone from its memory when it has been collected,
// and their connections are closed.
func TestMemoryImage(t *testing.T) {
	t.Setenv("GOGC", "10") // requests have it collected, not the minute
	a := newApart(t)
	a.startVault()
	a.startServer()
	cases := []int{0, 2, 4, 6, 8, 10, 12, 14}
	a.report(cases, loadPolice, loadProc)
	a.stop()
	before := a.slips()
	a.startServer()
	a.report(cases, loadCourt)
	a.report([]int{1, 3}, loadPolice, loadProc, loadCourt) // not to be sealed
	secrets := map[string][]byte{}
	for _, n := range cases {
		who := loadPerson(n)
		for _, s := range []string{who.Name, who.Number, fmt.Sprintf("松公(刑)立字〔2025〕%d号", 700000+n)} {
			secrets[s] = []byte(s)
		}
	}
	a.opens(0)
	if found := a.forgotten(secrets); len(found) > 0 {
		t.Errorf("memory keeps %v of persons sealed in the life of the process", found)
	}
	if found := a.inMemory(a.ledgerKeys()); len(found) == 0 {
		t.Error("not even the ledger's keys were found: the search is blind")
	}
	a.stop()

	a.startServer() // who was sealed before is nobody it has met
	a.use()
	keys := a.vaultKeys()
	if found := a.inMemory(secrets); len(found) > 0 {
		t.Errorf("memory shows %v", found)
	}
	if found := a.inMemory(keys); len(found) > 0 {
		t.Errorf("memory holds keys of the vault: %v", found)
	}
	if found := a.inMemory(a.ledgerKeys()); len(found) == 0 {
		t.Error("not even the ledger's keys were found: the search is blind")
	}
	a.stop()
	for _, name := range []string{"fengcun.db", "fengcun-vault.db", "fengcun.db-journal", "fengcun-vault.db-journal", "log", "vault-log", "spent"} {
		content, err := os.ReadFile(a.path(name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, looked := range []map[string][]byte{secrets, keys, before} {
			for what, s := range looked {
				if bytes.Contains(content, s) {
					t.Errorf("%s shows %s", name, what)
				}
			}
		}
	}
}

// forgotten gives the server requests until its memory shows none of the
// secrets, and what it still shows after it has been collected by the clock,
// too.
func (a *apart) forgotten(secrets map[string][]byte) (found []string) {
	a.t.Helper()
	for end := time.Now().Add(100 * time.Second); time.Now().Before(end); {
		for range 100 {
			_, _ = get(a.url + "/")
		}
		if found = a.inMemory(secrets); len(found) == 0 {
			return nil
		}
	}
	return found
}

// use does what a server does all day without being asked about anybody sealed.
func (a *apart) use() {
	a.t.Helper()
	a.report([]int{5}, loadPolice, loadProc, loadCourt)
	a.certifies(7)
	for _, path := range []string{"/", "/readyz", "/trail/checkpoint", "/trail/tile/entries/000.p/1"} {
		_, _ = get(a.url + path)
	}
	time.Sleep(1200 * time.Millisecond) // what the clock asks for is done every second
}

// certifies has a certificate issued for the defendant of a case.
func (a *apart) certifies(n int) {
	a.t.Helper()
	who := loadPerson(n)
	c := api.OfficerClient{URL: a.url, Officer: "window", Key: a.officers["window"], HTTP: freshClient(), Rand: rand.Reader}
	var cert api.CertificateAnswer
	err := c.Call(context.Background(), "POST", "/api/v1/certificates",
		api.CertificateApplication{ID: "c", Name: who.Name, Number: who.Number, Purpose: "求职"}, &cert, time.Now())
	if err != nil {
		a.t.Fatal(err)
	}
}

// slips are the ledger's ciphertexts of what is about to be sealed: pieces long
// enough not to be met by chance.
func (a *apart) slips() map[string][]byte {
	a.t.Helper()
	rows, err := storetest.SQL(a.t, "sqlite:"+a.path("fengcun.db")).QueryContext(a.t.Context(), `SELECT code, body FROM slip`)
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string][]byte{}
	for rows.Next() {
		var code string
		var body []byte
		if err := rows.Scan(&code, &body); err != nil {
			a.t.Fatal(err)
		}
		for at := 64; at+32 <= len(body); at += 100 {
			out[fmt.Sprintf("ledger ciphertext of %s at %d", docket.Code(code), at)] = body[at : at+32]
		}
	}
	if err := rows.Err(); err != nil || len(out) < 16 {
		a.t.Fatalf("%d pieces of ciphertext, %v", len(out), err)
	}
	return out
}

// inMemory looks for secrets in all that the server's process can read of its
// own memory.
func (a *apart) inMemory(secrets map[string][]byte) (found []string) {
	a.t.Helper()
	pid := a.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		a.t.Skipf("this system does not show a process's memory: %v", err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		a.t.Skipf("this system does not show a process's memory: %v", err)
	}
	defer mem.Close()
	seen := map[string]bool{}
	total := 0
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var rights string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); err != nil || rights[0] != 'r' || strings.Contains(line, "[v") {
			continue
		}
		const piece, overlap = 64 << 20, 256
		for at := from; at < to; at += piece - overlap {
			buf := make([]byte, min(piece, to-at))
			n, _ := mem.ReadAt(buf, at) // pages that nobody has touched do not read
			total += n
			for what, s := range secrets {
				if !seen[what] && bytes.Contains(buf[:n], s) {
					seen[what] = true
					found = append(found, what)
				}
			}
		}
	}
	if total < 10<<20 {
		a.t.Errorf("%d bytes of memory were read", total)
	}
	return found
}

// vaultKeys are all secret keys in the vault's file, as text and as bytes.
func (a *apart) vaultKeys() map[string][]byte {
	return a.keysIn("vault-ring", vaultPassphrase, "vault_person", "vault_alias", "vault_record", "weigh", "audit", "custodians")
}

func (a *apart) ledgerKeys() map[string][]byte {
	return a.keysIn("ring", killPassphrase, "ledger", "ledger_person", "ledger_alias", "receipt")
}

func (a *apart) keysIn(file, passphrase string, names ...string) map[string][]byte {
	a.t.Helper()
	if _, err := keyring.Open(a.path(file), passphrase, rand.Reader); err != nil {
		a.t.Fatal(err)
	}
	sealed, err := os.ReadFile(a.path(file))
	if err != nil {
		a.t.Fatal(err)
	}
	plain, _, err := suite.OpenLocked(passphrase, sealed)
	if err != nil {
		a.t.Fatal(err)
	}
	var ring map[string]any
	if err := json.Unmarshal(plain, &ring); err != nil {
		a.t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		n := len(out)
		eachText(ring[name], func(text string) {
			for form, b := range keyForms(text) {
				out[fmt.Sprintf("%s %d as %s", name, n, form)] = b
			}
		})
		if len(out) == n {
			a.t.Fatalf("no key %q in %s", name, file)
		}
	}
	return out
}

func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case map[string]any:
		for _, each := range v {
			eachText(each, f)
		}
	}
}

// keyForms are a key's text, and the bytes in the last word of it.
func keyForms(text string) map[string][]byte {
	out := map[string][]byte{"text": []byte(text)}
	if raw, err := base64.RawURLEncoding.DecodeString(text[strings.LastIndexByte(text, '.')+1:]); err == nil && len(raw) >= 16 {
		out["bytes"] = raw[:16]
	}
	return out
}
