package simulate

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// tableLines is how many lines of a breakdown the table shows.
const tableLines = 20

// WriteTable writes the comparison for reading: a line for each pack, then the
// funnel and the breakdowns with a column for each pack.
func (c *Comparison) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	if c.Facts.Synthetic {
		fmt.Fprintf(w, "Facts: %s, %.0f persons, %.0f cases. Synthetic: see docs/calibration.md.\n", c.Facts.Name, c.Facts.Persons, c.Facts.Cases)
	} else {
		fmt.Fprintf(w, "Facts: %s (%s), %.0f persons, %.0f cases.\n", c.Facts.Name, c.Facts.Format, c.Facts.Persons, c.Facts.Cases)
	}
	fmt.Fprintf(w, "Evaluated on %s. Shares in percent; +n is what unknown attributes leave open.\n\n", c.On)
	if len(c.Packs) > 0 {
		c.summary(t)
	}
	for _, s := range c.Sweeps {
		s.write(t)
	}
	if c.Report != nil {
		c.Report.write(t)
	}
	return t.Flush()
}

func share(c Count) string {
	s := fmt.Sprintf("%.2f", c.Percent)
	if c.ReviewPercent > 0 {
		s += fmt.Sprintf("+%.2f", c.ReviewPercent)
	}
	return s
}

func (c *Comparison) summary(t io.Writer) {
	fmt.Fprintln(t, "no\tpersons\tsuspended apart\tcases\tsuspended apart\tafter observation\t  pack")
	for i, r := range c.Packs {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%.2f\t  %s", i+1, share(r.All.Persons), share(r.Apart.Persons), share(r.All.Cases),
			share(r.Apart.Cases), percent(r.All.Persons.Observed, r.All.Persons.Total), r.Pack)
		for _, l := range r.Layers {
			fmt.Fprintf(t, " + %s", l)
		}
		fmt.Fprintln(t)
	}
	fmt.Fprint(t, "\nFunnel, percent of persons who pass the stage and all before it\n")
	c.columns(t)
	for k := range c.Packs[0].Funnel {
		for _, r := range c.Packs {
			s := r.Funnel[k]
			fmt.Fprintf(t, "%s\t", share(Count{Percent: s.Percent, ReviewPercent: s.OpenPercent}))
		}
		fmt.Fprintf(t, "  %s\n", c.Packs[0].Funnel[k].Stage)
	}
	for _, b := range breakdowns() {
		if lines := b.of(c.Packs[0]); len(lines) > 1 {
			c.breakdown(t, b)
		}
	}
}

func (c *Comparison) columns(t io.Writer) {
	for i := range c.Packs {
		fmt.Fprintf(t, "pack %d\t", i+1)
	}
	fmt.Fprintln(t)
}

func (c *Comparison) breakdown(t io.Writer, b breakdown) {
	fmt.Fprintf(t, "\nBy %s, percent of its persons; of how many\n", b.name)
	c.columns(t)
	lines := b.of(c.Packs[0])
	for k, line := range lines[:min(len(lines), tableLines)] {
		for _, r := range c.Packs {
			fmt.Fprintf(t, "%s\t", share(b.of(r)[k].Persons))
		}
		fmt.Fprintf(t, "%.0f\t  %s\n", line.Persons.Total, line.Key)
	}
	if more := len(lines) - tableLines; more > 0 {
		fmt.Fprintf(t, "  and %d more: --format csv\n", more)
	}
}

// breakdown is one way of dividing the facts. Its lines are the same, in the
// same order, whatever the pack.
type breakdown struct {
	name string
	of   func(*Result) []Line
}

func breakdowns() []breakdown {
	return []breakdown{
		{"penalty", func(r *Result) []Line { return r.Penalty }},
		{"suspended", func(r *Result) []Line { return r.Suspended }},
		{"crime", func(r *Result) []Line { return r.Crime }},
		{"region", func(r *Result) []Line { return r.Region }},
		{"year", func(r *Result) []Line { return r.Year }},
	}
}

