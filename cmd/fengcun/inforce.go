package main

import (
	"fmt"
	"os"

	"github.com/goccy/go-yaml"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

// packsInForce reads which packs are in force.
func packsInForce(file string) (*policy.Set, error) {
	raw, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("enacted: %w", err)
	}
	enacted, err := policy.ReadEnactments(file, raw)
	if err != nil {
		return nil, err
	}
	known, err := packs.Load()
	if err != nil {
		return nil, err
	}
	return policy.NewSet(known, enacted)
}

// demoPacks puts the report's preferred rule in force beside the two regimes
// that are law, from before the demo's first day.
func demoPacks() (*policy.Set, error) {
	known, err := packs.Load()
	if err != nil {
		return nil, err
	}
	from := civil.MustParse("2000-01-01")
	signed := []policy.Signoff{
		{Officer: "demo-drafter", Agency: "demo", On: from.AddDays(-2)},
		{Officer: "demo-reviewer", Agency: "demo", On: from.AddDays(-1)},
	}
	inForce := map[string]bool{"cn-adult-preferred": true, "cn-minor": true, "cn-public-order": true}
	var enacted []policy.Enactment
	for _, p := range known {
		if inForce[p.ID] {
			enacted = append(enacted, policy.Enactment{Pack: p.ID, Digest: p.Digest, From: from, Signed: signed, Note: "demonstration"})
		}
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
	} `yaml:"officers"`
}

// enrol reads the directory file, if one is configured, into the database.
func (p *platform) enrol(file string) error {
	if file == "" {
		return nil
	}
	raw, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	var d directory
	if err := yaml.UnmarshalWithOptions(raw, &d, yaml.DisallowUnknownField()); err != nil {
		return fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, true))
	}
	var agencies []*agency.Agency
	for _, a := range d.Agencies {
		agencies = append(agencies, &agency.Agency{
			ID: a.ID, Kind: agency.Kind(a.Kind), Name: a.Name, Division: a.Division, VerifyKey: a.VerifyKey, SealKey: a.SealKey,
		})
	}
	var officers []*agency.Officer
	for _, o := range d.Officers {
		officers = append(officers, &agency.Officer{
			ID: o.ID, Agency: o.Agency, Name: o.Name, Duty: agency.Duty(o.Duty), VerifyKey: o.VerifyKey,
		})
	}
	if err := p.reg.Enrol(p.env.ctx, agencies, officers, p.env.now()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
