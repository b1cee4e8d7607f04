// Package demo fills a platform with the made-up province and keeps it alive:
// it plays ten years of reports through the registry as the agencies would
// send them, then lets new ones trickle in. It holds the software keys of
// every agency and officer, which no other way of running does.
package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/province"
	"github.com/fengcun/fengcun/internal/suite"
)

// Options say how large a province to make up.
type Options struct {
	Seed    uint64
	Persons int
	Years   int
	Suite   suite.Suite
}

// Demo is the province with the keys of those who act in it.
type Demo struct {
	*province.Province
	persons  int
	from, to civil.Date
	agencies map[string]agencyKeys
	officers map[string]suite.SignKey
}

type agencyKeys struct {
	sign suite.SignKey
	open suite.DecryptKey
}

// file is what is kept between runs: the same province, the same keys.
type file struct {
	Seed     uint64            `json:"seed"`
	Persons  int               `json:"persons"`
	From     civil.Date        `json:"from"`
	To       civil.Date        `json:"to"`
	Loaded   bool              `json:"loaded"`
	Sign     map[string]string `json:"sign"`    // agency -> key
	Open     map[string]string `json:"open"`    // agency -> key
	Officers map[string]string `json:"officer"` // officer -> key
}

const fileName = "demo.json"

// Open reads the demo in a directory, or makes one whose last day is the day
// before today. loaded says that its history has been played.
func Open(dir string, o Options, today civil.Date, rand io.Reader) (d *Demo, loaded bool, err error) {
	f, err := read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		to := today.AddDays(-1)
		f = &file{Seed: o.Seed, Persons: o.Persons, From: to.AddYears(-o.Years), To: to}
		if err = f.generate(o.Suite, rand); err == nil {
			err = f.write(dir)
		}
	}
	if err != nil {
		return nil, false, fmt.Errorf("the demo in %s: %w", dir, err)
	}
	d, err = f.open(dir)
	return d, f.Loaded, err
}

// Reopen reads a demo that an earlier run made.
func Reopen(dir string) (*Demo, error) {
	f, err := read(dir)
	if err != nil {
		return nil, fmt.Errorf("the demo in %s: %w", dir, err)
	}
	return f.open(dir)
}

func (f *file) open(dir string) (*Demo, error) {
	d := &Demo{Province: province.New(f.Seed, f.Persons, f.From, f.To).WithFaults(), persons: f.Persons, from: f.From, to: f.To}
	if err := d.keys(f); err != nil {
		return nil, fmt.Errorf("the keys of the demo in %s: %w", dir, err)
	}
	return d, nil
}

// MarkLoaded notes that the history has been played.
func MarkLoaded(dir string) error {
	f, err := read(dir)
	if err != nil {
		return err
	}
	f.Loaded = true
	return f.write(dir)
}

func read(dir string) (*file, error) {
	b, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		return nil, err
	}
	f := new(file)
	return f, json.Unmarshal(b, f)
}

func (f *file) write(dir string) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	tmp := filepath.Join(dir, fileName+".new")
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, fileName))
}

func (f *file) generate(s suite.Suite, rand io.Reader) error {
	f.Sign, f.Open, f.Officers = map[string]string{}, map[string]string{}, map[string]string{}
	p := province.New(f.Seed, 1, f.From, f.To)
	for _, a := range p.Agencies() {
		sign, err := s.GenerateSignKey(rand)
		if err != nil {
			return err
		}
		open, err := s.GenerateDecryptKey(rand)
		if err != nil {
			return err
		}
		f.Sign[a.ID], f.Open[a.ID] = sign.Reveal(), open.Reveal()
	}
	for _, o := range p.Officers() {
		sign, err := s.GenerateSignKey(rand)
		if err != nil {
			return err
		}
		f.Officers[o.ID] = sign.Reveal()
	}
	return nil
}

func (d *Demo) keys(f *file) error {
	d.agencies = make(map[string]agencyKeys, len(f.Sign))
	d.officers = make(map[string]suite.SignKey, len(f.Officers))
	var errs []error
	for id, text := range f.Sign {
		sign, err := suite.ParseSignKey(text)
		open, err2 := suite.ParseDecryptKey(f.Open[id])
		errs = append(errs, err, err2)
		d.agencies[id] = agencyKeys{sign, open}
	}
	for id, text := range f.Officers {
		k, err := suite.ParseSignKey(text)
		errs = append(errs, err)
		d.officers[id] = k
	}
	return errors.Join(errs...)
}

// Directory is the agencies and officers with their public keys.
func (d *Demo) Directory() (agencies []*agency.Agency, officers []*agency.Officer) {
	for _, a := range d.Agencies() {
		k := d.agencies[a.ID]
		a.VerifyKey, a.SealKey = k.sign.Public().String(), k.open.Public().String()
		agencies = append(agencies, &a)
	}
	for _, o := range d.Officers() {
		o.VerifyKey, o.KeyKind = d.officers[o.ID].Public().String(), agency.Software
		officers = append(officers, &o)
	}
	return agencies, officers
}

// OfficerKey is an officer's software key.
func (d *Demo) OfficerKey(id string) (suite.SignKey, bool) {
	k, ok := d.officers[id]
	return k, ok
}

// AgencyKey is the signature key of an agency's system.
func (d *Demo) AgencyKey(id string) (suite.SignKey, bool) {
	k, ok := d.agencies[id]
	return k.sign, ok
}

// LetterKey is the key that opens an agency's letters.
func (d *Demo) LetterKey(id string) (suite.DecryptKey, bool) {
	k, ok := d.agencies[id]
	return k.open, ok
}
