package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
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

	Witnesses     []witnessConfig `yaml:"witnesses"`
	WitnessQuorum *int            `yaml:"witness_quorum"`
}

func readConfig(file string) (*config, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c := &config{Listen: "127.0.0.1:8080"}
	d := yaml.NewDecoder(bytes.NewReader(b), yaml.DisallowUnknownField())
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, true))
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

func (c *config) check() error {
	var errs []error
	for _, k := range []struct{ key, value string }{
		{"database", c.Database},
		{"keys", c.Keys},
		{"passphrase_file", c.PassphraseFile},
		{"origin", c.Origin},
		{"enacted", c.Enacted},
	} {
		if k.value == "" {
			errs = append(errs, fmt.Errorf("%s: missing", k.key))
		}
	}
	_, err := c.accept()
	return errors.Join(append(errs, err, c.checkWitnesses())...)
}

// accept says which officers' keys are taken: passkeys where the address of the
// pages is given, never software keys.
func (c *config) accept() (a grant.Accept, err error) {
	if c.Site != "" {
		a.Site, err = passkey.ParseSite(c.Site)
	}
	return a, err
}

// passphrase reads the file that holds it, which nobody else may read.
func (c *config) passphrase() (string, error) {
	info, err := os.Stat(c.PassphraseFile)
	if err != nil {
		return "", fmt.Errorf("passphrase_file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("passphrase_file: %s can be read by others; run chmod 600 on it", c.PassphraseFile)
	}
	b, err := os.ReadFile(c.PassphraseFile)
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
