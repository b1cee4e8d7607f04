package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// csvTable is a CSV file (RFC 4180; line ends of any kind, quotes inside an
// unquoted field taken as they stand).
type csvTable struct {
	file   *os.File
	read   *bufio.Scanner
	cut    *cutter
	enc    string
	comma  byte
	header []string
	drop   int // index of the error column of a corrected file; -1 is none
	line   int // that the next record begins on
}

func openCSV(name string, o Options) (Table, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	enc := o.Encoding
	if enc != "" {
		enc, err = encodingOf(enc)
	}
	if err == nil && (enc == "" || marked(f)) { // a corrected file is UTF-8 whatever the agency's are
		enc, err = Detect(f)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	var t *csvTable
	if err == nil {
		t, err = newCSV(f, enc, o)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	t.file = f
	return t, nil
}

// marked says that a file begins with the byte order mark of UTF-8.
func marked(f io.ReaderAt) bool {
	var mark [len(markUTF8)]byte
	n, _ := f.ReadAt(mark[:], 0)
	return string(mark[:n]) == markUTF8
}

func newCSV(r io.Reader, enc string, o Options) (*csvTable, error) {
	if o.Comma != 0 && !strings.ContainsRune(",;\t", o.Comma) {
		return nil, refuse("fields are cut at a comma, a semicolon or a tab, not at %q", o.Comma)
	}
	t := &csvTable{cut: &cutter{most: MaxRecord}, comma: byte(o.Comma), drop: -1, line: 1} //nolint:gosec // one of the three
	if t.comma == 0 {
		t.cut.comma = ','
	} else {
		t.cut.comma = t.comma
	}
	r, t.enc = decoded(r, enc)
	t.read = bufio.NewScanner(r)
	t.read.Buffer(make([]byte, 0, 64<<10), 4*MaxRecord)
	t.read.Split(t.cut.split)
	for row := 1; ; row++ {
		record, fault, err := t.record()
		switch {
		case errors.Is(err, io.EOF):
			return nil, refuse("it ends before its header, row %d", o.header())
		case err != nil:
			return nil, err
		case row < o.header():
			continue
		case fault != "":
			return nil, refuse("its header: %s", fault)
		}
		if t.comma == 0 {
			t.comma = separator(record)
			t.cut.comma = t.comma
		}
		t.header, err = names(fields(record, t.comma))
		t.dropError()
		return t, err
	}
}

// separator is the most frequent of the three in the header.
func separator(header string) byte {
	best := byte(',')
	for _, c := range []byte{'\t', ';'} {
		if strings.Count(header, string(c)) > strings.Count(header, string(best)) {
			best = c
		}
	}
	return best
}

func (t *csvTable) dropError() {
	if n := len(t.header) - 1; n > 0 && t.header[n] == ErrorColumn {
		t.drop, t.header = n, t.header[:n]
	}
}

func (t *csvTable) Header() []string { return t.header }
func (t *csvTable) Date1904() bool   { return false }
func (t *csvTable) Close() error     { return t.file.Close() }

// record is the next record as text, without its end.
func (t *csvTable) record() (record, fault string, err error) {
	if !t.read.Scan() {
		if err := t.read.Err(); err != nil {
			return "", "", err
		}
		return "", "", io.EOF
	}
	raw := t.read.Bytes()
	if t.cut.fault != "" {
		return "", t.cut.fault, nil
	}
	s, ok := text(t.enc, raw)
	if !ok {
		return "", fmt.Sprintf("bytes that are not %s; the file is damaged or of two encodings", strings.ToUpper(t.enc)), nil
	}
	return strings.TrimRight(s, "\r\n"), "", nil
}

func (t *csvTable) Next() (Row, error) {
	for {
		at := t.cut.next + 1
		record, fault, err := t.record()
		if err != nil {
			return Row{}, err
		}
		row := Row{Number: at, Fault: fault}
		if fault != "" {
			return row, nil
		}
		values := fields(record, t.comma)
		if t.drop >= 0 && len(values) > t.drop {
			values = values[:t.drop]
		}
		for _, v := range values {
			row.Cells = append(row.Cells, Cell{Text: v})
		}
		if blank(row.Cells) {
			continue
		}
		row.fit(len(t.header))
		return row, nil
	}
}

// fit holds a row against its header. More cells than names are taken where
// they are blank; fewer are a row cut short.
func (r *Row) fit(columns int) {
	if len(r.Cells) > columns && blank(r.Cells[columns:]) {
		r.Cells = r.Cells[:columns]
	}
	if len(r.Cells) != columns {
		r.Fault = fmt.Sprintf("%d fields where the header names %d columns; look for a missing or unquoted separator", len(r.Cells), columns)
	}
}

// cutter cuts a stream into records. A record that is too long, or a quote
// that nothing closes, costs its own line alone.
type cutter struct {
	most     int
	comma    byte
	skipping bool   // inside a line that is too long
	fault    string // of the record just given
	next     int    // lines before the next record
}

// split is a bufio.SplitFunc; fault and next belong to the token it gives.
func (c *cutter) split(data []byte, atEOF bool) (advance int, token []byte, err error) {
	c.fault = ""
	if c.skipping {
		return c.skip(data, atEOF)
	}
	if len(data) == 0 {
		return 0, nil, nil
	}
	n, end := record(data, c.comma, atEOF)
	switch {
	case end == whole && n <= c.most+2:
		c.next += bytes.Count(data[:n], []byte{'\n'})
		return n, data[:n], nil
	case end == more && len(data) <= c.most && !atEOF:
		return 0, nil, nil
	}
	line := bytes.IndexByte(data, '\n')
	switch {
	case end == stray:
		c.fault = "text after a closing quote; write a quote inside a field twice"
	case line < 0 && len(data) <= c.most, line >= 0 && line <= c.most:
		c.fault = "a quote is opened and not closed; the file may be cut short"
	default:
		c.fault = fmt.Sprintf("the record is longer than %d bytes", c.most)
	}
	switch {
	case line >= 0:
		c.next++
		return line + 1, data[:line], nil
	case atEOF:
		return len(data), data[:1], nil
	}
	c.fault, c.skipping = "", true
	return len(data), nil, nil
}

func (c *cutter) skip(data []byte, atEOF bool) (advance int, token []byte, err error) {
	line := bytes.IndexByte(data, '\n')
	if line < 0 && !atEOF {
		return len(data), nil, nil
	}
	c.skipping = false
	c.fault = fmt.Sprintf("the record is longer than %d bytes", c.most)
	if line < 0 {
		return len(data), []byte{}, nil
	}
	c.next++
	return line + 1, []byte{}, nil
}

// How the bytes of a record end.
type ending int

const (
	whole ending = iota // after n bytes
	more                // not within these bytes
	stray               // not at all: text after a closing quote
)

// record finds where the first record ends, its line end included.
func record(data []byte, comma byte, atEOF bool) (n int, end ending) {
	for i := 0; i < len(data); {
		if data[i] != '"' {
			j := i + bytes.IndexAny(data[i:], string([]byte{comma, '\n'}))
			if j < i {
				break
			}
			if data[j] == '\n' {
				return j + 1, whole
			}
			i = j + 1
			continue
		}
		j := closing(data, i+1)
		if j < 0 || j+1 == len(data) && !atEOF {
			return 0, more
		}
		switch rest := data[j+1:]; {
		case len(rest) == 0:
			return len(data), whole
		case rest[0] == comma:
			i = j + 2
		case rest[0] == '\n':
			return j + 2, whole
		case rest[0] == '\r' && len(rest) == 1 && !atEOF:
			return 0, more
		case rest[0] == '\r' && len(rest) == 1:
			return len(data), whole
		case rest[0] == '\r' && rest[1] == '\n':
			return j + 3, whole
		default:
			return 0, stray
		}
	}
	if atEOF {
		return len(data), whole
	}
	return 0, more
}

// closing is the index of the quote that closes a field begun before i.
func closing(data []byte, i int) int {
	for {
		j := bytes.IndexByte(data[i:], '"')
		if j < 0 {
			return -1
		}
		if i += j; i+1 < len(data) && data[i+1] == '"' {
			i += 2
			continue
		}
		return i
	}
}

// fields cuts a record that record found whole; past MaxColumns it stops.
func fields(text string, comma byte) []string {
	b := []byte(text)
	var out []string
	for i := 0; len(out) <= MaxColumns; {
		if i < len(b) && b[i] == '"' {
			j := closing(b, i+1)
			if j < 0 {
				j = len(b)
			}
			out = append(out, strings.ReplaceAll(text[i+1:j], `""`, `"`))
			if i = j + 2; j+1 >= len(b) {
				return out
			}
			continue
		}
		j := bytes.IndexByte(b[i:], comma)
		if j < 0 {
			return append(out, text[i:])
		}
		out = append(out, text[i:i+j])
		i += j + 1
	}
	return out
}
