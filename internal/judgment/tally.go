package judgment

// The places where a row of penalties may stand within an order.
type region int

const (
	declared region = iota // for one crime
	earlier                // of another judgment, cited for merging (与前罪……)
	summed                 // 总和刑期: a step of the reckoning, not a sentence
	combined               // 决定执行
)

// spot is a value of an order with its place on the page.
type spot[T any] struct {
	v          T
	start, end int
	set        bool
	torn       bool // told twice, differently, or in a form not known
}

// put takes a value; a second, different one leaves the field unknown.
func (s *spot[T]) put(v T, start, end int, same func(a, b T) bool) {
	if s.set && !same(s.v, v) {
		s.torn = true
		return
	}
	if !s.set {
		s.v, s.start, s.end, s.set = v, start, end, true
	}
}

func equal[T comparable](a, b T) bool { return a == b }

// tally is a row of penalties: what stands behind 判处 or 决定执行.
type tally struct {
	kind      spot[Word]
	length    spot[span]
	probation spot[span]
	fine      spot[int64]
	rights    spot[int] // months, -1 for life
	taken     spot[int64]
	all       spot[bool] // 没收个人全部财产
	deported  spot[bool]
	exempt    spot[bool]
	touched   bool
}

// principal takes a principal penalty. Two of them in one row are no sentence
// that the reader understands.
func (t *tally) principal(kind Word, length span, start, end int) {
	t.kind.put(kind, start, end, equal[Word])
	t.length.put(length, start, end, equal[span])
	t.touched = true
}

// bare says that the row holds no principal penalty.
func (t *tally) bare() bool { return !t.kind.set }

// sentence is what the row says. A field nothing is said of is known to be
// none, for a row is complete in itself; a torn one is unknown.
func (t *tally) sentence() Sentence {
	s := Sentence{Suspended: ptr(t.probation.set), Exempt: ptr(t.exempt.set), Deported: ptr(t.deported.set), ConfiscationWhole: ptr(t.all.set)}
	s.Kind = t.gravest()
	t.terms(&s)
	if t.probation.torn {
		s.Suspended = nil
	} else if t.probation.set && t.probation.v.days == 0 {
		s.ProbationMonths = ptr(t.probation.v.months)
	}
	s.FineYuan = amount(t.fine)
	s.ConfiscationYuan = amount(t.taken)
	if !t.rights.torn {
		s.RightsMonths = ptr(t.rights.v)
	}
	return s
}

// amount is a sum of money: none is zero, a torn one unknown.
func amount(f spot[int64]) *int64 {
	if f.torn {
		return nil
	}
	return ptr(f.v)
}

// gravest is the kind of the row: the principal penalty, else the supplementary
// one that is imposed alone.
func (t *tally) gravest() Word {
	switch {
	case t.kind.set && t.kind.torn, t.exempt.set && !t.bare():
		return ""
	case t.kind.set:
		return t.kind.v
	case t.exempt.set:
		return "免予刑事处罚"
	case t.all.set || t.taken.set:
		return "没收财产"
	case t.rights.set:
		return "剥夺政治权利"
	case t.fine.set:
		return "罚金"
	case t.deported.set:
		return "驱逐出境"
	}
	return ""
}

// terms fills months and days.
func (t *tally) terms(s *Sentence) {
	switch {
	case s.Kind == "" || s.Kind == "死刑" || s.Kind == "无期徒刑":
	case t.bare():
		s.Months, s.Days = ptr(0), ptr(0)
	case !t.length.torn:
		s.Months, s.Days = ptr(t.length.v.months), ptr(t.length.v.days)
	}
}

// over lays a row over an older one: what the newer says prevails, what it is
// silent on stays (a retrial that keeps the fine and changes the term).
func (t *tally) over(old tally) {
	if !old.touched {
		return
	}
	if !t.kind.set {
		t.kind, t.length, t.probation = old.kind, old.length, old.probation
	}
	if !t.fine.set {
		t.fine = old.fine
	}
	if !t.rights.set {
		t.rights = old.rights
	}
	if !t.taken.set && !t.all.set {
		t.taken, t.all = old.taken, old.all
	}
	t.touched = true
}
