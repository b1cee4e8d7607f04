package vaultd

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/vault"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]Address{
		"unix:/run/v/s": {Socket: "/run/v/s"}, "tls:vault.example:8443": {Host: "vault.example:8443"}, "tls:[::1]:1": {Host: "[::1]:1"},
	} {
		if got, err := ParseAddress(text); err != nil || got.Socket != want.Socket || got.Host != want.Host {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "unix:", "tls:", "tls:nohost", "http://x", "tcp:x:1", "/run/v/s"} {
		if _, err := ParseAddress(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("unix:/s")
	f.Add("tls:h:1")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAddress(text)
		if err == nil && (a.Socket == "") == (a.Host == "") {
			t.Fatalf("%q: %+v", text, a)
		}
	})
}

// Other users of the machine are refused, whatever the socket's permissions.
func TestOtherUsersAreRefused(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: []uint32{me()[0] + 1}}
	run(t, s, a)
	if err := client(t, "intl", a).Ping(context.Background()); !errors.Is(err, vault.ErrUnreachable) {
		t.Error(err)
	}
}

// A socket left by an earlier run is taken over; one in use, and a file that is
// none, are not.
func TestSockets(t *testing.T) {
	s, a := testServer(t), &Address{Socket: socket(t), Users: me()}
	left, err := net.Listen("unix", a.Socket)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false) //nolint:forcetypeassert // of a test
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	run(t, s, a)
	if _, err := a.Listen(context.Background(), s.Log); err == nil || !strings.Contains(err.Error(), "another") {
		t.Errorf("two at one socket: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (&Address{Socket: file, Users: me()}).Listen(context.Background(), s.Log); err == nil {
		t.Error("a file was taken for a socket")
	}
	if content, err := os.ReadFile(file); err != nil || string(content) != "dear" {
		t.Errorf("%q, %v", content, err)
	}
}

// authority signs certificates for a test.
type authority struct {
	t    *testing.T
	dir  string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, dir: t.TempDir(), key: key, cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}}
	a.write("ca", a.cert, key)
	return a
}

func (a *authority) write(name string, c *x509.Certificate, key *ecdsa.PrivateKey) (cert, keyFile string) {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, keyFile = filepath.Join(a.dir, name+".crt"), filepath.Join(a.dir, name+".key")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return cert, keyFile
}

// of is an address whose own certificate this authority signed.
func (a *authority) of(name, host string) *Address {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, keyFile := a.write(name, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}, key)
	return &Address{Host: host, Cert: cert, Key: keyFile, CA: filepath.Join(a.dir, "ca.crt")}
}

// Over TLS both sides show a certificate of the authority that the other knows.
func TestTLS(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	s, a := testServer(t), ours.of("vault", "127.0.0.1:0")
	l, err := a.Listen(context.Background(), s.Log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	host := l.Addr().String()
	if err := client(t, "intl", ours.of("web", host)).Ping(context.Background()); err != nil {
		t.Errorf("one of ours: %v", err)
	}
	stranger, mixed := others.of("web", host), others.of("web2", host)
	mixed.CA = a.CA // knows the vault, and is not known to it
	for name, c := range map[string]*Address{"a stranger": stranger, "a stranger who knows the vault": mixed} {
		if err := client(t, "intl", c).Ping(context.Background()); !errors.Is(err, vault.ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, bad := range map[string]*Address{
		"no certificate": {Host: host}, "files that are not there": {Host: host, Cert: "x", Key: "y", CA: "z"},
		"an authority that is none": {Host: host, Cert: a.Cert, Key: a.Key, CA: a.Key},
	} {
		if _, err := bad.Listen(context.Background(), s.Log); err == nil {
			t.Errorf("%s: listens", name)
		}
	}
}
