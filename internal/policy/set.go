package policy

import (
	"errors"
	"fmt"
	"sort"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/norm"
)

// Enactment puts a pack in force for a time. Two officers sign it off; the
// digest says for which bytes.
type Enactment struct {
	Pack   string     `yaml:"pack"`
	Digest string     `yaml:"digest"`
	From   civil.Date `yaml:"from"`
	To     civil.Date `yaml:"to"` // the last day; none: until further notice
	Note   string     `yaml:"note"`
	Signed []Signoff  `yaml:"signed"`

	place string // file:line:column, where it was read
}

// at names the enactment in an error.
func (e *Enactment) at() string {
	if e.place == "" {
		return "enactment of " + e.Pack
	}
	return e.place + ": enactment of " + e.Pack
}

// Signoff is one officer's consent to an enactment.
type Signoff struct {
	Officer string     `yaml:"officer" json:"officer"`
	Agency  string     `yaml:"agency" json:"agency"`
	On      civil.Date `yaml:"on" json:"on"`
}

// Set is the packs that are known and which of them is in force when. It is
// immutable; a change of policy is a new Set.
type Set struct {
	byDigest map[string]*Pack
	byID     map[string]*Pack
	terms    map[Regime][]term // in order of time
}

type term struct {
	Term

	pack *Pack
}

