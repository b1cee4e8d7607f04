package vaultd

import (
	"context"
	"encoding/json"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/vault"
)

// The questions for rows. Their arguments are the row, a key, or these.
type (
	originalRow struct {
		Source                    string
		EventKey, Wrapped, Sealed []byte
	}
	redemption struct {
		Query string
		Hash  []byte
		At    time.Time
	}
)

// askedRows is vault.Rows in the vault's process: each method is a question to
// the caller, who answers from its transaction.
type askedRows struct {
	ctx context.Context //nolint:containedctx // lives within one call
	ask func(call string, in, out any) error
}

var _ vault.Rows = (*askedRows)(nil)

func (r *askedRows) Context() context.Context { return r.ctx }

func asked[T any](r *askedRows, call string, in any) (out T, err error) {
	return out, r.ask(call, in, &out)
}

func (r *askedRows) Officer(id string) (*agency.Officer, error) {
	return asked[*agency.Officer](r, "officer", id)
}

func (r *askedRows) AddSealedRecord(row *vault.SealedRecord) error {
	return r.ask("add-record", row, nil)
}

func (r *askedRows) SealedCustodian(key []byte) (string, error) {
	return asked[string](r, "custodian", key)
}

func (r *askedRows) SealedRecord(key []byte) (*vault.SealedRecord, error) {
	return asked[*vault.SealedRecord](r, "record", key)
}

func (r *askedRows) DropSealed(key []byte) error { return r.ask("drop", key, nil) }

func (r *askedRows) AddSealedItem(row *vault.SealedItem) error { return r.ask("add-item", row, nil) }

func (r *askedRows) SealedItems(key []byte) ([]vault.SealedItem, error) {
	return asked[[]vault.SealedItem](r, "items", key)
}

func (r *askedRows) PutPersonLink(row *vault.PersonLink) error { return r.ask("put-link", row, nil) }

func (r *askedRows) LinksOfPerson(key []byte) ([]vault.PersonLink, error) {
	return asked[[]vault.PersonLink](r, "links-of-person", key)
}

func (r *askedRows) LinksOfRecord(key []byte) ([]vault.PersonLink, error) {
	return asked[[]vault.PersonLink](r, "links-of-record", key)
}

func (r *askedRows) AddSealedAlias(row *vault.SealedAlias) error {
	return r.ask("add-alias", row, nil)
}

func (r *askedRows) SealedAliases(key []byte) ([]vault.SealedAlias, error) {
	return asked[[]vault.SealedAlias](r, "aliases", key)
}

func (r *askedRows) AddOriginal(source string, eventKey, wrapped, body []byte) error {
	return r.ask("add-original", originalRow{source, eventKey, wrapped, body}, nil)
}

func (r *askedRows) AddTicket(row *vault.TicketRow) error { return r.ask("add-ticket", row, nil) }

func (r *askedRows) RedeemTicket(query string, hash []byte, at time.Time) error {
	return r.ask("redeem", redemption{query, hash, at}, nil)
}

// answer runs one question of the vault's process on the caller's rows.
func answer(rows vault.Rows, call string, body json.RawMessage) (any, error) {
	switch call {
	case "officer":
		return get(body, rows.Officer)
	case "add-record":
		return put(body, rows.AddSealedRecord)
	case "custodian":
		return get(body, rows.SealedCustodian)
	case "record":
		return get(body, rows.SealedRecord)
	case "drop":
		return put(body, func(key *[]byte) error { return rows.DropSealed(*key) })
	case "add-item":
		return put(body, rows.AddSealedItem)
	case "items":
		return get(body, rows.SealedItems)
	case "put-link":
		return put(body, rows.PutPersonLink)
	case "links-of-person":
		return get(body, rows.LinksOfPerson)
	case "links-of-record":
		return get(body, rows.LinksOfRecord)
	case "add-alias":
		return put(body, rows.AddSealedAlias)
	case "aliases":
		return get(body, rows.SealedAliases)
	case "add-original":
		return put(body, func(o *originalRow) error { return rows.AddOriginal(o.Source, o.EventKey, o.Wrapped, o.Sealed) })
	case "add-ticket":
		return put(body, rows.AddTicket)
	case "redeem":
		return put(body, func(k *redemption) error { return rows.RedeemTicket(k.Query, k.Hash, k.At) })
	}
	return nil, errFrame
}

func get[K, T any](body json.RawMessage, read func(K) (T, error)) (any, error) {
	var key K
	if err := strictly(body, &key); err != nil {
		return nil, errFrame
	}
	return read(key)
}

func put[T any](body json.RawMessage, write func(*T) error) (any, error) {
	row := new(T)
	if err := strictly(body, row); err != nil {
		return nil, errFrame
	}
	return nil, write(row)
}

// onlyOfficers are rows of which the vault may see the officers alone.
type onlyOfficers struct {
	askedRows
	dir vault.Directory
}

func officersOnly(dir vault.Directory) vault.Rows {
	refuse := func(string, any, any) error { return errFrame }
	return &onlyOfficers{askedRows{dir.Context(), refuse}, dir}
}

func (r *onlyOfficers) Officer(id string) (*agency.Officer, error) { return r.dir.Officer(id) }
