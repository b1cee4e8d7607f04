package policy

import (
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
	*s = scope{missing: s.missing[:0]}
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

func (s *scope) miss(path func(*scope) string, field string) {
	if s.tracing {
		s.missing = append(s.missing, path(s)+field)
	}
}

// settle drops what was noted as missing since mark when t is decided without
// it.
func (s *scope) settle(mark int, t Truth) Truth {
	if t != Unknown {
		s.missing = s.missing[:mark]
	}
	return t
}

// trace evaluates t and gives the attributes it lacks, each once.
func (s *scope) trace(t func(*scope) Truth) (Truth, []string) {
	s.tracing, s.missing = true, s.missing[:0]
	got := t(s)
	s.tracing = false
	if got != Unknown {
		return got, nil
	}
	var lacks []string
	for _, path := range s.missing {
		if !contains(lacks, path) {
			lacks = append(lacks, path)
		}
	}
	return got, lacks
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func recordPath(r *Record) string {
	if r == nil {
		return "records"
	}
	return "records[" + r.ID + "]"
}

func (f *frame) crimePath() string {
	return recordPath(f.of) + ".crimes[" + strconv.Itoa(f.index) + "]"
}
