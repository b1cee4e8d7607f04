package docket

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
)

// Type is an event type, the CloudEvents "type" attribute.
type Type string

// The event types, one for each act the platform must collect, in the order
// in which a case meets them.
const (
	CaseFiled           Type = "cn.fengcun.case.filed.v1"           // 立案
	MeasureImposed      Type = "cn.fengcun.measure.imposed.v1"      // 采取强制措施
	ArrestDecided       Type = "cn.fengcun.arrest.decided.v1"       // 批准逮捕, 不批准逮捕
	CaseReferred        Type = "cn.fengcun.case.referred.v1"        // 移送审查起诉
	CaseWithdrawn       Type = "cn.fengcun.case.withdrawn.v1"       // 撤销案件
	CaseLinked          Type = "cn.fengcun.case.linked.v1"          // 并案, 分案, 移送管辖, 发回重审, 再审
	ProsecutionFiled    Type = "cn.fengcun.prosecution.filed.v1"    // 提起公诉
	ProsecutionDeclined Type = "cn.fengcun.prosecution.declined.v1" // 不起诉
	JudgmentRendered    Type = "cn.fengcun.judgment.rendered.v1"    // 一审, 二审, 再审裁判
	JudgmentEffective   Type = "cn.fengcun.judgment.effective.v1"   // 判决生效
	ExecutionStarted    Type = "cn.fengcun.execution.started.v1"    // 交付执行
	SentenceCommuted    Type = "cn.fengcun.sentence.commuted.v1"    // 减刑
	ParoleGranted       Type = "cn.fengcun.parole.granted.v1"       // 假释
	ProbationRevoked    Type = "cn.fengcun.probation.revoked.v1"    // 撤销缓刑, 撤销假释
	ProbationCompleted  Type = "cn.fengcun.probation.completed.v1"  // 考验期满
	ExecutionCompleted  Type = "cn.fengcun.execution.completed.v1"  // 刑满释放, 执行完毕
	PropertyPerformed   Type = "cn.fengcun.property.performed.v1"   // 财产刑执行, 附带民事赔偿履行
	PardonGranted       Type = "cn.fengcun.pardon.granted.v1"       // 特赦
	PublicOrderDecided  Type = "cn.fengcun.publicorder.decided.v1"  // 治安管理处罚决定
	ReportRetracted     Type = "cn.fengcun.report.retracted.v1"     // 撤销报送
)

// Types lists the event types in the order of a case's course, which is also
// the order in which events of one day are folded.
func Types() []Type {
	return []Type{
		CaseFiled, MeasureImposed, ArrestDecided, CaseReferred, CaseWithdrawn, CaseLinked,
		ProsecutionFiled, ProsecutionDeclined, JudgmentRendered, JudgmentEffective,
		ExecutionStarted, SentenceCommuted, ParoleGranted, ProbationRevoked,
		ProbationCompleted, PropertyPerformed, ExecutionCompleted, PardonGranted,
		PublicOrderDecided, ReportRetracted,
	}
}

// Chinese is the type as the pages print it.
func (t Type) Chinese() string {
	switch t {
	case CaseFiled:
		return "立案"
	case MeasureImposed:
		return "采取强制措施"
	case ArrestDecided:
		return "审查逮捕"
	case CaseReferred:
		return "移送审查起诉"
	case CaseWithdrawn:
		return "撤销案件"
	case CaseLinked:
		return "案件关联"
	case ProsecutionFiled:
		return "提起公诉"
	case ProsecutionDeclined:
		return "不起诉"
	case JudgmentRendered:
		return "裁判"
	case JudgmentEffective:
		return "裁判生效"
	case ExecutionStarted:
		return "交付执行"
	case SentenceCommuted:
		return "减刑"
	case ParoleGranted:
		return "假释"
	case ProbationRevoked:
		return "撤销缓刑或假释"
	case ProbationCompleted:
		return "考验期满"
	case ExecutionCompleted:
		return "执行完毕"
	case PropertyPerformed:
		return "财产性判项履行"
	case PardonGranted:
		return "特赦"
	case PublicOrderDecided:
		return "治安管理处罚决定"
	case ReportRetracted:
		return "撤销报送"
	}
	return string(t)
}

