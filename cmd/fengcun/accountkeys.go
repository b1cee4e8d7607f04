package main

import (
	"errors"
	"fmt"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/registry"
)

// accountFlags say whose keys, on which platform.
type accountFlags struct {
	Config  string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Officer string `arg:"" help:"Id of the officer in the directory. 人员编号."`
}

// with opens the platform for a command about one officer.
func (f *accountFlags) with(e *env, do func(p *platform, site string, o *agency.Officer) error) error {
	_, p, err := e.platform(f.Config)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	o, _, err := p.reg.Officer(e.ctx, f.Officer)
	if err == nil {
		err = do(p, p.reg.Rules().Site.Origin, o)
	}
	if err != nil {
		return fmt.Errorf("officer %s: %w", f.Officer, err)
	}
	return nil
}

type accountEnrolCmd struct{ accountFlags }

// Run prints the code, once: the platform keeps a digest of it.
func (c *accountEnrolCmd) Run(e *env) error {
	return c.with(e, func(p *platform, site string, o *agency.Officer) error {
		if site == "" {
			return errors.New("passkeys belong to an address: set site in the configuration")
		}
		now := e.now()
		code, err := p.reg.IssueEnrolment(e.ctx, o.ID, now)
		if errors.Is(err, registry.ErrKeys) {
			return fmt.Errorf("%w: fengcun account keys lists them, fengcun account revoke revokes", err)
		}
		if err != nil {
			return err
		}
		fact(e.stdout, "officer 人员", o.ID+" "+o.Name+", "+o.Agency)
		fact(e.stdout, "code 注册码", code)
		fact(e.stdout, "link 链接", site+"/enrol#"+code)
		fact(e.stdout, "good until 有效期至", moment(now.Add(registry.EnrolmentLife)))
		_, err = fmt.Fprintln(e.stdout, "Hand it to the officer and to nobody else; it is not shown again. 只交本人, 不再显示.")
		return err
	})
}

type accountKeysCmd struct {
	accountFlags
	Public bool `help:"Print the good keys' public halves, for the vault's own directory. 输出公钥, 供密库名录登记."`
}

// Run prints a line for each passkey: id, state, when enrolled, when last
// used, fingerprint, name.
func (c *accountKeysCmd) Run(e *env) error {
	return c.with(e, func(_ *platform, _ string, o *agency.Officer) error {
		if c.Public {
			for _, k := range o.Passkeys.Live() {
				fmt.Fprintln(e.stdout, k.String())
			}
			return nil
		}
		for _, k := range o.Passkeys {
			state, used := "good 有效", "-"
			if !k.Live() {
				state = "revoked 已撤销"
			}
			if !k.Used.IsZero() {
				used = moment(k.Used)
			}
			if _, err := fmt.Fprintf(e.stdout, "%s\t%s\t%s\t%s\t%s\t%s\n", k.Name(), state, moment(k.Added), used, k.Fingerprint(), k.Label); err != nil {
				return err
			}
		}
		return nil
	})
}

type accountRevokeCmd struct {
	accountFlags
	Key []string `arg:"" optional:"" help:"Ids of the keys, as account keys prints them. 密钥编号."`
	All bool     `help:"All of the officer's. 全部."`
}

// Run revokes the keys named, one after the other, and stops at one that the
// officer does not have.
func (c *accountRevokeCmd) Run(e *env) error {
	return c.with(e, func(p *platform, _ string, o *agency.Officer) error {
		names := c.Key
		if c.All {
			names = nil
			for _, k := range o.Passkeys.Live() {
				names = append(names, k.Name())
			}
		}
		if len(names) == 0 {
			return errors.New("no key to revoke: name one, as fengcun account keys prints it, or give --all")
		}
		for _, name := range names {
			if err := p.reg.RevokePasskey(e.ctx, "platform", o.ID, name, e.now()); err != nil {
				return fmt.Errorf("key %s: %w", name, err)
			}
			fact(e.stdout, "revoked 已撤销", name)
		}
		return nil
	})
}
