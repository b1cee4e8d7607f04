package simulate

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
)

// AddDossier adds every record of a dossier as a fact, whatever its status. A
// zero date stands for the dossier's own, which says which other convictions
// are in effect.
func (f *Facts) AddDossier(d *policy.Dossier, on civil.Date) error {
	if on.IsZero() {
		on = d.On
	}
	for i := range d.Records {
		if err := f.Add(factOf(d, i, on)); err != nil {
			return fmt.Errorf("records/%d: %w", i, err)
		}
	}
	return nil
}

func factOf(d *policy.Dossier, i int, on civil.Date) *Fact {
	r := &d.Records[i]
	out := &Fact{
		Year: r.EffectiveDate.Year(), Kind: r.Kind, Sex: d.Person.Sex, Flags: r.Flags, Others: othersOf(d, i, on),
		Defendants: 1, Persons: 1, Age: ageBands[ageBandAt(d, r)].name,
	}
	if !r.CompletedDate.IsZero() {
		completed := true
		out.Completed = &completed
	}
	for _, c := range r.Crimes {
		out.Crimes = append(out.Crimes, Charge{Name: c.Name, MensRea: c.MensRea, VictimMinor: c.VictimMinor, ByOfficial: c.ByOfficial})
	}
	if s := r.Sentence; s != nil {
		out.Sentence = Sentence{
			Kind: s.Kind, Months: s.Months, Days: s.Days, Suspended: s.Suspended, ProbationMonths: s.ProbationMonths, FineYuan: s.FineYuan,
		}
		if s.Kind == "" && s.Exempt != nil && *s.Exempt {
			out.Sentence.Kind = docket.ExemptFromPunishment
		}
	}
	return out
}

// ageBandAt is the band of the age at the offences, unknown where they fall
// into several.
func ageBandAt(d *policy.Dossier, r *policy.Record) uint8 {
	at := func(on civil.Date) uint8 {
		if on.IsZero() {
			on = r.OffenceDate
		}
		years := civil.AgeOn(d.Person.Birth, on)
		if years < 0 {
			return 0
		}
		return ageBandOf(years)
	}
	if len(r.Crimes) == 0 {
		return at(r.OffenceDate)
	}
	band := at(r.Crimes[0].OffenceDate)
	for _, c := range r.Crimes[1:] {
		if at(c.OffenceDate) != band {
			return 0
		}
	}
	return band
}

// othersOf sums up the other records. What is unknown of one leaves the sum
// unknown unless another decides it.
func othersOf(d *policy.Dossier, i int, on civil.Date) Others {
	out := OthersNone
	for j := range d.Records {
		if j == i {
			continue
		}
		switch got := otherOf(d, &d.Records[j], on); {
		case got == OthersAdult:
			return OthersAdult
		case got == OthersUnknown || out == OthersUnknown:
			out = OthersUnknown
		case got == OthersMinor:
			out = OthersMinor
		}
	}
	return out
}

func otherOf(d *policy.Dossier, o *policy.Record, on civil.Date) Others {
	switch {
	case o.Kind != "" && o.Kind != docket.Conviction, o.EffectiveDate.After(on):
		return OthersNone
	case o.Kind == "" || o.EffectiveDate.IsZero():
		return OthersUnknown
	}
	switch years := civil.AgeOn(d.Person.Birth, o.OffenceDate); {
	case years < 0:
		return OthersUnknown
	case years < 18:
		return OthersMinor
	}
	return OthersAdult
}
