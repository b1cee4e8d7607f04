package trail

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/suite"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newCosigner(tb testing.TB, name string) *Cosigner {
	tb.Helper()
	key, err := suite.Intl().GenerateSignKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := NewCosigner(name, key)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// cosign gives the checkpoint with the lines of witnesses under it.
func cosign(tb testing.TB, cp Checkpoint, by ...*Cosigner) Checkpoint {
	tb.Helper()
	for _, w := range by {
		line, err := w.Sign(rand.Reader, cp, noon)
		if err != nil {
			tb.Fatal(err)
		}
		cp = cp.Cosigned(line)
	}
	return cp
}

func quorum(tb testing.TB, need int, of ...*Cosigner) Quorum {
	tb.Helper()
	var keys []WitnessKey
	for _, w := range of {
		keys = append(keys, w.Key())
	}
	q, err := NewQuorum(need, keys...)
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

// TestCosignatureVector: the witness keys and the checkpoint that C2SP
// tlog-cosignature prints hash to the key id it prints.
func TestCosignatureVector(t *testing.T) {
	line := "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
	l, err := parseSigLine(line)
	if err != nil || l.String() != line || l.name != "witness.example.com/w1" || l.hash != 0x8d66cf3f || len(l.sig) != stampSize+ed25519Size {
		t.Errorf("%+v, %v", l, err)
	}
	if got := string(cosigned(1679315147, "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")); got !=
		"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" {
		t.Errorf("%q", got)
	}
}

func TestQuorum(t *testing.T) {
	m := newMemory(t, suite.GM())
	cp := m.add(t, leaves(0, 5)...)
	a, b, c := newCosigner(t, "witness.example/a"), newCosigner(t, "witness.example/b"), newCosigner(t, "witness.example/c")
	stranger := newCosigner(t, "witness.example/stranger")
	tests := map[string]struct {
		cp   Checkpoint
		need int
		by   int // cosignatures told
		err  error
	}{
		"none wanted, none there": {cp, 0, 0, nil},
		"none wanted, one there":  {cosign(t, cp, a), 0, 1, nil},
		"two of three":            {cosign(t, cp, a, c), 2, 2, nil},
		"in another order":        {cosign(t, cp, c, stranger, a), 2, 2, nil},
		"all":                     {cosign(t, cp, a, b, c), 3, 3, nil},
		"too few":                 {cosign(t, cp, a), 2, 0, ErrQuorum},
		"none":                    {cp, 1, 0, ErrQuorum},
		"one counted twice":       {cosign(t, cp, a, a), 2, 0, ErrQuorum},
		"a stranger does not count": {
			cosign(t, cp, a, stranger), 2, 0, ErrQuorum,
		},
		"the log's signature is wanted all the same": {
			Checkpoint{Signed: []byte(strings.SplitN(string(cosign(t, cp, a, b).Signed), "— fengcun", 2)[0] + lastLines(cosign(t, cp, a, b), 2))},
			2, 0, ErrSignature,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := m.signer.Verifier().Requiring(quorum(t, tt.need, a, b, c)).Open(tt.cp.Signed)
			if !errors.Is(err, tt.err) || len(got.Witnessed) != tt.by {
				t.Errorf("%d cosignatures, %v", len(got.Witnessed), err)
			}
			for _, w := range got.Witnessed {
				if !w.At.Equal(noon) {
					t.Errorf("%s signed at %v", w.Witness, w.At)
				}
			}
		})
	}
}

func lastLines(c Checkpoint, n int) string {
	lines := strings.SplitAfter(string(c.Signed), "\n")
	return strings.Join(lines[len(lines)-1-n:], "")
}

// TestForgedCosignature: no byte of a known witness's line, and nothing of what
// it was signed over, can be another.
func TestForgedCosignature(t *testing.T) {
	m := newMemory(t, suite.Intl())
	w := newCosigner(t, "witness.example/w")
	cp := cosign(t, m.add(t, leaves(0, 3)...), w)
	v := m.signer.Verifier().Requiring(quorum(t, 1, w))
	if _, err := v.Open(cp.Signed); err != nil {
		t.Fatal(err)
	}
	line := lastLines(cp, 1)
	front := strings.TrimSuffix(string(cp.Signed), line)
	name, body, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, sigStart)), " ")
	raw, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		other := bytes.Clone(raw)
		other[i] ^= 1
		if _, err := v.Open([]byte(front + sigStart + name + " " + base64.StdEncoding.EncodeToString(other) + "\n")); err == nil {
			t.Errorf("byte %d of the cosignature may be another", i)
		}
	}
	later := m.add(t, leaf(9)).Cosigned(Cosignature{Witness: name, Line: line})
	if _, err := v.Open(later.Signed); !errors.Is(err, ErrCosignature) {
		t.Errorf("a cosignature of another checkpoint: %v", err)
	}
	for _, cut := range []int{4, 5, 12, 75} {
		if _, err := v.Open([]byte(front + sigStart + name + " " + base64.StdEncoding.EncodeToString(raw[:cut]) + "\n")); err == nil {
			t.Errorf("a cosignature of %d bytes was taken", cut)
		}
	}
}

