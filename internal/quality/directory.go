package quality

import (
	"github.com/fengcun/fengcun/internal/agency"
)

// Directory finds the agency that owes a report.
type Directory struct {
	byID  map[string]*agency.Agency
	seats map[seat][]string
}

type seat struct {
	kind     agency.Kind
	division string
}

// NewDirectory is the directory of these agencies.
func NewDirectory(all []*agency.Agency) *Directory {
	d := &Directory{byID: make(map[string]*agency.Agency, len(all)), seats: make(map[seat][]string)}
	for _, a := range all {
		d.byID[a.ID] = a
		if a.Division != "" {
			at := seat{a.Kind, a.Division}
			d.seats[at] = append(d.seats[at], a.ID)
		}
	}
	return d
}

// kind is what the agency of a source is; "" where it is not known.
func (d *Directory) kind(source string) agency.Kind {
	if a := d.byID[idOf(source)]; a != nil {
		return a.Kind
	}
	return ""
}

// near is the one agency of a kind at the seat of another; "" where there is
// none, or more than one.
func (d *Directory) near(kind agency.Kind, id string) string {
	a := d.byID[id]
	if a == nil {
		return ""
	}
	if at := d.seats[seat{kind, a.Division}]; len(at) == 1 {
		return at[0]
	}
	return ""
}

// idOf is the agency's id; a source that is none has none.
func idOf(source string) string {
	id, err := agency.IDOf(source)
	if err != nil {
		return ""
	}
	return id
}
