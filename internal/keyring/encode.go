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
	Generation   uint64                  `json:"generation"`
	Ledger       wireVersions            `json:"ledger"`
	LedgerPerson string                  `json:"ledger_person"`
	LedgerAlias  string                  `json:"ledger_alias"`
	Custodians   map[string]wireVersions `json:"custodians"`
	VaultPerson  string                  `json:"vault_person"`
	VaultAlias   string                  `json:"vault_alias"`
	VaultRecord  string                  `json:"vault_record"`
	Weigh        string                  `json:"weigh"`
	Audit        string                  `json:"audit"`
	AuditPublic  string                  `json:"audit_public,omitempty"` // where the private half lies elsewhere
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
		Generation:   c.generation,
		Ledger:       wire(c.ledger, suite.Key.Reveal),
		LedgerPerson: reveal(c.ledgerPerson),
		LedgerAlias:  reveal(c.ledgerAlias),
		Custodians:   make(map[string]wireVersions, len(c.custodians)),
		VaultPerson:  reveal(c.vaultPerson),
		VaultAlias:   reveal(c.vaultAlias),
		VaultRecord:  reveal(c.vaultRecord),
		Weigh:        reveal(c.weigh),
		Audit:        reveal(c.audit),
		Certificate:  reveal(c.certificate),
		Receipt:      reveal(c.receipt),
	}
	if c.audit.IsZero() {
		w.AuditPublic = c.auditPublic.String()
	}
	for agency, v := range c.custodians {
		w.Custodians[agency] = wire(v, place.text)
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

func wire[K any](v versions[K], text func(K) string) wireVersions {
	w := wireVersions{v.current, make(map[uint32]string, len(v.keys))}
	for n, k := range v.keys {
		w.Keys[n] = text(k)
	}
	return w
}

// reveal is a key's text; "" for one that lies in another part of the ring.
func reveal[K interface {
	IsZero() bool
	Reveal() string
}](k K) string {
	if k.IsZero() {
		return ""
	}
	return k.Reveal()
}

// parser reads keys and keeps the first error.
type parser struct{ err error }

// parseOf reads a key of a part of the ring, or none where the ring lacks it.
func parseOf[K any](p *parser, there bool, name, text string, read func(string) (K, error)) (k K) {
	if there {
		return parse(p, name, text, read)
	}
	if text != "" && p.err == nil {
		p.err = fmt.Errorf("key %q: others of its part are missing", name)
	}
	return k
}

func parse[K any](p *parser, name, text string, read func(string) (K, error)) K {
	k, err := read(text)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("key %q: %w", name, err)
	}
	return k
}

func parseVersions[K any](p *parser, name string, w wireVersions, read func(string) (K, error)) versions[K] {
	v := versions[K]{w.Current, make(map[uint32]K, len(w.Keys))}
	for n, text := range w.Keys {
		v.keys[n] = parse(p, name, text, read)
	}
	if _, ok := v.keys[v.current]; !ok && p.err == nil {
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
	hasLedger, hasVault := w.LedgerPerson != "", w.VaultPerson != ""
	c := &contents{
		suite:        s,
		generation:   w.Generation,
		ledgerPerson: parseOf(&p, hasLedger, "ledger_person", w.LedgerPerson, suite.ParseMACKey),
		ledgerAlias:  parseOf(&p, hasLedger, "ledger_alias", w.LedgerAlias, suite.ParseMACKey),
		custodians:   make(map[string]versions[place], len(w.Custodians)),
		vaultPerson:  parseOf(&p, hasVault, "vault_person", w.VaultPerson, suite.ParseMACKey),
		vaultAlias:   parseOf(&p, hasVault, "vault_alias", w.VaultAlias, suite.ParseMACKey),
		vaultRecord:  parseOf(&p, hasVault, "vault_record", w.VaultRecord, suite.ParseMACKey),
		weigh:        parseOf(&p, hasVault, "weigh", w.Weigh, suite.ParseKey),
		audit:        parseOf(&p, hasVault, "audit", w.Audit, suite.ParseDecryptKey),
		certificate:  parseOf(&p, hasLedger, "certificate", w.Certificate, suite.ParseSignKey),
		receipt:      parseOf(&p, hasLedger, "receipt", w.Receipt, suite.ParseMACKey),
	}
	if hasLedger {
		c.ledger = parseVersions(&p, "ledger", w.Ledger, suite.ParseKey)
	}
	if !hasVault {
		c.auditPublic = parse(&p, "audit_public", w.AuditPublic, suite.ParseEncryptKey)
	}
	for agency, v := range w.Custodians {
		c.custodians[agency] = parseVersions(&p, "custodian "+agency, v, parsePlace)
	}
	for _, text := range w.Log {
		c.log = append(c.log, parse(&p, "log", text, suite.ParseSignKey))
	}
	if p.err == nil && hasLedger && (len(c.log) == 0 || c.log[0].Suite() != suite.Intl()) {
		p.err = errors.New(`key "log": the first must be of the intl suite`)
	}
	if p.err == nil && !hasLedger && !hasVault {
		p.err = errors.New("it holds no keys")
	}
	if p.err != nil {
		return nil, p.err
	}
	return c, nil
}
