package desk

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/web/locale"
)

// What the registry holds is Chinese, as the agencies wrote it. These put the
// vocabulary of the law beside it in English; names stay as they are.

func (o *Office) today() civil.Date { return civil.Of(o.now()) }

func minute(t time.Time) string { return t.In(civil.Shanghai).Format("2006-01-02 15:04") }
func second(t time.Time) string { return t.In(civil.Shanghai).Format("2006-01-02 15:04:05") }

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func typeWords(t docket.Type) locale.Both {
	en := map[docket.Type]string{
		docket.CaseFiled: "Case filed", docket.MeasureImposed: "Compulsory measure", docket.ArrestDecided: "Arrest decided",
		docket.CaseReferred: "Referred for prosecution", docket.CaseWithdrawn: "Case withdrawn", docket.ProsecutionFiled: "Prosecuted",
		docket.ProsecutionDeclined: "Not prosecuted", docket.JudgmentRendered: "Judgment", docket.JudgmentEffective: "Judgment in effect",
		docket.ExecutionStarted: "Execution begins", docket.SentenceCommuted: "Sentence commuted", docket.ParoleGranted: "Paroled",
		docket.ProbationRevoked: "Suspension or parole revoked", docket.ProbationCompleted: "Probation completed",
		docket.ExecutionCompleted: "Sentence served", docket.PropertyPerformed: "Fine or compensation paid",
		docket.PardonGranted: "Pardoned", docket.PublicOrderDecided: "Public-order penalty", docket.ReportRetracted: "Report retracted",
		docket.CaseLinked: "Cases linked",
	}[t]
	return locale.Both{Zh: t.Chinese(), En: en}
}

// linkWords is why two cases are one.
func linkWords(k docket.LinkKind) locale.Both {
	return locale.Both{Zh: string(k), En: map[docket.LinkKind]string{
		docket.Consolidated: "consolidated", docket.Severed: "severed", docket.Transferred: "transferred",
		docket.Designated: "transferred by designation", docket.Retried: "remanded for a new trial", docket.Reopened: "reopened",
	}[k]}
}

func penaltyEn(p docket.Penalty) string {
	return map[docket.Penalty]string{
		docket.Death: "death", docket.LifeImprisonment: "life imprisonment", docket.FixedTerm: "fixed-term imprisonment",
		docket.Detention: "short-term detention", docket.PublicSurveillance: "public surveillance", docket.Fine: "fine",
		docket.DeprivationOfRights: "deprivation of political rights", docket.Confiscation: "confiscation of property",
		docket.Deportation: "deportation", docket.ExemptFromPunishment: "exempt from punishment",
	}[p]
}

// sentenceWords is a sentence as a judgment's operative part puts it.
func sentenceWords(s *docket.Sentence) locale.Both {
	if s == nil || s.Kind == "" {
		return locale.Both{}
	}
	zh, en := []string{string(s.Kind)}, []string{penaltyEn(s.Kind)}
	if s.Months != nil && *s.Months > 0 {
		zh[0] += " " + spanZh(*s.Months)
		en[0] += " of " + spanEn(*s.Months)
	}
	if s.Suspended != nil && *s.Suspended {
		z, e := "缓刑", "suspended"
		if s.ProbationMonths != nil {
			z += " " + spanZh(*s.ProbationMonths)
			e += " for " + spanEn(*s.ProbationMonths)
		}
		zh, en = append(zh, z), append(en, e)
	}
	if s.FineYuan != nil && *s.FineYuan > 0 {
		if s.Kind == docket.Fine {
			zh, en = nil, nil // it is the whole sentence
		}
		zh = append(zh, "罚金 "+grouped(*s.FineYuan)+" 元")
		en = append(en, "fine of "+grouped(*s.FineYuan)+" yuan")
	}
	if s.RightsMonths != nil && *s.RightsMonths > 0 {
		zh = append(zh, "剥夺政治权利 "+spanZh(*s.RightsMonths))
		en = append(en, "deprived of political rights for "+spanEn(*s.RightsMonths))
	}
	return locale.Both{Zh: strings.Join(zh, "，"), En: strings.Join(en, ", ")}
}

func spanZh(months int) string {
	y, m := months/12, months%12
	switch {
	case y == 0:
		return fmt.Sprintf("%d 个月", m)
	case m == 0:
		return fmt.Sprintf("%d 年", y)
	}
	return fmt.Sprintf("%d 年 %d 个月", y, m)
}

