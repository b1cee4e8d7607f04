package trail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Receipt proves offline that a leaf is in the log: its index, the path to the
// root, and a checkpoint that signs the root.
type Receipt struct {
	Index      int64
	Leaf       Leaf
	Proof      []Hash
	Checkpoint []byte
}

const (
	receiptTitle = "c2sp.org/tlog-proof@v1"
	maxProof     = 63
)

// Verify checks the receipt for the leaf its holder expects, with the log's
// public keys only.
func (r Receipt) Verify(v *Verifier, leaf Leaf) (Checkpoint, error) {
	c, err := v.Open(r.Checkpoint)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := c.Includes(r.Index, leaf, r.Proof); err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}

// Bytes is the receipt as C2SP tlog-proof text. The leaf goes in the line
// "extra", which the format leaves to us and does not authenticate: Verify
// does.
func (r Receipt) Bytes() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", receiptTitle, base64.StdEncoding.EncodeToString(r.Leaf[:]), r.Index)
	for _, h := range r.Proof {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteByte('\n')
	b.Write(r.Checkpoint)
	return []byte(b.String())
}

// ParseReceipt reads what Bytes writes. It checks the form alone: see Verify.
func ParseReceipt(data []byte) (Receipt, error) {
	head, checkpoint, ok := strings.Cut(string(data), "\n\n")
	if !ok {
		return Receipt{}, errReceipt("no checkpoint behind an empty line")
	}
	lines := strings.Split(head, "\n")
	if len(lines) < 3 || lines[0] != receiptTitle {
		return Receipt{}, errReceipt("its first line is not " + receiptTitle)
	}
	r := Receipt{Checkpoint: []byte(checkpoint)}
	extra, ok := strings.CutPrefix(lines[1], "extra ")
	leaf, err := ParseHash(extra)
	if !ok || err != nil {
		return Receipt{}, errReceipt("its second line is not the leaf: extra BASE64")
	}
	r.Leaf = Leaf(leaf)
	index, ok := strings.CutPrefix(lines[2], "index ")
	if r.Index, err = ParseCount(index); !ok || err != nil {
		return Receipt{}, errReceipt("its third line is not: index NUMBER")
	}
	if len(lines)-3 > maxProof {
		return Receipt{}, errReceipt("its proof is longer than any tree is high")
	}
	for _, line := range lines[3:] {
		h, err := ParseHash(line)
		if err != nil {
			return Receipt{}, errReceipt("a line of its proof is not a hash")
		}
		r.Proof = append(r.Proof, h)
	}
	return r, nil
}

func errReceipt(why string) error { return errors.New("trail: not a receipt: " + why) }
