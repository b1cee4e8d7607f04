package certificate_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
)

func sample() *certificate.Certificate {
	return &certificate.Certificate{
		ID: "7Q2M-0ZK4-XB9T-R51H-DWC0", Name: "鄢麒麟", Document: docket.ResidentID, Number: "990101199204050010", Purpose: "就业",
		Issuer: "云岭县公安局", Issued: civil.MustParse("2026-11-23"), Expires: civil.MustParse("2027-02-23"),
	}
}

func key(t testing.TB, s suite.Suite) suite.SignKey {
	t.Helper()
	k, err := s.GenerateSignKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signed(t testing.TB, k suite.SignKey) []byte {
	t.Helper()
	text, err := sample().Sign(rand.Reader, k)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestACertificateSurvivesPrinting(t *testing.T) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		k := key(t, s)
		text := signed(t, k)
		got, err := certificate.Verify(text, k.Public())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sample(), got, cmp.Comparer(func(a, b civil.Date) bool { return a == b })); diff != "" {
			t.Errorf("%s:\n%s", s.Name(), diff)
		}
		if !strings.Contains(string(text), "未发现有犯罪记录") {
			t.Errorf("it says:\n%s", text)
		}
	}
}

// Whatever is altered, cut off, added or signed by another is no certificate.
func TestForgeries(t *testing.T) {
	k := key(t, suite.Intl())
	text := signed(t, k)
	if _, err := certificate.Verify(text, key(t, suite.Intl()).Public()); !errors.Is(err, certificate.ErrForged) {
		t.Errorf("under another's key: %v", err)
	}
	for i := range text {
		spoilt := bytes.Clone(text)
		spoilt[i] ^= 1
		if c, err := certificate.Verify(spoilt, k.Public()); err == nil && *c != *sample() {
			t.Errorf("byte %d does not count", i)
		}
		if _, err := certificate.Verify(text[:i], k.Public()); err == nil && i < len(text)-1 {
			t.Errorf("the first %d bytes are a certificate", i)
		}
	}
	for name, forged := range map[string][]byte{
		"nothing":            nil,
		"two signatures":     append(bytes.Clone(text), text[bytes.LastIndex(text, []byte("— fengcun")):]...),
		"something in front": append([]byte("x"), text...),
		"something behind":   append(bytes.Clone(text), "经查，有犯罪记录。\n"...),
	} {
		if _, err := certificate.Verify(forged, k.Public()); !errors.Is(err, certificate.ErrForged) && !errors.Is(err, certificate.ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFieldsThatCannotBePrinted(t *testing.T) {
	for name, change := range map[string]func(*certificate.Certificate){
		"empty name":      func(c *certificate.Certificate) { c.Name = "" },
		"empty issuer":    func(c *certificate.Certificate) { c.Issuer = "" },
		"two lines":       func(c *certificate.Certificate) { c.Purpose = "就业\n姓名：另一人" },
		"carriage return": func(c *certificate.Certificate) { c.Number = "1\r2" },
	} {
		c := sample()
		change(c)
		if _, err := c.Sign(rand.Reader, key(t, suite.Intl())); !errors.Is(err, certificate.ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumbersTellNothing(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		id, err := certificate.NewID(rand.Reader)
		if err != nil || seen[id] {
			t.Fatalf("%s, %v", id, err)
		}
		seen[id] = true
		if _, err := docket.ParseCode(id); err != nil {
			t.Error(err)
		}
	}
	if _, err := certificate.NewID(strings.NewReader("")); err == nil {
		t.Error("a source that runs dry gave a number")
	}
}

func TestStanding(t *testing.T) {
	s := &certificate.Standing{Expires: civil.MustParse("2027-02-23")}
	for day, want := range map[string]string{"2027-02-22": "valid", "2027-02-23": "valid", "2027-02-24": "expired"} {
		if got := s.On(civil.MustParse(day)); got != want {
			t.Errorf("on %s: %s", day, got)
		}
	}
	s.Withdrawn = time.Unix(1, 0)
	if got := s.On(civil.MustParse("2027-02-22")); got != "withdrawn" {
		t.Error(got)
	}
}

func FuzzVerify(f *testing.F) {
	k := key(f, suite.Intl())
	f.Add(signed(f, k))
	f.Add([]byte("无犯罪记录证明\n\n— fengcun-certificate AAAA\n"))
	public := k.Public()
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := certificate.Verify(text, public)
		if err == nil && *c != *sample() {
			t.Fatalf("forged: %+v", c)
		}
		if err != nil && !errors.Is(err, certificate.ErrForged) && !errors.Is(err, certificate.ErrForm) {
			t.Fatalf("an error of another kind: %v", err)
		}
	})
}
