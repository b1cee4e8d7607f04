package trail

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/suite"
)

// A cosignature is what a witness says of a checkpoint: at this time it was the
// largest I had seen of this log, and it continues all I had seen before. The
// format is C2SP tlog-cosignature, cosignature/v1, which is Ed25519 under
// either suite.

const (
	cosignatureHeader = "cosignature/v1\n"
	cosignatureType   = 0x04
	ed25519Type       = 0x01
	ed25519Size       = 64
	stampSize         = 8
)

// WitnessKey is the public key of a witness, with its name.
type WitnessKey struct {
	name string
	key  suite.VerifyKey
}

// ParseWitnessKey reads NAME+HASH+BASE64 with signature type 4 (cosignature/v1)
// or 1 (plain Ed25519, as older witnesses print their keys).
func ParseWitnessKey(text string) (WitnessKey, error) {
	word := strings.TrimSpace(text)
	name, rest, _ := strings.Cut(word, "+")
	hash, body, ok := strings.Cut(rest, "+")
	if !ok || checkName(name) != nil {
		return WitnessKey{}, errors.New("trail: not a witness's verifier key: want NAME+HASH+BASE64")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(body)
	if err != nil {
		return WitnessKey{}, fmt.Errorf("trail: verifier key of witness %q: %w", name, err)
	}
	if len(raw) == 0 || raw[0] != cosignatureType && raw[0] != ed25519Type {
		return WitnessKey{}, fmt.Errorf("trail: verifier key of witness %q: it is not of Ed25519 (signature type 4)", name)
	}
	given := raw[0]
	raw[0] = ed25519Type
	key, err := suite.ParseNoteKey(raw)
	if err != nil {
		return WitnessKey{}, fmt.Errorf("trail: verifier key of witness %q: %w", name, err)
	}
	if hash != fmt.Sprintf("%08x", keyHash(name, given, key)) {
		return WitnessKey{}, fmt.Errorf("trail: verifier key of witness %q: its hash does not fit the key: copy it again", name)
	}
	return WitnessKey{name, key}, nil
}

// keyHash is the start of SHA-256 over name, newline, type and key.
func keyHash(name string, kind byte, key suite.VerifyKey) uint32 {
	sum := suite.Intl().Digest(append([]byte(name+"\n"+string(kind)), key.Bytes()...))
	return binary.BigEndian.Uint32(sum[:])
}

// Name is the witness's name.
func (k WitnessKey) Name() string { return k.name }

// KeyHash is how signature lines name the key.
func (k WitnessKey) KeyHash() uint32 { return keyHash(k.name, cosignatureType, k.key) }

// String is the key as NAME+HASH+BASE64, of signature type 4.
func (k WitnessKey) String() string {
	raw := append([]byte{cosignatureType}, k.key.Bytes()...)
	return fmt.Sprintf("%s+%08x+%s", k.name, k.KeyHash(), base64.StdEncoding.EncodeToString(raw))
}

// Cosignature is one witness's statement about a checkpoint.
type Cosignature struct {
	Witness string
	At      time.Time // whole seconds, by the witness's clock
	Line    string    // the signature line, with its newline
}

// cosigned is the text that a witness signs.
func cosigned(at uint64, text string) []byte {
	return fmt.Appendf(nil, "%stime %d\n%s", cosignatureHeader, at, text)
}

// open checks the witness's signature over a checkpoint's text.
func (k WitnessKey) open(text string, l sigLine, held *suite.Held) (Cosignature, error) {
	if len(l.sig) != stampSize+ed25519Size {
		return Cosignature{}, fmt.Errorf("%w: of %s: it is not a cosignature/v1", ErrCosignature, k.name)
	}
	at := binary.BigEndian.Uint64(l.sig)
	if at > 1<<62 || !held.Verify(k.key, cosigned(at, text), l.sig[stampSize:]) {
		return Cosignature{}, fmt.Errorf("%w: of %s", ErrCosignature, k.name)
	}
	return Cosignature{k.name, time.Unix(int64(at), 0).UTC(), l.String()}, nil
}

// Find takes the witness's cosignature of a checkpoint out of signature lines,
// such as a witness answers with. Lines of other keys are passed over.
func (k WitnessKey) Find(c Checkpoint, lines []byte) (Cosignature, error) {
	text, err := noteText(c.Signed)
	if err != nil {
		return Cosignature{}, err
	}
	for line := range strings.Lines(string(lines)) {
		l, err := parseSigLine(line)
		if err != nil {
			return Cosignature{}, err
		}
		if l.by(k) {
			return k.open(text, l, nil)
		}
	}
	return Cosignature{}, fmt.Errorf("trail: there is no cosignature by %s: was its key changed?", k.name)
}

// ErrCosignature is returned where a line in a witness's name is not by it.
var ErrCosignature = errors.New("trail: a cosignature does not verify")

// Cosigner is the private half.
type Cosigner struct {
	name string
	key  suite.SignKey
}

// NewCosigner names a witness, by a URL without scheme, and gives its key,
// which must be of the intl suite and serve nothing else.
func NewCosigner(name string, key suite.SignKey) (*Cosigner, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if key.IsZero() || key.Suite() != suite.Intl() {
		return nil, errors.New("trail: a witness's key must be of the intl suite: the format knows Ed25519 alone")
	}
	return &Cosigner{name, key}, nil
}

// Key is the public half.
func (c *Cosigner) Key() WitnessKey { return WitnessKey{c.name, c.key.Public()} }

// Sign cosigns a checkpoint. Whether it may is for the caller to know.
func (c *Cosigner) Sign(rand io.Reader, cp Checkpoint, at time.Time) (Cosignature, error) {
	text, err := noteText(cp.Signed)
	if err != nil {
		return Cosignature{}, err
	}
	if at.Unix() < 0 {
		return Cosignature{}, errors.New("trail: cosign: the clock stands before 1970")
	}
	at = time.Unix(at.Unix(), 0).UTC()
	stamp := uint64(at.Unix()) //nolint:gosec // not negative
	sig, err := c.key.Sign(rand, cosigned(stamp, text))
	if err != nil {
		return Cosignature{}, fmt.Errorf("trail: cosign %s at %d: %w", cp.Origin, cp.Size, err)
	}
	l := sigLine{c.name, c.Key().KeyHash(), append(binary.BigEndian.AppendUint64(nil, stamp), sig...)}
	return Cosignature{c.name, at, l.String()}, nil
}

// Cosigned is the checkpoint with witnesses' lines under it.
func (c Checkpoint) Cosigned(by ...Cosignature) Checkpoint {
	c.Signed = append([]byte(nil), c.Signed...)
	for _, s := range by {
		c.Signed = append(c.Signed, s.Line...)
	}
	c.Witnessed = append(c.Witnessed[:len(c.Witnessed):len(c.Witnessed)], by...)
	return c
}

// sigLine is a signature line: — NAME BASE64(HASH SIGNATURE).
type sigLine struct {
	name string
	hash uint32
	sig  []byte
}

const sigStart = "— "

func (l sigLine) by(k WitnessKey) bool { return l.name == k.name && l.hash == k.KeyHash() }

func (l sigLine) String() string {
	raw := append(binary.BigEndian.AppendUint32(nil, l.hash), l.sig...)
	return sigStart + l.name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// parseSigLine reads a line with its newline, in its one spelling.
func parseSigLine(line string) (sigLine, error) {
	rest, marked := strings.CutPrefix(line, sigStart)
	rest, ended := strings.CutSuffix(rest, "\n")
	name, body, ok := strings.Cut(rest, " ")
	if !marked || !ended || !ok || checkName(name) != nil {
		return sigLine{}, errors.New("trail: " + strconv.Quote(line) + " is not a signature line")
	}
	return decodeSig(name, body)
}

func decodeSig(name, body string) (sigLine, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(body)
	if err != nil || len(raw) < 5 || base64.StdEncoding.EncodeToString(raw) != body {
		return sigLine{}, fmt.Errorf("trail: the signature line of %q is not in base64", name)
	}
	return sigLine{name, binary.BigEndian.Uint32(raw), raw[4:]}, nil
}

// noteText is the signed part of a note, extension lines included.
func noteText(signed []byte) (string, error) {
	s := string(signed)
	at := strings.LastIndex(s, "\n\n")
	if at < 0 || !strings.HasPrefix(s[at+2:], sigStart) {
		return "", errCheckpoint
	}
	return s[:at+1], nil
}
