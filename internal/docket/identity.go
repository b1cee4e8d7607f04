package docket

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
)

// Document kinds as agencies print them; other kinds are kept as they come.
const (
	ResidentID = "居民身份证"
	Passport   = "护照"
)

// Identity is what an agency states of a person or unit (单位). A missing
// number is no number: some defendants give only a name (自报).
type Identity struct {
	Name     string     `json:"name"`
	Unit     bool       `json:"unit,omitempty"` // 单位犯罪
	Document string     `json:"document,omitempty"`
	Number   string     `json:"number,omitempty"`
	Sex      string     `json:"sex,omitempty"` // 男, 女
	Birth    civil.Date `json:"birth,omitzero"`
	Domicile string     `json:"domicile,omitempty"` // division code at the time, GB/T 2260
	Address  string     `json:"address,omitempty"`
	Aliases  []string   `json:"aliases,omitempty"` // 曾用名, 别名
}

// MatchKey is what makes two statements the same person without a human.
// It is the document's kind and number in one spelling, a first-generation
// resident number of 15 digits as the 18 that it became; "" when there is no
// number, and then nothing is ever matched beyond the case.
func (p Identity) MatchKey() string {
	number := NormalNumber(p.Number)
	if number == "" {
		return ""
	}
	kind := p.Document
	if kind == "" {
		kind = ResidentID
	}
	if kind == ResidentID {
		number = LongNumber(number)
	}
	return kind + ":" + number
}

// LongNumber is the resident identity number of 18 characters that one of 15
// digits became on 1 October 1999: the century and a check character were put
// into it, nothing else (GB 11643-1999; 国发〔1999〕15号). Order numbers 996 to
// 999 were kept for people born before 1900. What is no valid number of 15
// digits is given back as it is.
func LongNumber(n string) string {
	if len(n) != 15 || CheckResidentNumber(n) != nil || n[12:] >= "996" {
		return n
	}
	long := n[:6] + "19" + n[6:]
	return long + string(ResidentCheckCharacter(long))
}

// Born is the day of birth: as stated, else as a resident identity number says
// (GB 11643-1999, places 7 to 14); zero where neither does. A court's finding
// goes before the number, which keeps what was once registered.
func (p Identity) Born() civil.Date {
	n := p.residentNumber()
	if !p.Birth.IsZero() || n == "" {
		return p.Birth
	}
	born, _ := civil.Parse(numberedBirth(n)) // residentNumber has checked it
	return born
}

// Gender is the sex as stated, else as a resident identity number says: the
// last digit before the check character is odd for men. "" where neither does.
func (p Identity) Gender() string {
	n := p.residentNumber()
	switch {
	case p.Sex != "" || n == "":
		return p.Sex
	case (n[min(len(n)-1, 16)]-'0')%2 == 1:
		return "男"
	}
	return "女"
}

// residentNumber is a person's resident identity number in one spelling; "" if
// there is none or it cannot be right.
func (p Identity) residentNumber() string {
	n := NormalNumber(p.Number)
	if p.Unit || (p.Document != "" && p.Document != ResidentID) || CheckResidentNumber(n) != nil {
		return ""
	}
	return n
}

// NormalNumber is a document number in one spelling: no spaces or hyphens,
// upper case, full-width letters and digits made half-width.
func NormalNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '　':
			return -1
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}

// Check refuses an identity that cannot be right: no name, or a resident
// identity number with a wrong length, date or check character (GB 11643-1999).
// Division codes are not looked up: a number keeps the code of its first
// registration, which may be gone from today's table.
func (p Identity) Check() error {
	if field, err := p.check(); err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return nil
}

func (p Identity) check() (field string, err error) {
	if strings.TrimSpace(p.Name) == "" {
		return "name", errors.New("empty")
	}
	if p.Number == "" || p.Unit || (p.Document != "" && p.Document != ResidentID) {
		return "", nil
	}
	return "number", CheckResidentNumber(NormalNumber(p.Number))
}

var residentWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// ResidentCheckCharacter is the check character of the first 17 digits of a
// resident identity number: ISO 7064 MOD 11-2 (GB 11643-1999).
func ResidentCheckCharacter(digits string) byte {
	sum := 0
	for i, w := range residentWeights {
		sum += int(digits[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// CheckResidentNumber refuses an 18-character number whose form, date of birth
// or check character is wrong. 15-digit numbers, no longer issued since 1999,
// are checked for form and date alone.
func CheckResidentNumber(n string) error {
	digits := n
	switch len(n) {
	case 18:
		digits = n[:17]
	case 15:
	default:
		return fmt.Errorf("a resident identity number has 18 characters, this has %d", len(n))
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return fmt.Errorf("character %d of a resident identity number must be a digit", i+1)
		}
	}
	if _, err := civil.Parse(numberedBirth(n)); err != nil {
		return errors.New("the date of birth inside the resident identity number is no day")
	}
	if len(n) == 18 && n[17] != ResidentCheckCharacter(digits) {
		return errors.New("the check character of the resident identity number does not fit")
	}
	return nil
}

// numberedBirth is the date inside a number of 18 or 15 characters, as ISO 8601
// has it.
func numberedBirth(n string) string {
	if len(n) == 15 {
		return "19" + n[6:8] + "-" + n[8:10] + "-" + n[10:12]
	}
	return n[6:10] + "-" + n[10:12] + "-" + n[12:14]
}
