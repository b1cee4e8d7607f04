// Package mapping turns rows of an agency's tables into events: a YAML file
// names, for each column, the place in the event it belongs to, and how the
// agency's codes are spelt in the platform's words. docs/gateway.md describes
// the file.
package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
	"github.com/fengcun/fengcun/internal/strictyaml"
)

// Mapping is one mapping file.
type Mapping struct {
	// Type is the event type of every row, in full or short (case.filed); ""
	// where a field gives it.
	Type string `yaml:"type"`
	// ID names the columns that together name a row for good. Without them the
	// row's content does.
	ID       []string `yaml:"id"`
	IDPrefix string   `yaml:"id_prefix"`
	Header   int      `yaml:"header"`   // row of the columns' names; 0 is 1
	Sheet    string   `yaml:"sheet"`    // of a workbook; "" is the first
	Encoding string   `yaml:"encoding"` // of CSV; "" is found from the text
	Comma    string   `yaml:"comma"`    // of CSV; "" is found from the header
	// Skip leaves out the rows that hold one of these values in these columns.
	Skip   map[string][]string `yaml:"skip"`
	Fields []Field             `yaml:"fields"`

	plain bool // no file: the columns are named by places
}

// Field says where a column's value, or a fixed value, goes.
type Field struct {
	To     string `yaml:"to"`     // place in the event, such as person.name
	Column string `yaml:"column"` //
	Value  string `yaml:"value"`  // fixed, instead of a column
	With   string `yaml:"with"`   // a fixed value goes in only where this column is not blank
	// Codes spells the agency's codes in the platform's words; a code that it
	// does not name is a mistake. An empty word leaves the field out.
	Codes    map[string]string `yaml:"codes"`
	Split    string            `yaml:"split"` // cuts the value into a list
	Scale    int64             `yaml:"scale"` // multiplies a number: 12 for years told in months
	Required bool              `yaml:"required"`

	target *target
}

// Parse reads a mapping file. Keys it does not know are refused.
func Parse(text []byte) (*Mapping, error) {
	m := &Mapping{}
	if err := strictyaml.Decode(text, m); err != nil {
		return nil, errors.New(strictyaml.Explain(err))
	}
	if len(m.Fields) == 0 {
		return nil, errors.New("fields: missing; name at least one column and where it goes")
	}
	return m, m.compile()
}

// Plain is the mapping of a table whose columns are named by places.
func Plain() *Mapping { return &Mapping{plain: true} }

// Options say how the table lies in its file.
func (m *Mapping) Options() sheet.Options {
	o := sheet.Options{HeaderRow: m.Header, Sheet: m.Sheet, Encoding: m.Encoding}
	for _, r := range m.Comma {
		o.Comma = r
	}
	return o
}

func (m *Mapping) compile() error {
	var errs []error
	if m.Type != "" {
		if m.Type = fullType(m.Type); !known(m.Type) {
			errs = append(errs, fmt.Errorf("type: no event type is called so; docs/events.md lists them"))
		}
	}
	if len([]rune(m.Comma)) > 1 {
		errs = append(errs, errors.New("comma: want one character"))
	}
	hasType := m.Type != ""
	for i := range m.Fields {
		f := &m.Fields[i]
		if err := f.compile(); err != nil {
			errs = append(errs, fmt.Errorf("fields[%d] (to: %s): %w", i, f.To, err))
		}
		hasType = hasType || f.To == "type"
	}
	if !hasType {
		errs = append(errs, errors.New("type: missing; give the event type of the rows, or a field that goes to type"))
	}
	return errors.Join(errs...)
}

func (f *Field) compile() (err error) {
	switch {
	case f.Column == "" && f.Value == "":
		return errors.New("want a column or a value")
	case f.Column != "" && f.Value != "":
		return errors.New("want a column or a value, not both")
	case f.With != "" && f.Value == "":
		return errors.New("with belongs to a fixed value")
	case f.Codes != nil && f.Value != "":
		return errors.New("codes belong to a column")
	case f.Scale < 0:
		return errors.New("scale: want a positive number")
	}
	if f.target, err = locate(f.To); err != nil {
		return err
	}
	if f.Split == "" && f.target.open {
		return errors.New("a list: say with split where its values are cut, or number its parts, such as suspected.0.name")
	}
	if f.Scale != 0 && !f.target.number {
		return errors.New("scale belongs to a number")
	}
	return nil
}

// fullType is a type in full: case.filed is cn.fengcun.case.filed.v1.
func fullType(short string) string {
	if strings.HasPrefix(short, "cn.fengcun.") || short == "" {
		return short
	}
	return "cn.fengcun." + short + ".v1"
}

func known(t string) bool {
	for _, k := range docket.Types() {
		if string(k) == t {
			return true
		}
	}
	return false
}

// columns is every column that the mapping reads.
func (m *Mapping) columns() []string {
	var out []string
	seen := make(map[string]bool)
	add := func(c string) {
		if c != "" && !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	for _, f := range m.Fields {
		add(f.Column)
		add(f.With)
	}
	for _, c := range m.ID {
		add(c)
	}
	for c := range m.Skip {
		add(c)
	}
	return out
}

// Columns is the columns that a source must have.
func (m *Mapping) Columns() []string { return m.columns() }
