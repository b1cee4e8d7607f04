package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/trail/witness"
)

type witnessCmd struct {
	Listen string   `default:"127.0.0.1:8090" help:"Address to serve add-checkpoint on."`
	Key    string   `required:"" type:"path" help:"The witness's own private key: fengcun keys agent --suite intl. 见证方私钥."`
	Name   string   `help:"The witness's name, a URL without scheme; without one it is made of the key."`
	Log    []string `required:"" help:"Verifier key of a log to watch, or a file that holds it; may be given again. 日志验证公钥."`
	State  string   `required:"" type:"path" help:"File that keeps the last checkpoint cosigned; must never be set back. 状态文件."`
	Ready  string   `type:"path" help:"File that gets the witness's URL once it serves. 就绪后写入网址的文件."`
}

// Run cosigns checkpoints until it is told to stop.
func (c *witnessCmd) Run(e *env) error {
	cosigner, err := c.cosigner()
	if err != nil {
		return err
	}
	logs, err := c.logs()
	if err != nil {
		return err
	}
	state, fresh, err := witness.OpenState(c.State)
	if err != nil {
		return err
	}
	defer func() { _ = state.Close() }()
	w, err := witness.New(cosigner, state, rand.Reader, logs...)
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(e.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if fresh {
		fmt.Fprintf(e.stdout, "a new state in %s: a key that has cosigned before must not start from nothing\n", c.State)
	}
	fmt.Fprintf(e.stdout, "witness %s on http://%s\nverifier key %s\n", w.Key().Name(), l.Addr(), w.Key())
	if err := announce(c.Ready, l); err != nil {
		return errors.Join(err, l.Close())
	}
	p := &platform{env: e, log: slog.New(slog.NewJSONHandler(e.stderr, nil))}
	return p.listen(e.ctx, l, witness.Handler(w, e.now, p.log))
}

func (c *witnessCmd) cosigner() (*trail.Cosigner, error) {
	text, err := os.ReadFile(c.Key)
	if err != nil {
		return nil, fmt.Errorf("--key: %w; make one with fengcun keys agent --suite intl --out %s", err, c.Key)
	}
	key, err := suite.ParseSignKey(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("--key: %w", err)
	}
	name := c.Name
	if name == "" {
		name = "fengcun-witness-" + key.Public().Fingerprint()[:8]
	}
	return trail.NewCosigner(name, key)
}

func (c *witnessCmd) logs() ([]*trail.Verifier, error) {
	var out []*trail.Verifier
	for _, given := range c.Log {
		v, err := trail.ParseVerifier(keyText(given))
		if err != nil {
			return nil, fmt.Errorf("--log: %w", err)
		}
		out = append(out, v)
	}
	return out, nil
}

// witnessConfig is a witness that the server asks.
type witnessConfig struct {
	Key string `yaml:"key"`
	URL string `yaml:"url"`
}

// witnesses are those that the configuration names; nil where it names none.
func (c *config) witnesses() (*witness.Group, error) {
	if len(c.Witnesses) == 0 {
		return nil, nil
	}
	peers := make([]witness.Peer, len(c.Witnesses))
	for i, w := range c.Witnesses {
		key, err := trail.ParseWitnessKey(w.Key)
		if err != nil {
			return nil, fmt.Errorf("witnesses: %w", err)
		}
		peers[i] = witness.Peer{Key: key, URL: w.URL}
	}
	g, err := witness.NewGroup(&http.Client{Timeout: 10 * time.Second}, *c.WitnessQuorum, peers...)
	if err != nil {
		return nil, fmt.Errorf("witnesses: %w", err)
	}
	return g, nil
}

// checkWitnesses wants the quorum said in so many words.
func (c *config) checkWitnesses() error {
	switch {
	case len(c.Witnesses) > 0 && c.WitnessQuorum == nil:
		return errors.New("witness_quorum: missing; say how many of the witnesses must cosign, 0 for none")
	case len(c.Witnesses) == 0 && c.WitnessQuorum != nil:
		return errors.New("witness_quorum: there are no witnesses")
	}
	return nil
}

// sequencer says how checkpoints are signed. Only PostgreSQL can have a second
// program on it, which the lease's clock keeps waiting.
func (p *platform) sequencer() registry.Sequencer {
	s := registry.Sequencer{Witnesses: p.witnesses, Missed: func(err error) { p.log.Warn("a witness did not cosign", "error", err) }}
	if p.db.Engine() == "postgres" {
		s.Now = p.env.now
	}
	return s
}

// public is the trail as outsiders may see it: what the witnesses have
// cosigned, where there are any.
func (p *platform) public() trail.Source {
	if p.witnesses != nil {
		return p.db.WitnessedLog()
	}
	return p.db.Log()
}

// publish makes the first checkpoint; without its quorum the server starts all
// the same, and tries again every second.
func (p *platform) publish() error {
	_, err := p.reg.Publish(p.env.ctx)
	if errors.Is(err, trail.ErrQuorum) {
		p.log.Error("publishing a checkpoint", "error", err)
		return nil
	}
	return err
}
