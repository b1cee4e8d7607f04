package indistinct_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
)

// look is one thing that somebody asks of a world.
type look struct {
	path   string // what an exception goes by
	name   string // what is asked, where the path does not say it
	writes bool   // changes something where the asker has a right; left out for those who have
	after  bool   // belongs to looks before it: never left out by chance
	do     func(*side) answer
}

// sight is what there is to look for: the extra record and everything that
// belongs to it, and one case of the others.
type sight struct {
	code, shared         string
	records              []docket.RecordID
	number, other        string // agencies' numbers of the extra case and of a shared one
	who, known, none     docket.Identity
	item, notice, letter string // of the extra record; made up where there is none
	custodians           []string
	holders              []string
	senders              []string // agencies that reported more where the extra record is
}

func (p *pair) sight() sight {
	p.Helper()
	id := p.records[0]
	v := sight{
		code: id.Code.Grouped(), records: p.records, number: p.h.extra.number, other: p.h.shared[0].number,
		who: p.h.extra.person(), known: p.h.shared[0].person(), none: invented().Cast().NoRecord,
	}
	v.shared = p.with.text(`SELECT code FROM record WHERE code <> $1 ORDER BY code LIMIT 1`, string(id.Code))
	if v.shared == "" {
		v.shared = string(id.Code)
	}
	v.item = p.with.text(`SELECT id FROM review WHERE code = $1`, string(id.Code))
	v.notice = p.with.text(`SELECT id FROM notice WHERE code = $1`, string(id.Code))
	v.letter = p.with.text(`SELECT id FROM letter LIMIT 1`)
	if v.letter == "" {
		v.letter = "11111111-2222-4333-8444-555555555555"
	}
	if v.item == "" {
		v.item = "11111111-2222-4333-8444-555555555555"
	}
	for _, id := range p.records {
		v.custodians = append(v.custodians, p.with.record(id).Custodian)
		v.holders = append(v.holders, strings.Fields(p.with.text(
			`SELECT COALESCE(GROUP_CONCAT(agency, ' '), '') FROM notice WHERE code = $1 AND seq = $2`, string(id.Code), id.Seq))...)
	}
	for _, a := range p.with.agencies {
		const sent = `SELECT COUNT(*) FROM intake WHERE source = $1`
		if p.with.number(sent, a.Source()) != p.without.number(sent, a.Source()) {
			v.senders = append(v.senders, a.ID)
		}
	}
	return v
}

// observers are everybody, each in the relation that the exceptions go by.
func (p *pair) observers(v sight) []observer {
	out := []observer{{}}
	for _, o := range p.with.officers {
		out = append(out, observer{
			id: o.ID, agency: o.Agency, duty: o.Duty, keeps: slices.Contains(v.custodians, o.Agency), holds: slices.Contains(v.holders, o.Agency),
			sent: slices.Contains(v.senders, o.Agency),
		})
	}
	return out
}

// sample are the public, some of those nearest to the record, and some of all
// others, each duty as often as any other.
func sample(all []observer, rng *rand.Rand, e effort) []observer {
	out := []observer{all[0]}
	near, far := map[agency.Duty][]observer{}, map[agency.Duty][]observer{}
	for _, o := range all[1:] {
		group := far
		if o.keeps || o.holds {
			group = near
		}
		group[o.duty] = append(group[o.duty], o)
	}
	out = append(out, take(near, rng, e.near)...)
	return append(out, take(far, rng, e.far)...)
}

func take(groups map[agency.Duty][]observer, rng *rand.Rand, n int) (out []observer) {
	for len(groups) > 0 && n > 0 {
		duties := slices.Sorted(maps.Keys(groups))
		d := duties[rng.IntN(len(duties))]
		i := rng.IntN(len(groups[d]))
		out = append(out, groups[d][i])
		if groups[d] = slices.Delete(groups[d], i, i+1); len(groups[d]) == 0 {
			delete(groups, d)
		}
		n--
	}
	return out
}

// looks are everything that one observer asks.
func (p *pair) looks(o observer, v sight) []look {
	out := append(p.publicLooks(o, v), p.pageLooks(o, v)...)
	if o.id == "" {
		return out
	}
	return append(out, p.callLooks(o, v)...)
}

func page(o observer, path string) look {
	clean, _, _ := strings.Cut(path, "?")
	return look{path: clean, name: path, do: func(s *side) answer { return s.page(o.id, path, nil) }}
}

func form(o observer, path string, values url.Values) look {
	return look{path: path, name: "POST " + path + " " + values.Encode(), writes: true, do: func(s *side) answer { return s.page(o.id, path, values) }}
}

func get(o observer, path string) look {
	clean, _, _ := strings.Cut(path, "?")
	return look{path: clean, name: "API " + path, do: func(s *side) answer { return s.call(o.id, http.MethodGet, path, nil) }}
}

