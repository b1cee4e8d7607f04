package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fengcun/fengcun/internal/demo"
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
)

type keysCmd struct {
	Init    keysInitCmd    `cmd:"" help:"Make the platform's key ring. 生成平台密钥."`
	List    keysListCmd    `cmd:"" help:"List the ring's keys, never the keys themselves. 列出密钥."`
	Rotate  keysRotateCmd  `cmd:"" help:"Make a new version of a key and re-wrap what lies under the old one; resumable. 轮换密钥."`
	Destroy keysDestroyCmd `cmd:"" help:"Destroy the old versions of a key that nothing needs any more. 销毁旧密钥."`
	Split   keysSplitCmd   `cmd:"" help:"Split a key among n people, any k of whom recover it. 分割密钥."`
	Recover keysRecoverCmd `cmd:"" help:"Recover a key from its shares. 由分片恢复密钥."`
	Apart   keysApartCmd   `cmd:"" help:"Move the vault's keys into a file of their own. 密库密钥单独成文件."`
	Agent   keysAgentCmd   `cmd:"" help:"Make a signature key for an agency's system or an officer. 生成机关或人员签名密钥."`
	Demo    keysDemoCmd    `cmd:"" help:"Write the demo's keys, one file for each officer and agency. 导出演示密钥."`
}

type keysInitCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML): says where the ring goes. 配置文件."`
	Suite  string `default:"gm" enum:"intl,gm" help:"Cipher suite: gm (国密) or intl."`
}

// Run makes a new ring; it never writes over one.
func (c *keysInitCmd) Run(e *env) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	held, err := cfg.holders()
	if err != nil {
		return err
	}
	root, err := cfg.root(held)
	if err != nil {
		return err
	}
	ring, err := keyring.CreateUnder(e.ctx, cfg.Keys, root, c.Suite, rand.Reader)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "made %s (suite %s); without it and its passphrase nothing stored can be read: back both up apart\n", cfg.Keys, ring.Suite())
	return nil
}

type keysAgentCmd struct {
	Out   string `required:"" type:"path" help:"File for the private key, mode 600."`
	Suite string `default:"gm" enum:"intl,gm" help:"Cipher suite: gm (国密) or intl."`
}

// Run writes the private key to a new file and prints the public one.
func (c *keysAgentCmd) Run(e *env) error {
	s, err := suite.ByName(c.Suite)
	if err != nil {
		return err
	}
	key, err := s.GenerateSignKey(rand.Reader)
	if err != nil {
		return err
	}
	if err := writeKey(c.Out, key.Reveal()); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	_, err = fmt.Fprintln(e.stdout, key.Public())
	return err
}

// writeKey writes a private key to a new file that its owner alone can read.
func writeKey(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, text)
	return errors.Join(err, f.Close())
}

type keysDemoCmd struct {
	Data string `required:"" type:"existingdir" help:"The demo's directory. 演示数据目录."`
	Out  string `required:"" type:"path" help:"Directory for the keys; made if it is not there. 输出目录."`
}

// Run writes officers/ID.key, agencies/ID.key for what the agency sends, and
// agencies/ID.letters.key for what it is sent. The demo's keys guard made-up
// people; a real officer's key never leaves its owner.
func (c *keysDemoCmd) Run(e *env) error {
	d, err := demo.Reopen(c.Data)
	if err != nil {
		return fmt.Errorf("--data: %w; run fengcun demo first", err)
	}
	for _, dir := range []string{"officers", "agencies"} {
		if err := os.MkdirAll(filepath.Join(c.Out, dir), 0o700); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	n := 0
	put := func(name, key string) error {
		n++
		return writeKey(filepath.Join(c.Out, name+".key"), key)
	}
	for _, o := range d.Officers() {
		key, _ := d.OfficerKey(o.ID)
		if err := put(filepath.Join("officers", o.ID), key.Reveal()); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	for _, a := range d.Agencies() {
		sign, _ := d.AgencyKey(a.ID)
		letters, _ := d.LetterKey(a.ID)
		base := filepath.Join("agencies", a.ID)
		if err := errors.Join(put(base, sign.Reveal()), put(base+".letters", letters.Reveal())); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	_, err = fmt.Fprintf(e.stdout, "wrote %d keys to %s\n", n, c.Out)
	return err
}
