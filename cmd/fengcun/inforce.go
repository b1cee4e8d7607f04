package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/strictyaml"
	"github.com/fengcun/fengcun/packs"
)

// packsInForce reads which packs are in force. A pack is a folder beside the
// list, or one of those that come with the program.
func packsInForce(file string) (*policy.Set, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("enacted: %w", err)
	}
	enacted, err := policy.ReadEnactments(file, raw)
	if err != nil {
		return nil, err
	}
	var known []*policy.Pack
	for _, e := range enacted {
		if slices.ContainsFunc(known, func(p *policy.Pack) bool { return p.ID == e.Pack }) {
			continue
		}
		p, err := enactedPack(filepath.Dir(file), e.Pack)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		known = append(known, p)
	}
	return policy.NewSet(known, enacted)
}

// enactedPack loads a pack by its id. The name of a folder beside the list must
// be the id of the pack in it.
func enactedPack(beside, id string) (*policy.Pack, error) {
	dir := filepath.Join(beside, id)
	if !filepath.IsLocal(id) || !exists(filepath.Join(dir, "policy.yaml")) {
		return packs.Open(id)
	}
	p, err := policy.Load(os.DirFS(dir))
	switch {
	case err != nil:
		return nil, fmt.Errorf("pack %s in %s: %w", id, dir, err)
	case p.ID != id:
		return nil, fmt.Errorf("the folder %s holds the pack %s; name the folder after its pack", dir, p.ID)
	}
	return p, nil
}

// demoPacks puts the report's preferred rule in force beside the two regimes
// that are law, from before the demo's first day.
func demoPacks() (*policy.Set, error) {
	from := civil.MustParse("2000-01-01")
	signed := []policy.Signoff{
		{Officer: "demo-drafter", Agency: "demo", On: from.AddDays(-2)},
		{Officer: "demo-reviewer", Agency: "demo", On: from.AddDays(-1)},
	}
	var (
		known   []*policy.Pack
		enacted []policy.Enactment
	)
	for _, id := range []string{"cn-adult-preferred", "cn-minor", "cn-public-order"} {
		p, err := packs.Open(id)
		if err != nil {
			return nil, err
		}
		known = append(known, p)
		enacted = append(enacted, policy.Enactment{Pack: id, Digest: p.Digest, From: from, Signed: signed, Note: "demonstration"})
	}
	return policy.NewSet(known, enacted)
}

// directory is the file that names agencies and officers with their keys.
type directory struct {
	Agencies []struct {
		ID        string `yaml:"id"`
		Kind      string `yaml:"kind"`
		Name      string `yaml:"name"`
		Division  string `yaml:"division"`
		VerifyKey string `yaml:"verify_key"`
		SealKey   string `yaml:"seal_key"`
	} `yaml:"agencies"`
	Officers []struct {
		ID        string `yaml:"id"`
		Agency    string `yaml:"agency"`
		Name      string `yaml:"name"`
		Duty      string `yaml:"duty"`
		VerifyKey string `yaml:"verify_key"`
		// Passkeys are public halves. The platform's own directory has none: there
		// they are enrolled.
		Passkeys []string `yaml:"passkeys"`
	} `yaml:"officers"`
}

// enrol reads the directory file, if one is configured, into the database.
func (p *platform) enrol(file string) error {
	if file == "" {
		return nil
	}
	agencies, officers, err := readDirectory(file)
	if err != nil {
		return err
	}
	for _, o := range officers {
		if len(o.Passkeys) > 0 {
			return fmt.Errorf("%s: officer %s: passkeys are listed in the vault's own directory; here they are enrolled, see fengcun account enrol", file, o.ID)
		}
	}
	if err := p.reg.Enrol(p.env.ctx, agencies, officers, p.env.now()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func readDirectory(file string) (agencies []*agency.Agency, officers []*agency.Officer, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("directory: %w", err)
	}
	var d directory
	if err := strictyaml.Decode(raw, &d); err != nil {
		return nil, nil, fmt.Errorf("%s: %s", file, strictyaml.Explain(err))
	}
	for _, a := range d.Agencies {
		agencies = append(agencies, &agency.Agency{
			ID: a.ID, Kind: agency.Kind(a.Kind), Name: a.Name, Division: a.Division, VerifyKey: a.VerifyKey, SealKey: a.SealKey,
		})
	}
	for _, o := range d.Officers {
		of := &agency.Officer{ID: o.ID, Agency: o.Agency, Name: o.Name, Duty: agency.Duty(o.Duty), VerifyKey: o.VerifyKey}
		for _, text := range o.Passkeys {
			k, err := agency.ParsePasskey(text)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: officer %s: %w", file, o.ID, err)
			}
			of.Passkeys = append(of.Passkeys, k)
		}
		officers = append(officers, of)
	}
	return agencies, officers, nil
}
