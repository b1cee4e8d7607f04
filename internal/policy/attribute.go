package policy

import (
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// inCategory says whether a crime belongs to a category. A mark that depends on
// the case is unknown until the attribute it depends on is there; labels may
// settle what no attribute can.
func (s *scope) inCategory(c *docket.Crime, of norm.Category, path place) Truth {
	if c.Name == "" {
		s.miss(path, ".name")
		return Unknown
	}
	known := s.lookup(c)
	if known == nil {
		s.miss(path, ".name (not in the catalogue of crimes)")
		return Unknown
	}
	switch known.Mark(of) {
	case norm.Never:
		return False
	case norm.Always:
		return True
	case norm.IfVictimMinor:
		return s.flag(c.VictimMinor, path, ".victim_minor")
	case norm.IfOfficial, norm.BesideOffice:
		return s.flag(c.ByOfficial, path, ".by_official")
	case norm.Related, norm.IfVariant:
	}
	return s.labelTruth(string(of))
}

func (s *scope) flag(b *bool, path place, field string) Truth {
	if b == nil {
		s.miss(path, field)
		return Unknown
	}
	return truthOf(*b)
}

func labelsPlace(_ *scope, b []byte) []byte { return append(b, "labels."...) }

func personPlace(_ *scope, b []byte) []byte { return append(b, "person"...) }

// labelTruth reads a boolean label; missing or of another type is unknown.
func (s *scope) labelTruth(name string) Truth {
	if b, ok := s.d.Labels[name].(bool); ok {
		return truthOf(b)
	}
	s.miss(labelsPlace, name)
	return Unknown
}

// underAge says whether the acts were done before the age given. For several
// crimes on both sides of it the principal one counts (主要犯罪行为), which only
// a human can name: the label main_offence_under_age.<record id>.
func (s *scope) underAge(r *Record, age int64) Truth {
	if s.d.Person.Birth.IsZero() {
		s.miss(personPlace, ".birth")
		return Unknown
	}
	mark := len(s.missing)
	below, above, open := 0, 0, 0
	count := func(on civil.Date, at frame) {
		switch years := civil.AgeOn(s.d.Person.Birth, on); {
		case years < 0:
			open++
			s.miss(at.place, ".offence_date")
		case int64(years) < age:
			below++
		default:
			above++
		}
	}
	if len(r.Crimes) == 0 {
		count(r.OffenceDate, frame{rec: r})
	}
	for i := range r.Crimes {
		on, f := r.Crimes[i].OffenceDate, frame{crime: &r.Crimes[i], of: r, index: i}
		if on.IsZero() {
			on = r.OffenceDate
		}
		count(on, f)
	}
	switch {
	case below > 0 && above > 0:
		return s.settle(mark, s.labelTruth("main_offence_under_age."+r.ID))
	case open > 0:
		return Unknown
	case below > 0:
		return True
	}
	return False
}