func post(o observer, path string, in any) look {
	return look{path: path, name: "API POST " + path, writes: true, do: func(s *side) answer { return s.call(o.id, http.MethodPost, path, in) }}
}

// publicLooks are what nobody needs an account for.
func (p *pair) publicLooks(o observer, v sight) []look {
	size := p.with.trailSize()
	entry := size - 1 - p.h.rng.Int64N(min(size, 60))
	out := []look{
		page(o, "/"), page(o, "/flow"), page(o, "/signin"), page(o, "/nothing"), page(o, "/trail"), page(o, "/trail?page=2"),
		page(o, fmt.Sprintf("/trail/entry?index=%d", entry)), page(o, fmt.Sprintf("/trail/entry?index=%d", size)),
		page(o, "/certificates/check?code="+v.code), page(o, "/language?to=en&back=/"),
	}
	if o.id != "" {
		return out
	}
	return append(out,
		page(o, "/trail/checkpoint"), page(o, "/trail/key"),
		page(o, fmt.Sprintf("/trail/tile/0/%03d.p/%d", size/256, size%256)), page(o, fmt.Sprintf("/trail/tile/entries/%03d.p/%d", size/256, size%256)),
		get(o, fmt.Sprintf("/api/v1/receipts/%d", entry)), get(o, fmt.Sprintf("/api/v1/receipts/%d", size)),
		get(o, "/api/v1/certificates/"+v.code), get(o, "/api/v1/certificate-key"), get(o, "/api/v1/cases/"+v.code), get(o, "/api/v1/nothing"),
		form(o, "/certificates/check", url.Values{"text": {"无犯罪记录证明"}}),
	)
}

// pageLooks are the pages of the desks. Whoever has no right to one is told
// so; that must be the same too.
func (p *pair) pageLooks(o observer, v sight) []look {
	out := []look{
		page(o, "/desk"), page(o, "/desk/latest"), page(o, "/cases"), page(o, "/cases?status=sealed"), page(o, "/cases?status=open&page=2"),
		page(o, "/cases/"+v.code), page(o, "/cases/"+v.shared), page(o, "/reviews"), page(o, "/reviews?kind=unseal"),
		page(o, "/reviews/"+v.code+"/"+v.item), page(o, "/queries"), page(o, "/queries/new"), page(o, "/notices"), page(o, "/certificates/new"),
		form(o, "/cases", url.Values{"q": {v.number}}), form(o, "/cases", url.Values{"q": {v.other}}), form(o, "/cases", url.Values{"q": {v.code}}),
		form(o, "/notices/"+v.code+"/"+v.notice, url.Values{}), form(o, "/letters/"+v.letter, url.Values{}),
		page(o, "/identity"), page(o, "/identity?verdict=same"), page(o, "/identity?verdict=different"), page(o, "/identity/"+p.suspected),
		form(o, "/identity/"+p.suspected, url.Values{"act": {"same"}, "basis": {"other"}, "note": {"核对"}}),
		page(o, "/quality"), page(o, "/quality/items"), page(o, "/quality/items?state=mended"), page(o, "/quality/items?state=answered"),
		page(o, "/quality/items/"+v.code+"/"+p.fault), form(o, "/quality/items/"+v.code+"/"+p.fault, url.Values{"facts": {"00"}, "note": {"核对"}}),
	}
	// Few histories reach into the days that it counts.
	out = append(out, together([]look{page(o, "/quality?days=365")})...)
	for _, who := range []docket.Identity{v.who, v.known, v.none} {
		out = append(out, form(o, "/certificates", url.Values{
			"name": {who.Name}, "document": {docket.ResidentID}, "number": {who.Number}, "purpose": {"求职"},
		}))
	}
	for _, id := range v.records {
		out = append(out, page(o, "/deferrals/"+id.String()), page(o, "/cases/"+id.String()))
	}
	return out
}

