package registrytest

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
)

// The agencies of a world. Two of some kinds, so that one can be another's
// neighbour.
const (
	Police        = "police-990101"
	Procuratorate = "procuratorate-990101"
	Court         = "court-990101"
	OtherPolice   = "police-990102"
	OtherCourt    = "court-990102"
	Prison        = "prison-990100"
	Detention     = "detention-990101"
	Corrections   = "corrections-990101"
	School        = "school-990101"
)

// party is an agency with its keys.
type party struct {
	agency.Agency
	sign suite.SignKey
	open suite.DecryptKey
}

var directory = []struct {
	id     string
	kind   agency.Kind
	name   string
	duties []agency.Duty
}{
	{Police, agency.Police, "云岭县公安局", []agency.Duty{agency.QueryOfficer, agency.CertWindow, agency.NoticeClerk}},
	{OtherPolice, agency.Police, "沙洲县公安局", []agency.Duty{agency.QueryOfficer, agency.CertWindow, agency.NoticeClerk}},
	{Procuratorate, agency.Procuratorate, "云岭县人民检察院", []agency.Duty{
		agency.QueryOfficer, agency.QueryApprover, agency.NoticeClerk, agency.Supervisor,
	}},
	{Court, agency.Court, "云岭县人民法院", []agency.Duty{
		agency.SealClerk, agency.SealReviewer, agency.QueryOfficer, agency.QueryApprover, agency.NoticeClerk,
	}},
	{OtherCourt, agency.Court, "沙洲县人民法院", []agency.Duty{
		agency.SealClerk, agency.SealReviewer, agency.QueryOfficer, agency.QueryApprover, agency.NoticeClerk,
	}},
	{Prison, agency.Prison, "云岭监狱", []agency.Duty{agency.NoticeClerk}},
	{Detention, agency.DetentionCentre, "云岭县看守所", []agency.Duty{agency.NoticeClerk}},
	{Corrections, agency.Corrections, "云岭县社区矫正管理局", []agency.Duty{agency.NoticeClerk}},
	{School, agency.Outside, "云岭县第一中学", []agency.Duty{agency.QueryOfficer}},
}

// OfficerID is the officer of an agency who holds a duty.
func OfficerID(agencyID string, duty agency.Duty) string { return agencyID + "." + string(duty) }

// enrol gives everybody their keys and writes the directory.
func (w *World) enrol() {
	w.Helper()
	var (
		agencies []*agency.Agency
		officers []*agency.Officer
	)
	for _, d := range directory {
		p := &party{sign: w.signKey()}
		var err error
		if p.open, err = w.suite.GenerateDecryptKey(rand.Reader); err != nil {
			w.Fatal(err)
		}
		p.Agency = agency.Agency{
			ID: d.id, Kind: d.kind, Name: d.name, Division: d.id[len(d.id)-6:],
			VerifyKey: p.sign.Public().String(), SealKey: p.open.Public().String(),
		}
		w.agencies[d.id] = p
		agencies = append(agencies, &p.Agency)
		for _, duty := range d.duties {
			officers = append(officers, w.newOfficer(d.id, OfficerID(d.id, duty), duty))
		}
	}
	w.must(w.Reg.Enrol(context.Background(), agencies, officers, w.Now))
}

// Colleague enrols one more officer of an agency with a duty.
func (w *World) Colleague(agencyID string, duty agency.Duty) string {
	w.Helper()
	w.serial++
	id := fmt.Sprintf("%s.%d", OfficerID(agencyID, duty), w.serial)
	w.must(w.Reg.Enrol(context.Background(), nil, []*agency.Officer{w.newOfficer(agencyID, id, duty)}, w.Now))
	return id
}

func (w *World) newOfficer(agencyID, id string, duty agency.Duty) *agency.Officer {
	w.Helper()
	key := w.signKey()
	w.officers[id] = key
	return &agency.Officer{ID: id, Agency: agencyID, Name: duty.Chinese(), Duty: duty, VerifyKey: key.Public().String()}
}

func (w *World) signKey() suite.SignKey {
	w.Helper()
	k, err := w.suite.GenerateSignKey(rand.Reader)
	if err != nil {
		w.Fatal(err)
	}
	return k
}

func (w *World) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// given is rare characters: a name made of three of them occurs nowhere else.
var given = []rune("麒麟饕餮蹁跹氤氲缱绻婵娟蜿蜒踟蹰徜徉窈窕缥缈璀璨旖旎")

// Person makes up somebody born on a day, never the same twice. The number has
// a division code that does not exist.
func (w *World) Person(birth string) docket.Identity {
	w.Helper()
	w.persons++
	day := civil.MustParse(birth)
	y, m, d := day.YMD()
	digits := fmt.Sprintf("990101%04d%02d%02d%03d", y, m, d, w.persons)
	n := len(given)
	name := []rune{'鄢', given[w.persons%n], given[(w.persons/n+7*w.persons)%n]}
	return docket.Identity{
		Name: string(name), Document: docket.ResidentID, Number: digits + string(docket.ResidentCheckCharacter(digits)),
		Sex: "男", Birth: day, Address: fmt.Sprintf("云岭县栖霞巷%d号", 1000+w.persons),
	}
}

// Adult is a person of thirty or so.
func (w *World) Adult() docket.Identity { return w.Person("1992-04-05") }

// remember notes what an event says of persons: from now on nobody may find it.
func (w *World) remember(e *docket.Event) {
	for _, n := range e.Data.Numbers {
		w.secrets.add(n.No)
	}
	for _, p := range e.Data.Persons {
		w.rememberIdentity(p.Identity)
	}
}

func (w *World) rememberIdentity(p docket.Identity) {
	for _, s := range slices.Concat([]string{p.Name, p.Number, p.Address}, p.Aliases) {
		w.secrets.add(s)
	}
}

// AgencyKey is the private key by which an agency reads its letters.
func (w *World) AgencyKey(id string) suite.DecryptKey { return w.agencies[id].open }
