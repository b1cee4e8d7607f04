package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/fengcun/fengcun/internal/suite"
)

const formatVersion = 1

// wireRing is the ring's plaintext: keys as suite's texts.
type wireRing struct {
	Version      int                     `json:"version"`
	Suite        string                  `json:"suite"`
	Ledger       wireVersions            `json:"ledger"`
	LedgerPerson string                  `json:"ledger_person"`
	LedgerAlias  string                  `json:"ledger_alias"`
	Custodians   map[string]wireVersions `json:"custodians"`
	VaultPerson  string                  `json:"vault_person"`
	VaultAlias   string                  `json:"vault_alias"`
	VaultRecord  string                  `json:"vault_record"`
	Weigh        string                  `json:"weigh"`
	Audit        string                  `json:"audit"`
	Log          []string                `json:"log"`
	Certificate  string                  `json:"certificate"`
	Receipt      string                  `json:"receipt"`
}

type wireVersions struct {
	Current uint32            `json:"current"`
	Keys    map[uint32]string `json:"keys"`
}

func (c *contents) encode() ([]byte, error) {
	w := wireRing{
		Version:      formatVersion,
		Suite:        c.suite.Name(),
		Ledger:       c.ledger.wire(),
		LedgerPerson: c.ledgerPerson.Reveal(),
		LedgerAlias:  c.ledgerAlias.Reveal(),
		Custodians:   make(map[string]wireVersions, len(c.custodians)),
		VaultPerson:  c.vaultPerson.Reveal(),
		VaultAlias:   c.vaultAlias.Reveal(),
		VaultRecord:  c.vaultRecord.Reveal(),
		Weigh:        c.weigh.Reveal(),
		Audit:        c.audit.Reveal(),
		Certificate:  c.certificate.Reveal(),
		Receipt:      c.receipt.Reveal(),
	}
	for agency, v := range c.custodians {
		w.Custodians[agency] = v.wire()
	}
	for _, k := range c.log {
		w.Log = append(w.Log, k.Reveal())
	}
	out, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("keyring: encode: %w", err)
	}
	return out, nil
}

func (v versions) wire() wireVersions {
	w := wireVersions{v.current, make(map[uint32]string, len(v.keys))}
	for n, k := range v.keys {
		w.Keys[n] = k.Reveal()
	}
	return w
}

// parser reads keys and keeps the first error.
type parser struct{ err error }

func parse[K any](p *parser, name, text string, read func(string) (K, error)) K {
	k, err := read(text)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("key %q: %w", name, err)
	}
	return k
}

func (p *parser) versions(name string, w wireVersions) versions {
	v := versions{w.Current, make(map[uint32]suite.Key, len(w.Keys))}
	for n, text := range w.Keys {
		v.keys[n] = parse(p, name, text, suite.ParseKey)
	}
	if v.keys[v.current].IsZero() && p.err == nil {
		p.err = fmt.Errorf("key %q: its current version %d is missing", name, v.current)
	}
	return v
}

func parseContents(plain []byte) (*contents, error) {
	dec := json.NewDecoder(bytes.NewReader(plain))
	dec.DisallowUnknownFields()
	var w wireRing
	if err := dec.Decode(&w); err != nil {
		return nil, fmt.Errorf("not a ring: %w", err)
	}
	if w.Version != formatVersion {
		return nil, fmt.Errorf("a ring of format %d: this program reads format %d", w.Version, formatVersion)
	}
	s, err := suite.ByName(w.Suite)
	if err != nil {
		return nil, err
	}
	var p parser
	c := &contents{
		suite:        s,
		ledger:       p.versions("ledger", w.Ledger),
		ledgerPerson: parse(&p, "ledger_person", w.LedgerPerson, suite.ParseMACKey),
		ledgerAlias:  parse(&p, "ledger_alias", w.LedgerAlias, suite.ParseMACKey),
		custodians:   make(map[string]versions, len(w.Custodians)),
		vaultPerson:  parse(&p, "vault_person", w.VaultPerson, suite.ParseMACKey),
		vaultAlias:   parse(&p, "vault_alias", w.VaultAlias, suite.ParseMACKey),
		vaultRecord:  parse(&p, "vault_record", w.VaultRecord, suite.ParseMACKey),
		weigh:        parse(&p, "weigh", w.Weigh, suite.ParseKey),
		audit:        parse(&p, "audit", w.Audit, suite.ParseDecryptKey),
		certificate:  parse(&p, "certificate", w.Certificate, suite.ParseSignKey),
		receipt:      parse(&p, "receipt", w.Receipt, suite.ParseMACKey),
	}
	for agency, v := range w.Custodians {
		c.custodians[agency] = p.versions("custodian "+agency, v)
	}
	for _, text := range w.Log {
		c.log = append(c.log, parse(&p, "log", text, suite.ParseSignKey))
	}
	if p.err == nil && (len(c.log) == 0 || c.log[0].Suite() != suite.Intl()) {
		p.err = errors.New(`key "log": the first must be of the intl suite`)
	}
	if p.err != nil {
		return nil, p.err
	}
	return c, nil
}
