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

// Lines reads lines of JSON, one after the other.
type Lines struct {
	r    *bufio.Reader
	most int
	n    int
	read int64
	done bool
	enc  string
	file *os.File // nil where the caller has it
}

// OpenLines opens a file of lines in any encoding that is read. A text of which
// nothing can be said is taken for UTF-8, and its lines are told one by one.
func OpenLines(name string) (*Lines, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	enc, err := Detect(f)
	if errors.Is(err, ErrFile) {
		enc, err = UTF8, nil
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	r, enc := decoded(f, enc)
	l := NewLines(r)
	l.enc, l.file = enc, f
	return l, nil
}

// Close closes the file that OpenLines opened.
func (l *Lines) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// NewLines reads lines of at most MaxRecord bytes. A byte order mark at the
// start is passed over.
func NewLines(r io.Reader) *Lines { return newLines(r, MaxRecord, 64<<10) }

func newLines(r io.Reader, most, buffer int) *Lines {
	l := &Lines{r: bufio.NewReaderSize(r, buffer), most: most}
	if mark, err := l.r.Peek(len(markUTF8)); err == nil && string(mark) == markUTF8 {
		n, _ := l.r.Discard(len(markUTF8))
		l.read = int64(n)
	}
	return l
}

// Read is how many bytes of the file have been read.
func (l *Lines) Read() int64 { return l.read }

// Next is the next line that is not blank, without its end, and its number
// counted from 1. fault says why it cannot be taken. io.EOF after the last.
func (l *Lines) Next() (number int, line []byte, fault string, err error) {
	for !l.done {
		line, tooLong, err := l.line()
		l.n++
		switch {
		case errors.Is(err, io.EOF):
			l.done = true
		case err != nil:
			return l.n, nil, "", fmt.Errorf("line %d: %w", l.n, err)
		}
		if tooLong {
			return l.n, nil, fmt.Sprintf("the line is longer than %d bytes", l.most), nil
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if l.enc == "" {
			return l.n, line, "", nil
		}
		if s, ok := text(l.enc, line); ok {
			return l.n, []byte(s), "", nil
		}
		return l.n, nil, "bytes that are not " + strings.ToUpper(l.enc), nil
	}
	return l.n, nil, "", io.EOF
}

// line reads a line without its end; of one longer than most it keeps nothing
// and says so.
func (l *Lines) line() (line []byte, tooLong bool, err error) {
	for {
		part, err := l.r.ReadSlice('\n')
		l.read += int64(len(part))
		if !tooLong {
			line = append(line, part...)
		}
		if len(bytes.TrimRight(line, "\r\n")) > l.most {
			line, tooLong = nil, true
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(line, "\r\n"), tooLong, err
		}
	}
}
