// Package split parts a secret among n people, any k of whom recover it and
// any fewer of whom learn nothing (Shamir, "How to share a secret", 1979, over
// the scalars of P-256). The shares are texts to be printed and typed: every
// line has a check character, and a set of shares carries a digest by which a
// wrong combination is refused.
package split

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"

	"github.com/fengcun/fengcun/internal/suite"
)

// Share is one person's part.
type Share struct {
	Title   string // what the secret is; stands in clear on the share
	Number  int    // 1 … Of
	Of      int
	Needed  int // how many recover it
	suite   suite.Suite
	proof   [proofSize]byte // digest of the scalar that the shares add up to
	value   [scalarSize]byte
	secrets []byte // the secret under a key made of the scalar; the same in all shares
}

const (
	proofSize  = 16
	scalarSize = 32
	// MaxShares is how many people a secret can be parted among.
	MaxShares = 99
	// MaxTitle bounds the title, in bytes.
	MaxTitle = 100
	// MaxSecret bounds the secret, in bytes.
	MaxSecret = 1000
)

// The refusals of Combine.
var (
	ErrTooFew = errors.New("too few shares")
	ErrMixed  = errors.New("the shares are not of one set")
	ErrWrong  = errors.New("the shares do not add up")
)

const (
	proofDomain = "fengcun/keyring/split/proof"
	keyDomain   = "fengcun/keyring/split/key"
	boxDomain   = "fengcun/keyring/split/secret"
)

// Split parts a secret among of people; needed of them recover it.
func Split(s suite.Suite, rand io.Reader, title string, secret []byte, needed, of int) ([]Share, error) {
	switch {
	case needed < 2 || needed > of || of > MaxShares:
		return nil, fmt.Errorf("split: %d of %d: at least 2 must be needed, and at most all of %d people", needed, of, MaxShares)
	case title == "" || len(title) > MaxTitle || bytes.ContainsAny([]byte(title), "\r\n"):
		return nil, fmt.Errorf("split: the title must be one line of 1 to %d bytes", MaxTitle)
	case len(secret) == 0 || len(secret) > MaxSecret:
		return nil, fmt.Errorf("split: the secret must have 1 to %d bytes", MaxSecret)
	}
	scalar := group.P256.RandomNonZeroScalar(rand)
	raw, err := scalar.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	first := Share{Title: title, Of: of, Needed: needed, suite: s, proof: proofOf(s, raw)}
	first.secrets = keyOf(s, raw).Seal(rand, secret, suite.Frame(boxDomain, []byte(title)))
	out := make([]Share, 0, of)
	for _, part := range secretsharing.New(rand, uint(needed-1), scalar).Share(uint(of)) {
		v, err := part.Value.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("split: %w", err)
		}
		share := first
		share.Number = len(out) + 1
		copy(share.value[:], v)
		out = append(out, share)
	}
	return out, nil
}

// Combine recovers the secret from shares of one set.
func Combine(shares []Share) ([]byte, error) {
	if err := fit(shares); err != nil {
		return nil, err
	}
	first := shares[0]
	parts := make([]secretsharing.Share, first.Needed)
	for i, s := range shares[:first.Needed] {
		parts[i] = secretsharing.Share{ID: group.P256.NewScalar().SetUint64(uint64(s.Number)), Value: group.P256.NewScalar()} //nolint:gosec // at most 99
		if err := parts[i].Value.UnmarshalBinary(s.value[:]); err != nil {
			return nil, fmt.Errorf("split: share %d: %w", s.Number, ErrWrong)
		}
	}
	scalar, err := secretsharing.Recover(uint(first.Needed-1), parts)
	if err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	raw, err := scalar.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	proof := proofOf(first.suite, raw)
	if subtle.ConstantTimeCompare(proof[:], first.proof[:]) != 1 {
		return nil, fmt.Errorf("split: %w: one of the shares %v is not genuine", ErrWrong, numbers(shares[:first.Needed]))
	}
	secret, err := keyOf(first.suite, raw).Open(first.secrets, suite.Frame(boxDomain, []byte(first.Title)))
	if err != nil {
		return nil, fmt.Errorf("split: %w: the title was altered", ErrWrong)
	}
	return secret, nil
}

// fit says why shares cannot be combined.
func fit(shares []Share) error {
	if len(shares) == 0 {
		return fmt.Errorf("split: %w: none was given", ErrTooFew)
	}
	first := shares[0]
	seen := map[int]bool{}
	for _, s := range shares {
		if s.proof != first.proof || s.Title != first.Title || s.Needed != first.Needed || s.Of != first.Of ||
			s.suite != first.suite || !bytes.Equal(s.secrets, first.secrets) {
			return fmt.Errorf("split: %w: share %d of «%s», set %s, and share %d of «%s», set %s",
				ErrMixed, first.Number, first.Title, first.Set(), s.Number, s.Title, s.Set())
		}
		if seen[s.Number] {
			return fmt.Errorf("split: share %d was given twice", s.Number)
		}
		seen[s.Number] = true
	}
	if len(shares) < first.Needed {
		return fmt.Errorf("split: %w: %d were given, any %d of the %d recover it", ErrTooFew, len(shares), first.Needed, first.Of)
	}
	return nil
}

// Set names the set that a share belongs to: two sets of one secret differ.
func (s Share) Set() string { return fmt.Sprintf("%X-%X", s.proof[:2], s.proof[2:4]) }

// String does not tell the share: see Text.
func (s Share) String() string { return "[share]" }

// GoString does not tell the share.
func (s Share) GoString() string { return "[share]" }

func proofOf(s suite.Suite, scalar []byte) (p [proofSize]byte) {
	d := s.Digest(suite.Frame(proofDomain, scalar))
	copy(p[:], d[:])
	return p
}

func keyOf(s suite.Suite, scalar []byte) suite.Key {
	d := s.Digest(suite.Frame(keyDomain, scalar))
	return s.NewKey(bytes.NewReader(d[:]))
}

func numbers(shares []Share) []int {
	var out []int
	for _, s := range shares {
		out = append(out, s.Number)
	}
	slices.Sort(out)
	return out
}
