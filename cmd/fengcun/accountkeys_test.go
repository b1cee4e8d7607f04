package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/agency"
)

// The vault's own directory lists passkeys; the platform's does not.
func TestPasskeysOfADirectory(t *testing.T) {
	k := agency.Passkey{ID: []byte("id"), Public: []byte("key")}
	file := filepath.Join(t.TempDir(), "directory.yaml")
	write := func(key string) {
		text := "officers:\n  - {id: q, agency: a, name: n, duty: query-officer, passkeys: [" + key + "]}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(k.String())
	_, officers, err := readDirectory(file)
	if err != nil || len(officers) != 1 || officers[0].Passkeys.Find(k.ID) == nil {
		t.Fatalf("%+v, %v", officers, err)
	}
	if err := (&platform{}).enrol(file); err == nil || !strings.Contains(err.Error(), "officer q: passkeys are listed in the vault's own directory") {
		t.Errorf("the platform takes passkeys from a file: %v", err)
	}
	write("passkey.AQ")
	if _, _, err := readDirectory(file); err == nil || !strings.Contains(err.Error(), "officer q: not a passkey") {
		t.Errorf("a spoilt key: %v", err)
	}
}
