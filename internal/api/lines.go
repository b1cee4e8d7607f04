package api

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// errLong is a line longer than its reader may keep. It has been read over.
var errLong = errors.New("the line is too long")

// lines reads a body line by line and never keeps more of one than it may.
type lines struct {
	r *bufio.Reader
	n int // lines read
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 64<<10)} }

// next gives the next line without the white space around it; it is the
// caller's. io.EOF comes after the last line; a line that the end cuts off is a
// line.
func (l *lines) next(most int) (line []byte, err error) {
	long := false
	for {
		piece, err := l.r.ReadSlice('\n')
		if long = long || len(line)+len(piece) > most; long {
			line = nil
		} else {
			line = append(line, piece...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !long):
			return nil, err
		}
		l.n++
		if long {
			return nil, errLong
		}
		return bytes.TrimSpace(line), nil
	}
}

// isSeal says whether a line closes a delivery. No event begins so.
func isSeal(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(`"delivery"`))
}
