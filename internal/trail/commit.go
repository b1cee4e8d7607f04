package trail

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/fengcun/fengcun/internal/suite"
)

const (
	leafDomain = "fengcun/trail/leaf"
	saltSize   = 32
)

// Commitment opens a leaf: whoever holds it can show what the leaf says.
// It carries the private record, so it is as secret as that.
type Commitment struct {
	suite  suite.Suite
	salt   [saltSize]byte
	record []byte
}

// Commit encodes an entry and salts it. The salt keeps anybody from guessing
// the entry from its leaf.
func Commit(s suite.Suite, rand io.Reader, e Entry) (Commitment, error) {
	record, err := e.Encode()
	if err != nil {
		return Commitment{}, err
	}
	c := Commitment{suite: s, record: record}
	if _, err := io.ReadFull(rand, c.salt[:]); err != nil {
		return Commitment{}, fmt.Errorf("trail: commit: the random source failed: %w", err)
	}
	return c, nil
}

// Leaf is the digest of salt and record, in the suite of the log.
func (c Commitment) Leaf() Leaf {
	return c.suite.Digest(suite.Frame(leafDomain, c.salt[:], c.record))
}

// Entry is the record committed to.
func (c Commitment) Entry() (Entry, error) { return ParseEntry(c.record) }

// Bytes is the commitment in portable form: the suite's name and a zero byte,
// the salt, the record.
func (c Commitment) Bytes() []byte {
	b := append([]byte(c.suite.Name()), 0)
	b = append(b, c.salt[:]...)
	return append(b, c.record...)
}

// ParseCommitment undoes Bytes and checks that the record is an entry.
func ParseCommitment(b []byte) (Commitment, error) {
	name, rest, ok := bytes.Cut(b, []byte{0})
	if !ok || len(rest) < saltSize {
		return Commitment{}, errors.New("trail: commitment: too short")
	}
	s, err := suite.ByName(string(name))
	if err != nil {
		return Commitment{}, fmt.Errorf("trail: commitment: %w", err)
	}
	c := Commitment{suite: s, record: bytes.Clone(rest[saltSize:])}
	copy(c.salt[:], rest)
	if _, err := c.Entry(); err != nil {
		return Commitment{}, err
	}
	return c, nil
}
