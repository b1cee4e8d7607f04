package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/vault"
)

// The vault's rows: package vault declares what it needs (vault.Rows), and
// these methods are all that touches its tables.

var _ vault.Rows = (*Tx)(nil)

var (
	sealedRecords = insertion{table: "vault_record", columns: "record_key, custodian, sealed, wrapped, body", n: 5}
	sealedItems   = insertion{table: "vault_item", columns: "record_key, event_key, wrapped, body", n: 4, conflict: "(record_key, event_key) DO NOTHING"}
	linkRows      = insertion{
		table: "vault_person", columns: "person_key, record_key, capsule", n: 3, key: 2, stay: 2,
		conflict: "(person_key, record_key) DO UPDATE SET capsule = excluded.capsule",
	}
	sealedAliases = insertion{table: "vault_alias", columns: "alias_key, record_key, body", n: 3, conflict: "(alias_key, record_key) DO NOTHING"}
	originals     = insertion{table: "vault_original", columns: "source, event_key, wrapped, body", n: 4}
)

// AddSealedRecord implements vault.Rows.
func (t *Tx) AddSealedRecord(r *vault.SealedRecord) error {
	t.insertSoon(&sealedRecords, []any{r.Key, r.Custodian, micros(r.SealedAt), r.Wrapped, r.Body})
	return nil
}

// SealedCustodian implements vault.Rows.
func (t *Tx) SealedCustodian(key []byte) (custodian string, err error) {
	err = t.one(`SELECT custodian FROM vault_record WHERE record_key = $1`, []any{key}, &custodian)
	if err == ErrNotFound { //nolint:errorlint // ours, unwrapped
		return "", vault.ErrNotSealed
	}
	return custodian, err
}

// SealedRecord implements vault.Rows.
func (t *Tx) SealedRecord(key []byte) (*vault.SealedRecord, error) {
	r := &vault.SealedRecord{Key: key}
	var sealed int64
	err := t.one(`SELECT custodian, sealed, wrapped, body FROM vault_record WHERE record_key = $1`, []any{key},
		&r.Custodian, &sealed, &r.Wrapped, &r.Body)
	if err == ErrNotFound { //nolint:errorlint // ours, unwrapped
		return nil, vault.ErrNotSealed
	}
	r.SealedAt = fromMicros(sealed)
	return r, err
}

// AddSealedItem implements vault.Rows. What the record has already stays.
func (t *Tx) AddSealedItem(i *vault.SealedItem) error {
	t.insertSoon(&sealedItems, []any{i.RecordKey, i.EventKey, i.Wrapped, i.Body})
	return nil
}

// SealedItems implements vault.Rows.
func (t *Tx) SealedItems(key []byte) ([]vault.SealedItem, error) {
	return all(t, `SELECT event_key, wrapped, body FROM vault_item WHERE record_key = $1 ORDER BY event_key`, []any{key},
		func(scan func(...any) error) (vault.SealedItem, error) {
			i := vault.SealedItem{RecordKey: key}
			return i, scan(&i.EventKey, &i.Wrapped, &i.Body)
		})
}

// PutPersonLink implements vault.Rows.
func (t *Tx) PutPersonLink(l *vault.PersonLink) error {
	t.insertSoon(&linkRows, []any{l.PersonKey, l.RecordKey, l.Capsule})
	delete(t.ahead.links, string(l.PersonKey))
	return nil
}

const personLinks = `SELECT person_key, record_key, capsule FROM vault_person WHERE `

func scanLink(scan func(...any) error) (l vault.PersonLink, err error) {
	return l, scan(&l.PersonKey, &l.RecordKey, &l.Capsule)
}

// LinksOfPerson implements vault.Rows.
func (t *Tx) LinksOfPerson(personKey []byte) ([]vault.PersonLink, error) {
	if known, ok := t.ahead.links.rows(string(personKey)); ok {
		return known, nil
	}
	return all(t, personLinks+`person_key = $1 ORDER BY record_key`, []any{personKey}, scanLink)
}

// LinksOfRecord implements vault.Rows.
func (t *Tx) LinksOfRecord(recordKey []byte) ([]vault.PersonLink, error) {
	return all(t, personLinks+`record_key = $1`, []any{recordKey}, scanLink)
}

