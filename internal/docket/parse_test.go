package docket

import (
	"testing"
)

func TestExamples(t *testing.T) {
	for _, typ := range Types() {
		raw, err := Example(typ)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(raw); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	raw, err := Example(JudgmentRendered)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			if _, err := Parse(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			_, _ = readStrict(raw)
		}
	})
	b.Run("validate", func(b *testing.B) {
		tree, _ := readStrict(raw)
		for b.Loop() {
			_ = contracts().check(tree)
		}
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			_, _ = decode(raw)
		}
	})
}