// NewSet checks the enactments against the packs: an unknown pack, another
// digest than that signed off, fewer than two officers, or two packs of one
// regime on one day are refused.
func NewSet(packs []*Pack, enacted []Enactment) (*Set, error) {
	s := &Set{byDigest: map[string]*Pack{}, byID: map[string]*Pack{}, terms: map[Regime][]term{}}
	var faults []error
	for _, p := range packs {
		if s.byID[p.ID] != nil {
			faults = append(faults, fmt.Errorf("two packs have the id %s; a new version is a new folder with an id of its own", p.ID))
		}
		s.byDigest[p.Digest], s.byID[p.ID] = p, p
	}
	for _, e := range enacted {
		if err := s.enact(e); err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(append(faults, s.overlaps()...)...); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Set) enact(e Enactment) error {
	p := s.byID[e.Pack]
	switch {
	case p == nil:
		return fmt.Errorf("%s: no such pack", e.at())
	case e.Digest != p.Digest:
		return fmt.Errorf("%s: signed off as %s, the folder is %s; a pack in force never changes", e.at(), e.Digest, p.Digest)
	case e.From.IsZero():
		return fmt.Errorf("%s: the date from which it is in force is missing", e.at())
	case !e.To.IsZero() && e.To.Before(e.From):
		return fmt.Errorf("%s: it ends on %s before it begins on %s", e.at(), e.To, e.From)
	case !twoOfficers(e.Signed):
		return fmt.Errorf("%s: two different officers must have signed it off, each with name, agency and day", e.at())
	}
	s.terms[p.Regime] = append(s.terms[p.Regime], term{pack: p, Term: Term{
		Regime: p.Regime, Pack: p.ID, Digest: p.Digest, From: e.From, To: e.To, Note: e.Note, Signed: e.Signed, at: e.at(),
	}})
	return nil
}

func twoOfficers(signed []Signoff) bool {
	whole := func(s Signoff) bool { return s.Officer != "" && s.Agency != "" && !s.On.IsZero() }
	for _, a := range signed {
		for _, b := range signed {
			if whole(a) && whole(b) && a.Officer != b.Officer {
				return true
			}
		}
	}
	return false
}

func (s *Set) overlaps() []error {
	var faults []error
	for _, regime := range Regimes() {
		terms := s.terms[regime]
		sort.SliceStable(terms, func(i, j int) bool { return terms[i].From.Before(terms[j].From) })
		for i := 1; i < len(terms); i++ {
			if before := terms[i-1]; before.To.IsZero() || !before.To.Before(terms[i].From) {
				faults = append(faults, fmt.Errorf("%s: %s and %s are both in force on %s; end the first before the second begins",
					terms[i].at, before.pack.ID, terms[i].pack.ID, terms[i].From))
			}
		}
	}
	return faults
}

// Packs lists the packs by id.
func (s *Set) Packs() []*Pack {
	out := make([]*Pack, 0, len(s.byID))
	for _, p := range s.byID {
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Pack finds a pack by its id.
func (s *Set) Pack(id string) (*Pack, bool) {
	p, ok := s.byID[id]
	return p, ok
}

// ByDigest finds the pack of a stored decision, for replaying it.
func (s *Set) ByDigest(digest string) (*Pack, bool) {
	p, ok := s.byDigest[digest]
	return p, ok
}

// InForce is the pack of a regime on a day; nil if none is in force.
func (s *Set) InForce(regime Regime, on civil.Date) *Pack {
	for _, t := range s.terms[regime] {
		if t.in(on) {
			return t.pack
		}
	}
	return nil
}

// RegimeOf says under which regime a record falls: public order by its kind,
// minors by the age at the offence. The missing attributes are given where
// that is unknown.
func (s *Set) RegimeOf(d *Dossier, record int) (Regime, []string) {
	r := &d.Records[record]
	if r.Kind == docket.PublicOrder {
		return PublicOrder, nil
	}
	sc := &scope{d: d, rec: r, crimes: norm.Crimes()}
	young, missing := sc.trace(func(sc *scope) Truth { return sc.underAge(r, 18) })
	if r.Kind == "" {
		return "", append([]string{recordPath(r) + ".kind"}, missing...)
	}
	switch young {
	case True:
		return Minor, nil
	case False:
		return Adult, nil
	case Unknown:
	}
	return "", missing
}

// Decide gives the answer on every record under the pack that is in force for
// its regime. A record whose regime is unknown goes to review; one for whose
// regime no pack is in force is kept. A zero date stands for the dossier's own;
// a dossier without either, or too large, is an error.
func (s *Set) Decide(d *Dossier, on civil.Date) (*Decision, error) {
	if on.IsZero() {
		on = d.On
	}
	if on.IsZero() {
		return nil, errors.New("no date to evaluate the dossier on")
	}
	if len(d.Records) > MaxRecords {
		return nil, fmt.Errorf("%d records in one dossier, at most %d are decided", len(d.Records), MaxRecords)
	}
	out := &Decision{ID: d.ID, On: on, Catalogue: norm.Crimes().Digest(), Records: make([]RecordDecision, len(d.Records))}
	for i := range d.Records {
		out.Records[i] = s.route(d, i, on)
	}
	return out, nil
}

func (s *Set) route(d *Dossier, i int, on civil.Date) RecordDecision {
	regime, missing := s.RegimeOf(d, i)
	why := regimeReason(regime, missing)
	if regime == "" {
		return RecordDecision{ID: d.Records[i].ID, Decision: Review, Reasons: []Reason{why}}
	}
	p := s.InForce(regime, on)
	if p == nil {
		return s.noPack(&d.Records[i], regime, why)
	}
	sc := p.scope(d, on)
	defer sc.release()
	r := p.explain(sc, i)
	r.Regime, r.Pack, r.Version, r.Digest = regime, p.ID, p.Version, p.Digest
	r.Reasons = append([]Reason{why}, r.Reasons...)
	return r
}

// noPack: nothing allows sealing. A record that is sealed already is left to a
// human.
func (s *Set) noPack(r *Record, regime Regime, why Reason) RecordDecision {
	outcome := Keep
	if r.sealed() {
		outcome = Review
	}
	none := Reason{Holds: False, Citation: &Citation{
		Rule: "in-force", Role: ScopeRole, Basis: "政策包的施行日期",
		Zh: "该日有适用于此类记录的政策包施行", En: "a pack for such records is in force on the day",
	}}
	return RecordDecision{ID: r.ID, Decision: outcome, Regime: regime, Reasons: []Reason{why, none}}
}

func regimeReason(regime Regime, missing []string) Reason {
	r := Reason{Holds: True, Missing: missing, Citation: &Citation{
		Rule: "regime", Role: ScopeRole, Basis: "刑事诉讼法第二百八十六条；治安管理处罚法第一百三十六条",
		Zh: "可以确定记录适用的封存制度：成年人轻微犯罪、未成年人犯罪或者违反治安管理",
		En: "the regime is known: adult minor crime, crime of a minor, or violation of public order",
	}}
	if regime == "" {
		r.Holds = Unknown
	}
	return r
}

// ReadEnactments reads the YAML list that says which packs are in force:
// "enacted:" with one Enactment an entry. The name stands in errors.
func ReadEnactments(name string, raw []byte) ([]Enactment, error) {
	var file struct {
		Enacted []Enactment `yaml:"enacted"`
	}
	src := &source{name: name, raw: raw}
	if err := src.decode(&file); err != nil {
		return nil, err
	}
	for i := range file.Enacted {
		file.Enacted[i].place = src.name
		if node := src.find(fmt.Sprintf("$.enacted[%d].pack", i)); node != nil {
			at := node.GetToken().Position
			file.Enacted[i].place = fmt.Sprintf("%s:%d:%d", src.name, at.Line, at.Column)
		}
	}
	return file.Enacted, nil
}
