package desk

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/quality"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// qualityDays are the spans over which freshness is measured; the first is
// taken where none is asked for.
func qualityDays() []string { return []string{"30", "7", "90", "365"} }

// quality is the figures of the officer's agency, or of all.
func (o *Office) quality(r *http.Request, v *web.Visitor) (pages.Page, error) {
	days, _ := strconv.Atoi(cmp.Or(oneOf(r, "days", qualityDays()), qualityDays()[0]))
	all, err := o.reg.QualityOverview(r.Context(), v.ID, days, o.now())
	if err != nil {
		return nil, err
	}
	p := pages.Quality{Everybody: v.Duty == agency.Supervisor, Days: days, Filters: []parts.Field{
		choice("days", "quality.days-field", strconv.Itoa(days), qualityDays(), func(d string) locale.Text { return locale.T("quality.days", d) }),
	}}
	only := ""
	if p.Everybody {
		only = r.FormValue("agency")
		field, err := o.agencyField(r, only)
		if err != nil {
			return nil, err
		}
		p.Filters = append(p.Filters, field)
	}
	for _, b := range quality.Bases() {
		p.Bases = append(p.Bases, string(b))
	}
	f := figuresOf(all, only)
	p.Groups = o.qualityGroups(f, only)
	names := o.names(r)
	if p.Everybody && only == "" {
		p.Agencies = f.agencies(names)
	}
	agencies, err := o.reg.Agencies(r.Context())
	if err != nil {
		return nil, err
	}
	p.Sources = o.qualitySources(f.lags, agencies, p.Everybody)
	if len(p.Sources) > shownSources {
		p.Sources, p.Rest = p.Sources[:shownSources], p.Sources[shownSources:]
	}
	p.Stats = o.qualityStats(f, agencies)
	return p, names.err
}

// qualityFigures is an overview added up by rule and by agency.
type qualityFigures struct {
	open, done map[string]int // by rule
	oldest     map[string]civil.Date
	byAgency   map[string]int
	lags       []registry.SourceLags
}

func figuresOf(v *registry.QualityOverview, only string) *qualityFigures {
	f := &qualityFigures{open: map[string]int{}, done: map[string]int{}, oldest: map[string]civil.Date{}, byAgency: map[string]int{}}
	for _, c := range v.Counts {
		if only != "" && c.Agency != only {
			continue
		}
		if c.State != registry.QualityOpen {
			f.done[c.Rule] += c.N
			continue
		}
		f.open[c.Rule] += c.N
		f.byAgency[c.Agency] += c.N
		if old, ok := f.oldest[c.Rule]; !ok || c.Since.Before(old) {
			f.oldest[c.Rule] = c.Since
		}
	}
	for _, l := range v.Lags {
		if only == "" || l.Source == agency.SourceOf(only) {
			f.lags = append(f.lags, l)
		}
	}
	return f
}

func (o *Office) qualityGroups(f *qualityFigures, only string) []pages.QualityGroup {
	groups := []pages.QualityGroup{{Kind: string(quality.Completeness)}, {Kind: string(quality.Accuracy)}}
	most := 1
	for _, n := range f.open {
		most = max(most, n)
	}
	for _, rule := range o.reg.QualityRules() {
		g := &groups[slices.Index(quality.Kinds(), rule.Kind)]
		query := url.Values{"rule": {rule.ID}}
		if only != "" {
			query.Set("agency", only)
		}
		row := pages.QualityRule{
			Title: ruleTitle(rule), Law: rule.Law, Open: f.open[rule.ID], Done: f.done[rule.ID],
			Bar: 100 * float64(f.open[rule.ID]) / float64(most), Href: "/quality/items?" + query.Encode(),
		}
		if row.Open > 0 {
			row.Oldest = max(0, o.today().Sub(f.oldest[rule.ID]))
		}
		g.Open += row.Open
		if row.Open+row.Done == 0 {
			g.Quiet = append(g.Quiet, row)
		} else {
			g.Rules = append(g.Rules, row)
		}
	}
	for i := range groups {
		slices.SortStableFunc(groups[i].Rules, func(a, b pages.QualityRule) int { return cmp.Compare(b.Open, a.Open) })
	}
	return groups
}

