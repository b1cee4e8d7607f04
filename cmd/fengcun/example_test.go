package main

import (
	"crypto/rand"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// The examples are read as they stand, and with what is commented out in force;
// of the vault's only what no example can hold is put in.
func TestExamples(t *testing.T) {
	key, err := suite.Intl().GenerateSignKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := trail.NewSigner("fengcun.example/trail", key)
	if err != nil {
		t.Fatal(err)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	example := func(file string, edit func(string) string) string {
		text, err := os.ReadFile(filepath.Join("../..", file))
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), file)
		if err := os.WriteFile(out, []byte(edit(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
		return out
	}
	asItIs := func(s string) string { return s }
	if _, err := readConfig(example("fengcun.example.yaml", asItIs)); err != nil {
		t.Error(err)
	}
	withVault := regexp.MustCompile(`(?m)^#(vault:|  (address|cert|key|ca): )`)
	cfg, err := readConfig(example("fengcun.example.yaml", func(s string) string {
		head, tail, _ := strings.Cut(s, "# Witnesses cosign")
		return withVault.ReplaceAllString(head, "$1") + "# Witnesses cosign" + tail
	}))
	if err != nil || cfg.Vault == nil || cfg.Vault.CA == "" {
		t.Errorf("with a vault: %+v, %v", cfg.Vault, err)
	}
	filled := func(s string) string {
		s = strings.Replace(s, "fengcun.example/trail+1234abcd+BASE64", `"`+signer.Verifier().String()+`"`, 1)
		return strings.Replace(s, "users: [fengcun]", "users: ["+me.Uid+"]", 1)
	}
	if err := readYAML(example("fengcun-vault.example.yaml", filled), new(vaultConfig)); err != nil {
		t.Error(err)
	}
	all := regexp.MustCompile(`(?m)^#(cert|key|ca|database|site): `)
	v := new(vaultConfig)
	err = readYAML(example("fengcun-vault.example.yaml", func(s string) string { return all.ReplaceAllString(filled(s), "$1: ") }), v)
	if err != nil || v.Site == "" || v.Database == "" {
		t.Errorf("%+v, %v", v, err)
	}
}
