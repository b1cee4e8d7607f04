package agency

import "fmt"

// Duty is one thing an officer may do. What an officer may do is the sum of
// the duties held; nothing follows from a name or a rank.
type Duty string

// The duties of design's users.
const (
	SealClerk     Duty = "seal-clerk"     // 封存经办
	SealReviewer  Duty = "seal-reviewer"  // 封存审核
	QueryOfficer  Duty = "query-officer"  // 查询申请
	QueryApprover Duty = "query-approver" // 查询审批
	CertWindow    Duty = "cert-window"    // 无犯罪记录证明窗口
	Supervisor    Duty = "supervisor"     // 检察监督
	Auditor       Duty = "auditor"        // 审计
	PolicyMaker   Duty = "policy-maker"   // 政策研究
	NoticeClerk   Duty = "notice-clerk"   // 通知接收
	SystemAdmin   Duty = "system-admin"   // 系统管理员
	SecurityAdmin Duty = "security-admin" // 安全管理员
	AuditAdmin    Duty = "audit-admin"    // 审计管理员
)

// Duties lists them.
func Duties() []Duty {
	return []Duty{
		SealClerk, SealReviewer, QueryOfficer, QueryApprover, CertWindow, Supervisor,
		Auditor, PolicyMaker, NoticeClerk, SystemAdmin, SecurityAdmin, AuditAdmin,
	}
}

// Chinese is the duty as the pages print it.
func (d Duty) Chinese() string {
	switch d {
	case SealClerk:
		return "封存经办"
	case SealReviewer:
		return "封存审核"
	case QueryOfficer:
		return "查询申请"
	case QueryApprover:
		return "查询审批"
	case CertWindow:
		return "证明窗口"
	case Supervisor:
		return "检察监督"
	case Auditor:
		return "审计"
	case PolicyMaker:
		return "政策研究"
	case NoticeClerk:
		return "通知接收"
	case SystemAdmin:
		return "系统管理员"
	case SecurityAdmin:
		return "安全管理员"
	case AuditAdmin:
		return "审计管理员"
	}
	return string(d)
}

// administers marks the three administrators (三员), who run the platform and
// read no record.
func (d Duty) administers() bool {
	return d == SystemAdmin || d == SecurityAdmin || d == AuditAdmin
}

// Officer is a person who acts for an agency, known to the platform by a key
// of their own.
type Officer struct {
	ID        string
	Agency    string // agency id
	Name      string
	Duty      Duty
	VerifyKey string   // key of the officer's own system, text form of package suite; "" for one who signs with passkeys alone
	KeyKind   KeyKind  // of VerifyKey
	Passkeys  Passkeys // those that were enrolled, the revoked among them
}

// Check refuses an officer who cannot be told who they are or what they do.
func (o *Officer) Check() error {
	switch {
	case o.ID == "" || o.Agency == "":
		return fmt.Errorf("officer %q: id and agency are needed", o.ID)
	case o.KeyKind != Machine && o.KeyKind != Software:
		return fmt.Errorf("officer %q: unknown kind of key %q", o.ID, o.KeyKind)
	case o.Duty.Chinese() == string(o.Duty):
		return fmt.Errorf("officer %q: unknown duty %q", o.ID, o.Duty)
	}
	return nil
}

// ReadsRecords says that the duty ever shows the content of a record.
func (o *Officer) ReadsRecords() bool {
	return !o.Duty.administers() && o.Duty != PolicyMaker && o.Duty != Auditor && o.Duty != Supervisor
}
