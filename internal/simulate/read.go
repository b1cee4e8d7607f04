package simulate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
)

// Format is a form in which facts are written, one JSON object a line.
type Format string

// The formats.
const (
	FactLines    Format = "facts"       // the project's own: see docs/calibration.md
	Convictions  Format = "convictions" // labelled convictions: crimes, months, life, death, fine
	DossierLines Format = "dossiers"    // what fengcun pack eval reads; every record is a fact
)

// maxLine is the longest line that is read, in bytes.
const maxLine = policy.MaxLine

// Read adds all facts of r, whose format the first line tells, and says which
// it was. An error names the line and the field; the facts before it are there.
// on is the date on which other convictions of a dossier must be in effect.
func (f *Facts) Read(r io.Reader, on civil.Date) (Format, error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	var format Format
	var fact *lineReader
	for n := 1; ; n++ {
		raw, err := nextLine(lines)
		switch {
		case errors.Is(err, io.EOF):
			if format == "" {
				return "", errors.New("no facts in the input")
			}
			return format, nil
		case err != nil:
			return format, fmt.Errorf("line %d: %w", n, err)
		case len(bytes.TrimSpace(raw)) == 0:
			continue
		case format == "":
			if format, err = Detect(raw); err != nil {
				return "", fmt.Errorf("line %d: %w", n, err)
			}
			fact = &lineReader{f: f, on: on}
		}
		if err := fact.add(format, raw); err != nil {
			return format, fmt.Errorf("line %d: %w", n, err)
		}
	}
}

func nextLine(r *bufio.Reader) ([]byte, error) {
	var raw []byte
	for {
		part, err := r.ReadSlice('\n')
		raw = append(raw, part...)
		switch {
		case len(raw) > maxLine:
			return nil, fmt.Errorf("more than %d bytes; one fact a line is expected", maxLine)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(raw) > 0:
			return raw, nil
		}
		return raw, err
	}
}

// Detect tells the format by the members of one line.
func Detect(line []byte) (Format, error) {
	var members map[string]any
	if err := json.Unmarshal(line, &members); err != nil {
		return "", fmt.Errorf("not a JSON object: %w", err)
	}
	has := func(name string) bool { _, ok := members[name]; return ok }
	switch {
	case has("records"):
		return DossierLines, nil
	case has("life") && has("death") && has("months"):
		return Convictions, nil
	case has("crimes") || has("sentence"):
		return FactLines, nil
	}
	return "", errors.New("neither a fact (crimes, sentence), a labelled conviction (life, death, months) nor a dossier (records)")
}

type lineReader struct {
	f  *Facts
	on civil.Date
}

func (l *lineReader) add(format Format, raw []byte) error {
	switch format {
	case FactLines:
		fact, err := DecodeFact(raw)
		if err != nil {
			return err
		}
		return l.f.Add(fact)
	case Convictions:
		fact, err := decodeConviction(raw)
		if err != nil {
			return err
		}
		return l.f.Add(fact)
	case DossierLines:
		d, err := policy.Decode(raw)
		if err != nil {
			return err
		}
		return l.f.AddDossier(d, l.on)
	}
	return fmt.Errorf("%q is no format of facts", format)
}

// jsonFact is a fact as it is written.
type jsonFact struct {
	Year       int          `json:"year,omitempty"`
	Region     string       `json:"region,omitempty"`
	Kind       *docket.Kind `json:"kind,omitempty"`
	Crimes     []Charge     `json:"crimes"`
	Sentence   Sentence     `json:"sentence"`
	Age        string       `json:"age,omitempty"`
	Sex        string       `json:"sex,omitempty"`
	Completed  *bool        `json:"completed,omitempty"`
	Others     *Others      `json:"others,omitempty"`
	Flags      docket.Flags `json:"flags"`
	Defendants int          `json:"defendants"`
	Persons    int          `json:"persons"`
}

// DecodeFact reads one fact strictly: an unknown member, a member twice or a
// wrong type is refused with its place. Absent kind is a conviction; absent
// defendants and persons are one.
func DecodeFact(line []byte) (*Fact, error) {
	in := jsonFact{Defendants: 1, Persons: 1}
	if err := strict(line, &in); err != nil {
		return nil, err
	}
	out := &Fact{
		Year: in.Year, Region: in.Region, Kind: docket.Conviction, Crimes: in.Crimes, Sentence: in.Sentence, Age: in.Age, Sex: in.Sex,
		Completed: in.Completed, Flags: in.Flags, Defendants: in.Defendants, Persons: in.Persons,
	}
	if in.Kind != nil {
		out.Kind = *in.Kind
	}
	if in.Others != nil {
		out.Others = *in.Others
	}
	return out, nil
}

// strict decodes one line and turns an error into one that names the field.
func strict(line []byte, into any) error {
	err := json.Unmarshal(line, into, json.RejectUnknownMembers(true))
	var semantic *json.SemanticError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &semantic):
		return fmt.Errorf("not a fact: %w", err)
	case errors.Is(err, json.ErrUnknownName):
		return fmt.Errorf("field %s: no such field in a fact", semantic.JSONPointer)
	case semantic.Err != nil:
		return fmt.Errorf("field %s: %w", semantic.JSONPointer, semantic.Err)
	}
	return fmt.Errorf("field %s: a JSON %s does not fit here", semantic.JSONPointer, semantic.JSONKind)
}
