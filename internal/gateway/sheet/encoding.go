package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings that are read. GB18030 contains GBK, which contains GB 2312.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
)

const (
	markUTF8    = "\xef\xbb\xbf"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
)

// encodingOf is the encoding of a name that a mapping gives.
func encodingOf(name string) (string, error) {
	switch n := strings.ToLower(name); n {
	case UTF8, GB18030, UTF16LE, UTF16BE:
		return n, nil
	case "gbk", "gb2312":
		return GB18030, nil
	}
	return "", refuse("encoding %q is not known; utf-8, gbk, gb18030, utf-16le and utf-16be are", name)
}

// Detect finds the encoding of a text: by its byte order mark, else by what
// most of the lines that are not plain ASCII can be. Neither UTF-8 nor GBK is
// refused: a wrong guess would give wrong names.
func Detect(r io.Reader) (string, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	mark, _ := b.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte(markUTF8)):
		return UTF8, nil
	case bytes.HasPrefix(mark, []byte(markUTF16LE)):
		return UTF16LE, nil
	case bytes.HasPrefix(mark, []byte(markUTF16BE)):
		return UTF16BE, nil
	}
	var c census
	for {
		line, err := b.ReadSlice('\n')
		c.line(line)
		if errors.Is(err, bufio.ErrBufferFull) {
			err = skipLine(b)
		}
		if errors.Is(err, io.EOF) {
			return c.verdict()
		}
		if err != nil {
			return "", err
		}
	}
}

func skipLine(b *bufio.Reader) error {
	for {
		if _, err := b.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// census counts lines by what they can be, and pairs of GBK by whether they
// are of the common characters of GB 2312.
type census struct {
	lines, utf8, gbk int // lines that are not plain ASCII
	pairs, common    int
	zeros            int
}

func (c *census) line(line []byte) {
	if bytes.IndexByte(line, 0) >= 0 {
		c.zeros++
	}
	if ascii(line) {
		return
	}
	c.lines++
	if utf8.Valid(line) {
		c.utf8++
	}
	if c.gb(line) {
		c.gbk++
	}
}

func ascii(line []byte) bool {
	for _, b := range line {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// gb says that a line can be GB18030.
func (c *census) gb(line []byte) bool {
	for i := 0; i < len(line); i++ {
		if line[i] < 0x80 {
			continue
		}
		if line[i] == 0x80 || line[i] == 0xff || i+1 == len(line) {
			return false
		}
		next := line[i+1]
		switch {
		case next >= 0x30 && next <= 0x39: // four bytes
			if i+3 >= len(line) {
				return false
			}
			i += 3
			continue
		case next < 0x40 || next == 0x7f || next == 0xff:
			return false
		}
		c.pairs++
		if next >= 0xa1 && (line[i] >= 0xb0 && line[i] <= 0xd7 || line[i] >= 0xa1 && line[i] <= 0xa3) {
			c.common++
		}
		i++
	}
	return true
}

// verdict wants nine lines of ten: a damaged line is told by itself.
func (c *census) verdict() (string, error) {
	switch {
	case c.zeros > 0 && c.zeros*10 >= c.lines+1:
		return "", refuse("it holds bytes that no text has; was it saved as CSV?")
	case c.lines == 0, c.utf8*10 >= c.lines*9:
		return UTF8, nil
	case c.gbk*10 >= c.lines*9 && c.common*10 >= c.pairs*8:
		return GB18030, nil
	}
	return "", refuse("it is neither UTF-8 nor GBK; save it as CSV UTF-8 and send it again")
}

// text decodes a record's bytes; false where they are not of the encoding.
func text(encoding string, b []byte) (string, bool) {
	if encoding == GB18030 && !ascii(b) {
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
		return string(out), err == nil && !bytes.ContainsRune(out, utf8.RuneError)
	}
	return string(b), utf8.Valid(b) && bytes.IndexByte(b, 0) < 0
}

// decoded gives a reader whose records can be cut at bytes: UTF-16 cannot and
// is turned into UTF-8; the byte order mark is taken off.
func decoded(r io.Reader, encoding string) (io.Reader, string) {
	switch encoding {
	case UTF16LE:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), UTF8
	case UTF16BE:
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()), UTF8
	case UTF8:
		b := bufio.NewReaderSize(r, 64<<10)
		if mark, err := b.Peek(len(markUTF8)); err == nil && string(mark) == markUTF8 {
			_, _ = b.Discard(len(markUTF8))
		}
		return b, UTF8
	}
	return r, encoding
}