// AddSealedAlias implements vault.Rows.
func (t *Tx) AddSealedAlias(a *vault.SealedAlias) error {
	t.insertSoon(&sealedAliases, []any{a.AliasKey, a.RecordKey, a.Body})
	delete(t.ahead.hidden, string(a.AliasKey))
	return nil
}

// SealedAliases implements vault.Rows.
func (t *Tx) SealedAliases(aliasKey []byte) ([]vault.SealedAlias, error) {
	if known, ok := t.ahead.hidden.rows(string(aliasKey)); ok {
		return known, nil
	}
	return all(t, `SELECT record_key, body FROM vault_alias WHERE alias_key = $1 ORDER BY record_key`, []any{aliasKey},
		func(scan func(...any) error) (vault.SealedAlias, error) {
			a := vault.SealedAlias{AliasKey: aliasKey}
			return a, scan(&a.RecordKey, &a.Body)
		})
}

// DropSealed implements vault.Rows.
func (t *Tx) DropSealed(recordKey []byte) error {
	clear(t.ahead.hidden)
	clear(t.ahead.links)
	for _, q := range []string{
		`DELETE FROM vault_alias WHERE record_key = $1`,
		`DELETE FROM vault_person WHERE record_key = $1`,
		`DELETE FROM vault_item WHERE record_key = $1`,
		`DELETE FROM vault_record WHERE record_key = $1`,
	} {
		if err := t.put(q, recordKey); err != nil {
			return err
		}
	}
	return nil
}

// AddOriginal implements vault.Rows.
func (t *Tx) AddOriginal(source string, eventKey, wrapped, body []byte) error {
	t.insertSoon(&originals, []any{source, eventKey, wrapped, body})
	return nil
}

// AddTicket implements vault.Rows.
func (t *Tx) AddTicket(k *vault.TicketRow) error {
	return t.change(`INSERT INTO ticket (query, hash, leaf, prepared, expires) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (query) DO UPDATE SET hash = $2, leaf = $3, prepared = $4, expires = $5 WHERE ticket.redeemed IS NULL`,
		k.Query, k.Hash, k.Leaf, micros(k.Prepared), micros(k.Expires))
}

// AddTickets is AddTicket for several queries, one ticket each, in one
// statement.
func (t *Tx) AddTickets(ks []*vault.TicketRow) {
	args := make([]any, 0, 5*len(ks))
	for _, k := range ks {
		args = append(args, k.Query, k.Hash, k.Leaf, micros(k.Prepared), micros(k.Expires))
	}
	t.soon([]string{"ticket"}, int64(len(ks)), `INSERT INTO ticket (query, hash, leaf, prepared, expires) VALUES `+placeholders(len(ks), 5)+`
		ON CONFLICT (query) DO UPDATE SET hash = excluded.hash, leaf = excluded.leaf, prepared = excluded.prepared, expires = excluded.expires
		WHERE ticket.redeemed IS NULL`, args...)
}

// RedeemTickets is RedeemTicket for several, all or none: vault.ErrTicket comes
// from what is asked next.
func (t *Tx) RedeemTickets(queries []string, hashes [][]byte, at time.Time) {
	args := []any{micros(at)}
	for i, q := range queries {
		args = append(args, q, hashes[i])
	}
	var pairs strings.Builder
	for i := range queries {
		if i > 0 {
			pairs.WriteString(" OR ")
		}
		fmt.Fprintf(&pairs, "query = $%d AND hash = $%d", 2*i+2, 2*i+3)
	}
	t.queue.push(&queued{tables: []string{"ticket"}, statement: statement{
		query: `UPDATE ticket SET redeemed = $1 WHERE redeemed IS NULL AND expires > $1 AND (` + pairs.String() + `)`,
		args:  args, want: int64(len(queries)), fault: vault.ErrTicket,
	}})
}

// RedeemTicket implements vault.Rows. Two that redeem at once: one gets ErrTicket.
func (t *Tx) RedeemTicket(query string, hash []byte, at time.Time) error {
	err := t.change(`UPDATE ticket SET redeemed = $3 WHERE query = $1 AND hash = $2 AND redeemed IS NULL AND expires > $3`,
		query, hash, micros(at))
	if err == ErrStale { //nolint:errorlint // ours, unwrapped
		return vault.ErrTicket
	}
	return err
}
