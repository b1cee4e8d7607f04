package policy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// ErrTooLong is the error for a line over MaxLine; nothing after it is read.
var ErrTooLong = errors.New("the line is too long")

// MaxLine is the longest dossier line that is read, in bytes.
const MaxLine = 1 << 20

// Decode reads one dossier strictly: an unknown member, a member twice, a wrong
// type or an impossible value is refused with the JSON pointer of the place.
func Decode(line []byte) (*Dossier, error) {
	var d Dossier
	if err := json.Unmarshal(line, &d, json.RejectUnknownMembers(true)); err != nil {
		return nil, plain(err)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	return &d, nil
}

// plain turns the decoder's error into one line that names the field.
func plain(err error) error {
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return fmt.Errorf("not a dossier: %w", err)
	}
	field := string(semantic.JSONPointer)
	if errors.Is(err, json.ErrUnknownName) {
		return fmt.Errorf("field %s: no such field in a dossier", field)
	}
	if semantic.Err != nil {
		return fmt.Errorf("field %s: %w", field, semantic.Err)
	}
	return fmt.Errorf("field %s: a JSON %s does not fit here", field, semantic.JSONKind)
}

// Reader reads dossiers from NDJSON, one a line; empty lines are skipped.
type Reader struct {
	r    *bufio.Reader
	line int
}

// NewReader reads from r.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 64<<10)} }

// Line is the number of the line last read, from 1.
func (r *Reader) Line() int { return r.line }

// Next gives the next dossier, or io.EOF after the last. Any other error names
// the line and the field; reading may go on after it, except after a line
// longer than MaxLine.
func (r *Reader) Next() (*Dossier, error) {
	for {
		raw, err := r.next()
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		d, err := Decode(raw)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line, err)
		}
		return d, nil
	}
}

func (r *Reader) next() ([]byte, error) {
	var raw []byte
	for {
		part, err := r.r.ReadSlice('\n')
		raw = append(raw, part...)
		if len(raw) > MaxLine {
			return nil, fmt.Errorf("line %d: %w: more than %d bytes; split the input", r.line+1, ErrTooLong, MaxLine)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(raw) == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("line %d: %w", r.line+1, err)
		}
		r.line++
		return raw, nil
	}
}

// Check says whether the dossier could have been decoded: ids present and
// unique, values possible, sizes within the limits. The error names the field.
func (d *Dossier) Check() error { return d.check() }

func (d *Dossier) check() error {
	if d.ID == "" {
		return errors.New("field /id: missing; every dossier needs an id")
	}
	if len(d.Records) > MaxRecords {
		return fmt.Errorf("field /records: %d records, at most %d are taken", len(d.Records), MaxRecords)
	}
	if d.Person.Sex != "" && d.Person.Sex != "男" && d.Person.Sex != "女" {
		return fmt.Errorf("field /person/sex: %q is neither 男 nor 女; leave it out if unknown", d.Person.Sex)
	}
	if err := checkDates(map[string]civil.Date{"/on": d.On, "/person/birth": d.Person.Birth}); err != nil {
		return err
	}
	seen := make(map[string]bool, len(d.Records))
	for i := range d.Records {
		at := fmt.Sprintf("/records/%d", i)
		r := &d.Records[i]
		if r.ID == "" {
			return fmt.Errorf("field %s/id: missing; every record needs an id", at)
		}
		if seen[r.ID] {
			return fmt.Errorf("field %s/id: %q is the id of another record of this dossier", at, r.ID)
		}
		seen[r.ID] = true
		if err := r.check(at); err != nil {
			return err
		}
	}
	return d.checkLabels()
}

func (d *Dossier) checkLabels() error {
	for name, v := range d.Labels {
		switch v.(type) {
		case nil, bool, string, float64:
		default:
			return fmt.Errorf("field /labels/%s: a label is a string, a number or a boolean", name)
		}
	}
	return nil
}

func (r *Record) check(at string) error {
	switch r.Kind {
	case "", docket.Conviction, docket.NonProsecution, docket.Withdrawn, docket.Acquittal, docket.PublicOrder:
	default:
		return fmt.Errorf("field %s/kind: %q is no kind of record", at, r.Kind)
	}
	switch r.Status {
	case "", docket.Open, docket.Pending, docket.Sealed, docket.Unsealed:
	default:
		return fmt.Errorf("field %s/status: %q is no status", at, r.Status)
	}
	if err := checkDates(map[string]civil.Date{
		at + "/offence_date": r.OffenceDate, at + "/judgment_date": r.JudgmentDate,
		at + "/effective_date": r.EffectiveDate, at + "/completed_date": r.CompletedDate,
	}); err != nil {
		return err
	}
	if len(r.Crimes) > MaxCrimes {
		return fmt.Errorf("field %s/crimes: %d crimes, at most %d are taken", at, len(r.Crimes), MaxCrimes)
	}
	for i := range r.Crimes {
		if err := checkCrime(&r.Crimes[i], fmt.Sprintf("%s/crimes/%d", at, i)); err != nil {
			return err
		}
	}
	return checkSentence(r.Sentence, at+"/sentence")
}

func checkCrime(c *docket.Crime, at string) error {
	if c.MensRea != "" && c.MensRea != docket.Intent && c.MensRea != docket.Negligence {
		return fmt.Errorf("field %s/mens_rea: %q is neither intent nor negligence", at, c.MensRea)
	}
	if err := checkDates(map[string]civil.Date{at + "/offence_date": c.OffenceDate}); err != nil {
		return err
	}
	return checkSentence(c.Sentence, at+"/sentence")
}

// maxMonths is far above any term (刑法 69: at most 25 years; life has none).
const maxMonths = 1200

func checkSentence(s *docket.Sentence, at string) error {
	if s == nil {
		return nil
	}
	if s.Kind != "" && !s.Kind.Valid() {
		return fmt.Errorf("field %s/kind: %q is no kind of penalty", at, s.Kind)
	}
	if s.Exempt != nil && *s.Exempt && s.Kind != "" && s.Kind != docket.ExemptFromPunishment {
		return fmt.Errorf("field %s/exempt: true contradicts the kind %s", at, s.Kind)
	}
	for _, n := range []struct {
		field string
		value *int
	}{{"months", s.Months}, {"days", s.Days}, {"probation_months", s.ProbationMonths}} {
		if n.value != nil && (*n.value < 0 || *n.value > maxMonths) {
			return fmt.Errorf("field %s/%s: %d is outside 0 to %d", at, n.field, *n.value, maxMonths)
		}
	}
	if s.RightsMonths != nil && (*s.RightsMonths < -1 || *s.RightsMonths > maxMonths) {
		return fmt.Errorf("field %s/rights_months: %d is outside -1 (for life) to %d", at, *s.RightsMonths, maxMonths)
	}
	if s.FineYuan != nil && *s.FineYuan < 0 {
		return fmt.Errorf("field %s/fine_yuan: %d is negative", at, *s.FineYuan)
	}
	return nil
}

// checkDates refuses years in which no living person can have a record.
func checkDates(dates map[string]civil.Date) error {
	for field, d := range dates {
		if !d.IsZero() && (d.Year() < 1850 || d.Year() > 2300) {
			return fmt.Errorf("field %s: the year of %s is outside 1850 to 2300", strings.TrimSpace(field), d)
		}
	}
	return nil
}
