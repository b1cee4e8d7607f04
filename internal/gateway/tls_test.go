package gateway

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// certificate makes a self-signed certificate for this machine, valid until a
// time, and gives it and its key as PEM.
func certificate(t *testing.T, from, until time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "gateway"}, NotBefore: from, NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

// TestOurCertificate: one that has expired, or is not yet valid by this
// machine's clock, is told before anything is sent.
func TestOurCertificate(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		from, until time.Duration
		want        string
	}{
		"good":    {-time.Hour, time.Hour, ""},
		"expired": {-48 * time.Hour, -time.Hour, "expired on"},
		"not yet": {time.Hour, 2 * time.Hour, "look at this machine's clock"},
	} {
		p := newPost(t, inFolder+"tls: {ca: cert.pem, certificate: cert.pem, key: key.pem}\n")
		cert, key := certificate(t, now.Add(c.from), now.Add(c.until))
		p.write("cert.pem", cert)
		p.write("key.pem", key)
		config, err := ReadConfig(p.path("gateway.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = config.client(now)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		config.TLS.CA = p.path("key.pem")
		if _, err := config.client(now); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
			t.Errorf("an authority that is none: %v", err)
		}
	}
}

// TestTheirCertificate: while the platform's certificate has expired nothing is
// sent and nothing is lost; when it is renewed all goes in.
func TestTheirCertificate(t *testing.T) {
	now := time.Now()
	p := newPost(t, "")
	serve := func(until time.Time) *httptest.Server {
		cert, key := certificate(t, now.Add(-48*time.Hour), until)
		pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.front.ServeHTTP(w, r) }))
		srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		srv.Config.ErrorLog = nil
		srv.StartTLS()
		t.Cleanup(srv.Close)
		p.write("ca.pem", cert)
		return srv
	}
	configure := func(url string) {
		p.write("gateway.yaml", fmt.Sprintf("platform: %s\nagency: police-990101\nkey: agent.key\nspool: spool\nevery: 20ms\ntls: {ca: ca.pem}\n%s", url, inFolder))
	}
	configure(serve(now.Add(-time.Hour)).URL)
	p.write("in/a.csv", head+line(1))
	g := p.open()
	for range 3 {
		g.collect(t.Context())
		time.Sleep(3 * time.Millisecond)
	}
	_, err := g.sender.step(t.Context())
	if err == nil || !strings.Contains(err.Error(), "certificate has expired") {
		t.Errorf("%v", err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	configure(serve(now.Add(time.Hour)).URL)
	if c := p.drain(); c != (Counts{Accepted: 1}) {
		t.Errorf("renewed: %+v", c)
	}
}
