package vault

import (
	"context"
	"fmt"
	"io"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/keyring"
)

// Wrapping is one wrapped data key and what it is bound to: Key is the primary
// key of its row, in order.
type Wrapping struct {
	Table     string // vault_record, vault_item, vault_original
	Custodian string
	Key       []any // []byte, for vault_original the source (string) and []byte
	Wrapped   []byte
}

// Rewrap gives the wrapping under the custodian's current key. It needs no
// grant, because it opens nothing: the content stays as it is and is not read.
func Rewrap(ctx context.Context, keys keyring.VaultKeys, rand io.Reader, w *Wrapping) ([]byte, error) {
	kek, err := keys.Custodian(w.Custodian)
	if err != nil {
		return nil, err
	}
	bound, err := w.context()
	if err != nil {
		return nil, err
	}
	out, err := kek.Rewrap(ctx, rand, w.Wrapped, bound)
	if err != nil {
		return nil, fmt.Errorf("re-wrapping a key of %s: %w", w.Table, err)
	}
	return out, nil
}

func (w *Wrapping) context() ([]byte, error) {
	first, ok := w.bytes(0)
	second, both := w.bytes(1)
	switch {
	case w.Table == "vault_record" && ok:
		return recordContext(first, w.Custodian), nil
	case w.Table == "vault_item" && ok && both:
		return itemContext(first, second), nil
	case w.Table == "vault_original" && both:
		return originalContext(agency.SourceOf(w.Custodian), second), nil
	}
	return nil, fmt.Errorf("re-wrapping a key: %q has no such row", w.Table)
}

func (w *Wrapping) bytes(i int) ([]byte, bool) {
	if i >= len(w.Key) {
		return nil, false
	}
	b, ok := w.Key[i].([]byte)
	return b, ok
}