func (t Type) rank() int {
	for i, k := range Types() {
		if k == t {
			return i
		}
	}
	return len(Types())
}

// Number is a number an agency gave the case, kept as printed; an alias of the
// case code, never its key.
type Number struct {
	Kind string `json:"kind"` // 立案号, 检察文书号, 案号, 执行通知书号, 决定书号
	No   string `json:"no"`
}

// MatchKey is the number in one spelling: parentheses, brackets and digits
// half-width, no spaces. （2024）桂9901刑初1号 and (2024)桂9901刑初1号 are one.
func (n Number) MatchKey() string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '　', '\t':
			return -1
		case '〔', '［', '【':
			return '['
		case '〕', '］', '】':
			return ']'
		}
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		return r
	}, n.No)
}

// Event is one act of an agency in one case: a CloudEvents 1.0 envelope with
// Data as its data.
type Event struct {
	ID      string    // unique within Source
	Source  string    // the agency's URI: "urn:fengcun:agency:<id>"
	Type    Type      //
	Subject string    // case code, where the agency knows it
	Time    time.Time // when the agency recorded it
	// Corrects is the id of an earlier event of the same source that this one
	// replaces (extension attribute "corrects").
	Corrects string
	Data     Data
}

// Data is an event's content: the case, the day of the act, and for each
// person what was done.
type Data struct {
	Date    civil.Date `json:"date"`
	Numbers []Number   `json:"numbers,omitempty"`
	Text    string     `json:"text,omitempty"` // free text, shared by all persons of the event
	Link    *Link      `json:"link,omitempty"` // of CaseLinked
	Persons []Part     `json:"persons,omitempty"`
}

// Part is what an event says of one person. Which fields an event type takes
// is fixed by its JSON Schema; nil is unknown.
type Part struct {
	Identity  Identity   `json:"identity"`
	Suspected []Crime    `json:"suspected,omitempty"` // 立案, 移送: 涉嫌罪名
	Charged   []Crime    `json:"charged,omitempty"`   // 起诉: 指控罪名
	Measure   *Measure   `json:"measure,omitempty"`
	Decision  string     `json:"decision,omitempty"` // 批准逮捕, 不批准逮捕; the kind of 不起诉
	Reason    string     `json:"reason,omitempty"`
	Judgment  *Judgment  `json:"judgment,omitempty"`
	Execution *Execution `json:"execution,omitempty"`
	Property  *Property  `json:"property,omitempty"`
	Order     *Order     `json:"order,omitempty"`
}

// Measure is a compulsory measure (强制措施, 刑诉法 66–99).
type Measure struct {
	Kind string     `json:"kind"` // 拘传, 取保候审, 监视居住, 拘留, 逮捕
	From civil.Date `json:"from,omitzero"`
	To   civil.Date `json:"to,omitzero"` // lifted or changed
}

// Outcomes of a judgment for one person.
const (
	Convicted  = "有罪"
	Acquitted  = "无罪"
	NotLiable  = "不负刑事责任"
	Upheld     = "维持原判"
	Remanded   = "发回重审"
	Terminated = "终止审理"
)

// Kinds of a decision not to prosecute (刑诉法 16, 177, 175, 282).
const (
	DeclinedByLaw         = "法定不起诉"
	DeclinedDiscretionary = "酌定不起诉"
	DeclinedEvidence      = "存疑不起诉"
	DeclinedConditional   = "附条件不起诉"
)