func (s *Sweep) write(t io.Writer) {
	fmt.Fprintf(t, "\n%s: %s swept; the line is %.0f%%", s.Pack, s.Parameter, s.Line)
	if s.Crosses != nil {
		fmt.Fprintf(t, ", reached at %d", *s.Crosses)
	}
	fmt.Fprint(t, "\nvalue\tpersons\tsuspended apart\tcases\t\n")
	for _, p := range s.Points {
		fmt.Fprintf(t, "%d\t%.2f\t%.2f\t%.2f\t\n", p.Value, p.Persons, p.Apart, p.Cases)
	}
}

func (r *ReportTable) write(t io.Writer) {
	fmt.Fprintf(t, "\nThe report's table, on %s; * is the counting the report's number is of\n", r.Facts)
	fmt.Fprintln(t, "report\tpersons\tsuspended apart\tcases\tsuspended apart\tagreement\t  pack")
	for i := range r.Rows {
		row := &r.Rows[i]
		fmt.Fprintf(t, "%s%.2f\t", row.Relation, row.Reported)
		for _, name := range Countings() {
			cell, star := row.Cell(name), ""
			if name == row.Counting {
				star = "*"
			}
			fmt.Fprintf(t, "%s%s\t", star, share(Count{Percent: cell.Percent, ReviewPercent: cell.ReviewPercent}))
		}
		fmt.Fprintf(t, "%s\t  %s\n", row.Shown().Agreement, row.Pack)
	}
	fmt.Fprintln(t)
	for i := range r.Rows {
		fmt.Fprintf(t, "%s: %s\n", r.Rows[i].Pack, r.Rows[i].Note.En)
	}
}

// WriteCSV writes everything in one long table: UTF-8, a header, one line for
// each pack, breakdown, key and unit.
func (c *Comparison) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"pack", "breakdown", "key", "unit", "total", "reached", "after_observation", "review", "percent", "review_percent"}}
	for _, r := range c.Packs {
		rows = append(rows, csvLines(r.Pack, "all", []Line{r.All, r.Apart})...)
		for _, b := range breakdowns() {
			rows = append(rows, csvLines(r.Pack, b.name, b.of(r))...)
		}
		for _, s := range r.Funnel {
			rows = append(rows, []string{
				r.Pack, "funnel", string(s.Stage), "persons", number(r.All.Persons.Total), number(s.Persons), "", number(s.Open),
				number(s.Percent), number(s.OpenPercent),
			})
		}
	}
	for _, s := range c.Sweeps {
		for _, p := range s.Points {
			rows = append(rows, []string{s.Pack, "sweep " + s.Parameter, strconv.FormatInt(p.Value, 10), "persons", "", "", "", "", number(p.Persons), ""})
		}
	}
	if c.Report != nil {
		rows = append(rows, c.Report.csv()...)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

func csvLines(pack, breakdown string, lines []Line) [][]string {
	var rows [][]string
	for _, l := range lines {
		for _, u := range []struct {
			unit string
			c    Count
		}{{"persons", l.Persons}, {"cases", l.Cases}} {
			rows = append(rows, []string{
				pack, breakdown, l.Key, u.unit, number(u.c.Total), number(u.c.Reached), number(u.c.Observed), number(u.c.Review),
				number(u.c.Percent), number(u.c.ReviewPercent),
			})
		}
	}
	return rows
}

func (r *ReportTable) csv() [][]string {
	var rows [][]string
	for i := range r.Rows {
		row := &r.Rows[i]
		rows = append(rows, []string{row.Pack, "report", "reported " + row.Relation, row.Counting, "", "", "", "", number(row.Reported), ""})
		for _, name := range Countings() {
			c := row.Cell(name)
			rows = append(rows, []string{row.Pack, "report", string(c.Agreement), name, "", "", "", "", number(c.Percent), number(c.ReviewPercent)})
		}
	}
	return rows
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
