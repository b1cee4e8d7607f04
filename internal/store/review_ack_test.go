package store_test

import (
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
)

func TestAckNoticesOfASpan(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		day := civil.MustParse("2026-03-02").Time()
		code := docket.Code("0000000000000000000A")
		var letters []store.Notice
		for i, a := range []string{"court-1", "court-1", "court-1", "court-2"} {
			letters = append(letters, store.Notice{
				Record: docket.RecordID{Code: code, Seq: 1}, ID: string(rune('a' + i)), Kind: store.KindSeal, Agency: a,
				Issued: day.AddDate(0, 0, i), Due: civil.Of(day).AddDays(i + 3), Body: []byte{1},
			})
		}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.AddNotices(letters); err != nil {
				return err
			}
			n, err := tx.AckNotices("court-1", "system", day, day.AddDate(0, 0, 1), day.AddDate(0, 0, 9))
			if n != 2 || err != nil {
				t.Errorf("%d letters acknowledged (%v), want the two of the span", n, err)
			}
			again, err := tx.AckNotices("court-1", "system", day, day.AddDate(0, 0, 1), day.AddDate(0, 0, 10))
			if again != 0 {
				t.Errorf("%d letters acknowledged twice", again)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Read(t.Context(), func(tx *store.Tx) error {
			rows, err := tx.NoticesTo("court-1", 10, 0)
			if len(rows) != 3 || !rows[0].Acked.IsZero() || !rows[1].Acked.Equal(day.AddDate(0, 0, 9).Truncate(time.Microsecond)) {
				t.Errorf("%+v", rows)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
