package trail

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/suite"
)

// TestReceipts: every entry of a log of any size proves, and proves nothing
// else.
func TestReceipts(t *testing.T) {
	signer := newSigner(t, suite.Intl())
	v := signer.Verifier()
	rapid.Check(t, func(rt *rapid.T) {
		m := &memory{signer: signer}
		size := rapid.IntRange(1, 300).Draw(rt, "size")
		c := m.add(t, leaves(0, size)...)
		i := rapid.IntRange(0, size-1).Draw(rt, "index")
		r, err := c.Prove(int64(i), leaf(i), m)
		if err != nil {
			rt.Fatal(err)
		}
		parsed, err := ParseReceipt(r.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := parsed.Verify(v, leaf(i)); err != nil {
			rt.Fatal(err)
		}
		if _, err := parsed.Verify(v, leaf(i+1)); !errors.Is(err, ErrNotIncluded) {
			rt.Fatalf("the receipt proves another leaf: %v", err)
		}
		parsed.Index = int64((i + 1) % size)
		if _, err := parsed.Verify(v, leaf(i)); size > 1 && !errors.Is(err, ErrNotIncluded) {
			rt.Fatalf("the receipt proves another index: %v", err)
		}
	})
}

// TestConsistency: every later checkpoint continues every earlier one, and no
// log with a change in its past does.
func TestConsistency(t *testing.T) {
	signer := newSigner(t, suite.Intl())
	rapid.Check(t, func(rt *rapid.T) {
		m, fork := &memory{signer: signer}, &memory{signer: signer}
		n := rapid.IntRange(0, 100).Draw(rt, "old")
		more := rapid.IntRange(0, 100).Draw(rt, "more")
		old := m.add(t, leaves(0, n)...)
		c := m.add(t, leaves(n, more)...)
		proof, err := c.ProveSince(old.Size, m)
		if err != nil {
			rt.Fatal(err)
		}
		if err := c.Continues(old, proof); err != nil {
			rt.Fatal(err)
		}
		if n == 0 {
			return
		}
		all := leaves(0, n+more)
		all[rapid.IntRange(0, n-1).Draw(rt, "edited")][0] ^= 1
		forked := fork.add(t, all...)
		proof, err = forked.ProveSince(old.Size, fork)
		if err != nil {
			rt.Fatal(err)
		}
		if err := forked.Continues(old, proof); !errors.Is(err, ErrNotConsistent) {
			rt.Fatalf("an edited past passes: %v", err)
		}
	})
}

// TestExtend: a log whose tables were altered does not sign another history.
func TestExtend(t *testing.T) {
	m := newMemory(t, suite.Intl())
	last := m.add(t, leaves(0, 11)...)
	m.add(t, leaves(11, 6)...)
	if c, err := m.signer.Extend(rand.Reader, last, m.head, m); err != nil || c.Root != m.head.Root() {
		t.Errorf("an honest log: %v", err)
	}
	if _, err := m.signer.Extend(rand.Reader, Checkpoint{Origin: m.signer.Origin()}, m.head, m); err != nil {
		t.Errorf("from the empty log: %v", err)
	}
	all := leaves(0, 17)
	all[3][0] ^= 1
	f := &memory{signer: m.signer}
	f.add(t, all...)
	for name, try := range map[string]struct {
		last Checkpoint
		head Head
		r    HashReader
	}{
		"rewritten":        {last, f.head, f},
		"edge altered":     {last, f.head, m},
		"hashes altered":   {last, m.head, f},
		"cut back":         {m.checkpoint, Head{}.Append(leaves(0, 5)...).Head, m},
		"fork, same size":  {m.checkpoint, f.head, f},
		"of another log's": {Checkpoint{Origin: "elsewhere.example"}, m.head, m},
	} {
		if _, err := m.signer.Extend(rand.Reader, try.last, try.head, try.r); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

func TestReplayIsNotConsistent(t *testing.T) {
	m := newMemory(t, suite.Intl())
	old := m.add(t, leaves(0, 5)...)
	seen := m.add(t, leaves(5, 5)...)
	if err := old.Continues(seen, nil); !errors.Is(err, ErrNotConsistent) {
		t.Errorf("an old checkpoint passes for a new one: %v", err)
	}
	other := seen
	other.Origin = "elsewhere.example/trail"
	if err := other.Continues(seen, nil); err == nil {
		t.Error("a checkpoint of another log passes")
	}
}

// TestProveRefuses: a store whose hashes were altered cannot give a receipt.
func TestProveRefuses(t *testing.T) {
	m := newMemory(t, suite.Intl())
	c := m.add(t, leaves(0, 8)...)
	if _, err := c.Prove(3, leaf(4), m); !errors.Is(err, ErrNotIncluded) {
		t.Errorf("a receipt for a leaf that is elsewhere: %v", err)
	}
	for _, i := range []int64{-1, 8} {
		if _, err := c.Prove(i, leaf(0), m); err == nil {
			t.Errorf("a receipt for entry %d of 8", i)
		}
	}
	m.hashes[0][0] ^= 1
	if _, err := c.Prove(1, leaf(1), m); !errors.Is(err, ErrNotIncluded) {
		t.Errorf("a receipt out of an altered table: %v", err)
	}
}

func TestCheckpointKeys(t *testing.T) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		t.Run(s.Name(), func(t *testing.T) {
			signer := newSigner(t, s)
			c, err := signer.Checkpoint(rand.Reader, Head{}.Append(leaves(0, 3)...).Head)
			if err != nil {
				t.Fatal(err)
			}
			v, err := ParseVerifier(signer.Verifier().String())
			if err != nil {
				t.Fatal(err)
			}
			got, err := v.Open(c.Signed)
			if err != nil || got.Size != 3 || got.Root != c.Root {
				t.Errorf("Open = %+v, %v", got, err)
			}
			stranger := newSigner(t, s).Verifier()
			if _, err := stranger.Open(c.Signed); !errors.Is(err, ErrSignature) {
				t.Errorf("another log's key opens it: %v", err)
			}
			for i := range c.Signed {
				bad := bytes.Clone(c.Signed)
				bad[i] ^= 1
				if _, err := v.Open(bad); err == nil {
					t.Errorf("byte %d altered: accepted", i)
				}
			}
		})
	}
}

// TestSM2LineRequired: under gm a checkpoint that lost its SM2 line is refused
// by who knows the SM2 key and accepted by who knows the Ed25519 key alone.
func TestSM2LineRequired(t *testing.T) {
	signer := newSigner(t, suite.GM())
	c, err := signer.Checkpoint(rand.Reader, Head{})
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(c.Signed, []byte("\n"))
	stripped := bytes.Join(lines[:len(lines)-2], nil)
	if _, err := signer.Verifier().Open(stripped); !errors.Is(err, ErrSignature) {
		t.Errorf("a checkpoint without its SM2 line: %v", err)
	}
	first, _, _ := bytes.Cut([]byte(signer.Verifier().String()), []byte("\n"))
	v, err := ParseVerifier(string(first))
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range [][]byte{c.Signed, stripped} {
		if _, err := v.Open(note); err != nil {
			t.Errorf("the Ed25519 key alone: %v", err)
		}
	}
}

func TestNewSignerRefuses(t *testing.T) {
	gmKey, err := suite.GM().GenerateSignKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSigner("log.example", gmKey); err == nil {
		t.Error("a log without an Ed25519 key")
	}
	key, err := suite.Intl().GenerateSignKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", "\xff"} {
		if _, err := NewSigner(name, key); err == nil {
			t.Errorf("a log named %q", name)
		}
	}
}
