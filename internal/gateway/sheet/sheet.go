// Package sheet reads what agencies export: lines of JSON, CSV and XLSX, row
// by row, in bounded memory whatever the file holds. A row that cannot be read
// is told by itself and the rows after it are read; a file is refused as a
// whole only where no row of it can be trusted.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The limits of one file. docs/gateway.md tells them to those who export.
const (
	MaxRecord   = 1 << 20   // bytes of one line or CSV record
	MaxColumns  = 1000      //
	MaxCell     = 256 << 10 // bytes of one cell of a workbook
	MaxUnpacked = 512 << 20 // bytes of a workbook, unpacked
	MaxParts    = 64 << 20  // of its parts beside sheets and shared strings
	MaxEntries  = 4096      // files inside a workbook
	MaxFormulas = 1_000_000 // cells with formulas
	MaxMerged   = 1_000_000 // rows that merged cells touch
)

// ErrFile is the refusal of a whole file: it says why, and what to do.
var ErrFile = errors.New("the file cannot be read")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFile, fmt.Sprintf(format, args...))
}

// ErrorColumn heads the column that a file of refused rows carries last; in a
// file that comes back corrected it is passed over.
const ErrorColumn = "错误 error"

// Cell is one cell of a row.
type Cell struct {
	Text  string
	Fault string // why the text must not be used: a formula, merged cells; "" is none
}

// Row is one row below the header.
type Row struct {
	Number int    // of the line (CSV, from 1) or of the sheet's row
	Cells  []Cell // one for each column of the header, but for rows that have a Fault
	Fault  string // why the row cannot be read; "" is none
}

// Table is a file of rows under a header.
type Table interface {
	// Header is the columns' names, in order.
	Header() []string
	// Next is the next row that is not blank; io.EOF after the last.
	Next() (Row, error)
	// Date1904 says that the file counts days from 1904, as old Macs did.
	Date1904() bool
	io.Closer
}

// Options say how a table lies in its file.
type Options struct {
	HeaderRow int    // counted from 1; 0 is 1
	Sheet     string // of a workbook; "" is the first
	Comma     rune   // of CSV; 0 is found from the header: a comma, semicolon or tab
	Encoding  string // "", utf-8, gb18030 (gbk), utf-16le, utf-16be; "" is found from the text
	Temporary string // folder for what a large workbook unpacks; "" is the system's
}

func (o Options) header() int { return max(1, o.HeaderRow) }

// Kind is what a file is, by its name.
type Kind int

// The kinds of file.
const (
	Unknown Kind = iota
	JSONLines
	CSV
	XLSX
)

// KindOf tells a file's kind by its name's ending, large or small letters.
func KindOf(name string) Kind {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".ndjson", ".jsonl":
		return JSONLines
	case ".csv", ".tsv":
		return CSV
	case ".xlsx", ".xlsm":
		return XLSX
	}
	return Unknown
}

// Open opens a CSV or XLSX file, by its name's ending.
func Open(name string, o Options) (Table, error) {
	switch KindOf(name) {
	case CSV:
		return openCSV(name, o)
	case XLSX:
		return openXLSX(name, o)
	case JSONLines, Unknown:
	}
	return nil, refuse("%s is no table; .csv and .xlsx are read", filepath.Base(name))
}

// names trims a header's cells and checks them: each name once, blank columns
// at the end left out.
func names(cells []string) ([]string, error) {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil, refuse("the header row is blank; say with header which row holds the columns' names")
	}
	if len(cells) > MaxColumns {
		return nil, refuse("%d columns, at most %d are read", len(cells), MaxColumns)
	}
	out := make([]string, len(cells))
	seen := make(map[string]bool, len(cells))
	for i, c := range cells {
		name := strings.Join(strings.Fields(c), " ")
		if name != "" && seen[name] {
			return nil, refuse("two columns are called %q; give each a name of its own", name)
		}
		seen[name], out[i] = true, name
	}
	return out, nil
}

func blank(cells []Cell) bool {
	for _, c := range cells {
		if strings.TrimSpace(c.Text) != "" || c.Fault != "" {
			return false
		}
	}
	return true
}

func open(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = refuse("%s is no regular file", filepath.Base(name))
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
