package identity

import (
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// Document kinds beside those that package docket names, as agencies print them.
const (
	HomeReturnPermit = "港澳居民来往内地通行证"
	TaiwanPermit     = "台湾居民来往大陆通行证"
	ResidencePermit  = "港澳台居民居住证"
	ForeignResident  = "外国人永久居留身份证"
)

// idNumber is the number of a person if it is built as GB 11643 has it, with
// 18 characters: resident identity cards and residence permits of people from
// Hong Kong (81), Macau (82) and Taiwan (83) and, since 2023, of foreigners (9).
// "" for any other.
func idNumber(p docket.Identity) string {
	switch p.Document {
	case "", docket.ResidentID, ResidencePermit, ForeignResident:
	default:
		return ""
	}
	n := docket.LongNumber(docket.NormalNumber(p.Number))
	if p.Unit || len(n) != 18 || docket.CheckResidentNumber(n) != nil {
		return ""
	}
	return n
}

func born(p docket.Identity) civil.Date {
	n := idNumber(p)
	if !p.Birth.IsZero() || n == "" {
		return p.Birth
	}
	d, _ := civil.Parse(n[6:10] + "-" + n[10:12] + "-" + n[12:14]) // idNumber has checked it
	return d
}

func gender(p docket.Identity) string {
	n := idNumber(p)
	switch {
	case p.Sex != "" || n == "":
		return p.Sex
	case (n[16]-'0')%2 == 1:
		return "男"
	}
	return "女"
}

// domicile is the division code that is stated or else that of the first
// registration; numbers of residence permits and foreigners name none.
func domicile(p docket.Identity) string {
	n := idNumber(p)
	if p.Domicile != "" || n == "" || p.Document == ResidencePermit || p.Document == ForeignResident || strings.HasPrefix(n, "8") {
		return p.Domicile
	}
	return n[:6]
}

// PermitCore is the part of a travel permit's number that stays when the
// permit is issued anew: of people from Hong Kong and Macau the letter and
// eight digits (two more count the issues), of people from Taiwan the first
// eight digits (numbers before 2015 add two digits and a letter in
// parentheses). "" for other documents and forms.
func PermitCore(p docket.Identity) string {
	n := strings.NewReplacer("(", "", ")", "").Replace(docket.NormalNumber(p.Number))
	switch p.Document {
	case HomeReturnPermit:
		if (len(n) == 9 || len(n) == 11) && (n[0] == 'H' || n[0] == 'M') && digits(n[1:]) {
			return n[:9]
		}
	case TaiwanPermit:
		if len(n) >= 8 && len(n) <= 11 && digits(n[:8]) {
			return n[:8]
		}
	}
	return ""
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// numbers compares documents. Equal ones never come here: they are one person
// without a human. Two valid identity numbers speak against one person, less
// so where they differ as corrected numbers do; passports are issued anew
// under new numbers and say little.
func numbers(a, b docket.Identity) Evidence {
	if a.MatchKey() == "" || b.MatchKey() == "" {
		return Evidence{Level: Unknown}
	}
	if a.MatchKey() == b.MatchKey() {
		return Evidence{Level: Same, Points: 30}
	}
	if core := PermitCore(a); core != "" && core == PermitCore(b) && a.Document == b.Document {
		return Evidence{Level: Variant, Points: 16}
	}
	x, y := idNumber(a), idNumber(b)
	switch {
	case x == "" || y == "":
		return Evidence{Level: Unknown}
	case x[:14] == y[:14]: // twins, or one number too many
		return Evidence{Level: Near, Points: -7}
	case corrected(x, y):
		return Evidence{Level: Near, Points: -1}
	}
	return Evidence{Level: Differs, Points: -9}
}

// corrected says that two numbers differ as an old and a corrected one do: in
// the division or in the date, the rest being equal, or in at most two of the
// seventeen digits.
func corrected(x, y string) bool {
	if x[14:17] == y[14:17] && (x[:6] == y[:6] || x[6:14] == y[6:14]) {
		return true
	}
	apart := 0
	for i := range 17 {
		if x[i] != y[i] {
			apart++
		}
	}
	return apart <= 2
}

// births compares days of birth. Days that differ by a digit, by day and month
// exchanged, or by the distance of the lunar calendar (20 to 51 days) are such
// as registers and people mistake.
func births(a, b civil.Date) Evidence {
	if a.IsZero() || b.IsZero() {
		return Evidence{Level: Unknown}
	}
	apart := a.Days() - b.Days()
	if apart < 0 {
		apart = -apart
	}
	x, y := a.String(), b.String()
	switch {
	case apart == 0:
		return Evidence{Level: Same, Points: 13}
	case x[:4] == y[:4] && x[5:7] == y[8:10] && x[8:10] == y[5:7], oneDigit(x, y):
		return Evidence{Level: Near, Points: 7}
	case apart >= 20 && apart <= 51:
		return Evidence{Level: Near, Points: 4}
	case apart <= 366:
		return Evidence{Level: Partly, Points: 1}
	case apart <= 2*366:
		return Evidence{Level: Partly, Points: -2}
	}
	return Evidence{Level: Differs, Points: -8}
}

func oneDigit(x, y string) bool {
	apart := 0
	for i := range x {
		if x[i] != y[i] {
			apart++
		}
	}
	return apart == 1
}

// domiciles compares division codes (GB/T 2260): county, city, province.
func domiciles(a, b string) Evidence {
	switch {
	case len(a) != 6 || len(b) != 6:
		return Evidence{Level: Unknown}
	case a == b:
		return Evidence{Level: Same, Points: 6}
	case a[:4] == b[:4]:
		return Evidence{Level: Near, Points: 3}
	case a[:2] == b[:2]:
		return Evidence{Level: Partly, Points: 1}
	}
	return Evidence{Level: Differs, Points: -2}
}
