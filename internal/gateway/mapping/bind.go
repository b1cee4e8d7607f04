package mapping

import (
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
	"github.com/fengcun/fengcun/internal/suite"
)

// Binding is a mapping put on one table: its columns are found in the header.
type Binding struct {
	m      *Mapping
	fields []Field
	source string
	count  days
	header []string
	column map[string]int
}

// Workbook says how a table counts days; a table that is no workbook has none.
type Workbook struct {
	Is       bool
	Date1904 bool
}

// Bind puts the mapping on a table whose events come from source. Columns that
// the table lacks are told all at once.
func (m *Mapping) Bind(header []string, w Workbook, source string) (*Binding, error) {
	b := &Binding{m: m, fields: m.Fields, source: source, header: header, column: make(map[string]int)}
	if w.Is {
		b.count = days1900
	}
	if w.Is && w.Date1904 {
		b.count = days1904
	}
	for i, name := range header {
		if name != "" {
			b.column[name] = i
		}
	}
	if m.plain {
		return b, b.plain()
	}
	var missing []string
	for _, c := range m.columns() {
		if _, ok := b.column[c]; !ok {
			missing = append(missing, c)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return nil, fmt.Errorf("%w: its header lacks the columns %s; it has %s", sheet.ErrFile,
			strings.Join(missing, ", "), strings.Join(header, ", "))
	}
	return b, nil
}

// plain takes each column's name for its place.
func (b *Binding) plain() error {
	for _, name := range b.header {
		if name == "" {
			continue
		}
		f := Field{To: name, Column: name}
		if t, err := locate(name); err == nil && t.open {
			f.Split = "、"
		}
		if err := f.compile(); err != nil {
			return fmt.Errorf("%w: column %q: %w; or give a mapping file", sheet.ErrFile, name, err)
		}
		b.fields = append(b.fields, f)
	}
	return nil
}

// Problem is one thing wrong with a row. It never repeats a value.
type Problem struct {
	Column  string // "" where no one column is at fault
	Message string
}

func (p Problem) String() string {
	if p.Column == "" {
		return p.Message
	}
	return p.Column + ": " + p.Message
}

// Result is what became of a row.
type Result struct {
	ID       string // of the event
	Raw      []byte // the event's JSON; nil where there are problems or the row is skipped
	Skipped  bool
	Problems []Problem
}

// Event makes a row's event. It is checked as the platform will check it on
// this day, so that most mistakes are told before anything is sent. The same
// row always gives the same bytes.
func (b *Binding) Event(row sheet.Row, today civil.Date) Result {
	if row.Fault != "" {
		return Result{Problems: []Problem{{Message: row.Fault}}}
	}
	if b.skipped(row) {
		return Result{Skipped: true}
	}
	e := &docket.Event{Source: b.source, Type: docket.Type(b.m.Type)}
	problems := b.fill(e, row)
	if len(problems) > 0 {
		return Result{Problems: problems}
	}
	prune(reflect.ValueOf(e).Elem())
	e.Type = docket.Type(fullType(string(e.Type)))
	if e.Time.IsZero() && !e.Data.Date.IsZero() {
		e.Time = e.Data.Date.Time()
	}
	if p := b.name(e, row); p != nil {
		return Result{Problems: []Problem{*p}}
	}
	raw, err := e.Encode()
	if err != nil {
		return Result{Problems: []Problem{{Message: err.Error()}}}
	}
	if problems = b.check(raw, today); len(problems) > 0 {
		return Result{ID: e.ID, Problems: problems}
	}
	return Result{ID: e.ID, Raw: raw}
}

func (b *Binding) skipped(row sheet.Row) bool {
	for column, values := range b.m.Skip {
		if slices.Contains(values, strings.TrimSpace(row.Cells[b.column[column]].Text)) {
			return true
		}
	}
	return false
}

func (b *Binding) fill(e *docket.Event, row sheet.Row) (problems []Problem) {
	for i := range b.fields {
		f := &b.fields[i]
		value, err := b.value(f, row)
		if err == nil && value != "" {
			err = f.put(e, value, b.count)
		}
		if err != nil {
			problems = append(problems, Problem{Column: f.Column, Message: err.Error()})
		}
	}
	return problems
}

// value is what a field takes from a row; "" leaves it out.
func (b *Binding) value(f *Field, row sheet.Row) (string, error) {
	if f.Value != "" {
		if f.With != "" && strings.TrimSpace(row.Cells[b.column[f.With]].Text) == "" {
			return "", nil
		}
		return f.Value, nil
	}
	c := row.Cells[b.column[f.Column]]
	if c.Fault != "" {
		return "", errors.New(c.Fault)
	}
	value := strings.TrimSpace(strings.Trim(c.Text, "　\u00a0\ufeff"))
	if value == "" {
		if f.Required {
			return "", errors.New("missing")
		}
		return "", nil
	}
	if f.Codes == nil {
		return value, nil
	}
	word, ok := f.Codes[value]
	if !ok {
		return "", errors.New("a code that the mapping does not name; correct it or add it to codes")
	}
	return word, nil
}

// put writes a value to its place, cut into parts where the field says so.
func (f *Field) put(e *docket.Event, value string, count days) error {
	parts := []string{value}
	if f.Split != "" {
		parts = strings.Split(value, f.Split)
	}
	if len(parts) > mostParts {
		return fmt.Errorf("%d values in one cell, at most %d are taken", len(parts), mostParts)
	}
	n := 0
	for _, part := range parts {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if f.target.alias != "" {
			e.Data.Numbers = append(e.Data.Numbers, docket.Number{Kind: f.target.alias, No: part})
			continue
		}
		if err := set(f.target.place(e, n), part, f.Scale, count); err != nil {
			return err
		}
		n++
	}
	return nil
}

// name gives the event its id: by the columns that name a row, by the column
// that goes to id, else by its content.
func (b *Binding) name(e *docket.Event, row sheet.Row) *Problem {
	switch {
	case len(b.m.ID) > 0:
		var parts [][]byte
		for _, column := range b.m.ID {
			v := strings.TrimSpace(row.Cells[b.column[column]].Text)
			if v == "" {
				return &Problem{Column: column, Message: "missing; it names the row"}
			}
			parts = append(parts, []byte(v))
		}
		e.ID = b.m.IDPrefix + readable(parts)
	case e.ID == "":
		raw, err := e.Encode()
		if err != nil {
			return &Problem{Message: err.Error()}
		}
		e.ID = b.m.IDPrefix + digest([][]byte{raw})
	}
	return nil
}

// readable joins the parts of an id where the platform takes them as they are;
// else their digest stands for them.
func readable(parts [][]byte) string {
	var out []string
	for _, p := range parts {
		for _, c := range p {
			if c <= ' ' || c > '~' || c == '/' {
				return digest(parts)
			}
		}
		out = append(out, string(p))
	}
	if s := strings.Join(out, "/"); len(s) <= 90 {
		return s
	}
	return digest(parts)
}

// digest names content. It guards nothing, and must stay the same when the
// agency changes its suite: it is always SHA-256.
func digest(parts [][]byte) string {
	sum := suite.Intl().Digest(suite.Frame("fengcun/row/1", parts...))
	return hex.EncodeToString(sum[:16])
}

// check asks the platform's own rules, and names the column at fault.
func (b *Binding) check(raw []byte, today civil.Date) (problems []Problem) {
	e, err := docket.Parse(raw)
	if err == nil {
		err = e.Check(today)
	}
	var invalid *docket.Invalid
	if errors.As(err, &invalid) {
		for _, p := range invalid.Problems {
			problems = append(problems, b.Told(p.Path, p.Message))
		}
		return problems
	}
	if err != nil {
		return []Problem{{Message: err.Error()}}
	}
	return nil
}

// Told is a problem at a JSON pointer, told by the column that goes there.
func (b *Binding) Told(pointer, message string) Problem {
	best, long := "", -1
	for _, f := range b.fields {
		at := f.target.pointer
		if (at == pointer || strings.HasPrefix(pointer, at+"/")) && len(at) > long && f.Column != "" {
			best, long = f.Column, len(at)
		}
	}
	if best == "" && pointer != "" {
		message = pointer + ": " + message
	}
	return Problem{Column: best, Message: message}
}

// Spelt is a row's cells as text that a corrected file may hold: what a
// workbook counts in days is spelt as a day.
func (b *Binding) Spelt(row sheet.Row) []string {
	out := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		out[i] = c.Text
	}
	if b.count == noDays {
		return out
	}
	for _, f := range b.fields {
		i, ok := b.column[f.Column]
		if !ok || i >= len(out) || !serial.MatchString(out[i]) {
			continue
		}
		switch f.target.leaf {
		case reflect.TypeFor[civil.Date]():
			if d, err := parseDate(out[i], b.count); err == nil {
				out[i] = d.String()
			}
		case reflect.TypeFor[time.Time]():
			if t, err := parseTime(out[i], b.count); err == nil {
				out[i] = t.Format(time.DateTime)
			}
		}
	}
	return out
}
