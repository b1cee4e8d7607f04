package keyring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/keyring/split"
	"github.com/fengcun/fengcun/internal/suite"
)

// Split parts the current version of a custodian's key among of people, needed
// of whom can bring it back with Recover. A key that a holder keeps is backed
// up there.
func (k VaultKeys) Split(rand io.Reader, agency string, needed, of int) ([]split.Share, error) {
	kek, err := k.Custodian(agency)
	if err != nil {
		return nil, err
	}
	text, err := k.reveal(agency, kek.Version())
	if err != nil {
		return nil, err
	}
	return split.Split(k.r.Suite(), rand, fmt.Sprintf("custodian %s version %d", agency, kek.Version()), []byte(text), needed, of)
}

// Recover puts a custodian's key back from its shares. It says which version of
// whose it was.
func (k VaultKeys) Recover(ctx context.Context, shares []split.Share) (agency string, version uint32, err error) {
	text, err := split.Combine(shares)
	if err != nil {
		return "", 0, err
	}
	agency, version, err = parseShareTitle(shares[0].Title)
	if err != nil {
		return "", 0, err
	}
	key, err := suite.ParseKey(string(text))
	if err != nil {
		return "", 0, fmt.Errorf("keyring: the shares hold no key: %w", err)
	}
	return agency, version, k.restore(ctx, agency, version, key)
}

func parseShareTitle(title string) (agency string, version uint32, err error) {
	refused := errors.New("keyring: the shares are not of a custodian's key")
	rest, ok := strings.CutPrefix(title, "custodian ")
	i := strings.LastIndex(rest, " version ")
	if !ok || i <= 0 {
		return "", 0, refused
	}
	n, err := strconv.ParseUint(rest[i+len(" version "):], 10, 32)
	if err != nil || n == 0 {
		return "", 0, refused
	}
	return rest[:i], uint32(n), nil
}
