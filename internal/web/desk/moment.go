package desk

import (
	"fmt"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// moment is an event as a line of the timeline.
func moment(e *docket.Event, names *names) parts.Moment {
	m := parts.Moment{On: e.Data.Date, Title: typeWords(e.Type), Tone: typeTone(e.Type)}
	if id, err := agency.IDOf(e.Source); err == nil {
		m.By = names.of(id)
	}
	if len(e.Data.Numbers) > 0 {
		m.Number = e.Data.Numbers[len(e.Data.Numbers)-1].No // the one it gave the case itself
	}
	if l := e.Data.Link; l != nil {
		m.Detail = linkWords(l.Kind)
		if l.Number != nil {
			m.Detail = join(m.Detail, same(l.Number.No))
		}
	}
	if len(e.Data.Persons) > 0 {
		m.Detail = detail(&e.Data.Persons[0])
	}
	return m
}

func typeTone(t docket.Type) parts.Tone {
	switch t {
	case docket.JudgmentRendered, docket.JudgmentEffective, docket.PublicOrderDecided:
		return parts.Seal
	case docket.ProbationRevoked, docket.ReportRetracted:
		return parts.Warn
	case docket.ExecutionCompleted, docket.ProbationCompleted, docket.PardonGranted, docket.PropertyPerformed:
		return parts.Good
	default:
		return parts.Calm
	}
}

// detail is what an event says of its person, in one line.
func detail(p *docket.Part) locale.Both {
	switch {
	case p.Judgment != nil:
		return judgmentWords(p.Judgment)
	case p.Order != nil:
		return join(same(strings.Join(p.Order.Acts, "、")), orderWords(p.Order))
	case p.Measure != nil:
		return measureWords(p.Measure)
	case p.Decision != "":
		en := declinedEn(p.Decision)
		if en == "" {
			en = map[string]string{"批准逮捕": "arrest approved", "不批准逮捕": "arrest not approved"}[p.Decision]
		}
		return locale.Both{Zh: p.Decision, En: en}
	case p.Property != nil:
		return propertyWords(p.Property)
	case p.Execution != nil:
		return executionWords(p.Execution)
	case len(p.Charged) > 0:
		return same(crimeNames(&docket.State{Charged: p.Charged}))
	case len(p.Suspected) > 0:
		return same(crimeNames(&docket.State{Suspected: p.Suspected}))
	}
	return locale.Both{}
}

// same is data that has no words of ours.
func same(s string) locale.Both { return locale.Both{Zh: s, En: s} }

func join(a, b locale.Both) locale.Both {
	switch {
	case a.Zh == "":
		return b
	case b.Zh == "":
		return a
	}
	return locale.Both{Zh: a.Zh + "：" + b.Zh, En: a.En + ": " + b.En}
}

func judgmentWords(j *docket.Judgment) locale.Both {
	outcome := map[string]string{
		docket.Acquitted: "acquitted", docket.NotLiable: "not criminally liable", docket.Upheld: "judgment upheld",
		docket.Remanded: "remanded", docket.Terminated: "terminated",
	}[j.Outcome]
	if outcome != "" {
		return locale.Both{Zh: j.Instance + j.Outcome, En: outcome}
	}
	crimes := crimeNames(&docket.State{Crimes: j.Crimes})
	return join(same(crimes), sentenceWords(j.Sentence))
}

func measureWords(m *docket.Measure) locale.Both {
	return locale.Both{Zh: m.Kind, En: map[string]string{
		"拘传": "summoned by force", "取保候审": "released on bail", "监视居住": "residential surveillance", "拘留": "detained", "逮捕": "arrested",
	}[m.Kind]}
}

func propertyWords(p *docket.Property) locale.Both {
	kind := map[string]string{"罚金": "fine", "没收财产": "confiscation", "附带民事赔偿": "civil compensation", "退赔": "restitution"}[p.Kind]
	out := locale.Both{Zh: p.Kind, En: kind}
	if p.PaidYuan != nil {
		out.Zh += fmt.Sprintf(" %s 元", grouped(*p.PaidYuan))
		out.En += fmt.Sprintf(" of %s yuan", grouped(*p.PaidYuan))
	}
	switch {
	case p.Performed != nil && *p.Performed:
		out.Zh, out.En = out.Zh+"，已履行完毕", out.En+", paid in full"
	case p.Terminated != nil && *p.Terminated:
		out.Zh, out.En = out.Zh+"，终结执行", out.En+", execution terminated"
	}
	return out
}

func executionWords(x *docket.Execution) locale.Both {
	places := map[string]string{"监狱": "prison", "看守所": "detention centre", "社区矫正": "community corrections"}
	out := locale.Both{Zh: x.Place, En: places[x.Place]}
	switch {
	case !x.Start.IsZero() && !x.End.IsZero():
		out = join(out, locale.Both{Zh: x.Start.Chinese() + "至" + x.End.Chinese(), En: x.Start.String() + " to " + x.End.String()})
	case !x.RemainingUntil.IsZero():
		out = join(out, locale.Both{Zh: "至" + x.RemainingUntil.Chinese(), En: "until " + x.RemainingUntil.String()})
	}
	return out
}