func TestFindCosignature(t *testing.T) {
	m := newMemory(t, suite.Intl())
	cp := m.add(t, leaves(0, 3)...)
	w, other := newCosigner(t, "witness.example/w"), newCosigner(t, "witness.example/other")
	mine, theirs := lastLines(cosign(t, cp, w), 1), lastLines(cosign(t, cp, other), 1)
	if c, err := w.Key().Find(cp, []byte(theirs+mine)); err != nil || c.Line != mine {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := w.Key().Find(cp, []byte(theirs)); err == nil || !strings.Contains(err.Error(), "was its key changed?") {
		t.Errorf("only another's: %v", err)
	}
	for _, text := range []string{"junk\n", "— a b", strings.TrimSuffix(mine, "\n"), "- " + mine} {
		if _, err := w.Key().Find(cp, []byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	if _, err := w.Key().Find(m.add(t, leaf(4)), []byte(mine)); !errors.Is(err, ErrCosignature) {
		t.Errorf("of another checkpoint: %v", err)
	}
}

func TestWitnessKeys(t *testing.T) {
	w := newCosigner(t, "witness.example/w")
	k, err := ParseWitnessKey(w.Key().String() + "\n")
	if err != nil || k.String() != w.Key().String() || k.Name() != "witness.example/w" {
		t.Errorf("%v, %v", k, err)
	}
	plain := noteKey{"witness.example/w", w.key.Public()}.String() // type 1
	if k, err := ParseWitnessKey(plain); err != nil || k.String() != w.Key().String() {
		t.Errorf("a plain Ed25519 key: %v, %v", k, err)
	}
	sm2 := newSigner(t, suite.GM()).Verifier().keys[1].String()
	for _, text := range []string{"", "a", "a+b", "a+00000000+BAAA", "a b+1+2", sm2, strings.Replace(w.Key().String(), "example", "sample", 1)} {
		if _, err := ParseWitnessKey(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	sm2Key, err := suite.GM().GenerateSignKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewCosigner("w", sm2Key); err == nil {
		t.Error("an SM2 key cosigns")
	}
	if _, err := NewCosigner("a name", w.key); err == nil {
		t.Error("a name with a space")
	}
	if _, err := w.Sign(rand.Reader, newMemory(t, suite.Intl()).add(t), time.Unix(-1, 0)); err == nil {
		t.Error("a time before 1970 was signed")
	}
	twin, err := NewCosigner("witness.example/twin", w.key)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func() (Quorum, error){
		"more than there are": func() (Quorum, error) { return NewQuorum(2, w.Key()) },
		"negative":            func() (Quorum, error) { return NewQuorum(-1, w.Key()) },
		"one twice":           func() (Quorum, error) { return NewQuorum(1, w.Key(), w.Key()) },
		"one key, two names":  func() (Quorum, error) { return NewQuorum(1, w.Key(), twin.Key()) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("a quorum with %s was made", name)
		}
	}
}

// TestVerifyWitnessed: a log is verified with its witnesses; what was seen
// before there were any still counts.
func TestVerifyWitnessed(t *testing.T) {
	m := newMemory(t, suite.GM())
	before := m.add(t, leaves(0, 100)...)
	r, err := before.Prove(7, leaf(7), m)
	if err != nil {
		t.Fatal(err)
	}
	m.add(t, leaves(100, 200)...)
	w := newCosigner(t, "witness.example/w")
	v := m.signer.Verifier().Requiring(quorum(t, 1, w))
	check := Check{Seen: [][]byte{before.Signed}, Receipts: []Receipt{r}}
	if got := verify(t, m.save(t), v, check); got.Err() == nil || !strings.Contains(got.Err().Error(), "too few witnesses") {
		t.Errorf("without cosignatures: %v", got.Err())
	}
	m.checkpoint = cosign(t, m.checkpoint, w)
	got := verify(t, m.save(t), v, check)
	if got.Err() != nil || len(got.Witness) != 1 || got.Seen != 1 || got.Receipts != 1 {
		t.Errorf("%+v", got)
	}
}

func FuzzCosignature(f *testing.F) {
	m := &memory{signer: newSignerFrom(f, suite.Intl(), repeatable())}
	cp := m.add(f, leaves(0, 5)...)
	key, err := suite.Intl().GenerateSignKey(repeatable())
	if err != nil {
		f.Fatal(err)
	}
	w, err := NewCosigner("witness.example/w", key)
	if err != nil {
		f.Fatal(err)
	}
	good := lastLines(cosign(f, cp, w), 1)
	f.Add(good)
	f.Add("— a b\n")
	f.Add("— witness.example/w AAAAAAAA\n" + good)
	f.Fuzz(func(t *testing.T, lines string) {
		if l, err := parseSigLine(lines); err == nil && l.String() != lines {
			t.Fatalf("%q became %q", lines, l)
		}
		if c, err := w.Key().Find(cp, []byte(lines)); err == nil && c.Line != good {
			t.Fatalf("a cosignature was forged: %q", c.Line)
		}
		full := Checkpoint{Signed: append(bytes.Clone(cp.Signed), lines...)}
		if got, err := m.signer.Verifier().Requiring(quorum(t, 1, w)).Open(full.Signed); err == nil && got.Witnessed[0].Line != good {
			t.Fatalf("a cosignature was forged: %q", lines)
		}
	})
}

func FuzzParseWitnessKey(f *testing.F) {
	f.Add(newCosigner(f, "witness.example/w").Key().String())
	f.Add("a+00000000+BAAA")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseWitnessKey(text)
		if err != nil {
			return
		}
		if again, err := ParseWitnessKey(k.String()); err != nil || again.String() != k.String() {
			t.Fatalf("%q does not read again: %v", k, err)
		}
	})
}
