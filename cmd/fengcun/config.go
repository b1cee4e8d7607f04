package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/strictyaml"
)

// config is the server's configuration: see fengcun.example.yaml, which says
// what each key does. Keys it does not know are refused.
type config struct {
	Listen         string `yaml:"listen"`
	MetricsListen  string `yaml:"metrics_listen"`
	Database       string `yaml:"database"`
	Keys           string `yaml:"keys"`
	PassphraseFile string `yaml:"passphrase_file"`
	Origin         string `yaml:"origin"`
	Enacted        string `yaml:"enacted"`
	ConfirmSealing bool   `yaml:"confirm_sealing"`
	Directory      string `yaml:"directory"`
	InsecureHTTP   bool   `yaml:"insecure_http"`
	Site           string `yaml:"site"`

	Root          string         `yaml:"root"`
	CustodianKeys string         `yaml:"custodian_keys"`
	PKCS11        *pkcs11Config  `yaml:"pkcs11"`
	Transit       *transitConfig `yaml:"transit"`
	// Vault says where the vault's process is reached; nil: the vault is in
	// this one.
	Vault *vaultAddress `yaml:"vault"`

	Witnesses     []witnessConfig `yaml:"witnesses"`
	WitnessQuorum *int            `yaml:"witness_quorum"`

	Freshness quality.Promise `yaml:"freshness"`
}

func readConfig(file string) (*config, error) {
	c := &config{Listen: "127.0.0.1:8080"}
	return c, readYAML(file, c)
}

// readYAML reads a configuration that checks itself; keys it does not know are
// refused.
func readYAML(file string, c interface{ check() error }) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	if err := strictyaml.Decode(b, c); err != nil {
		return fmt.Errorf("%s: %s", file, strictyaml.Explain(err))
	}
	if err := c.check(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// setting is a key of a configuration that must have a value.
type setting struct{ key, value string }

func missing(settings ...setting) error {
	var errs []error
	for _, s := range settings {
		if s.value == "" {
			errs = append(errs, fmt.Errorf("%s: missing", s.key))
		}
	}
	return errors.Join(errs...)
}

func (c *config) check() error {
	err := errors.Join(c.checkWitnesses(), prefixed("freshness", c.Freshness.Check()))
	err = errors.Join(err, missing(setting{"database", c.Database}, setting{"keys", c.Keys}, setting{"passphrase_file, or root", cmp.Or(c.PassphraseFile, c.Root)},
		setting{"origin", c.Origin}, setting{"enacted", c.Enacted}))
	_, site := c.accept()
	if c.Vault == nil {
		return errors.Join(err, site)
	}
	_, address := c.Vault.parse()
	return errors.Join(err, site, address)
}

// accept says which officers' keys are taken: passkeys where the address of the
// pages is given, never software keys.
func (c *config) accept() (a grant.Accept, err error) {
	if c.Site != "" {
		a.Site, err = passkey.ParseSite(c.Site)
	}
	return a, err
}

// prefixed names the key of the configuration that an error is about.
func prefixed(key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", key, err)
}

func (c *config) passphrase() (string, error) { return readPassphrase(c.PassphraseFile) }

// readPassphrase reads the file that holds it, which nobody else may read.
func readPassphrase(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("passphrase_file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("passphrase_file: %s can be read by others; run chmod 600 on it", file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("passphrase_file: %w", err)
	}
	p := strings.TrimRight(string(b), "\r\n")
	if p == "" {
		return "", errors.New("passphrase_file: it is empty")
	}
	return p, nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}
