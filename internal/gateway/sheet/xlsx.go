package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsxTable is one sheet of a workbook, its values raw: a day is the number
// that the file holds, not what a format makes of it.
type xlsxTable struct {
	book   *excelize.File
	rows   *excelize.Rows
	marks  *marks
	header []string
	drop   bool
	at     int
	d1904  bool
}

func openXLSX(name string, o Options) (Table, error) {
	if err := inspect(name); err != nil {
		return nil, err
	}
	book, err := excelize.OpenFile(name, excelize.Options{
		RawCellValue: true, TmpDir: o.Temporary, UnzipSizeLimit: MaxUnpacked, UnzipXMLSizeLimit: 16 << 20,
	})
	if err != nil {
		return nil, refuse("it is no workbook that can be read (%v); save it as .xlsx again", plain(err))
	}
	t := &xlsxTable{book: book}
	if err := t.open(name, o); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// plain keeps the paths of this machine out of a message that a sender reads.
func plain(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func (t *xlsxTable) open(name string, o Options) error {
	sheet := o.Sheet
	if sheet == "" {
		list := t.book.GetSheetList()
		if len(list) == 0 {
			return refuse("the workbook has no sheet")
		}
		sheet = list[0]
	}
	if index, err := t.book.GetSheetIndex(sheet); err != nil || index < 0 {
		return refuse("the workbook has no sheet %q; it has %s", sheet, strings.Join(t.book.GetSheetList(), ", "))
	}
	props, err := t.book.GetWorkbookProps()
	if err != nil {
		return refuse("its properties cannot be read: %v", err)
	}
	t.d1904 = props.Date1904 != nil && *props.Date1904
	if t.marks, err = readMarks(name, sheet); err != nil {
		return err
	}
	if t.rows, err = t.book.Rows(sheet); err != nil {
		return refuse("sheet %q cannot be read: %v", sheet, err)
	}
	return t.readHeader(o.header())
}

func (t *xlsxTable) readHeader(at int) error {
	for t.at < at {
		cells, err := t.columns()
		if errors.Is(err, io.EOF) {
			return refuse("it ends before its header, row %d", at)
		}
		if err != nil {
			return err
		}
		if t.at < at {
			continue
		}
		if t.header, err = names(cells); err != nil {
			return err
		}
	}
	if n := len(t.header) - 1; n > 0 && t.header[n] == ErrorColumn {
		t.drop, t.header = true, t.header[:n]
	}
	return nil
}

func (t *xlsxTable) Header() []string { return t.header }
func (t *xlsxTable) Date1904() bool   { return t.d1904 }

func (t *xlsxTable) Close() error {
	if t.rows != nil {
		_ = t.rows.Close()
	}
	return t.book.Close()
}

// columns is the next row's cells; the library counts rows that the file
// leaves out.
func (t *xlsxTable) columns() ([]string, error) {
	if !t.rows.Next() {
		if err := t.rows.Error(); err != nil {
			return nil, refuse("row %d cannot be read: %v; the file may be damaged", t.at+1, err)
		}
		return nil, io.EOF
	}
	t.at++
	cells, err := t.rows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, refuse("row %d cannot be read: %v; the file may be damaged", t.at, err)
	}
	return cells, nil
}

func (t *xlsxTable) Next() (Row, error) {
	for {
		cells, err := t.columns()
		if err != nil {
			return Row{}, err
		}
		row := Row{Number: t.at, Cells: make([]Cell, 0, len(t.header))}
		for i, v := range cells {
			row.Cells = append(row.Cells, t.cell(i, v))
		}
		if blank(row.Cells) {
			continue
		}
		if t.drop && len(row.Cells) > len(t.header) {
			row.Cells = row.Cells[:len(t.header)]
		}
		for i := len(row.Cells); i < len(t.header); i++ {
			row.Cells = append(row.Cells, t.cell(i, ""))
		}
		row.fit(len(t.header))
		return row, nil
	}
}

func (t *xlsxTable) cell(i int, v string) Cell {
	c := Cell{Text: v, Fault: t.marks.fault(t.at, i+1)}
	switch {
	case c.Fault != "":
	case len(v) > MaxCell:
		c = Cell{Fault: fmt.Sprintf("longer than %d bytes", MaxCell)}
	case strings.HasPrefix(v, "#") && isErrorValue(v):
		c.Fault = "it holds an error of the workbook, such as #N/A; write the value"
	}
	return c
}

func isErrorValue(v string) bool {
	switch v {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!":
		return true
	}
	return false
}

// inspect looks at a workbook's directory before anything is unpacked: one
// that would unpack to more than the limits is refused (a zip bomb).
func inspect(name string) error {
	f, err := open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return refuse("it is no workbook: %v; it may be cut short, in the old .xls format or protected by a password", err)
	}
	if len(z.File) > MaxEntries {
		return refuse("the workbook has %d parts, at most %d are read", len(z.File), MaxEntries)
	}
	var all, others uint64
	for _, part := range z.File {
		size := part.UncompressedSize64
		if size > MaxUnpacked {
			size = MaxUnpacked + 1
		}
		if all += size; !streamed(part.Name) {
			others += size
		}
	}
	if all > MaxUnpacked || others > MaxParts {
		return refuse("the workbook unpacks to more than %d MiB (%d MiB beside its sheets); send it as CSV or in parts",
			MaxUnpacked>>20, MaxParts>>20)
	}
	return nil
}

// streamed says that a part is read piece by piece from the disk when large.
func streamed(part string) bool {
	p := strings.ToLower(filepath.ToSlash(part))
	return strings.HasPrefix(p, "xl/worksheets/sheet") || p == "xl/sharedstrings.xml"
}
