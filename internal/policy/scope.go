package policy

import (
	"slices"
	"strconv"
	"sync"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// maxDepth bounds the nesting of all and exists in one condition.
const maxDepth = 4

// frame is the variable of one all or exists.
type frame struct {
	rec   *Record
	crime *docket.Crime
	of    *Record // the record that crime belongs to
	index int     // of crime in it
}

// scope is what a compiled condition reads while it runs.
type scope struct {
	d      *Dossier
	on     civil.Date
	rec    *Record // the record that is decided
	other  *Record // in an interaction, the record beside it
	frames [maxDepth]frame

	spans  []span // of all records, where later records move clocks
	crimes *norm.Catalogue
	seen   [4]sighting // the crimes last looked up
	next   int

	tracing bool     // collect the attributes that are missing
	missing []string // paths, in the order met
	places  []string // paths written already: the same one is asked for by several rules
	text    []byte   // room to write one in
	lacks   []string // what the last rule that was unknown lacks
}

// place appends where in the dossier an object lies, as missing attributes name
// it.
type place func(s *scope, b []byte) []byte

// dot is the place of a member.
func (p place) dot(name string) place {
	return func(s *scope, b []byte) []byte { return append(append(p(s, b), '.'), name...) }
}

type sighting struct {
	crime *docket.Crime
	found *norm.Crime
}

var scopes = sync.Pool{New: func() any { return new(scope) }}

func (p *Pack) scope(d *Dossier, on civil.Date) *scope {
	s := scopes.Get().(*scope) //nolint:forcetypeassert // the pool holds nothing else
	s.d, s.on, s.crimes = d, on, p.catalogue
	return s
}

func (s *scope) release() {
	*s = scope{missing: s.missing[:0], places: s.places[:0], text: s.text[:0]}
	scopes.Put(s)
}

// lookup finds a crime in the catalogue, nil if its name is not there. The same
// crime is asked for by several conditions, so the last ones are kept.
func (s *scope) lookup(c *docket.Crime) *norm.Crime {
	for i := range s.seen {
		if s.seen[i].crime == c {
			return s.seen[i].found
		}
	}
	m, _ := s.crimes.Find(c.Name)
	s.seen[s.next] = sighting{crime: c, found: m.Crime}
	s.next = (s.next + 1) % len(s.seen)
	return m.Crime
}

func (s *scope) miss(path place, field string) {
	if s.tracing {
		s.text = append(path(s, s.text[:0]), field...)
		s.missing = append(s.missing, s.written())
	}
}

// written is the text as a string, the same one for the same text.
func (s *scope) written() string {
	for _, p := range s.places {
		if p == string(s.text) {
			return p
		}
	}
	p := string(s.text)
	if len(s.places) < 16 {
		s.places = append(s.places, p)
	}
	return p
}

// settle drops what was noted as missing since mark when t is decided without
// it.
func (s *scope) settle(mark int, t Truth) Truth {
	if t != Unknown && len(s.missing) > mark {
		s.missing = s.missing[:mark]
	}
	return t
}

// trace evaluates t and gives the attributes it lacks, each once.
func (s *scope) trace(t func(*scope) Truth) (Truth, []string) {
	if len(s.missing) > 0 {
		s.missing = s.missing[:0]
	}
	s.tracing = true
	got := t(s)
	s.tracing = false
	if got != Unknown {
		return got, nil
	}
	return got, s.lacking()
}

// lacking is what was noted as missing, each attribute once.
func (s *scope) lacking() []string {
	once := s.missing[:0]
	for _, path := range s.missing {
		if !contains(once, path) {
			once = append(once, path)
		}
	}
	if len(once) == 0 {
		return nil
	}
	if !slices.Equal(once, s.lacks) { // often the rules of one crime lack the same
		s.lacks = slices.Clone(once)
	}
	return s.lacks[:len(s.lacks):len(s.lacks)]
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func recordPath(r *Record) string { return string(appendRecord(nil, r)) }

func appendRecord(b []byte, r *Record) []byte {
	if r == nil {
		return append(b, "records"...)
	}
	return append(append(append(b, "records["...), r.ID...), ']')
}

// ownPlace is that of the record that is decided.
func ownPlace(s *scope, b []byte) []byte { return appendRecord(b, s.rec) }

// place is that of the crime, or of the record if it has none.
func (f *frame) place(_ *scope, b []byte) []byte {
	if f.crime == nil {
		return appendRecord(b, f.rec)
	}
	b = append(appendRecord(b, f.of), ".crimes["...)
	return append(strconv.AppendInt(b, int64(f.index), 10), ']')
}
