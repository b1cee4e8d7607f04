package trail

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"github.com/fengcun/fengcun/internal/suite"
)

// Signer signs the log's checkpoints. The first key is always of the intl
// suite, which public tools and witnesses read; under gm an SM2 key adds a
// second line.
type Signer struct {
	origin string
	keys   []suite.SignKey
}

// NewSigner names the log and gives its keys. The origin is a URL without its
// scheme, such as "fengcun.example/trail", without spaces or plus signs.
func NewSigner(origin string, keys ...suite.SignKey) (*Signer, error) {
	if err := checkName(origin); err != nil {
		return nil, err
	}
	if len(keys) == 0 || keys[0].IsZero() || keys[0].Suite() != suite.Intl() {
		return nil, errors.New("trail: the log's first signing key must be of the intl suite")
	}
	return &Signer{origin, keys}, nil
}

func checkName(name string) error {
	bad := func(r rune) bool { return unicode.IsSpace(r) || r == '+' || r < ' ' }
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, bad) {
		return fmt.Errorf("trail: %q cannot name a log: no spaces, no plus sign", name)
	}
	return nil
}

// Origin is the log's name.
func (s *Signer) Origin() string { return s.origin }

// Checkpoint signs a head.
func (s *Signer) Checkpoint(rand io.Reader, h Head) (Checkpoint, error) {
	c := Checkpoint{Origin: s.origin, Size: h.Size(), Root: h.Root()}
	signers := make([]note.Signer, len(s.keys))
	for i, k := range s.keys {
		signers[i] = noteSigner{noteKey{s.origin, k.Public()}, k, rand}
	}
	signed, err := note.Sign(&note.Note{Text: c.body()}, signers...)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("trail: sign the checkpoint at %d: %w", c.Size, err)
	}
	c.Signed = signed
	return c, nil
}

// Extend signs a head after it has shown, from the stored hashes, that the head
// continues a checkpoint signed before. A log must never sign two histories
// (C2SP tlog-checkpoint), not even where somebody altered its tables; so a
// sequencer remembers the last checkpoint it signed and extends that.
func (s *Signer) Extend(rand io.Reader, last Checkpoint, h Head, r HashReader) (Checkpoint, error) {
	next := Checkpoint{Origin: s.origin, Size: h.Size(), Root: h.Root()}
	if next.Size < last.Size {
		return Checkpoint{}, next.Continues(last, nil)
	}
	proof, err := next.ProveSince(last.Size, r)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := next.Continues(last, proof); err != nil {
		return Checkpoint{}, err
	}
	return s.Checkpoint(rand, h)
}

// Verifier is the public half: it accepts what all its keys signed.
func (s *Signer) Verifier() *Verifier {
	v := &Verifier{origin: s.origin}
	for _, k := range s.keys {
		v.keys = append(v.keys, noteKey{s.origin, k.Public()})
	}
	return v
}

// Verifier checks checkpoints of one log. A checkpoint must carry a valid
// signature by every one of its keys; other lines are passed over, as the
// signed-note format says.
type Verifier struct {
	origin string
	keys   []noteKey
	quorum Quorum
	held   *suite.Held
}

// Origin is the log's name.
func (v *Verifier) Origin() string { return v.origin }

// String is the verifier keys of the log, one a line, each NAME+HASH+BASE64 as
// in C2SP signed-note. The first is Ed25519.
func (v *Verifier) String() string {
	var b strings.Builder
	for _, k := range v.keys {
		fmt.Fprintf(&b, "%s\n", k)
	}
	return b.String()
}

// ParseVerifier reads one or more verifier keys of one log, separated by white
// space.
func ParseVerifier(text string) (*Verifier, error) {
	v := &Verifier{}
	for _, word := range strings.Fields(text) {
		k, err := parseNoteKey(word)
		if err != nil {
			return nil, err
		}
		if len(v.keys) > 0 && k.name != v.origin {
			return nil, fmt.Errorf("trail: verifier keys of two logs: %q and %q", v.origin, k.name)
		}
		v.origin = k.name
		v.keys = append(v.keys, k)
	}
	if len(v.keys) == 0 {
		return nil, errors.New("trail: no verifier key: want NAME+HASH+BASE64, as served at /trail/key")
	}
	return v, nil
}

// ErrSignature is returned where a checkpoint is not signed by the log.
var ErrSignature = errors.New("trail: the checkpoint is not signed by the log's key")

// Open checks a checkpoint's signatures, and the quorum where one is required,
// and reads it. The error is ErrSignature, ErrCosignature, ErrQuorum or tells
// that it is no checkpoint of this log.
func (v *Verifier) Open(signed []byte) (Checkpoint, error) {
	known := make([]note.Verifier, len(v.keys))
	for i, k := range v.keys {
		known[i] = heldKey{k, v.held}
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if len(n.Sigs) != len(v.keys) {
		return Checkpoint{}, fmt.Errorf("%w: %d of its %d signatures are there", ErrSignature, len(n.Sigs), len(v.keys))
	}
	for _, sig := range n.Sigs {
		// Package note passes over stray bits at the end of base64.
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return Checkpoint{}, fmt.Errorf("%w: %w", ErrSignature, err)
		}
	}
	c, err := parseBody(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.origin {
		return Checkpoint{}, fmt.Errorf("trail: a checkpoint of %q, not of %q", c.Origin, v.origin)
	}
	c.Signed = signed
	if c.Witnessed, err = v.quorum.check(n.Text, n.UnverifiedSigs, v.held); err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}

// noteKey is a public key with a name.
type noteKey struct {
	name string
	key  suite.VerifyKey
}

func (k noteKey) Name() string { return k.name }

// heldKey is a noteKey that verifies what was not verified before; it is a
// note.Verifier.
type heldKey struct {
	noteKey
	held *suite.Held
}

func (k heldKey) Verify(msg, sig []byte) bool { return k.held.Verify(k.key, msg, sig) }

// KeyHash is the start of SHA-256 over name, newline, type and key, whichever
// suite the key is of: the format fixes it.
func (k noteKey) KeyHash() uint32 {
	sum := suite.Intl().Digest(append([]byte(k.name+"\n"), k.key.NoteKey()...))
	return binary.BigEndian.Uint32(sum[:])
}

func (k noteKey) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.name, k.KeyHash(), base64.StdEncoding.EncodeToString(k.key.NoteKey()))
}

func parseNoteKey(word string) (noteKey, error) {
	parts := strings.SplitN(word, "+", 3)
	if len(parts) != 3 || checkName(parts[0]) != nil {
		return noteKey{}, errors.New("trail: not a verifier key: want NAME+HASH+BASE64")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return noteKey{}, fmt.Errorf("trail: verifier key of %q: %w", parts[0], err)
	}
	key, err := suite.ParseNoteKey(raw)
	if err != nil {
		return noteKey{}, fmt.Errorf("trail: verifier key of %q: %w", parts[0], err)
	}
	k := noteKey{parts[0], key}
	if hash, err := strconv.ParseUint(parts[1], 16, 32); err != nil || uint32(hash) != k.KeyHash() || k.String() != word {
		return noteKey{}, fmt.Errorf("trail: verifier key of %q: its hash does not fit the key: copy it again", parts[0])
	}
	return k, nil
}

// noteSigner is a note.Signer.
type noteSigner struct {
	noteKey
	priv suite.SignKey
	rand io.Reader
}

func (s noteSigner) Sign(msg []byte) ([]byte, error) { return s.priv.Sign(s.rand, msg) }
