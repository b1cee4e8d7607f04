package main

import (
	"crypto/rand"
	"fmt"
	"os"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
)

type keysCmd struct {
	Init  keysInitCmd  `cmd:"" help:"Make the platform's key ring. 生成平台密钥."`
	Agent keysAgentCmd `cmd:"" help:"Make a signature key for an agency's system or an officer. 生成机关或人员签名密钥."`
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
	pass, err := cfg.passphrase()
	if err != nil {
		return err
	}
	ring, err := keyring.Create(cfg.Keys, pass, c.Suite, rand.Reader)
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
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if _, err := fmt.Fprintln(f, key.Reveal()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.stdout, key.Public())
	return err
}
