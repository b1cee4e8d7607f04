package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

type accountCmd struct {
	Set    accountSetCmd    `cmd:"" help:"Give an officer an account for the pages, or a new password. 设置账号与口令."`
	Enrol  accountEnrolCmd  `cmd:"" help:"Hand an officer the one-time code with which they enrol a passkey. 发放通行密钥注册码."`
	Keys   accountKeysCmd   `cmd:"" help:"An officer's passkeys. 人员的通行密钥."`
	Revoke accountRevokeCmd `cmd:"" help:"Revoke a lost passkey, at once. 撤销遗失的通行密钥."`
}

type accountSetCmd struct {
	Config  string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Officer string `required:"" help:"Id of the officer in the directory. 人员编号."`
	Login   string `help:"Name to sign in with; the officer's id unless given. 账号."`
}

// Run reads the password from the first line of standard input, so that it
// stands in no history and no list of processes.
func (c *accountSetCmd) Run(e *env) error {
	password, err := bufio.NewReader(e.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the password: %w", err)
	}
	password = strings.TrimRight(password, "\r\n")
	if password == "" {
		return errors.New("give the password on standard input, for example: fengcun account set … < file")
	}
	_, p, err := e.platform(c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	login := c.Login
	if login == "" {
		login = c.Officer
	}
	if err := p.reg.SetAccount(e.ctx, login, c.Officer, password, e.now()); err != nil {
		return fmt.Errorf("officer %s: %w", c.Officer, err)
	}
	_, err = fmt.Fprintf(e.stdout, "%s signs in as %s\n", c.Officer, login)
	return err
}
