package policy

import (
	"github.com/fengcun/fengcun/internal/docket"
)

// form is the type of a compiled expression.
type form uint8

const (
	formTruth form = iota + 1
	formInt
	formDate
	formText
	formTexts // a list of constant strings
	formPerson
	formParam
	formRecord
	formRecords
	formSentence
	formFlags
	formCrime
	formCrimes
)

// value is a compiled expression: of its closures the one for its form is set.
// Those that give ok report false for the unknown and then have noted the
// attribute that is missing.
type value struct {
	form  form
	truth func(*scope) Truth
	num   func(*scope) (int64, bool) // formInt; formDate as days
	text  func(*scope) (string, bool)
	texts []string

	record   func(*scope) *Record
	sentence func(*scope) *docket.Sentence // nil is unknown
	crime    func(*scope) *docket.Crime
	crimes   func(*scope) ([]docket.Crime, *Record, bool)
	path     place // of an object, for its missing attributes

	constant bool
	literal  string // of a constant text
}

func textConst(s string) value {
	return value{form: formText, constant: true, literal: s, text: func(*scope) (string, bool) { return s, true }}
}

func numConst(f form, n int64) value {
	return value{form: f, constant: true, num: func(*scope) (int64, bool) { return n, true }}
}

func truthConst(b bool) value {
	t := truthOf(b)
	return value{form: formTruth, constant: true, truth: func(*scope) Truth { return t }}
}
