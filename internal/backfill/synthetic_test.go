package backfill_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/backfill"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/gateway"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/suite"
)

// synthetic is a history made up as it is read: each record is a judgment, with
// the day on which it took effect, and the end of its execution. Every tenth
// person has two records; the second stands far behind the first.
type synthetic struct {
	records int
	keys    map[string]suite.SignKey
}

const counties = 8

func courtOf(n int) string  { return fmt.Sprintf("court-9902%02d", n%counties+1) }
func prisonOf(n int) string { return fmt.Sprintf("detention-9902%02d", n%counties+1) }

// enrol makes the agencies of the history known.
func (s *synthetic) enrol(tb testing.TB, w *registrytest.World) {
	tb.Helper()
	s.keys = map[string]suite.SignKey{}
	var all []*agency.Agency
	for n := range counties {
		for id, kind := range map[string]agency.Kind{courtOf(n): agency.Court, prisonOf(n): agency.DetentionCentre} {
			sign, err := w.Reg.Suite().GenerateSignKey(rand.Reader)
			if err != nil {
				tb.Fatal(err)
			}
			open, err := w.Reg.Suite().GenerateDecryptKey(rand.Reader)
			if err != nil {
				tb.Fatal(err)
			}
			s.keys[id] = sign
			all = append(all, &agency.Agency{
				ID: id, Kind: kind, Name: id, Division: id[len(id)-6:], VerifyKey: sign.Public().String(), SealKey: open.Public().String(),
			})
		}
	}
	if err := w.Reg.Enrol(context.Background(), all, nil, w.Now); err != nil {
		tb.Fatal(err)
	}
}

// files is the names of the files: one of judgments and one of executions for
// each county, in the order in which they are taken in.
func (s *synthetic) files() (all []feed) {
	for n := range counties {
		all = append(all, feed{s: s, by: courtOf(n), at: n, event: s.judgment})
	}
	for n := range counties {
		all = append(all, feed{s: s, by: prisonOf(n), at: n, event: s.served})
	}
	return all
}

// feed gives one file line by line.
type feed struct {
	s     *synthetic
	by    string
	at    int
	line  int64
	event func(n int) *docket.Event
}

// Next implements gateway.Feed.
func (f *feed) Next() (gateway.Entry, error) {
	if f.at >= f.s.records {
		return gateway.Entry{}, io.EOF
	}
	e := f.event(f.at)
	e.Source = agency.SourceOf(f.by)
	raw, err := e.Encode()
	f.at += counties
	f.line++
	return gateway.Entry{Row: f.line, Event: raw}, err
}

// Close implements gateway.Feed.
func (f *feed) Close() error { return nil }

// person is who a record is about: the last tenth are records of those of the
// first.
func (s *synthetic) person(n int) docket.Identity {
	if last := s.records - s.records/10; n >= last {
		n -= last
	}
	birth := civil.MustParse("1970-01-01").AddDays(n % 9999)
	y, m, d := birth.YMD()
	digits := fmt.Sprintf("99%04d%04d%02d%02d%03d", 201+n/(9999*499), y, m, d, 1+2*(n/9999%499))
	return docket.Identity{
		Name: string([]rune{'申', '屠', rune('一' + n%5000), rune('一' + n/5000%5000)}), Document: docket.ResidentID,
		Number: digits + string(docket.ResidentCheckCharacter(digits)), Sex: "男", Birth: birth,
	}
}

func (s *synthetic) numbers(n int) []docket.Number {
	return []docket.Number{{Kind: "案号", No: fmt.Sprintf("（2024）岭99%02d刑初%d号", n%counties, n)}}
}

// judgment is one of four kinds: sealed at once twice, observed, kept.
func (s *synthetic) judgment(n int) *docket.Event {
	name, sentence := registrytest.DrunkDriving, registrytest.Months(docket.Detention, 1+n%6)
	switch n % 8 {
	case 5, 6:
		name, sentence = registrytest.Theft, registrytest.Months(docket.FixedTerm, 6+n%30)
	case 7:
		name, sentence = registrytest.Injury, registrytest.Months(docket.FixedTerm, 48)
	}
	judged := civil.MustParse("2020-01-06").AddDays(n % 1000)
	part := registrytest.Convict(s.person(n), name, judged.AddDays(-60).String(), sentence, judged.AddDays(11).String())
	return &docket.Event{
		ID: fmt.Sprintf("j%d", n), Type: docket.JudgmentRendered, Time: judged.Time().Add(9 * time.Hour),
		Data: docket.Data{Date: judged, Numbers: s.numbers(n), Persons: []docket.Part{part}},
	}
}

func (s *synthetic) served(n int) *docket.Event {
	day := civil.MustParse("2020-01-06").AddDays(n%1000 + 200)
	return &docket.Event{
		ID: fmt.Sprintf("x%d", n), Type: docket.ExecutionCompleted, Time: day.Time().Add(9 * time.Hour),
		Data: docket.Data{Date: day, Numbers: s.numbers(n), Persons: []docket.Part{registrytest.Served(s.person(n), "看守所")}},
	}
}

// take goes on taking the history in: as many batches of events more, or fewer to
// its end. It gives how many events are in.
func (s *synthetic) take(tb testing.TB, w *registrytest.World, batch, batches int) (events int) {
	tb.Helper()
	for _, f := range s.files() {
		ctx, stop := context.WithCancel(context.Background())
		t := &backfill.Taker{
			Registry: w.Reg, Agency: f.by, Key: s.keys[f.by], Rand: rand.Reader, Now: func() time.Time { return w.Now }, Batch: batch,
			Tell: func(line int64, pointer, message string) {
				tb.Errorf("%s, line %d: %s: %s", f.by, line, pointer, message)
			},
			Moved: func(int64) {
				if batches--; batches == 0 {
					stop()
				}
			},
		}
		got, err := t.Take(ctx, &f, w.Reg.HistoryDigest(f.by, fmt.Append(nil, "synthetic ", s.records)), false)
		stop()
		events += int(got.Accepted)
		if batches == 0 && errors.Is(err, context.Canceled) {
			break
		}
		if err != nil || got.Refused > 0 {
			tb.Fatalf("%s: %+v, %v", f.by, got, err)
		}
	}
	return events
}

// wave goes on with the wave: over as many persons more, or fewer to its end.
func (s *synthetic) wave(tb testing.TB, w *registrytest.World, step, persons int) *registry.Wave {
	tb.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r := &backfill.Runner{Registry: w.Reg, Now: func() time.Time { return w.Now }, Persons: step, Moved: func(done, all int64) {
		if done >= int64(persons) && done < all {
			stop()
		}
	}}
	wave, err := r.Run(ctx, registry.WaveOptions{Kind: registry.WaveWaiting, Worker: "bench"})
	if err != nil && !errors.Is(err, context.Canceled) {
		tb.Fatal(err)
	}
	return wave
}
