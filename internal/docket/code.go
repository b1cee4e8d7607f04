package docket

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	bodyLen  = 19 // 19 × log2(36) = 98 bits: no gap, prefix or sequence to read anything from
	codeLen  = bodyLen + 1
	groupLen = 4
)

// Code is a case code (一案一码) in canonical form: 19 random characters and an
// ISO 7064 MOD 37,36 (GB/T 17710) check character, upper case, no separators.
type Code string

// ErrCode is wrapped by every refusal of a case code or record number.
var ErrCode = errors.New("not a case code")

// NewCode draws a code from r, which must be cryptographically random.
func NewCode(r io.Reader) (Code, error) {
	body := make([]byte, 0, bodyLen)
	buf := make([]byte, 32)
	for len(body) < bodyLen {
		if _, err := io.ReadFull(r, buf); err != nil {
			return "", fmt.Errorf("drawing a case code: %w", err)
		}
		for _, b := range buf {
			if b < 252 && len(body) < bodyLen { // 252 = 7 × 36: without bias
				body = append(body, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return Code(string(body) + string(checkCharacter(string(body)))), nil
}

// ParseCode reads a code as printed: groups may be parted by hyphens or
// spaces, letters may be small. A wrong check character is an error.
func ParseCode(s string) (Code, error) {
	c := strip(s)
	if len(c) != codeLen {
		return "", fmt.Errorf("%w: want %d characters, got %d", ErrCode, codeLen, len(c))
	}
	for i := range len(c) {
		if strings.IndexByte(alphabet, c[i]) < 0 {
			return "", fmt.Errorf("%w: character %d is neither a letter nor a digit", ErrCode, i+1)
		}
	}
	if want := checkCharacter(c[:bodyLen]); c[bodyLen] != want {
		return "", fmt.Errorf("%w: the check character does not fit; look for a mistyped or swapped character", ErrCode)
	}
	return Code(c), nil
}

// Grouped is the code as printed, in groups of four.
func (c Code) Grouped() string {
	var b strings.Builder
	for i := 0; i < len(c); i += groupLen {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(string(c[i:min(i+groupLen, len(c))]))
	}
	return b.String()
}

// CheckCharacter is the check character of ISO 7064 MOD 37,36 (GB/T 17710) for
// digits and capital letters.
func CheckCharacter(s string) byte { return checkCharacter(s) }

// checkCharacter is the ISO 7064 MOD 37,36 check character of a string over
// the alphabet.
func checkCharacter(s string) byte {
	p := 36
	for i := range len(s) {
		p = (p + strings.IndexByte(alphabet, s[i])) % 36
		if p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return alphabet[(37-p)%36]
}

func strip(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == ' ' || r == '\u2010' || r == '\u2011' || r == '－':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// RecordID names a record: the case and the person's place in it, from 1.
type RecordID struct {
	Code Code
	Seq  int
}

// String is the record's number as printed: five groups of four and the place,
// such as "7K3M-9QTV-2B4D-H6PA-WX5R-01".
func (id RecordID) String() string { return fmt.Sprintf("%s-%02d", id.Code.Grouped(), id.Seq) }

// ParseRecordID reads a record's number as printed.
func ParseRecordID(s string) (RecordID, error) {
	c := strip(s)
	if len(c) < codeLen+2 {
		return RecordID{}, fmt.Errorf("%w: a record's number is a case code and two digits or more", ErrCode)
	}
	code, err := ParseCode(c[:codeLen])
	if err != nil {
		return RecordID{}, err
	}
	seq, err := strconv.ParseUint(c[codeLen:], 10, 16)
	if err != nil || seq < 1 {
		return RecordID{}, fmt.Errorf("%w: the record's number after the code must be 01 or more", ErrCode)
	}
	return RecordID{Code: code, Seq: int(seq)}, nil
}

// MarshalText makes the printed form the JSON form.
func (id RecordID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the printed form.
func (id *RecordID) UnmarshalText(b []byte) error {
	v, err := ParseRecordID(string(b))
	if err != nil {
		return err
	}
	*id = v
	return nil
}
