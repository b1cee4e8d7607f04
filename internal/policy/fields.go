package policy

import (
	"fmt"

	"cel.dev/cel-go/common/ast"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// field compiles x.name. The checker has made sure that the field exists; the
// last line is for a field of the schema that has no accessor, which a test
// excludes.
func (c *compiler) field(e ast.SelectExpr) (value, error) {
	if e.IsTestOnly() {
		return value{}, fmt.Errorf("has() is not needed: a missing attribute is unknown")
	}
	x, err := c.expr(e.Operand())
	if err != nil {
		return value{}, err
	}
	name := e.FieldName()
	var v value
	switch x.form {
	case formParam:
		v = c.params[name]
	case formPerson:
		v = personField(name, x)
	case formRecord:
		v = c.recordField(name, x)
	case formSentence:
		v = sentenceField(name, x)
	case formFlags:
		v = flagField(name, x)
	case formCrime:
		v = crimeField(name, x)
	default:
	}
	if v.form == 0 {
		return value{}, fmt.Errorf("no attribute %s here", name)
	}
	return v, nil
}

func personField(name string, x value) value {
	switch name {
	case "birth":
		return dateValue(x, ".birth", func(s *scope) civil.Date { return s.d.Person.Birth })
	case "sex":
		return textValue(x, ".sex", func(s *scope) string { return s.d.Person.Sex })
	}
	return value{}
}

func (c *compiler) recordField(name string, x value) value {
	get := x.record
	switch name {
	case "id":
		return textValue(x, ".id", func(s *scope) string { return get(s).ID })
	case "kind":
		return textValue(x, ".kind", func(s *scope) string { return string(get(s).Kind) })
	case "status":
		return textValue(x, ".status", func(s *scope) string {
			if st := get(s).Status; st != "" {
				return string(st)
			}
			return string(docket.Open)
		})
	case "offence_date":
		return dateValue(x, ".offence_date", func(s *scope) civil.Date { return get(s).OffenceDate })
	case "judgment_date":
		return dateValue(x, ".judgment_date", func(s *scope) civil.Date { return get(s).JudgmentDate })
	case "effective_date":
		return dateValue(x, ".effective_date", func(s *scope) civil.Date { return get(s).EffectiveDate })
	case "completed_date":
		return dateValue(x, ".completed_date", func(s *scope) civil.Date { return get(s).CompletedDate })
	case "probation_end":
		return c.probationEnd(x)
	case "crimes":
		return crimesValue(x)
	case "sentence":
		return value{
			form: formSentence, sentence: func(s *scope) *docket.Sentence { return get(s).Sentence },
			path: x.path.dot("sentence"),
		}
	case "flags":
		return value{form: formFlags, record: get, path: x.path.dot("flags")}
	}
	return value{}
}

// probationEnd is the end of the 考验期, which runs from the day the judgment
// is final (刑法 73). It is no attribute of the dossier: it follows from two.
func (c *compiler) probationEnd(x value) value {
	get := x.record
	return value{form: formDate, num: func(s *scope) (int64, bool) {
		r := get(s)
		known := true
		if r.EffectiveDate.IsZero() {
			s.miss(x.path, ".effective_date")
			known = false
		}
		if r.Sentence == nil || r.Sentence.ProbationMonths == nil {
			s.miss(x.path, ".sentence.probation_months")
			known = false
		}
		if !known {
			return 0, false
		}
		return int64(c.dates.addMonths(r.EffectiveDate, *r.Sentence.ProbationMonths).Days()), true
	}}
}

func crimesValue(x value) value {
	get := x.record
	return value{form: formCrimes, crimes: func(s *scope) ([]docket.Crime, *Record, bool) {
		r := get(s)
		crimes, known := r.crimesKnown()
		if !known {
			s.miss(x.path, ".crimes")
		}
		return crimes, r, known
	}}
}

func sentenceField(name string, x value) value {
	months := func(field string, pick func(*docket.Sentence) *int) value {
		return intValue(x, "."+field, func(s *scope) (int64, bool) {
			sentence := x.sentence(s)
			if sentence == nil || pick(sentence) == nil {
				return 0, false
			}
			return int64(*pick(sentence)), true
		})
	}
	truth := func(field string, pick func(*docket.Sentence) *bool) value {
		return truthValue(x, "."+field, func(s *scope) *bool {
			sentence := x.sentence(s)
			if sentence == nil {
				return nil
			}
			return pick(sentence)
		})
	}
	switch name {
	case "kind":
		return textValue(x, ".kind", func(s *scope) string { return string(kindOf(x.sentence(s))) })
	case "months":
		return months(name, func(s *docket.Sentence) *int { return s.Months })
	case "days":
		return months(name, func(s *docket.Sentence) *int { return s.Days })
	case "probation_months":
		return months(name, func(s *docket.Sentence) *int { return s.ProbationMonths })
	case "rights_months":
		return months(name, func(s *docket.Sentence) *int { return s.RightsMonths })
	case "fine_yuan":
		return intValue(x, ".fine_yuan", func(s *scope) (int64, bool) {
			sentence := x.sentence(s)
			if sentence == nil || sentence.FineYuan == nil {
				return 0, false
			}
			return *sentence.FineYuan, true
		})
	case "suspended":
		return truth(name, suspended)
	case "exempt":
		return truth(name, func(s *docket.Sentence) *bool { return s.Exempt })
	}
	return value{}
}

// suspended is whether the sentence is 缓刑. Only 拘役 and 有期徒刑 can be
// (刑法 72), so for any other kind that is known to be false.
func suspended(s *docket.Sentence) *bool {
	if k := kindOf(s); s.Suspended == nil && k != "" && k != docket.FixedTerm && k != docket.Detention {
		return new(bool)
	}
	return s.Suspended
}

func flagField(name string, x value) value {
	flag := func(pick func(*docket.Flags) *bool) value {
		return truthValue(x, "."+name, func(s *scope) *bool { return pick(&x.record(s).Flags) })
	}
	switch name {
	case "recidivist":
		return flag(func(f *docket.Flags) *bool { return f.Recidivist })
	case "drug_recidivist":
		return flag(func(f *docket.Flags) *bool { return f.DrugRecidivist })
	case "pleads_guilty":
		return flag(func(f *docket.Flags) *bool { return f.PleadsGuilty })
	case "victim_forgives":
		return flag(func(f *docket.Flags) *bool { return f.VictimForgives })
	case "compensation_paid":
		return flag(func(f *docket.Flags) *bool { return f.CompensationPaid })
	case "surrender":
		return flag(func(f *docket.Flags) *bool { return f.Surrender })
	case "applied":
		return flag(func(f *docket.Flags) *bool { return f.Applied })
	}
	return value{}
}

func crimeField(name string, x value) value {
	get := x.crime
	switch name {
	case "name":
		return textValue(x, ".name", func(s *scope) string { return get(s).Name })
	case "mens_rea":
		return textValue(x, ".mens_rea", func(s *scope) string { return string(get(s).MensRea) })
	case "mens_rea_by_law":
		return textValue(x, ".mens_rea", func(s *scope) string { return mensReaByLaw(s, get(s)) })
	case "offence_date":
		return dateValue(x, ".offence_date", func(s *scope) civil.Date { return get(s).OffenceDate })
	case "victim_minor":
		return truthValue(x, ".victim_minor", func(s *scope) *bool { return get(s).VictimMinor })
	case "by_official":
		return truthValue(x, ".by_official", func(s *scope) *bool { return get(s).ByOfficial })
	case "sentence":
		return value{
			form: formSentence, sentence: func(s *scope) *docket.Sentence { return get(s).Sentence },
			path: x.path.dot("sentence"),
		}
	}
	return value{}
}

// mensReaByLaw is the form of guilt as the dossier states it, else the
// catalogue's default unless that is disputed.
func mensReaByLaw(s *scope, c *docket.Crime) string {
	if c.MensRea != "" {
		return string(c.MensRea)
	}
	if known := s.lookup(c); known != nil && !known.Disputed() {
		return known.MensRea
	}
	return ""
}

func textValue(x value, field string, get func(*scope) string) value {
	return value{form: formText, text: func(s *scope) (string, bool) {
		t := get(s)
		if t == "" {
			s.miss(x.path, field)
			return "", false
		}
		return t, true
	}}
}

func dateValue(x value, field string, get func(*scope) civil.Date) value {
	return value{form: formDate, num: func(s *scope) (int64, bool) {
		d := get(s)
		if d.IsZero() {
			s.miss(x.path, field)
			return 0, false
		}
		return int64(d.Days()), true
	}}
}

func intValue(x value, field string, get func(*scope) (int64, bool)) value {
	return value{form: formInt, num: func(s *scope) (int64, bool) {
		n, ok := get(s)
		if !ok {
			s.miss(x.path, field)
		}
		return n, ok
	}}
}

func truthValue(x value, field string, get func(*scope) *bool) value {
	return value{form: formTruth, truth: func(s *scope) Truth { return s.flag(get(s), x.path, field) }}
}
