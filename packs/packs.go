// Package packs carries the policy packs that come with the program, one folder
// each, and says which of them are in force.
package packs

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"github.com/fengcun/fengcun/internal/policy"
)

//go:embed */policy.yaml */tests.yaml enacted.yaml
var files embed.FS

// FS is the folders of the packs.
func FS() fs.FS { return files }

var loaded = sync.OnceValues(load)

// Load gives the packs, compiled and proved on their worked cases. It does the
// work once.
func Load() ([]*policy.Pack, error) { return loaded() }

func load() ([]*policy.Pack, error) {
	folders, err := fs.Glob(files, "*/policy.yaml")
	if err != nil {
		return nil, err
	}
	var packs []*policy.Pack
	var faults []error
	for _, file := range folders {
		p, err := Open(path.Dir(file))
		if err != nil {
			faults = append(faults, err)
			continue
		}
		packs = append(packs, p)
	}
	return packs, errors.Join(faults...)
}

// Open loads one of the packs by its folder's name.
func Open(id string) (*policy.Pack, error) {
	folder, err := fs.Sub(files, id)
	if err != nil {
		return nil, err
	}
	p, err := policy.Load(folder)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", id, err)
	}
	return p, nil
}

var set = sync.OnceValues(newSet)

// Set is the packs with the enactments of enacted.yaml.
func Set() (*policy.Set, error) { return set() }

func newSet() (*policy.Set, error) {
	all, err := Load()
	if err != nil {
		return nil, err
	}
	enacted, err := Enacted()
	if err != nil {
		return nil, err
	}
	return policy.NewSet(all, enacted)
}

// Enacted reads enacted.yaml.
func Enacted() ([]policy.Enactment, error) {
	raw, err := files.ReadFile("enacted.yaml")
	if err != nil {
		return nil, err
	}
	return policy.ReadEnactments("enacted.yaml", raw)
}
