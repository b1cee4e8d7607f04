package vaultd

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/trail"
)

// protocol is the version both sides must speak.
const protocol = 1

// maxFrame bounds one message: a record with all its events as base64 within
// JSON.
const maxFrame = 64 << 20

// frame is one message: on the wire 4 bytes big-endian that count the bytes of
// its JSON, then the JSON. With a call it asks (the caller for a method, the
// vault for rows), without one it answers.
type frame struct {
	Call  string          `json:"call,omitempty"`
	Body  json.RawMessage `json:"body,omitempty"`
	Fault *fault          `json:"fault,omitempty"`
}

// hello is the first message of either side: what both must agree on.
type hello struct {
	Protocol  int    `json:"protocol"`
	Suite     string `json:"suite,omitempty"`
	Witnesses string `json:"witnesses,omitempty"` // whose cosignatures an opening needs; none where none are needed
}

// ErrOtherwise says that the two sides are set up differently, so that one of
// them would ask less of an opening than the other, or could not read it.
var ErrOtherwise = errors.New("the vault and the server are set up differently")

// agrees is nil where two sides are set up alike; each has one tell it of the
// other.
func (h hello) agrees(other hello) error {
	switch {
	case h.Protocol != other.Protocol || h.Suite != other.Suite:
		return fmt.Errorf("%w: the other side speaks protocol %d with suite %q, this one %d with %q: run the same version and suite on both sides",
			ErrOtherwise, other.Protocol, other.Suite, h.Protocol, h.Suite)
	case h.Witnesses != other.Witnesses:
		return fmt.Errorf("%w: the other side wants cosignatures of %s, this one of %s: give the vault the witnesses and quorum of the server's configuration",
			ErrOtherwise, cmp.Or(other.Witnesses, "nobody"), cmp.Or(h.Witnesses, "nobody"))
	}
	return nil
}

// demand says what a quorum wants of a proof, the same for the same quorum.
func demand(q trail.Quorum) string {
	if q.Need() == 0 {
		return ""
	}
	var keys []string
	for _, k := range q.Keys() {
		keys = append(keys, k.String())
	}
	slices.Sort(keys)
	return fmt.Sprintf("%d of %s", q.Need(), strings.Join(keys, ", "))
}

// link is one connection. Every message has a deadline. It has no buffer: one
// would keep what was last opened in memory for as long as the link stands.
type link struct {
	c        net.Conn
	patience time.Duration
}

func (l *link) send(f *frame) error {
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	if len(body) > maxFrame {
		return fmt.Errorf("a message of %d bytes, at most %d go over the wire", len(body), maxFrame)
	}
	if err := l.c.SetWriteDeadline(time.Now().Add(l.patience)); err != nil { //nolint:forbidigo // a deadline of the network, not a date of law
		return err
	}
	_, err = l.c.Write(append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body))), body...)) //nolint:gosec // bounded above
	return err
}

// receive waits for a message, at most so long.
func (l *link) receive(wait time.Duration) (*frame, error) {
	if err := l.c.SetReadDeadline(time.Now().Add(wait)); err != nil { //nolint:forbidigo // a deadline of the network, not a date of law
		return nil, err
	}
	return readFrame(l.c)
}

var errFrame = errors.New("not a message of this protocol")

// readFrame takes memory only as bytes arrive, whatever length was announced.
func readFrame(r io.Reader) (*frame, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n == 0 || n > maxFrame {
		return nil, fmt.Errorf("%w: %d bytes announced", errFrame, n)
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r, int64(n)); err != nil {
		return nil, err
	}
	f := new(frame)
	if err := strictly(body.Bytes(), f); err != nil {
		return nil, fmt.Errorf("%w", errFrame) // the cause may quote content
	}
	return f, nil
}

// strictly decodes one JSON value that holds nothing unknown.
func strictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errFrame
	}
	return nil
}

func encode(v any) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding a message: %w", err)
	}
	return b, nil
}