// callLooks are what an officer's own system asks.
func (p *pair) callLooks(o observer, v sight) []look {
	out := []look{
		get(o, "/api/v1/officer"), get(o, "/api/v1/cases/"+v.code), get(o, "/api/v1/cases/"+v.shared), get(o, "/api/v1/reviews"),
		get(o, "/api/v1/queries"), get(o, "/api/v1/notices"), get(o, "/api/v1/quality/items"), get(o, "/api/v1/quality/items?state=mended"),
		post(o, "/api/v1/quality/items/"+v.code+"/"+p.fault+"/answer", map[string]string{"facts": "00", "note": "核对"}),
		post(o, "/api/v1/reviews/"+v.code+"/"+v.item, map[string]string{"verdict": "confirm", "note": "同意"}),
		post(o, "/api/v1/notices/"+v.code+"/"+v.notice+"/acknowledgement", nil),
		get(o, "/api/v1/letters/"+v.letter), post(o, "/api/v1/letters/"+v.letter+"/acknowledgement", nil),
	}
	for i, who := range []docket.Identity{v.who, v.known, v.none, v.who} {
		out = append(out, post(o, "/api/v1/certificates", api.CertificateApplication{
			ID: []string{"a1", "a2", "a3", "a1"}[i], Name: who.Name, Number: who.Number, Purpose: "求职",
		}))
	}
	switch o.duty { //nolint:exhaustive // those who file requests
	case agency.QueryOfficer:
		out = append(out, together(p.queryLooks(o, "about", func(r *grant.Request) { r.Subject = brief(v.who) }))...)
		out = append(out, together(p.queryLooks(o, "record", func(r *grant.Request) { r.Record = v.records[0].String() }))...)
	case agency.SealClerk:
		if !o.keeps { // the court that keeps it can
			out = append(out, together(p.unsealLooks(o, v))...)
		}
	}
	return out
}

// together keeps looks that follow from each other.
func together(looks []look) []look {
	for i := range looks {
		looks[i].after = true
	}
	return looks
}

func brief(p docket.Identity) docket.Identity {
	return docket.Identity{Name: p.Name, Document: docket.ResidentID, Number: p.Number}
}

// queryLooks file a request, have it approved and do not open it: whoever opens
// it has a right to the answer.
func (p *pair) queryLooks(o observer, name string, target func(*grant.Request)) []look {
	now := p.h.end
	r := &grant.Request{
		ID: fmt.Sprintf("%s-%s-%d", name, o.id, p.step), Purpose: grant.Inspect, Officer: o.id, Agency: o.agency, Approver: "procuratorate-990100",
		Ground: "adult-judicial-case", Basis: "刑事诉讼法", Matter: "松公(刑)立字〔2026〕1号", Reason: "核实前科", Scope: grant.Full,
		Filed: now, Expires: now.Add(24 * time.Hour),
	}
	target(r)
	signed, digest := p.signed(r)
	yes, _ := p.signed(&grant.Approval{
		Request: digest, Officer: officerID(r.Approver, agency.QueryApprover), Agency: r.Approver, Verdict: grant.Approve,
		Reason: "符合规定", At: now, Expires: now.Add(time.Hour),
	})
	path := api.QueryPath(r.ID, "")
	approver := observer{id: officerID(r.Approver, agency.QueryApprover)}
	return []look{
		post(o, "/api/v1/queries", signed), get(o, path), post(o, api.QueryPath(r.ID, "opening"), nil), page(o, "/queries/"+r.ID),
		get(approver, path), page(approver, "/queries/"+r.ID), post(approver, api.QueryPath(r.ID, "answers"), yes), get(o, path),
		page(o, "/queries"), page(approver, "/desk"), get(approver, "/api/v1/queries"),
	}
}

// unsealLooks are another court's clerk and reviewer who would unseal the
// record together. It is refused as one that is not there.
func (p *pair) unsealLooks(o observer, v sight) []look {
	now := p.h.end
	r := &grant.Request{
		ID: fmt.Sprintf("unseal-%s-%d", o.id, p.step), Purpose: grant.Unseal, Officer: o.id, Agency: o.agency, Approver: o.agency,
		Ground: "wrong-sealing", Basis: "刑事诉讼法", Matter: "（2026）解1号", Reason: "封存有误", Scope: grant.Full,
		Record: v.records[0].String(), Filed: now, Expires: now.Add(24 * time.Hour),
	}
	signed, digest := p.signed(r)
	reviewer := observer{id: officerID(o.agency, agency.SealReviewer)}
	yes, _ := p.signed(&grant.Approval{
		Request: digest, Officer: reviewer.id, Agency: o.agency, Verdict: grant.Approve, Reason: "同意", At: now, Expires: now.Add(time.Hour),
	})
	return []look{
		post(o, "/api/v1/queries", signed), post(reviewer, api.QueryPath(r.ID, "answers"), yes),
		post(o, api.QueryPath(r.ID, "unsealing"), nil), get(o, api.QueryPath(r.ID, "")),
	}
}

// signed is a document under the key that everybody has here. Signed once, it
// is the same in both worlds.
func (p *pair) signed(document any) (s api.Signed, digest string) {
	p.Helper()
	p.with.tape.begin(fmt.Sprintf("sign %T", document))
	var out grant.Signed
	var err error
	switch d := document.(type) {
	case *grant.Request:
		out, err = grant.Sign(p.with.tape, p.with.sign, d)
	case *grant.Approval:
		out, err = grant.Sign(p.with.tape, p.with.sign, d)
	}
	p.with.must(err)
	return api.Signed(out), grant.DigestHex(p.with.suite.Digest(out.Body))
}
