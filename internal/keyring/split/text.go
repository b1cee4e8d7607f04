package split

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
)

// A share's text says in words what it is; what counts are its numbered lines:
// groups of five letters and digits, without those that look alike (Crockford's
// base 32: no I, L, O, U), and a check character over the line and its number.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

const (
	format    = 1
	groupLen  = 5
	lineLen   = 5 * groupLen
	fixedSize = 5 + proofSize + scalarSize
	maxText   = 64 << 10
)

// Text is the share to be printed: it ends with a line break.
func (s Share) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "封存 Fengcun key share %d of %d · any %d of them recover it · set %s\n", s.Number, s.Of, s.Needed, s.Set())
	fmt.Fprintf(&b, "%s\n\n", s.Title)
	text := crockford.EncodeToString(s.bytes())
	for n := 1; text != ""; n++ {
		line := text[:min(lineLen, len(text))]
		text = text[len(line):]
		fmt.Fprintf(&b, "%2d ", n)
		for i := 0; i < len(line); i += groupLen {
			fmt.Fprintf(&b, " %s", line[i:min(i+groupLen, len(line))])
		}
		fmt.Fprintf(&b, "  %c\n", check(n, line))
	}
	return b.String()
}

func check(n int, line string) byte { return docket.CheckCharacter(strconv.Itoa(n) + line) }

func (s Share) bytes() []byte {
	b := []byte{format, suiteByte(s.suite), byte(s.Number), byte(s.Of), byte(s.Needed)} //nolint:gosec // at most 99
	b = append(append(b, s.proof[:]...), s.value[:]...)
	b = append(append(b, byte(len(s.Title))), s.Title...)                                 //nolint:gosec // at most MaxTitle
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s.secrets))), s.secrets...) //nolint:gosec // MaxSecret and little more
}

func suiteByte(s suite.Suite) byte {
	if s == suite.GM() {
		return 2
	}
	return 1
}

var numberedLine = regexp.MustCompile(`^\s*(\d{1,3})\s+([0-9A-Za-z][0-9A-Za-z\s-]*?)\s+([0-9A-Za-z])\s*$`)

// Parse reads a share's text, as printed or typed: small letters, other gaps,
// and O, I and L for 0 and 1 are taken (but not as check
// characters). It says which line is mistyped.
func Parse(text string) (Share, error) {
	if len(text) > maxText {
		return Share{}, errors.New("split: this is no share: it is too long")
	}
	var all strings.Builder
	n := 0
	for row := range strings.Lines(text) {
		m := numberedLine.FindStringSubmatch(strings.TrimRight(row, "\r\n"))
		if m == nil {
			continue // words
		}
		n++
		if m[1] != strconv.Itoa(n) {
			return Share{}, fmt.Errorf("split: line %s stands where line %d is expected", m[1], n)
		}
		line := plain(m[2])
		if string(check(n, line)) != strings.ToUpper(m[3]) || !clean(line) {
			return Share{}, fmt.Errorf("split: line %d is mistyped: its check character does not fit", n)
		}
		all.WriteString(line)
	}
	if n == 0 {
		return Share{}, errors.New("split: this is no share: it has no numbered lines")
	}
	b, err := crockford.DecodeString(all.String())
	if err != nil {
		return Share{}, errors.New("split: lines are missing at the end of the share")
	}
	return parseBytes(b)
}

var alike = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "", "\t", "")

func plain(s string) string { return alike.Replace(strings.ToUpper(s)) }

func clean(line string) bool {
	return strings.Trim(line, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == "" && len(line) <= lineLen
}

func parseBytes(b []byte) (s Share, err error) {
	short := errors.New("split: lines are missing at the end of the share")
	if len(b) < fixedSize+1 {
		return s, short
	}
	if b[0] != format {
		return s, fmt.Errorf("split: a share of format %d; this program reads format %d", b[0], format)
	}
	switch b[1] {
	case 1:
		s.suite = suite.Intl()
	case 2:
		s.suite = suite.GM()
	default:
		return s, fmt.Errorf("split: a share of an unknown cipher suite %d", b[1])
	}
	s.Number, s.Of, s.Needed = int(b[2]), int(b[3]), int(b[4])
	if s.Number < 1 || s.Number > s.Of || s.Of > MaxShares || s.Needed < 2 || s.Needed > s.Of {
		return s, fmt.Errorf("split: no such share: %d of %d, %d needed", s.Number, s.Of, s.Needed)
	}
	rest := b[5:]
	rest = rest[copy(s.proof[:], rest):]
	rest = rest[copy(s.value[:], rest):]
	n := int(rest[0])
	if len(rest) < 1+n+2 {
		return s, short
	}
	s.Title, rest = string(rest[1:1+n]), rest[1+n:]
	if n = int(binary.BigEndian.Uint16(rest)); len(rest) != 2+n {
		return s, short
	}
	if s.Title == "" || len(s.Title) > MaxTitle {
		return s, errors.New("split: a share without a title")
	}
	s.secrets = rest[2:]
	return s, nil
}
