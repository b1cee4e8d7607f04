package docket

import "slices"

// Link says that another case is one with the case of the event (一案一码).
// The other case is named by one number or by its code, not by both: a number
// that nobody knows yet is that of a case still to be heard of.
type Link struct {
	Kind   LinkKind `json:"kind"`
	Number *Number  `json:"number,omitempty"`
	Code   string   `json:"code,omitempty"`
}

// LinkKind is why two cases are one.
type LinkKind string

// The kinds. 并案 takes the other case into this one; by the rest this case goes
// on with what the other began. law.md does not treat the judicial
// interpretations cited here: their articles are unverified and nothing depends
// on them.
const (
	Consolidated LinkKind = "并案"   // 法释〔2021〕1号 24, 220
	Severed      LinkKind = "分案"   // 法释〔2021〕1号 220
	Transferred  LinkKind = "移送管辖" // 刑诉法 24, 26
	Designated   LinkKind = "指定管辖" // 刑诉法 27
	Retried      LinkKind = "发回重审" // 刑诉法 236, 238, 239
	Reopened     LinkKind = "再审"   // 刑诉法 253, 254, 256
)

// LinkKinds lists them, the two that are no step of procedure first.
func LinkKinds() []LinkKind {
	return []LinkKind{Consolidated, Severed, Transferred, Designated, Retried, Reopened}
}

// ByCourt says that courts alone decide on it.
func (k LinkKind) ByCourt() bool { return k == Retried || k == Reopened }

// TakesOver says that the other case comes into this one, which keeps its
// code; otherwise this case goes on under the other's.
func (k LinkKind) TakesOver() bool { return k == Consolidated }

func (l *Link) check(found *Invalid, own []Number) {
	itself := func(n Number) bool { return l.Number != nil && n.MatchKey() == l.Number.MatchKey() }
	switch {
	case l.Number == nil && l.Code == "":
		found.add("/data/link", "name the other case: by a number as an agency gave it, or by its case code")
	case l.Number != nil && l.Code != "":
		found.add("/data/link", "name the other case by its number or by its code, not by both")
	case slices.ContainsFunc(own, itself):
		found.add("/data/link/number", "is this case's own; name the other case by a number of its own")
	case l.Code != "":
		if _, err := ParseCode(l.Code); err != nil {
			found.add("/data/link/code", "%v", err)
		}
	}
}

// numbers of an event, those of the case it links included, in one list.
func (d *Data) numbers() []Number {
	if d.Link == nil || d.Link.Number == nil {
		return d.Numbers
	}
	return append(slices.Clone(d.Numbers), *d.Link.Number)
}
