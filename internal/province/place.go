package province

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/agency"
)

// county is one county of the invented province. The abbreviation begins its
// agencies' numbers; court is its code in case numbers. 岭 abbreviates no real
// province and 99 begins no real division.
type county struct {
	division string
	name     string
	short    string
	court    string
}

const (
	provinceName = "北岭省"
	cityName     = "云阙市"
	cityCourt    = "岭99"
)

func counties() []county {
	names := []string{"松涧县", "鹤汀县", "槐川县", "砚溪区", "霜桥区", "芦汊县", "杏陂县", "竹崦县"}
	list := make([]county, len(names))
	for i, name := range names {
		list[i] = county{
			division: fmt.Sprintf("9901%02d", i+1),
			name:     name,
			short:    string([]rune(name)[:1]),
			court:    fmt.Sprintf("岭99%02d", i+1),
		}
	}
	return list
}

// Ids of the agencies above the counties.
const (
	cityCourtID   = "court-990100"
	cityProcID    = "procuratorate-990100"
	highCourtID   = "court-990000"
	prisonMenID   = "prison-990001"
	prisonWomenID = "prison-990002"
	educationID   = "education-990100"
	transportID   = "transport-990100"
	schoolID      = "school-990101"
	centralID     = "central"
)

func (c county) police() string        { return "police-" + c.division }
func (c county) procuratorate() string { return "procuratorate-" + c.division }
func (c county) courtID() string       { return "court-" + c.division }
func (c county) detention() string     { return "detention-" + c.division }
func (c county) corrections() string   { return "corrections-" + c.division }

func agencies() []agency.Agency {
	var list []agency.Agency
	add := func(kind agency.Kind, id, name, division string) {
		list = append(list, agency.Agency{ID: id, Kind: kind, Name: name, Division: division})
	}
	for _, c := range counties() {
		add(agency.Police, c.police(), c.name+"公安局", c.division)
		add(agency.Procuratorate, c.procuratorate(), c.name+"人民检察院", c.division)
		add(agency.Court, c.courtID(), c.name+"人民法院", c.division)
		add(agency.DetentionCentre, c.detention(), c.name+"看守所", c.division)
		add(agency.Corrections, c.corrections(), c.name+"社区矫正管理局", c.division)
	}
	add(agency.Court, cityCourtID, provinceName+cityName+"中级人民法院", "990100")
	add(agency.Procuratorate, cityProcID, provinceName+cityName+"人民检察院", "990100")
	add(agency.Court, highCourtID, provinceName+"高级人民法院", "990000")
	add(agency.Prison, prisonMenID, provinceName+"第一监狱", "990100")
	add(agency.Prison, prisonWomenID, provinceName+"女子监狱", "990100")
	add(agency.Outside, educationID, cityName+"教育局", "990100")
	add(agency.Outside, transportID, cityName+"交通运输局", "990100")
	add(agency.Outside, schoolID, "松涧县第一实验学校", "990101")
	add(agency.Central, centralID, provinceName+"封存平台运行中心", "990000")
	return list
}

// officers are the accounts of the demo: first one for each role, then the
// second hands that the work of the other counties needs. Keys are the
// caller's to make.
func officers() []agency.Officer {
	cs := counties()
	first := cs[0]
	list := []agency.Officer{
		{ID: "clerk", Agency: first.courtID(), Name: "苏砚青", Duty: agency.SealClerk},
		{ID: "reviewer", Agency: first.courtID(), Name: "陆执言", Duty: agency.SealReviewer},
		{ID: "querier", Agency: first.police(), Name: "程望舒", Duty: agency.QueryOfficer},
		{ID: "approver", Agency: first.procuratorate(), Name: "沈既白", Duty: agency.QueryApprover},
		{ID: "window", Agency: first.police(), Name: "叶时雨", Duty: agency.CertWindow},
		{ID: "supervisor", Agency: cityProcID, Name: "顾衡之", Duty: agency.Supervisor},
		{ID: "auditor", Agency: centralID, Name: "秦明鉴", Duty: agency.Auditor},
		{ID: "policy", Agency: highCourtID, Name: "许知律", Duty: agency.PolicyMaker},
		{ID: "notices", Agency: first.corrections(), Name: "何归远", Duty: agency.NoticeClerk},
		{ID: "sysadmin", Agency: centralID, Name: "邵系舟", Duty: agency.SystemAdmin},
		{ID: "secadmin", Agency: centralID, Name: "龚安澜", Duty: agency.SecurityAdmin},
		{ID: "audadmin", Agency: centralID, Name: "汤审微", Duty: agency.AuditAdmin},
		{ID: "querier-court", Agency: cs[1].courtID(), Name: "温如是", Duty: agency.QueryOfficer},
		{ID: "querier-school", Agency: educationID, Name: "江采薇", Duty: agency.QueryOfficer},
		{ID: "approver-court", Agency: first.courtID(), Name: "韩慎行", Duty: agency.QueryApprover},
		{ID: "approver-city", Agency: cityProcID, Name: "方持平", Duty: agency.QueryApprover},
		{ID: "notices-police", Agency: first.police(), Name: "姚存真", Duty: agency.NoticeClerk},
		{ID: "notices-proc", Agency: first.procuratorate(), Name: "卢守中", Duty: agency.NoticeClerk},
	}
	names := staffNames(3 * len(cs))
	for i, c := range cs[1:] {
		list = append(list,
			agency.Officer{ID: "clerk-" + c.division, Agency: c.courtID(), Name: names[3*i], Duty: agency.SealClerk},
			agency.Officer{ID: "reviewer-" + c.division, Agency: c.courtID(), Name: names[3*i+1], Duty: agency.SealReviewer},
			agency.Officer{ID: "window-" + c.division, Agency: c.police(), Name: names[3*i+2], Duty: agency.CertWindow},
		)
	}
	return append(list,
		agency.Officer{ID: "clerk-990100", Agency: cityCourtID, Name: "郑会同", Duty: agency.SealClerk},
		agency.Officer{ID: "reviewer-990100", Agency: cityCourtID, Name: "袁复核", Duty: agency.SealReviewer},
	)
}
