package store

import (
	"fmt"
	"strings"
)

// CipherColumn is a column of ciphertexts whose first 4 bytes name the version
// of the key that wraps their data key, big-endian.
type CipherColumn struct {
	Table, Value string
	key          []string
	custody      string // condition on the custodian $1; "": the ledger's
}

// LedgerColumns are the columns under the ledger's epochs.
func LedgerColumns() []CipherColumn {
	return []CipherColumn{
		{Table: "slip", Value: "body", key: []string{"code", "seq", "event_key"}},
		{Table: "review", Value: "proposal", key: []string{"code", "id", "seq"}},
		{Table: "review", Value: "note", key: []string{"code", "id", "seq"}},
		{Table: "query", Value: "body", key: []string{"id"}},
		{Table: "approval", Value: "body", key: []string{"query", "officer"}},
		{Table: "certificate", Value: "body", key: []string{"id"}},
		{Table: "ruling", Value: "body", key: []string{"code", "review"}},
		{Table: "quality_item", Value: "body", key: []string{"code", "seq", "rule", "agency"}},
		{Table: "quality_item", Value: "answer", key: []string{"code", "seq", "rule", "agency"}},
	}
}

// VaultColumns are the columns under the custodians' keys.
func VaultColumns() []CipherColumn {
	return []CipherColumn{
		{Table: "vault_record", Value: "wrapped", key: []string{"record_key"}, custody: "custodian = $1"},
		{
			Table: "vault_item", Value: "wrapped", key: []string{"record_key", "event_key"},
			custody: "EXISTS (SELECT 1 FROM vault_record r WHERE r.record_key = vault_item.record_key AND r.custodian = $1)",
		},
		{Table: "vault_original", Value: "wrapped", key: []string{"source", "event_key"}, custody: "source = $1"},
	}
}

// Cipher is one ciphertext of a column, found by its row's primary key.
type Cipher struct {
	Key  []any // string, int64 or []byte, as the columns are
	Body []byte
}

// Earlier says which ciphertexts of a column lie under another version than
// the one whose 4 bytes are given: of the custodian (for vault_original, its
// source) where the column has one.
type Earlier struct {
	Column  CipherColumn
	Owner   string
	Version []byte
}

func (e Earlier) where() (condition string, args []any) {
	c := e.Column
	condition = fmt.Sprintf("length(%s) > 0 AND substr(%s, 1, 4) <> $2", c.Value, c.Value)
	if c.custody != "" {
		return c.custody + " AND " + condition, []any{e.Owner, e.Version}
	}
	return "$1 = '' AND " + condition, []any{"", e.Version}
}

// CountEarlier counts them.
func (t *Tx) CountEarlier(e Earlier) (n int64, err error) {
	where, args := e.where()
	err = t.one(`SELECT COUNT(*) FROM `+e.Column.Table+` WHERE `+where, args, &n)
	return n, err
}

// EarlierCiphers reads at most limit of them, in the order of their keys,
// behind the key after, which may be nil. It does not read bodies of the vault.
func (t *Tx) EarlierCiphers(e Earlier, after []any, limit int) ([]Cipher, error) {
	where, args := e.where()
	key := strings.Join(e.Column.key, ", ")
	if after != nil {
		marks := make([]string, len(after))
		for i, k := range after {
			args = append(args, k)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where += fmt.Sprintf(" AND (%s) > (%s)", key, strings.Join(marks, ", "))
	}
	args = append(args, limit)
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s ORDER BY %s LIMIT $%d", key, e.Column.Value, e.Column.Table, where, key, len(args))
	return all(t, query, args, func(scan func(...any) error) (c Cipher, err error) {
		c.Key = make([]any, len(e.Column.key))
		dest := make([]any, 0, len(c.Key)+1)
		for i := range c.Key {
			dest = append(dest, &c.Key[i])
		}
		return c, scan(append(dest, &c.Body)...)
	})
}

// ReplaceCipher puts another ciphertext in the place of one that was read. It
// reports false where the row has changed or gone since.
func (t *Tx) ReplaceCipher(column CipherColumn, was Cipher, body []byte) (bool, error) {
	args := []any{body, was.Body}
	where := column.Value + " = $2"
	for i, name := range column.key {
		args = append(args, was.Key[i])
		where += fmt.Sprintf(" AND %s = $%d", name, len(args))
	}
	n, err := t.exec(fmt.Sprintf("UPDATE %s SET %s = $1 WHERE %s", column.Table, column.Value, where), args...)
	return n == 1, err
}
