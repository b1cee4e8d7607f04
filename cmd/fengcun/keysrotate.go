package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/store"
)

// keysTarget names one key, or all custodians'.
type keysTarget struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
	Key    string `arg:"" enum:"ledger,custodian,custodians,root" help:"ledger, custodian with an agency, custodians for all of them, or root, which encrypts the ring's file."`
	Agency string `arg:"" optional:"" help:"The custodian agency's id."`
	Vault  string `type:"path" help:"Configuration of the vault's process (YAML), where the custodians' keys lie with it. 密库配置文件."`
}

// keys is what the commands that touch records work with.
type keys struct {
	*registry.Keeper
	cfg  *config
	ring *keyring.Ring
	db   *store.DB

	custodians []string
}

func (t *keysTarget) open(e *env) (*keys, error) {
	cfg, err := readConfig(t.Config)
	if err != nil {
		return nil, err
	}
	k := &keys{cfg: cfg}
	if k.ring, err = cfg.ring(e.ctx); err != nil {
		return nil, err
	}
	if t.Key == "root" {
		return k, nil
	}
	if k.db, err = store.Open(e.ctx, cfg.Database); err != nil {
		return nil, err
	}
	apart, err := t.apart(e)
	if err != nil {
		return nil, errors.Join(err, k.db.Close())
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	k.custodians = k.ring.Vault().Custodians()
	if apart != nil {
		k.custodians = apart.Vault().Custodians()
	}
	k.Keeper, err = registry.NewKeeper(e.ctx, registry.Config{DB: k.db, Ring: k.ring, Origin: cfg.Origin, Rand: rand.Reader}, apart,
		host+" "+strconv.Itoa(os.Getpid()))
	if err != nil {
		return nil, errors.Join(err, k.db.Close())
	}
	return k, nil
}

// apart opens the vault's own ring; nil where there is none.
func (t *keysTarget) apart(e *env) (*keyring.Ring, error) {
	if t.Vault == "" {
		return nil, nil
	}
	cfg := new(vaultConfig)
	if err := readYAML(t.Vault, cfg); err != nil {
		return nil, err
	}
	return cfg.held().ring(e.ctx)
}

func (k *keys) close() {
	if k.db != nil {
		_ = k.db.Close()
	}
}

// targets are the keys that the arguments name.
func (t *keysTarget) targets(k *keys) ([]registry.KeyTarget, error) {
	if (t.Key == "custodian") != (t.Agency != "") {
		return nil, errors.New("an agency is named with «custodian» and with nothing else")
	}
	switch t.Key {
	case "ledger":
		return []registry.KeyTarget{{}}, nil
	case "custodian":
		return []registry.KeyTarget{{Custodian: t.Agency}}, nil
	}
	var out []registry.KeyTarget
	for _, id := range k.custodians {
		out = append(out, registry.KeyTarget{Custodian: id})
	}
	return out, nil
}

type keysRotateCmd struct {
	keysTarget
	To    string `enum:"same,ring,pkcs11,transit" default:"same" help:"Where the new version of a custodian's key lies: where the last one does, in the ring, or with a holder."`
	Batch int    `default:"500" help:"Data keys re-wrapped in one transaction."`
}

// Run rotates one key after another; a run that was stopped is taken up.
func (c *keysRotateCmd) Run(e *env) error {
	k, err := c.open(e)
	if err != nil {
		return err
	}
	defer k.close()
	if c.Key == "root" {
		return k.rotateRoot(e)
	}
	targets, err := c.targets(k)
	if err != nil {
		return err
	}
	if c.To == "same" {
		c.To = ""
	}
	for _, t := range targets {
		if err := k.rotate(e, t, c.To, max(1, c.Batch)); err != nil {
			return fmt.Errorf("key %s: %w; what is done stays done: run it again to go on", t, err)
		}
	}
	return nil
}

func (k *keys) rotateRoot(e *env) error {
	held, err := k.cfg.holders()
	if err != nil {
		return err
	}
	root, err := k.cfg.root(held)
	if err != nil {
		return err
	}
	if err := k.ring.ChangeRoot(e.ctx, rand.Reader, root); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s is encrypted anew; copies of it made before open as they did until «keys destroy root»\n", k.cfg.Keys)
	return nil
}

func (k *keys) rotate(e *env, t registry.KeyTarget, to string, batch int) error {
	r, err := k.Begin(e.ctx, t, to, e.now())
	if err != nil {
		return err
	}
	if err := k.rewrap(e, r, batch); err != nil {
		return errors.Join(err, r.Leave(e.ctx))
	}
	if err := r.Finish(e.ctx, e.now()); err != nil {
		return err
	}
	how := "rotated"
	if r.Resumed {
		how = "taken up where it stood"
	}
	fmt.Fprintf(e.stdout, "%s: %s to version %d, %d data keys re-wrapped, none is left under an earlier version\n", t, how, r.Version, r.Done)
	return nil
}

func (k *keys) rewrap(e *env, r *registry.Rotation, batch int) error {
	p, bar := rotationBar(e.stderr, r)
	defer p.Wait()
	defer bar.Abort(false)
	for {
		before := e.now()
		more, err := r.Step(e.ctx, batch, before)
		if err != nil {
			return err
		}
		bar.EwmaSetCurrent(r.Done, e.now().Sub(before))
		if !more {
			bar.SetTotal(r.Done, true)
			return nil
		}
	}
}

func rotationBar(w io.Writer, r *registry.Rotation) (*mpb.Progress, *mpb.Bar) {
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(48))
	return p, p.AddBar(max(1, r.Total),
		mpb.PrependDecorators(decor.Name(r.Target.String()+" "), decor.CountersNoUnit("%d / %d ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name(" "), decor.AverageETA(decor.ET_STYLE_GO)))
}

type keysDestroyCmd struct {
	keysTarget
	Yes bool `help:"Do it. Without this it says what would be destroyed."`
}

// Run destroys versions that nothing needs; without --yes it only says which.
func (c *keysDestroyCmd) Run(e *env) error {
	k, err := c.open(e)
	if err != nil {
		return err
	}
	defer k.close()
	if c.Key == "root" {
		return k.destroyRoots(e, c.Yes)
	}
	targets, err := c.targets(k)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := k.destroy(e, t, c.Yes); err != nil {
			return fmt.Errorf("key %s: %w", t, err)
		}
	}
	return nil
}

func (k *keys) destroyRoots(e *env, yes bool) error {
	if !yes {
		fmt.Fprintln(e.stdout, "would make every earlier copy of the key ring unreadable; run it again with --yes")
		return nil
	}
	if err := k.ring.DestroyOldRoots(e.ctx); err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, "no earlier copy of the key ring opens any more")
	return nil
}

func (k *keys) destroy(e *env, t registry.KeyTarget, yes bool) error {
	if !yes {
		s, err := k.State(e.ctx, t)
		if err != nil {
			return err
		}
		switch {
		case s.Version == 0:
			fmt.Fprintf(e.stdout, "%s: was never rotated, nothing to destroy\n", t)
		case s.Finished.IsZero() || s.Left > 0:
			fmt.Fprintf(e.stdout, "%s: its rotation to version %d is not finished, %d data keys need an earlier one\n", t, s.Version, s.Left)
		default:
			fmt.Fprintf(e.stdout, "%s: would destroy all versions before %d; nothing in the database needs them, backups made before %s will not open any more; run it again with --yes\n",
				t, s.Version, s.Finished.Format("2006-01-02 15:04:05 MST"))
		}
		return nil
	}
	version, err := k.Destroy(e.ctx, t, e.now())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s: all versions before %d are destroyed\n", t, version)
	return nil
}

type keysListCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML). 配置文件."`
}

// Run lists purposes, versions, places and public halves.
func (c *keysListCmd) Run(e *env) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	ring, err := cfg.ring(e.ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "key\tversion\tcurrent\tlies with\tsuite\tpublic")
	for _, i := range ring.List() {
		version, current, holder := "", "", i.Holder
		if i.Version > 0 {
			version = strconv.FormatUint(uint64(i.Version), 10)
		}
		if i.Current {
			current = "yes"
		}
		if holder == "" {
			holder = "ring"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", i.Purpose, version, current, holder, i.Suite, i.Public)
	}
	return w.Flush()
}
