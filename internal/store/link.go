package store

import (
	"bytes"
	"slices"

	"github.com/fengcun/fengcun/internal/docket"
)

// CaseLink is what one event says of two cases: they are one.
type CaseLink struct {
	Code, Other docket.Code
	EventKey    []byte
	Home        bool // the event is filed in Code, not in Other
	Stays       bool // it is Code that stays, not Other
}

var caseLinks = insertion{
	table: "case_link", columns: "code, other, event_key, home, stays", n: 5, conflict: "(code, other, event_key) DO NOTHING",
}

// AddCaseLink stores a link, under both cases.
func (t *Tx) AddCaseLink(l CaseLink) error {
	back := CaseLink{Code: l.Other, Other: l.Code, EventKey: l.EventKey, Home: !l.Home, Stays: !l.Stays}
	for _, way := range []CaseLink{l, back} {
		t.insertSoon(&caseLinks, []any{string(way.Code), string(way.Other), way.EventKey, bit(way.Home), bit(way.Stays)})
		t.ahead.caseLinks.add(string(way.Code), way)
	}
	return nil
}

// DropCaseLinks deletes what an event said and gives what it was, each way.
func (t *Tx) DropCaseLinks(eventKey []byte) ([]CaseLink, error) {
	gone, err := all(t, `SELECT `+caseLinks.columns+` FROM case_link WHERE event_key = $1 ORDER BY code, other`, []any{eventKey}, scanCaseLink)
	if err != nil || len(gone) == 0 {
		return nil, err
	}
	t.soon([]string{"case_link"}, anyRows, `DELETE FROM case_link WHERE event_key = $1`, eventKey)
	for _, l := range gone {
		t.ahead.caseLinks.remove(string(l.Code), func(k CaseLink) bool { return bytes.Equal(k.EventKey, eventKey) })
	}
	return gone, nil
}

func scanCaseLink(scan func(...any) error) (l CaseLink, err error) {
	var home, stays int64
	err = scan((*string)(&l.Code), (*string)(&l.Other), &l.EventKey, &home, &stays)
	l.Home, l.Stays = home == 1, stays == 1
	return l, err
}

// CaseLinks reads the links under a case.
func (t *Tx) CaseLinks(code docket.Code) ([]CaseLink, error) {
	err := t.AheadOfCaseLinks([]docket.Code{code})
	links, _ := t.ahead.caseLinks.rows(string(code))
	return links, err
}

// AheadOfCaseLinks reads ahead the links under cases. Of a case that is not
// locked they are forgotten when it is.
func (t *Tx) AheadOfCaseLinks(codes []docket.Code) error {
	return readAhead(t, t.ahead.caseLinks, keysOf(codes), `SELECT `+caseLinks.columns+` FROM case_link WHERE code`, ` ORDER BY code, other, event_key`, nil,
		func(scan func(...any) error) (string, CaseLink, error) {
			l, err := scanCaseLink(scan)
			return string(l.Code), l, err
		})
}

// LinkedCases reads all that links connect with any of the cases, those
// themselves first.
func (t *Tx) LinkedCases(codes []docket.Code) (all []docket.Code, links []CaseLink, err error) {
	seen := make(map[docket.Code]bool)
	for next := codes; len(next) > 0; {
		if err := t.AheadOfCaseLinks(next); err != nil {
			return nil, nil, err
		}
		var found []docket.Code
		for _, c := range next {
			if seen[c] {
				continue
			}
			seen[c] = true
			all = append(all, c)
			of, _ := t.ahead.caseLinks.rows(string(c))
			links = append(links, of...)
			for _, l := range of {
				if !seen[l.Other] && !slices.Contains(found, l.Other) {
					found = append(found, l.Other)
				}
			}
		}
		next = found
	}
	return all, links, nil
}

// AddEarlyVoid notes that an event is taken back that has not come yet.
func (t *Tx) AddEarlyVoid(eventKey []byte) error {
	t.insertSoon(&earlyVoids, []any{eventKey})
	return nil
}

var earlyVoids = insertion{table: "early_void", columns: "event_key", n: 1, conflict: "(event_key) DO NOTHING"}

// EarlyVoid says whether an event was taken back before it came.
func (t *Tx) EarlyVoid(eventKey []byte) (bool, error) {
	var n int
	err := t.one(`SELECT COUNT(*) FROM early_void WHERE event_key = $1`, []any{eventKey}, &n)
	return n > 0, err
}

// CountWith makes a record count with another; with none it stands by itself.
func (t *Tx) CountWith(id, into docket.RecordID) error {
	t.soon(recordTable, 1, `UPDATE record SET into_code = $3, into_seq = $4 WHERE code = $1 AND seq = $2`,
		string(id.Code), id.Seq, string(into.Code), into.Seq)
	t.recordChanged(id, func(r *Record) { r.Into = into })
	return nil
}

// CountedWith reads the records that count with another.
func (t *Tx) CountedWith(id docket.RecordID) ([]Record, error) {
	return all(t, `SELECT `+recordColumns+` FROM record WHERE into_code = $1 AND into_seq = $2 AND into_code <> '' ORDER BY code, seq`,
		[]any{string(id.Code), id.Seq}, scanRecord)
}

// DropAliasesOf deletes all numbers of a case.
func (t *Tx) DropAliasesOf(code docket.Code) error {
	return t.put(`DELETE FROM alias WHERE code = $1`, string(code))
}

// DropFact deletes a fact that counts no more.
func (t *Tx) DropFact(factKey []byte) error {
	t.soon([]string{"fact"}, anyRows, `DELETE FROM fact WHERE fact_key = $1`, factKey)
	return nil
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
