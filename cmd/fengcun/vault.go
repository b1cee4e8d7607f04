package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"strconv"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/grant/passkey"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/trail/witness"
	"github.com/fengcun/fengcun/internal/vault"
	"github.com/fengcun/fengcun/internal/vaultd"
)

// vaultAddress says how the server reaches the vault's process.
type vaultAddress struct {
	Address string `yaml:"address"`
	Cert    string `yaml:"cert"`
	Key     string `yaml:"key"`
	CA      string `yaml:"ca"`
}

func (a *vaultAddress) parse() (vaultd.Address, error) {
	out, err := vaultd.ParseAddress(a.Address)
	out.Cert, out.Key, out.CA = a.Cert, a.Key, a.CA
	if err = errors.Join(err, out.Check()); err != nil {
		return out, fmt.Errorf("vault: %w", err)
	}
	return out, nil
}

// vaultBook is the client of the vault's process, or nil where the vault is in
// this one. A ring that fits neither is refused, and so is a vault that wants other
// witnesses than the server has.
func (c *config) vaultBook(ctx context.Context, ring *keyring.Ring, w *witness.Group) (*vaultd.Client, error) {
	switch {
	case c.Vault == nil && ring.HasVault():
		return nil, nil
	case c.Vault == nil:
		return nil, fmt.Errorf("keys: %s does not hold the vault's keys: say under vault where its process is reached", c.Keys)
	case ring.HasVault():
		return nil, fmt.Errorf("keys: %s still holds the vault's keys, which this process must not have: move them out with «fengcun keys apart»", c.Keys)
	}
	a, err := c.Vault.parse()
	if err != nil {
		return nil, err
	}
	book := vaultd.NewClient(ring.Suite().Name(), a.Dial)
	if w != nil {
		book.Demanding(w.Quorum())
	}
	// One that does not answer yet may do so later; one that asks otherwise never.
	if err := book.Ping(ctx); errors.Is(err, vaultd.ErrOtherwise) {
		return nil, errors.Join(fmt.Errorf("vault: %w", err), book.Close())
	}
	return book, nil
}

// vaultConfig is the configuration of the vault's process: see
// fengcun-vault.example.yaml.
type vaultConfig struct {
	Listen         string         `yaml:"listen"`
	Users          []string       `yaml:"users"`
	Cert           string         `yaml:"cert"`
	Key            string         `yaml:"key"`
	CA             string         `yaml:"ca"`
	Keys           string         `yaml:"keys"`
	PassphraseFile string         `yaml:"passphrase_file"`
	Root           string         `yaml:"root"`
	CustodianKeys  string         `yaml:"custodian_keys"`
	PKCS11         *pkcs11Config  `yaml:"pkcs11"`
	Transit        *transitConfig `yaml:"transit"`
	LogKey         string         `yaml:"log_key"`
	Witnesses      []string       `yaml:"witnesses"`
	Quorum         *int           `yaml:"quorum"`
	Spent          string         `yaml:"spent"`
	Directory      string         `yaml:"directory"`
	Database       string         `yaml:"database"`
	Site           string         `yaml:"site"`
}

func (c *vaultConfig) check() error {
	_, address := c.address()
	_, log := c.verifier()
	return errors.Join(missing(setting{"keys", c.Keys}, setting{"spent", c.Spent}), address, log)
}

func (c *vaultConfig) address() (vaultd.Address, error) {
	a, err := vaultd.ParseAddress(c.Listen)
	if err != nil {
		return a, fmt.Errorf("listen: %w", err)
	}
	a.Cert, a.Key, a.CA = c.Cert, c.Key, c.CA
	if a.Socket != "" && len(c.Users) == 0 {
		return a, errors.New("users: name the system's user that the server runs as")
	}
	for _, name := range c.Users {
		uid, err := userID(name)
		if err != nil {
			return a, fmt.Errorf("users: %w", err)
		}
		a.Users = append(a.Users, uid)
	}
	return a, a.Check()
}

