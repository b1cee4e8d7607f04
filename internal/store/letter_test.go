package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/store"
)

const police = "police-1"

// drafted is a draft to the police about two records, beside a letter of its own.
func drafted(t *testing.T, db *store.DB) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		tx.AddLetter(&store.Letter{Agency: police, ID: "l1", Kind: store.KindSeal, Wrapped: []byte("w")}, noon)
		tx.GrowLetter(police, "l1", 2, noon.Add(time.Second))
		due := civil.Of(noon).AddDays(3)
		return tx.AddNotices([]store.Notice{
			{Record: id(caseA, 1), ID: "n1", Kind: store.KindSeal, Agency: police, Issued: noon, Due: due, Body: []byte("1"), Letter: "l1"},
			{Record: id(caseB, 1), ID: "n2", Kind: store.KindSeal, Agency: police, Issued: noon, Due: due, Body: []byte("2"), Letter: "l1"},
			{Record: id(caseB, 2), ID: "n3", Kind: store.KindSeal, Agency: police, Issued: noon, Due: due, Body: []byte("3")},
		})
	})
}

func inbox(tx *store.Tx) (ids []string, err error) {
	list, err := tx.NoticesTo(police, 10, 0)
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	return ids, err
}

func TestALetterIsADraftUntilItIsIssued(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		drafted(t, db)
		same(t, "the inbox", read(t, db, inbox), []string{"n3"})
		letter := func(tx *store.Tx) (store.Letter, error) { return tx.Letter(police, "l1") }
		missing(t, db, "a draft", store.ErrNotFound, letter)
		drafts := func(before time.Time) func(tx *store.Tx) (int, error) {
			return func(tx *store.Tx) (int, error) { d, err := tx.Drafts(before, 10); return len(d), err }
		}
		same(t, "drafts nobody touched", read(t, db, drafts(noon)), 0)
		same(t, "drafts", read(t, db, drafts(noon.Add(time.Minute))), 1)
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.AckLetter(police, "l1", "x", noon) })

		at, due := noon.Add(time.Hour), civil.Of(noon).AddDays(5)
		write(t, db, func(tx *store.Tx) error { tx.IssueLetter(police, "l1", at, due); return nil })
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { tx.IssueLetter(police, "l1", at, due); return nil })
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { tx.GrowLetter(police, "l1", 3, at); return nil })
		same(t, "the letter", read(t, db, letter),
			store.Letter{Agency: police, ID: "l1", Kind: store.KindSeal, Issued: micro(at), Due: due, Records: 2, Wrapped: []byte("w")})
		same(t, "the inbox", read(t, db, inbox), []string{"l1", "n3"})
		same(t, "how many", read(t, db, func(tx *store.Tx) (int, error) { return tx.NoticeCount(police) }), 2)
		lines := read(t, db, func(tx *store.Tx) ([]store.Notice, error) { return tx.Lines(police, "l1") })
		if len(lines) != 2 || lines[0].ID != "n1" || !lines[1].Issued.Equal(micro(at)) || lines[1].Due != due || lines[0].Letter != "l1" {
			t.Errorf("lines: %+v", lines)
		}
	})
}

func TestALetterIsAnsweredOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		drafted(t, db)
		at := noon.Add(time.Hour)
		write(t, db, func(tx *store.Tx) error { tx.IssueLetter(police, "l1", at, civil.Of(at)); return nil })
		unanswered := func(tx *store.Tx) (int, error) { return tx.UnansweredCount("") }
		same(t, "unanswered", read(t, db, unanswered), 2)
		line := func(code string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return tx.AckLine(id(caseA, 1).Code, code, "l1", police, "clerk", at) }
		}
		write(t, db, line("n1"))
		fails(t, db, store.ErrStale, line("n1"))
		same(t, "unanswered by line", read(t, db, unanswered), 2)
		ack := func(tx *store.Tx) error { return tx.AckLetter(police, "l1", "clerk", at.Add(time.Minute)) }
		write(t, db, ack)
		fails(t, db, store.ErrStale, ack)
		same(t, "unanswered as a whole", read(t, db, unanswered), 1)
		one := read(t, db, func(tx *store.Tx) (store.Notice, error) { return tx.Notice(caseA, "n1") })
		two := read(t, db, func(tx *store.Tx) ([]store.Notice, error) { return tx.NoticesOf(id(caseB, 1)) })
		if !one.Acked.Equal(micro(at)) || one.AckedBy != "clerk" || len(two) != 1 || !two[0].Acked.Equal(micro(at.Add(time.Minute))) || two[0].AckedBy != "clerk" {
			t.Errorf("the lines' answers: %+v, %+v", one, two)
		}
		fails(t, db, store.ErrStale, func(tx *store.Tx) error { return tx.AckLine(caseB, "n2", "l1", police, "clerk", at) })
		same(t, "the inbox", read(t, db, inbox), []string{"n3", "l1"})
	})
}

// With the last of its records a letter is answered; a span of time is answered
// with the letters in it.
func TestALetterIsAnsweredRecordByRecord(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		drafted(t, db)
		at := noon.Add(time.Hour)
		write(t, db, func(tx *store.Tx) error { tx.IssueLetter(police, "l1", at, civil.Of(at)); return nil })
		write(t, db, func(tx *store.Tx) error { return tx.AckLine(caseA, "n1", "l1", police, "clerk", at) })
		write(t, db, func(tx *store.Tx) error { return tx.AckLine(caseB, "n2", "l1", police, "chief", at.Add(time.Hour)) })
		l := read(t, db, func(tx *store.Tx) (store.Letter, error) { return tx.Letter(police, "l1") })
		if l.Answered != 2 || !l.Acked.Equal(micro(at.Add(time.Hour))) || l.AckedBy != "chief" {
			t.Errorf("the letter: %+v", l)
		}
		write(t, db, func(tx *store.Tx) error {
			tx.AddLetter(&store.Letter{Agency: police, ID: "l2", Kind: store.KindSeal, Wrapped: []byte{}}, at)
			tx.IssueLetter(police, "l2", at, civil.Of(at))
			n, err := tx.AckNotices(police, "system", noon, at, at.Add(time.Hour))
			if n != 2 { // the letter of its own, and l2
				t.Errorf("%d letters of a span are answered", n)
			}
			return err
		})
	})
}
