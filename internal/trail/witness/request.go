package witness

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fengcun/fengcun/internal/trail"
)

// Request is the body of an add-checkpoint call: the size the witness is
// believed to stand at, the proof of consistency from there, the checkpoint.
type Request struct {
	Old        int64
	Proof      []trail.Hash
	Checkpoint []byte
}

const (
	maxProof = 63
	maxBody  = 64 << 10
)

// Bytes is the request as C2SP tlog-witness writes it.
func (r Request) Bytes() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteByte('\n')
	b.Write(r.Checkpoint)
	return []byte(b.String())
}

// ParseRequest undoes Bytes. It checks the form alone.
func ParseRequest(body []byte) (Request, error) {
	head, checkpoint, ok := strings.Cut(string(body), "\n\n")
	if !ok {
		return Request{}, errBody("no checkpoint behind an empty line")
	}
	lines := strings.Split(head, "\n")
	old, ok := strings.CutPrefix(lines[0], "old ")
	if !ok {
		return Request{}, errBody("its first line is not: old SIZE")
	}
	size, err := trail.ParseCount(old)
	if err != nil {
		return Request{}, errBody("its first line is not: old SIZE")
	}
	if len(lines)-1 > maxProof {
		return Request{}, errBody("its proof has more than 63 lines")
	}
	r := Request{Old: size, Checkpoint: []byte(checkpoint)}
	for _, line := range lines[1:] {
		h, err := trail.ParseHash(line)
		if err != nil {
			return Request{}, errBody("a line of its proof is not a hash")
		}
		r.Proof = append(r.Proof, h)
	}
	if _, err := trail.OriginOf(r.Checkpoint); err != nil {
		return Request{}, errBody("no checkpoint behind an empty line")
	}
	return r, nil
}

func errBody(why string) error { return errors.New("witness: not an add-checkpoint request: " + why) }
