package trail

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/suite"
)

// mth is the tree hash straight from its definition in RFC 6962, section 2.1,
// to compare with.
func mth(d []Leaf) Hash {
	switch len(d) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, d[0][:]...))
	}
	k := 1
	for k*2 < len(d) {
		k *= 2
	}
	left, right := mth(d[:k]), mth(d[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// TestAppend: in any split into batches the roots are those of the definition,
// the stored hashes those of tlog, and the stored head the one rebuilt.
func TestAppend(t *testing.T) {
	signer := newSigner(t, suite.Intl())
	rapid.Check(t, func(rt *rapid.T) {
		m := &memory{signer: signer}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 40), 0, 8).Draw(rt, "batches") {
			m.add(t, leaves(len(m.leaves), n)...)
			if got, want := m.head.Root(), mth(m.leaves); got != want {
				rt.Fatalf("root at %d is %v, want %v", m.head.Size(), got, want)
			}
		}
		for i, l := range m.leaves {
			want, err := tlog.StoredHashes(int64(i), l[:], m)
			if err != nil {
				rt.Fatal(err)
			}
			at := tlog.StoredHashIndex(0, int64(i))
			if diff := cmp.Diff(want, m.hashes[at:at+int64(len(want))]); diff != "" {
				rt.Fatalf("stored hashes of %d: %s", i, diff)
			}
		}
		loaded, err := LoadHead(m.head.Size(), m)
		if err != nil {
			rt.Fatal(err)
		}
		parsed, err := ParseHead(m.head.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		if loaded.Root() != m.head.Root() || string(parsed.Bytes()) != string(loaded.Bytes()) {
			rt.Fatal("the head does not survive storage")
		}
	})
}

// TestAppendIsPure: a batch that is rolled back leaves nothing behind, and two
// batches on one head do not disturb each other.
func TestAppendIsPure(t *testing.T) {
	base := Head{}.Append(leaves(0, 7)...).Head
	before := string(base.Bytes())
	lost := base.Append(leaves(100, 3)...)
	kept := base.Append(leaves(7, 3)...)
	if string(base.Bytes()) != before {
		t.Fatal("Append changed the head it was given")
	}
	if lost.Head.Root() == kept.Head.Root() {
		t.Fatal("two different batches have one root")
	}
	if got, want := kept.Head.Root(), mth(leaves(0, 10)); got != want {
		t.Fatalf("root after a rollback is %v, want %v", got, want)
	}
}

// TestBatchProvesItself: whatever the sizes, a batch proves each of its leaves
// from what it holds, as the whole log would, and nothing else.
func TestBatchProvesItself(t *testing.T) {
	signer := newSigner(t, suite.Intl())
	for before := range 40 {
		for n := 1; n < 20; n++ {
			b := Head{}.Append(leaves(0, before)...).Head.Append(leaves(before, n)...)
			if b.Before().Size() != int64(before) {
				t.Fatalf("before it: %d, want %d", b.Before().Size(), before)
			}
			cp, err := signer.Checkpoint(rand.Reader, b.Head)
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range b.Leaves {
				r, err := cp.Prove(b.First+int64(i), l, b)
				if err != nil {
					t.Fatalf("%d after %d, leaf %d: %v", n, before, i, err)
				}
				if _, err := r.Verify(signer.Verifier(), l); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := b.ReadHashes([]int64{b.FirstHash + int64(len(b.Hashes))}); err == nil {
				t.Fatal("a hash of later was read")
			}
		}
	}
}

func TestParseHeadRefuses(t *testing.T) {
	good := Head{}.Append(leaves(0, 5)...).Head.Bytes()
	for name, b := range map[string][]byte{
		"short":        good[:7],
		"peak missing": good[:len(good)-32],
		"peak more":    append(append([]byte{}, good...), make([]byte, 32)...),
		"too large":    append([]byte{0xff}, good[1:]...),
	} {
		if _, err := ParseHead(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if h, err := ParseHead(nil); err != nil || h.Size() != 0 {
		t.Errorf("no bytes are not the empty log: %v", err)
	}
}

func TestLoadHeadShowsAlteredTables(t *testing.T) {
	m := newMemory(t, suite.Intl())
	m.add(t, leaves(0, 13)...)
	m.hashes[tlog.StoredHashIndex(3, 0)][0] ^= 1
	got, err := LoadHead(13, m)
	if err != nil {
		t.Fatal(err)
	}
	if got.Root() == m.head.Root() {
		t.Error("an altered hash gives the stored root")
	}
	if _, err := LoadHead(14, m); err == nil {
		t.Error("a head larger than what is stored was loaded")
	}
}
