package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/quality"
)

// SourceLags is how long the reports of a source took that came in on a day, or
// on several, from one basis.
type SourceLags struct {
	Source string
	Day    civil.Date // of the receipt; zero for several
	Basis  quality.Basis
	Lags   quality.Lags
}

var qualityLags = insertion{
	table: "quality_lag", columns: "source, day, basis, " + eachClass(func(c string) string { return c }), n: 3 + quality.Classes,
	conflict: "(source, day, basis) DO UPDATE SET " + eachClass(func(c string) string { return c + " = quality_lag." + c + " + excluded." + c }),
}

func eachClass(f func(class string) string) string {
	out := make([]string, quality.Classes)
	for i := range out {
		out[i] = f("c" + strconv.Itoa(i))
	}
	return strings.Join(out, ", ")
}

// AddLags adds counts to those of their days. Each source, day and basis may
// stand there once.
func (t *Tx) AddLags(rows []SourceLags) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b SourceLags) int { // one order for all: no deadlock
		return cmp.Or(cmp.Compare(a.Source, b.Source), a.Day.Compare(b.Day), cmp.Compare(a.Basis, b.Basis))
	})
	for _, r := range rows {
		row := []any{r.Source, r.Day.Days(), string(r.Basis)}
		for _, n := range r.Lags {
			row = append(row, n)
		}
		t.insertSoon(&qualityLags, row)
	}
}

// LagsSince reads the sums of the days from one on by source and basis; of one
// source where it is given.
func (t *Tx) LagsSince(source string, day civil.Date) ([]SourceLags, error) {
	where, args := `day >= $1`, []any{day.Days()}
	if source != "" {
		where, args = where+` AND source = $2`, append(args, source)
	}
	return all(t, `SELECT source, basis, `+eachClass(func(c string) string { return "CAST(SUM(" + c + ") AS BIGINT)" })+`
		FROM quality_lag WHERE `+where+` GROUP BY source, basis ORDER BY source, basis`, args,
		func(scan func(...any) error) (s SourceLags, err error) {
			dest := []any{&s.Source, (*string)(&s.Basis)}
			for i := range s.Lags {
				dest = append(dest, &s.Lags[i])
			}
			return s, scan(dest...)
		})
}
