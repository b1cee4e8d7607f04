package trail

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/fengcun/fengcun/internal/suite"
)

// Quorum is how many of which witnesses must have cosigned a checkpoint. The
// zero Quorum asks for none and knows none.
type Quorum struct {
	keys []WitnessKey
	need int
}

// ErrQuorum is returned where too few witnesses cosigned a checkpoint.
var ErrQuorum = errors.New("trail: too few witnesses cosigned the checkpoint")

// NewQuorum asks for need of the witnesses. With none needed their
// cosignatures are checked and told all the same.
func NewQuorum(need int, keys ...WitnessKey) (Quorum, error) {
	if need < 0 || need > len(keys) {
		return Quorum{}, fmt.Errorf("trail: a quorum of %d out of %d witnesses", need, len(keys))
	}
	for i, k := range keys {
		for _, o := range keys[:i] {
			if k.name == o.name || k.key.Equal(o.key) {
				return Quorum{}, fmt.Errorf("trail: witness %q is there twice: each counts once, by name and by key", k.name)
			}
		}
	}
	return Quorum{append([]WitnessKey(nil), keys...), need}, nil
}

// Need is how many must have cosigned.
func (q Quorum) Need() int { return q.need }

// Keys are the witnesses.
func (q Quorum) Keys() []WitnessKey { return append([]WitnessKey(nil), q.keys...) }

// Requiring is the verifier that also wants a quorum of cosignatures on each
// checkpoint.
func (v *Verifier) Requiring(q Quorum) *Verifier { return &Verifier{v.origin, v.keys, q, v.held} }

// Remembering is the verifier that verifies no signature twice which it can
// remember: for one who opens the same few checkpoints again and again.
func (v *Verifier) Remembering(h *suite.Held) *Verifier {
	return &Verifier{v.origin, v.keys, v.quorum, h}
}

// Quorum is what the verifier wants of witnesses.
func (v *Verifier) Quorum() Quorum { return v.quorum }

// alone is the verifier that asks for the log's signatures only.
func (v *Verifier) alone() *Verifier { return &Verifier{v.origin, v.keys, Quorum{}, v.held} }

// check reads the cosignatures of known witnesses; a line in a known name that
// does not verify is an error, lines of strangers are passed over.
func (q Quorum) check(text string, lines []note.Signature, held *suite.Held) ([]Cosignature, error) {
	var out []Cosignature
	seen := map[string]bool{}
	for _, s := range lines {
		for _, k := range q.keys {
			if s.Name != k.name || s.Hash != k.KeyHash() || seen[k.name] {
				continue
			}
			l, err := decodeSig(s.Name, s.Base64)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrCosignature, err)
			}
			c, err := k.open(text, l, held)
			if err != nil {
				return nil, err
			}
			seen[k.name] = true
			out = append(out, c)
		}
	}
	if len(out) < q.need {
		return nil, fmt.Errorf("%w: %d of the %d wanted", ErrQuorum, len(out), q.need)
	}
	return out, nil
}
