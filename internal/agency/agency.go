// Package agency is who takes part: the agencies that send and receive, their
// officers, and the duties an officer may hold. It knows which agency may
// report which act, and which duties must never meet in one person.
package agency

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/docket"
)

// Kind is what an agency is.
type Kind string

// The kinds of agency. Central is the platform's own operator, which holds no
// case; Outside is a body that only asks (刑诉法 286: 有关单位).
const (
	Police          Kind = "police"        // 公安机关
	Procuratorate   Kind = "procuratorate" // 人民检察院
	Court           Kind = "court"         // 人民法院
	Prison          Kind = "prison"        // 监狱
	DetentionCentre Kind = "detention"     // 看守所
	Corrections     Kind = "corrections"   // 社区矫正机构
	Outside         Kind = "outside"       // 有关单位
	Central         Kind = "central"       // 平台运行单位
)

// Agency is one body.
type Agency struct {
	ID        string // short, in URLs and event sources: "court-990101"
	Kind      Kind
	Name      string // as it signs
	Division  string // GB/T 2260 code of its seat
	VerifyKey string // its system's signature key, text form of package suite
	SealKey   string // notices are encrypted to this key
}

const sourcePrefix = "urn:fengcun:agency:"

// Source is the agency's CloudEvents source.
func (a *Agency) Source() string { return SourceOf(a.ID) }

// SourceOf is the CloudEvents source of an agency's id.
func SourceOf(id string) string { return sourcePrefix + id }

// IDOf is the agency's id in a CloudEvents source.
func IDOf(source string) (string, error) {
	id, ok := strings.CutPrefix(source, sourcePrefix)
	if !ok || id == "" {
		return "", fmt.Errorf("source %q: want %s<agency id>", source, sourcePrefix)
	}
	return id, nil
}

// MayReport says whether an agency of this kind speaks for an act: each stage
// belongs to the organ that the Criminal Procedure Law gives it to
// (刑诉法 3, 19; execution: 264, 269–272).
func (k Kind) MayReport(t docket.Type) bool { return slices.Contains(reporters(t), k) }

func reporters(t docket.Type) []Kind {
	switch t {
	case docket.CaseFiled, docket.CaseWithdrawn, docket.CaseReferred:
		return []Kind{Police, Procuratorate} // the procuratorate for cases it investigates itself
	case docket.MeasureImposed:
		return []Kind{Police, Procuratorate, Court}
	case docket.ArrestDecided, docket.ProsecutionFiled, docket.ProsecutionDeclined:
		return []Kind{Procuratorate}
	case docket.JudgmentRendered, docket.JudgmentEffective, docket.SentenceCommuted, docket.ParoleGranted, docket.PardonGranted:
		return []Kind{Court}
	case docket.ProbationRevoked:
		return []Kind{Court}
	case docket.ExecutionStarted:
		return []Kind{Court, Police, Prison, DetentionCentre, Corrections}
	case docket.ExecutionCompleted:
		return []Kind{Court, Police, Prison, DetentionCentre, Corrections}
	case docket.ProbationCompleted:
		return []Kind{Corrections, Procuratorate} // see MayState
	case docket.PropertyPerformed:
		return []Kind{Court}
	case docket.PublicOrderDecided:
		return []Kind{Police}
	case docket.CaseLinked:
		return []Kind{Police, Procuratorate, Court} // see MayState
	case docket.ReportRetracted:
		return []Kind{Police, Procuratorate, Court, Prison, DetentionCentre, Corrections}
	}
	return nil
}

// MayState says whether an agency of this kind may state all that an event
// states: MayReport, and where one type serves two organs, the content. The
// end of 附条件不起诉 is the procuratorate's (刑诉法 283, 284), that of 缓刑 and
// 假释 belongs to community corrections (社区矫正法 44). That a case is tried
// anew, sent back or reopened, is the courts' to say (刑诉法 236, 254).
func (k Kind) MayState(e *docket.Event) bool {
	if !k.MayReport(e.Type) {
		return false
	}
	if l := e.Data.Link; l != nil && l.Kind.ByCourt() && k != Court {
		return false
	}
	if e.Type != docket.ProbationCompleted {
		return true
	}
	for _, p := range e.Data.Persons {
		conditional := p.Execution != nil && p.Execution.Of == docket.DeclinedConditional
		if conditional != (k == Procuratorate) {
			return false
		}
	}
	return true
}

// Kinds lists the kinds of agency.
func Kinds() []Kind {
	return []Kind{Police, Procuratorate, Court, Prison, DetentionCentre, Corrections, Outside, Central}
}

// Chinese is the kind as the pages print it.
func (k Kind) Chinese() string {
	switch k {
	case Police:
		return "公安机关"
	case Procuratorate:
		return "人民检察院"
	case Court:
		return "人民法院"
	case Prison:
		return "监狱"
	case DetentionCentre:
		return "看守所"
	case Corrections:
		return "社区矫正机构"
	case Outside:
		return "有关单位"
	case Central:
		return "平台运行单位"
	}
	return string(k)
}
