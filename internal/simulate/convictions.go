package simulate

import (
	"errors"
	"fmt"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// conviction is one labelled conviction: one defendant, no date, no text.
type conviction struct {
	ID         string   `json:"id"`
	Source     string   `json:"source"`
	Crimes     []string `json:"crimes"`
	Articles   []int    `json:"articles"`
	Months     *int     `json:"months"` // null for life and death; 0: no imprisonment, of whatever kind
	Life       bool     `json:"life"`
	Death      bool     `json:"death"`
	FineYuan   *int64   `json:"fine_yuan"` // 0: none recorded
	Defendants int      `json:"defendants"`
}

// decodeConviction reads one labelled conviction. The labels tell neither the
// form of guilt, which is taken from the catalogue where it is not disputed,
// nor suspension, nor always the kind of the penalty.
func decodeConviction(line []byte) (*Fact, error) {
	var in conviction
	if err := strict(line, &in); err != nil {
		return nil, err
	}
	if len(in.Crimes) == 0 {
		return nil, errors.New("field /crimes: no crime is named")
	}
	out := &Fact{Kind: docket.Conviction, Defendants: max(1, in.Defendants), Persons: 1}
	for _, name := range in.Crimes {
		c := Charge{Name: name}
		if m, ok := norm.Crimes().Find(name); ok && !m.Disputed() {
			c.MensRea = docket.MensRea(m.MensRea)
		}
		out.Crimes = append(out.Crimes, c)
	}
	if in.FineYuan != nil && *in.FineYuan > 0 {
		out.Sentence.FineYuan = in.FineYuan
	}
	return out, in.penalty(&out.Sentence)
}

// penalty says which penalties the labels allow. One crime has 拘役 up to six
// months and 有期徒刑 from six; several may add up to a year of 拘役 (刑法 42,
// 45, 69).
func (c *conviction) penalty(s *Sentence) error {
	switch {
	case c.Death:
		s.Kind = docket.Death
	case c.Life:
		s.Kind = docket.LifeImprisonment
	case c.Months == nil:
		return errors.New("field /months: missing, and neither life nor death")
	case *c.Months < 0 || *c.Months > maxMonths:
		return fmt.Errorf("field /months: %d is outside 0 to %d", *c.Months, maxMonths)
	case *c.Months == 0:
		s.Kinds = []docket.Penalty{docket.ExemptFromPunishment, docket.Fine, docket.PublicSurveillance}
	case *c.Months < 6:
		s.Kind, s.Months = docket.Detention, c.Months
	case *c.Months > 12 || (*c.Months > 6 && len(c.Crimes) == 1):
		s.Kind, s.Months = docket.FixedTerm, c.Months
	default:
		s.Kinds, s.Months = []docket.Penalty{docket.Detention, docket.FixedTerm}, c.Months
	}
	return nil
}
