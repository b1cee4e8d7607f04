package indistinct_test

import (
	"github.com/fengcun/fengcun/internal/agency"
)

// duties are what each kind of agency has officers for, so that everybody who
// could ask anything of the platform is there to ask it.
var duties = map[agency.Kind][]agency.Duty{
	agency.Police:          {agency.QueryOfficer, agency.CertWindow, agency.NoticeClerk},
	agency.Procuratorate:   {agency.QueryOfficer, agency.QueryApprover, agency.NoticeClerk, agency.Supervisor},
	agency.Court:           {agency.SealClerk, agency.SealReviewer, agency.QueryOfficer, agency.QueryApprover, agency.NoticeClerk, agency.PolicyMaker},
	agency.DetentionCentre: {agency.NoticeClerk},
	agency.Prison:          {agency.NoticeClerk},
	agency.Corrections:     {agency.NoticeClerk},
	agency.Outside:         {agency.QueryOfficer},
	agency.Central:         {agency.Auditor, agency.PolicyMaker, agency.SystemAdmin, agency.SecurityAdmin, agency.AuditAdmin},
}

// enrol makes the directory of the province.
func (k *keys) enrol() {
	for _, a := range invented().Agencies() {
		a.VerifyKey, a.SealKey = k.sign.Public().String(), k.letters.Public().String()
		k.agencies = append(k.agencies, &a)
		for _, d := range duties[a.Kind] {
			k.officers = append(k.officers, &agency.Officer{
				ID: officerID(a.ID, d), Agency: a.ID, Name: d.Chinese(), Duty: d, VerifyKey: a.VerifyKey,
			})
		}
	}
}

func (k *keys) officer(id string) *agency.Officer {
	for _, o := range k.officers {
		if o.ID == id {
			return o
		}
	}
	return nil
}
