package trail

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

func FuzzParseReceipt(f *testing.F) {
	m := &memory{signer: newSignerFrom(f, suite.GM(), repeatable())}
	c := m.add(f, leaves(0, 9)...)
	r, err := c.Prove(4, leaf(4), m)
	if err != nil {
		f.Fatal(err)
	}
	v := m.signer.Verifier()
	f.Add(r.Bytes())
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 1\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ParseReceipt(data)
		if err != nil {
			return
		}
		if !bytes.Equal(got.Bytes(), data) {
			t.Fatalf("read and written again it differs: %q", got.Bytes())
		}
		if _, err := got.Verify(v, got.Leaf); err == nil && got.Leaf != leaf(int(got.Index)) {
			t.Fatal("a receipt was forged")
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	signer := newSignerFrom(f, suite.GM(), repeatable())
	c, err := signer.Checkpoint(rand.Reader, Head{}.Append(leaves(0, 5)...).Head)
	if err != nil {
		f.Fatal(err)
	}
	v := signer.Verifier()
	f.Add(c.Signed)
	f.Add([]byte("a\n1\n\n\n— a b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := v.Open(data); err == nil && (got.Size != 5 || got.Root != c.Root) {
			t.Fatalf("a checkpoint was forged: %+v", got)
		}
		if got, err := parseUnverified(data); err == nil && got.Size < 0 {
			t.Fatal("a negative size")
		}
	})
}

func FuzzParseVerifier(f *testing.F) {
	f.Add(newSignerFrom(f, suite.GM(), repeatable()).Verifier().String())
	f.Add("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVerifier(text)
		if err != nil {
			return
		}
		again, err := ParseVerifier(v.String())
		if err != nil || again.String() != v.String() {
			t.Fatalf("%q does not read again: %v", v.String(), err)
		}
	})
}

func FuzzParseEntry(f *testing.F) {
	for i := range 2 {
		b, err := entry(i).Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"kind":"open","at":"2026-01-01T00:00:00.000000Z","actor":"a"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ParseEntry(data)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("not canonical: %q, %v", again, err)
		}
	})
}

func FuzzParseCommitment(f *testing.F) {
	c, err := Commit(suite.GM(), rand.Reader, entry(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := ParseCommitment(data); err == nil && !bytes.Equal(got.Bytes(), data) {
			t.Fatal("read and written again it differs")
		}
	})
}

func FuzzParseHead(f *testing.F) {
	f.Add(Head{}.Append(leaves(0, 7)...).Head.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ParseHead(data)
		if err != nil {
			return
		}
		if len(data) > 0 && !bytes.Equal(h.Bytes(), data) {
			t.Fatal("read and written again it differs")
		}
		h.Append(leaf(1), leaf(2)).Head.Root()
	})
}

func FuzzParseTile(f *testing.F) {
	f.Add("tile/0/x001/x234/067.p/3", []byte{0, 32}, 1)
	f.Add("tile/entries/000", Bundle(leaves(0, 2)), 2)
	f.Fuzz(func(t *testing.T, path string, data []byte, width int) {
		if tile, err := ParseTilePath(path); err == nil && tile.Path() != path {
			t.Fatalf("%q became %q", path, tile.Path())
		}
		if width < 0 || width > tileWidth {
			return
		}
		if l, err := ParseBundle(data, width); err == nil && !bytes.Equal(Bundle(l), data) {
			t.Fatal("read and written again it differs")
		}
	})
}
