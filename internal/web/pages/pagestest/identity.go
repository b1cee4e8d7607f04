package pagestest

import (
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func identities() pages.Identities {
	row := func(a, b string, points int, likely bool) pages.IdentityRow {
		return pages.IdentityRow{
			First: pages.IdentityName{Name: a, Record: record}, Second: pages.IdentityName{Name: b, Record: "Q0ZB-51RT-7XKP-D2M9-H4CE-02"},
			Points: points, Likely: likely, Since: at("2026-11-22 02:00:06"), Href: "/identity/pair",
		}
	}
	return pages.Identities{
		Verdict: parts.Field{Name: "verdict", Control: parts.Choice, Label: locale.T("identities.verdict"), Options: []parts.Option{
			{Label: locale.T("identities.waiting")}, {Value: "same", Label: locale.T("identity.same")}, {Value: "different", Label: locale.T("identity.different")},
		}},
		Rows:  []pages.IdentityRow{row("阿卜杜·热合曼", "阿卜杜•热合曼", 37, true), row("张伟强", "章维强", 24, true), row("邵永", "邵咏", 13, false)},
		Pager: parts.Pager{Page: 1, Size: 20, Total: 3, Path: "/identity"},
	}
}

func identityPair() pages.Identity {
	says := func(field, level string, points int, a, b []string) pages.IdentityEvidence {
		return pages.IdentityEvidence{Field: field, Level: level, Points: points, First: a, Second: b}
	}
	return pages.Identity{
		Points: 24, Likely: true, Post: "/identity/pair", Acts: []string{"same", "different"},
		First:  pages.IdentitySide{Custodian: "云麓市青石区人民法院", Records: []pages.IdentityRecord{{Code: record, Href: "/case"}}},
		Second: pages.IdentitySide{Custodian: "云麓市临江区人民法院", Records: []pages.IdentityRecord{{Code: "Q0ZB-51RT-7XKP-D2M9-H4CE-02"}}},
		Evidence: []pages.IdentityEvidence{
			says("name", "near", 6, []string{"张伟强", "张强强"}, []string{"章维强"}),
			says("number", "unknown", 0, []string{"居民身份证 990101199001023018"}, nil),
			says("sex", "same", 1, []string{"男"}, []string{"男"}),
			says("birth", "same", 13, []string{"1990-01-02"}, []string{"1990-01-02"}),
			says("domicile", "differs", -2, []string{"990101"}, []string{"980203"}),
			says("address", "unknown", 0, nil, nil),
			says("with", "same", 6, []string{"李海涛", "王芳"}, []string{"李海涛"}),
		},
		Basis: parts.Field{Name: "basis", Control: parts.Choice, Label: locale.T("identity.basis"), Required: true, Options: []parts.Option{
			{Label: locale.T("identity.basis-none")}, {Value: "biometric", Label: locale.T("identity.basis-biometric")}, {Value: "household", Label: locale.T("identity.basis-household")},
		}},
		Note: parts.Field{Name: "note", Control: parts.Area, Label: locale.T("identity.note"), Hint: locale.T("identity.note-hint"), Required: true, MaxLength: 500},
	}
}

func joinedPair() pages.Identity {
	p := identityPair()
	p.Verdict, p.Was, p.By, p.At, p.Why = "same", "same", "顾承安", at("2026-11-23 10:11:12"), locale.T("identity.basis-biometric")
	p.Acts = []string{"part"}
	p.Note.Error = locale.T("form.required")
	return p
}
