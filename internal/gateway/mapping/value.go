package mapping

import (
	"errors"
	"math/big"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
)

// days says how a table counts days where a cell holds a bare number.
type days int

const (
	noDays   days = iota // a bare number is no day
	days1900             // Excel's usual count: 1 is 1900-01-01
	days1904             // that of old Macs: 0 is 1904-01-01
)

// set reads a cell into a place. Errors say what is wanted and never repeat
// the value.
func set(v reflect.Value, text string, scale int64, count days) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	switch v.Type() {
	case reflect.TypeFor[civil.Date]():
		d, err := parseDate(text, count)
		v.Set(reflect.ValueOf(d))
		return err
	case reflect.TypeFor[time.Time]():
		t, err := parseTime(text, count)
		v.Set(reflect.ValueOf(t))
		return err
	}
	switch v.Kind() {
	case reflect.String:
		if rounded.MatchString(text) {
			return errors.New("a number that Excel has rounded; format the column as text and enter it again")
		}
		v.SetString(text)
	case reflect.Bool:
		b, err := parseBool(text)
		v.SetBool(b)
		return err
	case reflect.Int, reflect.Int64:
		n, err := parseWhole(text, scale)
		v.SetInt(v.Int() + n) // years and months in two columns add up
		return err
	default:
		return errors.New("no value can stand here")
	}
	return nil
}

// rounded is how a workbook writes a number of more digits than it keeps.
var rounded = regexp.MustCompile(`^\d\.\d+E\+\d+$`)

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,9})?$`)

// parseWhole reads a number that, scaled, is whole.
func parseWhole(text string, scale int64) (int64, error) {
	text = halfWidth(text)
	n, ok := new(big.Rat).SetString(text)
	if !decimal.MatchString(text) || !ok {
		return 0, errors.New("want a number, in digits alone")
	}
	n.Mul(n, new(big.Rat).SetInt64(max(scale, 1)))
	if !n.IsInt() || !n.Num().IsInt64() {
		return 0, errors.New("want a whole number")
	}
	return n.Num().Int64(), nil
}

func parseBool(text string) (bool, error) {
	switch strings.ToUpper(halfWidth(text)) {
	case "是", "有", "真", "TRUE", "YES", "Y", "1", "√":
		return true, nil
	case "否", "无", "假", "FALSE", "NO", "N", "0", "×":
		return false, nil
	}
	return false, errors.New("want 是 or 否; say with codes what the agency's values mean")
}

// halfWidth spells full-width letters, digits and signs as half-width ones.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '　':
			return ' '
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		}
		return r
	}, s)
}

var (
	printed = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$`)
	packed  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$`)
	serial  = regexp.MustCompile(`^(\d{1,7})(\.\d+)?$`)
)

var errDate = errors.New("want a day such as 2024-05-06, 2024年5月6日 or 20240506")

// parseDate reads a day as Chinese offices write it; an hour after it is
// dropped.
func parseDate(text string, count days) (civil.Date, error) {
	t, err := parseTime(text, count)
	if err != nil {
		return civil.Date{}, errDate
	}
	return civil.Of(t), nil
}

// parseTime reads an instant: RFC 3339, or a day with or without an hour in
// Shanghai.
func parseTime(text string, count days) (time.Time, error) {
	text = strings.TrimSpace(halfWidth(text))
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	if m := serial.FindStringSubmatch(text); m != nil && len(m[1]) < 8 && count != noDays {
		return fromSerial(m[1], m[2], count)
	}
	m := printed.FindStringSubmatch(text)
	if m == nil {
		m = packed.FindStringSubmatch(text)
	}
	if m == nil {
		return time.Time{}, errors.New("want a time such as 2024-05-06 15:04:05")
	}
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // digits, or "" for none
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, civil.Shanghai)
	if y, mo, d := t.Date(); y != n[0] || int(mo) != n[1] || d != n[2] || n[0] < 1 || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return time.Time{}, errors.New("want a day of the calendar and an hour of the clock")
	}
	return t, nil
}

// fromSerial reads Excel's count of days. Its 1900 has a 29 February, which is
// day 60 and no day.
func fromSerial(whole, fraction string, count days) (time.Time, error) {
	n, _ := strconv.Atoi(whole)
	first := civil.MustParse("1904-01-01")
	if count == days1900 {
		switch first = civil.MustParse("1899-12-30"); {
		case n == 60 || n == 0:
			return time.Time{}, errors.New("want a day of the calendar")
		case n < 60:
			first = first.AddDays(1)
		}
	}
	d := first.AddDays(n)
	if d.Year() > 9999 || d.Year() < 1 {
		return time.Time{}, errors.New("want a day of the calendar")
	}
	part, err := strconv.ParseFloat("0"+fraction, 64)
	if err != nil {
		return time.Time{}, errDate
	}
	return d.Time().Add(time.Duration(part * float64(24*time.Hour)).Round(time.Second)), nil
}