// agencies are those with the most open items.
func (f *qualityFigures) agencies(names *names) (out []pages.QualityAgency) {
	const shown = 10
	most := 1
	for _, n := range f.byAgency {
		most = max(most, n)
	}
	for id, n := range f.byAgency {
		out = append(out, pages.QualityAgency{
			Name: names.of(id), Open: n, Bar: 100 * float64(n) / float64(most), Href: "/quality?" + url.Values{"agency": {id}}.Encode(),
		})
	}
	slices.SortFunc(out, func(a, b pages.QualityAgency) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(a.Href, b.Href))
	})
	return out[:min(len(out), shown)]
}

// shownSources is how many agencies stand in the table at once.
const shownSources = 12

// qualitySources are the agencies that reported, the least fresh first.
func (o *Office) qualitySources(lags []registry.SourceLags, agencies []*agency.Agency, named bool) (out []pages.QualitySource) {
	for _, a := range agencies {
		s := pages.QualitySource{}
		if named {
			s.Name = a.Name
		}
		for _, b := range quality.Bases() {
			var l quality.Lags
			if i := slices.IndexFunc(lags, func(l registry.SourceLags) bool { return l.Source == a.Source() && l.Basis == b }); i >= 0 {
				l = lags[i].Lags
			}
			s.Reports = max(s.Reports, int(l.Count()))
			s.Lags = append(s.Lags, qualityLag(&l, o.reg.Promise().To(b, a)))
		}
		if s.Reports > 0 {
			out = append(out, s)
		}
	}
	worst := func(s pages.QualitySource) float64 { return min(s.Lags[0].Bar, s.Lags[1].Bar) }
	slices.SortStableFunc(out, func(a, b pages.QualitySource) int { return cmp.Compare(worst(a), worst(b)) })
	return out
}

func qualityLag(l *quality.Lags, promise time.Duration) pages.QualityLag {
	n := l.Count()
	out := pages.QualityLag{
		Median: quantileText(l, 0.5), Most: quantileText(l, 0.95), Promise: locale.T("quality.no-promise"), InTime: "—", Bar: 100, Tone: parts.Calm,
	}
	if promise == 0 || n == 0 {
		return out
	}
	inTime := n - l.Late(promise)
	out.Promise, out.InTime, out.Bar = spanText(promise), wholePercent(inTime, n), 100*float64(inTime)/float64(n)
	out.Tone = toneOf(out.Bar)
	return out
}

// toneOf is the colour of a share that came in time.
func toneOf(share float64) parts.Tone {
	switch {
	case share >= 95:
		return parts.Good
	case share >= 80:
		return parts.Warn
	}
	return parts.Bad
}

func quantileText(l *quality.Lags, q float64) locale.Text {
	d, ok := l.Quantile(q)
	switch {
	case ok:
		return spanText(d)
	case l.Count() == 0:
		return locale.Plain("—")
	}
	return locale.T("quality.longer")
}

func spanText(d time.Duration) locale.Text {
	if d < 24*time.Hour {
		return locale.T("quality.hours", int(d.Hours()))
	}
	return locale.T("quality.days", int(d.Hours()/24))
}

// qualityStats are the three figures at the head: missing, wrong, in time.
func (o *Office) qualityStats(f *qualityFigures, agencies []*agency.Agency) []parts.Stat {
	var open [2]int
	for _, rule := range o.reg.QualityRules() {
		open[slices.Index(quality.Kinds(), rule.Kind)] += f.open[rule.ID]
	}
	stats := make([]parts.Stat, 0, 3)
	for i, icon := range []string{"list-details", "alert-triangle"} {
		kind, tone := string(quality.Kinds()[i]), parts.Good
		if open[i] > 0 {
			tone = parts.Warn
		}
		s := number("quality."+kind, open[i], icon, tone, "/quality/items?kind="+kind)
		s.Hint = locale.T("quality.open")
		stats = append(stats, s)
	}
	var inTime, all int64
	for i := range f.lags {
		l := &f.lags[i]
		at := slices.IndexFunc(agencies, func(a *agency.Agency) bool { return a.Source() == l.Source })
		if at < 0 || l.Basis != quality.FromAct {
			continue
		}
		if promise := o.reg.Promise().To(l.Basis, agencies[at]); promise > 0 {
			all, inTime = all+l.Lags.Count(), inTime+l.Lags.Count()-l.Lags.Late(promise)
		}
	}
	fresh := parts.Stat{Label: locale.T("quality.freshness"), Value: wholePercent(inTime, all), Hint: locale.T("quality.in-time"), Icon: "clock", Tone: parts.Calm, Href: "#freshness"}
	if all > 0 {
		fresh.Tone = toneOf(100 * float64(inTime) / float64(all))
	}
	return append(stats, fresh)
}
