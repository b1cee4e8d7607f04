package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fengcun/fengcun/internal/keyring/split"
)

type keysSplitCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Key    string `arg:"" enum:"custodian,passphrase" help:"custodian with an agency, or passphrase, which opens the ring."`
	Agency string `arg:"" optional:"" help:"The custodian agency's id."`
	Needed int    `required:"" help:"How many people recover the key. 恢复所需人数."`
	Of     int    `required:"" help:"How many people get a share. 分片总数."`
	Out    string `required:"" type:"path" help:"Directory for the shares, one file each, mode 600; made if it is not there. 输出目录."`
}

// passphraseTitle is the title of the passphrase's shares.
const passphraseTitle = "passphrase of the key ring"

// Run writes one file for each person, to be printed and then deleted.
func (c *keysSplitCmd) Run(e *env) error {
	if (c.Key == "custodian") != (c.Agency != "") {
		return errors.New("an agency is named with «custodian» and with nothing else")
	}
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	ring, err := cfg.ring(e.ctx)
	if err != nil {
		return err
	}
	var shares []split.Share
	if c.Key == "custodian" {
		shares, err = ring.Vault().Split(rand.Reader, c.Agency, c.Needed, c.Of)
	} else {
		var pass string
		if pass, err = cfg.passphrase(); err == nil {
			shares, err = split.Split(ring.Suite(), rand.Reader, passphraseTitle, []byte(pass), c.Needed, c.Of)
		}
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	for _, s := range shares {
		if err := writeNew(filepath.Join(c.Out, fmt.Sprintf("share-%d-of-%d.txt", s.Number, s.Of)), s.Text()); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	fmt.Fprintf(e.stdout, "%s: %d shares in %s, set %s, any %d recover it; hand each to one person and delete the files\n",
		shares[0].Title, len(shares), c.Out, shares[0].Set(), c.Needed)
	return nil
}

// writeNew writes a secret to a file that was not there, for its owner alone.
func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

type keysRecoverCmd struct {
	Config string   `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Shares []string `arg:"" type:"existingfile" help:"Files of shares, as many as are needed. 分片文件."`
	Out    string   `type:"path" help:"New file for a passphrase that is recovered, mode 600."`
}

// Run puts a custodian's key back into the ring, or a passphrase into a file.
func (c *keysRecoverCmd) Run(e *env) error {
	shares := make([]split.Share, len(c.Shares))
	for i, file := range c.Shares {
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if shares[i], err = split.Parse(string(b)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if shares[0].Title == passphraseTitle {
		return c.passphrase(e, shares)
	}
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	ring, err := cfg.ring(e.ctx)
	if err != nil {
		return err
	}
	agency, version, err := ring.Vault().Recover(e.ctx, shares)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "version %d of the key of custodian %s is in the ring\n", version, agency)
	return nil
}

func (c *keysRecoverCmd) passphrase(e *env, shares []split.Share) error {
	pass, err := split.Combine(shares)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return errors.New("--out: name a new file for the passphrase")
	}
	if err := writeNew(c.Out, string(pass)+"\n"); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(e.stdout, "the passphrase of the key ring is in %s\n", c.Out)
	return nil
}
