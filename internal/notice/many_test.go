package notice_test

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/suite"
)

func lines() []notice.Line {
	return []notice.Line{
		{Record: id, Numbers: []docket.Number{{Kind: "立案号", No: "云岭公(刑)立字〔2026〕1号"}}},
		{Record: docket.RecordID{Code: id.Code, Seq: 2}, Numbers: []docket.Number{{Kind: "案号", No: "（2026）岭9901刑初1号"}}},
	}
}

func bundle(t *testing.T, sealKey string) *notice.Bundle {
	t.Helper()
	m, wrapped, err := notice.NewMany(rand.Reader, "police", "l1", sealKey)
	if err != nil {
		t.Fatal(err)
	}
	b := &notice.Bundle{ID: "l1", Agency: "police", Kind: "seal", Wrapped: wrapped}
	for _, l := range lines() {
		body, err := m.Encrypt(rand.Reader, l)
		if err != nil {
			t.Fatal(err)
		}
		b.Lines = append(b.Lines, notice.Encrypted{Record: l.Record, Notice: "n", Body: body})
	}
	return b
}

// A letter about many is for its agency alone, and each line for its record.
func TestLettersAboutMany(t *testing.T) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		key, err := s.GenerateDecryptKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.GenerateDecryptKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		b := bundle(t, key.Public().String())
		got, err := b.Read(key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines(), got); diff != "" {
			t.Errorf("%s:\n%s", s.Name(), diff)
		}
		if len(b.Lines[0].Body) != len(b.Lines[1].Body) {
			t.Error("the length of a line tells the length of its numbers")
		}
		if _, err := b.Read(other); err == nil {
			t.Error("another key reads it")
		}
		for what, spoil := range map[string]func(b *notice.Bundle){
			"another agency's":           func(b *notice.Bundle) { b.Agency = "court" },
			"another letter":             func(b *notice.Bundle) { b.ID = "l2" },
			"a line of another record":   func(b *notice.Bundle) { b.Lines[0].Record.Seq = 9 },
			"a line that was exchanged":  func(b *notice.Bundle) { b.Lines[0].Body = b.Lines[1].Body },
			"a line that is cut":         func(b *notice.Bundle) { b.Lines[0].Body = b.Lines[0].Body[:20] },
			"another letter's key there": func(b *notice.Bundle) { b.Wrapped = bundle(t, key.Public().String()).Wrapped },
		} {
			spoilt := bundle(t, key.Public().String())
			spoil(spoilt)
			if _, err := spoilt.Read(key); err == nil {
				t.Errorf("it reads as %s", what)
			}
		}
	}
}

// An agency without a key gets the records, and no number in clear.
func TestALetterAboutManyWithoutAKey(t *testing.T) {
	b := bundle(t, "")
	got, err := b.Read(suite.DecryptKey{})
	if err != nil || len(got) != 2 || got[1].Record.Seq != 2 || got[0].Numbers != nil || len(b.Wrapped) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if bytes.Contains(b.Lines[0].Body, []byte("云岭公")) {
		t.Error("a number stands in clear")
	}
}
