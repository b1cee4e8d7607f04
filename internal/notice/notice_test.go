package notice_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/suite"
)

var id = docket.RecordID{Code: "7Q2M0ZK4XB9TR51HDWC0", Seq: 1}

func letter() notice.Letter {
	at := time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC) // the 24th in Shanghai
	return notice.Letter{
		Kind: "seal", Record: id, Issued: at, Due: notice.Due(at),
		Numbers: []docket.Number{{Kind: "立案号", No: "云岭公(刑)立字〔2026〕1号"}},
	}
}

// A letter is for its agency and its record alone.
func TestLetters(t *testing.T) {
	for _, s := range []suite.Suite{suite.Intl(), suite.GM()} {
		key, err := s.GenerateDecryptKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.GenerateDecryptKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		want := letter()
		body, err := want.Encrypt(rand.Reader, "police", key.Public().String())
		if err != nil {
			t.Fatal(err)
		}
		got, err := notice.Decrypt(key, "police", id, body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&want, got, cmp.Comparer(func(a, b civil.Date) bool { return a == b })); diff != "" {
			t.Errorf("%s:\n%s", s.Name(), diff)
		}
		if _, err := notice.Decrypt(other, "police", id, body); err == nil {
			t.Error("another key reads it")
		}
		if _, err := notice.Decrypt(key, "court", id, body); err == nil {
			t.Error("it reads as a letter to another agency")
		}
		if _, err := notice.Decrypt(key, "police", docket.RecordID{Code: id.Code, Seq: 2}, body); err == nil {
			t.Error("it reads as a letter about another record")
		}
	}
}

// The size of a letter does not tell how many numbers it quotes.
func TestLettersOfOneSize(t *testing.T) {
	key, err := suite.Intl().GenerateDecryptKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	short, long := letter(), letter()
	long.Numbers = append(long.Numbers, docket.Number{Kind: "案号", No: "（2026）岭9901刑初1号"})
	a, err1 := short.Encrypt(rand.Reader, "police", key.Public().String())
	b, err2 := long.Encrypt(rand.Reader, "police", key.Public().String())
	if err1 != nil || err2 != nil || len(a) != len(b) {
		t.Errorf("%d and %d bytes, %v, %v", len(a), len(b), err1, err2)
	}
}

func TestAnAgencyWithoutAKey(t *testing.T) {
	body, err := letter().Encrypt(rand.Reader, "police", "")
	if err != nil || bytes.Contains(body, []byte("立案号")) || !bytes.Contains(body, []byte(id.String())) {
		t.Errorf("%s, %v", body, err)
	}
	if _, err := letter().Encrypt(rand.Reader, "police", "no key"); err == nil {
		t.Error("a key that is none was taken")
	}
}

func TestTheClockIsOfShanghai(t *testing.T) {
	if got := letter().Due; got != civil.MustParse("2026-11-27") {
		t.Errorf("due %s", got)
	}
}

func FuzzDecrypt(f *testing.F) {
	key, err := suite.Intl().GenerateDecryptKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	body, err := letter().Encrypt(rand.Reader, "police", key.Public().String())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := notice.Decrypt(key, "police", id, b); err == nil && l.Record != id {
			t.Fatalf("forged: %+v", l)
		}
	})
}