func spanEn(months int) string {
	some := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	y, m := months/12, months%12
	switch {
	case y == 0:
		return some(m, "month")
	case m == 0:
		return some(y, "year")
	}
	return some(y, "year") + " " + some(m, "month")
}

// crimeNames lists what a record is about, as far as it is settled: the crimes
// judged, else charged, else suspected, else the acts of a public-order case.
func crimeNames(s *docket.State) string {
	for _, list := range [][]docket.Crime{s.Crimes, s.Charged, s.Suspected} {
		if len(list) == 0 {
			continue
		}
		names := make([]string, len(list))
		for i, c := range list {
			names[i] = c.Name
		}
		return strings.Join(names, "、")
	}
	if s.Order != nil {
		return strings.Join(s.Order.Acts, "、")
	}
	return ""
}

// penaltyWords is the sentence of a record, or what took its place.
func penaltyWords(s *docket.State) locale.Both {
	switch {
	case s.Order != nil:
		return orderWords(s.Order)
	case s.Declined != "":
		return locale.Both{Zh: s.Declined, En: declinedEn(s.Declined)}
	case s.Kind == docket.Acquittal:
		return locale.Both{Zh: "无罪", En: "acquitted"}
	case s.Kind == docket.Withdrawn:
		return locale.Both{Zh: "撤销案件", En: "case withdrawn"}
	}
	return sentenceWords(s.Sentence)
}

func declinedEn(kind string) string {
	return map[string]string{
		docket.DeclinedByLaw: "not prosecuted: the law forbids it", docket.DeclinedDiscretionary: "not prosecuted: minor",
		docket.DeclinedEvidence: "not prosecuted: evidence wanting", docket.DeclinedConditional: "not prosecuted on conditions",
	}[kind]
}

func orderWords(order *docket.Order) locale.Both {
	terms := map[string]string{"警告": "warning", "罚款": "fine", "行政拘留": "administrative detention", "吊销许可证件": "licence revoked"}
	var zh, en []string
	for _, p := range order.Penalties {
		e := terms[p]
		if e == "" {
			e = p
		}
		z := p
		switch {
		case p == "行政拘留" && order.Days != nil:
			z, e = fmt.Sprintf("%s %d 日", z, *order.Days), fmt.Sprintf("%s of %d days", e, *order.Days)
		case p == "罚款" && order.FineYuan != nil:
			z, e = z+" "+grouped(*order.FineYuan)+" 元", e+" of "+grouped(*order.FineYuan)+" yuan"
		}
		zh, en = append(zh, z), append(en, e)
	}
	return locale.Both{Zh: strings.Join(zh, "，"), En: strings.Join(en, ", ")}
}

// masked is a document number of which the middle is not shown.
func masked(number string) string {
	if len(number) < 12 {
		return strings.Repeat("*", len(number))
	}
	return number[:6] + strings.Repeat("*", len(number)-10) + number[len(number)-4:]
}

// reasonWords turns the lifecycle's reasons, which are the platform's own
// codes, into words.
func reasonWords(reason string) locale.Both {
	outcome, rules, _ := strings.Cut(reason, ": ")
	known := map[string]locale.Both{
		"seal":       {Zh: "全部条件成立，应当封存", En: "every condition holds: to be sealed"},
		"observe":    {Zh: "观察期未满", En: "under observation"},
		"keep":       {Zh: "不属于封存范围", En: "not to be sealed"},
		"review":     {Zh: "有待查明，转人工", En: "something is unknown: a human decides"},
		"unseal":     {Zh: "出现法定解封情形", En: "the law ends the sealing"},
		"confirmed":  {Zh: "承办人确认提议", En: "confirmed by an officer"},
		"rejected":   {Zh: "承办人不采纳提议", En: "rejected by an officer"},
		"superseded": {Zh: "提议已被新的事实取代", En: "overtaken by later facts"},
	}
	b, ok := known[outcome]
	if ground := unsealGround(reason); ground.Zh != "" {
		return ground
	}
	if !ok {
		for _, t := range docket.Types() {
			if t.Chinese() == reason {
				return typeWords(t)
			}
		}
		return locale.Both{Zh: reason, En: reason}
	}
	if rules != "" {
		b.Zh += "（" + rules + "）"
		b.En += " (" + rules + ")"
	}
	return b
}