// userID is the number of a user of this system, who may be named by number.
func userID(name string) (uint32, error) {
	if n, err := strconv.ParseUint(name, 10, 32); err == nil {
		return uint32(n), nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(u.Uid, 10, 32)
	return uint32(n), err
}

// verifier knows the log: by its public key, and by the witnesses without whose
// cosignatures nothing is opened.
func (c *vaultConfig) verifier() (*trail.Verifier, error) {
	v, err := trail.ParseVerifier(c.LogKey)
	if err != nil {
		return nil, fmt.Errorf("log_key: %w", err)
	}
	var keys []trail.WitnessKey
	for _, text := range c.Witnesses {
		k, err := trail.ParseWitnessKey(text)
		if err != nil {
			return nil, fmt.Errorf("witnesses: %w", err)
		}
		keys = append(keys, k)
	}
	need := 0
	switch {
	case c.Quorum != nil:
		need = *c.Quorum
	case len(keys) > 0:
		return nil, errors.New("quorum: missing; say how many of the witnesses must have cosigned: as witness_quorum in the server's configuration")
	}
	q, err := trail.NewQuorum(need, keys...)
	if err != nil {
		return nil, fmt.Errorf("quorum: %w", err)
	}
	return v.Requiring(q), nil
}

type vaultCmd struct {
	Config string `required:"" type:"path" help:"Configuration file of the vault (YAML). 密库配置文件."`
	Ready  string `type:"path" help:"File that is written once the vault answers. 就绪后写入的文件."`
}

// Run answers the server's calls until it is told to stop.
func (c *vaultCmd) Run(e *env) error {
	cfg := new(vaultConfig)
	if err := readYAML(c.Config, cfg); err != nil {
		return err
	}
	address, err := cfg.address()
	if err != nil {
		return err
	}
	s, closeAll, err := cfg.server(e)
	if err != nil {
		return err
	}
	defer closeAll()
	l, err := address.Listen(e.ctx, s.Log)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if c.Ready != "" {
		if err := os.WriteFile(c.Ready, []byte(cfg.Listen+"\n"), 0o600); err != nil {
			return errors.Join(fmt.Errorf("--ready: %w", err), l.Close())
		}
	}
	fmt.Fprintf(e.stdout, "fengcun %s vault on %s\n", version, cfg.Listen)
	return s.Serve(e.ctx, l)
}

// server opens all that the vault's process holds.
func (c *vaultConfig) server(e *env) (s *vaultd.Server, closeAll func(), err error) {
	keys := &config{
		Keys: c.Keys, PassphraseFile: c.PassphraseFile, Root: c.Root, CustodianKeys: c.CustodianKeys, PKCS11: c.PKCS11, Transit: c.Transit,
	}
	ring, err := keys.ring(e.ctx)
	if err != nil {
		return nil, nil, err
	}
	if !ring.HasVault() {
		return nil, nil, fmt.Errorf("keys: %s does not hold the vault's keys; «fengcun keys apart» makes the file that does", c.Keys)
	}
	verifier, err := c.verifier()
	if err != nil {
		return nil, nil, err
	}
	var accept grant.Accept
	if c.Site != "" {
		if accept.Site, err = passkey.ParseSite(c.Site); err != nil {
			return nil, nil, fmt.Errorf("site: %w", err)
		}
	}
	s = &vaultd.Server{
		Vault: vault.New(ring.Suite(), ring.Vault(), verifier, rand.Reader).Accepting(accept),
		Suite: ring.Suite().Name(), Now: e.now, Log: slog.New(slog.NewJSONHandler(e.stderr, nil)), Refresh: ring.Refresh,
	}
	if s.Officer, err = c.officers(); err != nil {
		return nil, nil, err
	}
	if s.Spent, err = vaultd.OpenSpent(c.Spent); err != nil {
		return nil, nil, err
	}
	if c.Database == "" {
		return s, func() { _ = s.Spent.Close() }, nil
	}
	db, err := store.Open(e.ctx, c.Database)
	if err != nil {
		return nil, nil, errors.Join(err, s.Spent.Close())
	}
	s.Read = func(ctx context.Context, f func(vaultd.Contents) error) error {
		return db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
	}
	return s, func() { _, _ = db.Close(), s.Spent.Close() }, nil
}

// officers is the vault's own directory; nil where it has none.
func (c *vaultConfig) officers() (func(id string) (*agency.Officer, error), error) {
	if c.Directory == "" {
		return nil, nil
	}
	_, officers, err := readDirectory(c.Directory)
	if err != nil {
		return nil, err
	}
	known := make(map[string]*agency.Officer, len(officers))
	for _, o := range officers {
		known[o.ID] = o
	}
	return func(id string) (*agency.Officer, error) {
		if o, ok := known[id]; ok {
			return o, nil
		}
		return nil, store.ErrNotFound
	}, nil
}

type keysApartCmd struct {
	Config         string `required:"" type:"path" help:"Configuration file (YAML): names the ring. 配置文件."`
	Vault          string `required:"" type:"path" help:"New file for the vault's keys. 密库密钥的新文件."`
	PassphraseFile string `required:"" type:"path" help:"File of mode 600 with the new file's passphrase. 新文件口令."`
}

// Run moves the vault's keys out of the ring and prints what the vault's
// process must know of the log.
func (c *keysApartCmd) Run(e *env) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	ring, err := cfg.ring(e.ctx)
	if err != nil {
		return err
	}
	theirs, err := readPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	if ours, err := cfg.passphrase(); err == nil && theirs == ours {
		return errors.New("--passphrase-file: give the vault's keys a passphrase of their own")
	}
	signer, err := trail.NewSigner(cfg.Origin, ring.Trail().Log()...)
	if err != nil {
		return err
	}
	if err := ring.MoveVault(e.ctx, c.Vault, keyring.Passphrase(theirs), rand.Reader); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "moved the vault's keys and the auditor's private key to %s; older copies of %s still hold them: destroy those\n", c.Vault, cfg.Keys)
	fmt.Fprintf(e.stdout, "for the vault's configuration:\nlog_key: %q\n", signer.Verifier())
	return nil
}
