package transit_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/keyring/holdertest"
	"github.com/fengcun/fengcun/internal/keyring/transit"
	"github.com/fengcun/fengcun/internal/keyring/transit/transittest"
	"github.com/fengcun/fengcun/internal/suite"
)

func service(tb testing.TB) (*transit.Service, *transittest.Service) {
	tb.Helper()
	there := transittest.New(tb)
	s, err := transit.New(transit.Config{URL: there.URL, TokenFile: there.TokenFile})
	if err != nil {
		tb.Fatal(err)
	}
	return s, there
}

func TestHolder(t *testing.T) {
	s, there := service(t)
	holdertest.Conforms(t, s)
	if got := there.Versions("fengcun-versions"); len(got) != 2 || got[0] != 2 {
		t.Errorf("the service still has versions %v", got)
	}
	if there.Calls("rewrap/fengcun-court-990101") != 1 {
		t.Error("what the service can re-wrap itself is not to pass through here")
	}
}

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	s, there := service(t)
	if _, err := s.Make(ctx, "k"); err != nil {
		t.Fatal(err)
	}
	box, err := s.Wrap(ctx, "k", 1, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Wrap(ctx, "k", 7, []byte("x")); err == nil {
		t.Error("wrapped under a version that is not there")
	}
	if _, err := s.Unwrap(ctx, "k", 2, box); !errors.Is(err, suite.ErrOpen) {
		t.Errorf("another version than it says: %v", err)
	}
	there.Down(true)
	_, err = s.Unwrap(ctx, "k", 1, box)
	if err == nil || !strings.Contains(err.Error(), "sealed or not ready") || errors.Is(err, suite.ErrOpen) || errors.Is(err, keyring.ErrNoKey) {
		t.Errorf("a service that is sealed: %v", err)
	}
	there.Down(false)
	if err := os.WriteFile(there.TokenFile, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Unwrap(ctx, "k", 1, box); err == nil || !strings.Contains(err.Error(), "refuses the token") {
		t.Errorf("another token: %v", err)
	}
	if err := os.Remove(there.TokenFile); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Unwrap(ctx, "k", 1, box); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a token: %v", err)
	}
	gone, err := transit.New(transit.Config{URL: "http://127.0.0.1:1", TokenFile: there.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gone.Make(ctx, "k"); err == nil {
		t.Error("a service that is not there made a key")
	}
}

func TestConfigRefuses(t *testing.T) {
	for url, want := range map[string]string{
		"":                    "want https",
		"ftp://x":             "want https",
		"http://bao.example":  "keys travel by https",
		"https://bao.example": "token_file",
	} {
		if _, err := transit.New(transit.Config{URL: url}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// BenchmarkWrap is one data key wrapped by a service on this machine.
func BenchmarkWrap(b *testing.B) {
	s, _ := service(b)
	ctx := context.Background()
	if _, err := s.Make(ctx, "k"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Wrap(ctx, "k", 1, make([]byte, 90)); err != nil {
			b.Fatal(err)
		}
	}
}