// Judgment is what a court decided of one person.
type Judgment struct {
	Instance  string     `json:"instance"`            // 一审, 二审, 再审
	Procedure string     `json:"procedure,omitempty"` // 速裁, 简易, 普通
	Outcome   string     `json:"outcome"`
	Crimes    []Crime    `json:"crimes,omitempty"`
	Sentence  *Sentence  `json:"sentence,omitempty"` // 决定执行的刑期
	Flags     Flags      `json:"flags,omitzero"`
	Effective civil.Date `json:"effective,omitzero"` // where the document states it
}

// Execution is the serving of a sentence.
type Execution struct {
	Place          string     `json:"place,omitempty"`          // 监狱, 看守所, 社区矫正
	Start          civil.Date `json:"start,omitzero"`           // 刑期起算
	End            civil.Date `json:"end,omitzero"`             // 刑期届满, 考验期满
	RemainingUntil civil.Date `json:"remaining_until,omitzero"` // after 减刑, 假释
	Of             string     `json:"of,omitempty"`             // OfSuspension, OfParole, OfRights, DeclinedConditional; "" is the principal penalty
	Ground         string     `json:"ground,omitempty"`         // 新罪, 漏罪, 违反监督管理规定
}

// Property is the performance of a property penalty or of civil compensation.
type Property struct {
	Kind       string `json:"kind"` // 罚金, 没收财产, 附带民事赔偿, 退赔
	PaidYuan   *int64 `json:"paid_yuan,omitempty"`
	Performed  *bool  `json:"performed,omitempty"`  // in full
	Terminated *bool  `json:"terminated,omitempty"` // 终结执行
}

// Order is a public-order decision (治安管理处罚决定).
type Order struct {
	Acts      []string   `json:"acts"`
	Penalties []string   `json:"penalties"` // 警告, 罚款, 行政拘留, 吊销许可证件 …
	Days      *int       `json:"days,omitempty"`
	FineYuan  *int64     `json:"fine_yuan,omitempty"`
	Performed civil.Date `json:"performed,omitzero"`
}

// envelope is the wire form: CloudEvents 1.0 JSON, structured mode.
type envelope struct {
	SpecVersion     string     `json:"specversion"`
	ID              string     `json:"id"`
	Source          string     `json:"source"`
	Type            Type       `json:"type"`
	Subject         string     `json:"subject,omitempty"`
	Time            *time.Time `json:"time,omitempty"`
	DataContentType string     `json:"datacontenttype,omitempty"`
	DataSchema      string     `json:"dataschema,omitempty"`
	Corrects        string     `json:"corrects,omitempty"`
	Data            *Data      `json:"data"`
}

// Encode gives the event's CloudEvents JSON.
func (e *Event) Encode() ([]byte, error) {
	env := envelope{
		SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type, Subject: e.Subject,
		DataContentType: "application/json", Corrects: e.Corrects, Data: &e.Data,
	}
	if !e.Time.IsZero() {
		env.Time = &e.Time
	}
	b, err := json.Marshal(env)
	if err != nil {
		return nil, fmt.Errorf("encoding event %q: %w", e.ID, err)
	}
	return b, nil
}

// decode reads bytes that passed their schema (or that Encode wrote).
func decode(raw []byte) (*Event, error) {
	e := &Event{}
	env := envelope{Data: &e.Data}
	if err := json.Unmarshal(raw, &env); err != nil {
		return nil, fmt.Errorf("reading the event: %w", err)
	}
	e.ID, e.Source, e.Type, e.Subject, e.Corrects = env.ID, env.Source, env.Type, env.Subject, env.Corrects
	if env.Time != nil {
		e.Time = *env.Time
	}
	return e, nil
}

// Stored reads an event that was checked when it came in.
func Stored(raw []byte) (*Event, error) { return decode(raw) }

// About is the event reduced to one of its persons: what the record of that
// person keeps. Index counts from 0.
func (e *Event) About(index int) *Event {
	one := *e
	one.Data.Persons = e.Data.Persons[index : index+1 : index+1]
	return &one
}
