package gateway

import (
	"io"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
)

// Feed gives the rows of one file as events.
type Feed interface {
	// Next is the next row; io.EOF after the last. An error that is a
	// sheet.ErrFile says that no more of the file can be read.
	Next() (Entry, error)
	io.Closer
}

// Entry is one row of a file: an event, or what is wrong.
type Entry struct {
	Row    int64
	ID     string // of the event, where it is known
	Event  []byte // nil where there are faults
	Faults []mapping.Problem
}

// OpenFeed opens a file by its name's ending: tables are mapped, anything else
// is lines of JSON, which are events already. Events come from source; today is what the platform will hold
// their days against; large workbooks are unpacked under temporary.
func OpenFeed(name string, m *mapping.Mapping, source, temporary string, today civil.Date) (Feed, error) {
	if k := sheet.KindOf(name); k != sheet.CSV && k != sheet.XLSX {
		l, err := sheet.OpenLines(name)
		if err != nil {
			return nil, err
		}
		return &lineFeed{l}, nil
	}
	t, err := openTable(name, m, source, temporary)
	if err != nil {
		return nil, err
	}
	t.today = today
	return t, nil
}

type lineFeed struct{ *sheet.Lines }

func (f *lineFeed) Next() (Entry, error) {
	n, line, wrong, err := f.Lines.Next()
	e := Entry{Row: int64(n), Event: line}
	if wrong != "" {
		e.Faults = []mapping.Problem{{Message: wrong}}
	}
	return e, err
}

// tableFeed is a table under its mapping.
type tableFeed struct {
	sheet.Table
	binding *mapping.Binding
	today   civil.Date
}

func openTable(name string, m *mapping.Mapping, source, temporary string) (*tableFeed, error) {
	o := m.Options()
	o.Temporary = temporary
	t, err := sheet.Open(name, o)
	if err != nil {
		return nil, err
	}
	w := mapping.Workbook{Is: sheet.KindOf(name) == sheet.XLSX, Date1904: t.Date1904()}
	b, err := m.Bind(t.Header(), w, source)
	if err != nil {
		_ = t.Close()
		return nil, err
	}
	return &tableFeed{Table: t, binding: b}, nil
}

func (f *tableFeed) Next() (Entry, error) {
	for {
		row, err := f.Table.Next()
		if err != nil {
			return Entry{}, err
		}
		got := f.binding.Event(row, f.today)
		if !got.Skipped {
			return Entry{Row: int64(row.Number), ID: got.ID, Event: got.Raw, Faults: got.Problems}, nil
		}
	}
}
