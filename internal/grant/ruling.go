package grant

import (
	"fmt"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
)

// Ruling is what an officer of the custodian court says to a proposed sealing.
type Ruling struct {
	Review   string    `json:"review"`   // id of the item in the queue
	Record   string    `json:"record"`   // printed record number
	Proposal string    `json:"proposal"` // hex digest of the proposal that was read
	Officer  string    `json:"officer"`
	Agency   string    `json:"agency"`
	Seal     bool      `json:"seal"` // false: the record stays as it is
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// MaxRuling is how long after it was written a ruling can be handed in.
const MaxRuling = time.Hour

// VerifyRuling checks a signed ruling against its officer's key and duty and
// gives its content. Whether the record is in that court's queue is for the
// registry.
func (r Rules) VerifyRuling(s Signed, dir Officers, now time.Time) (*Ruling, error) {
	var v Ruling
	if err := strictly(s.Body, &v); err != nil {
		return nil, err
	}
	switch {
	case v.Review == "" || v.Record == "" || v.Proposal == "" || v.Officer == "" || v.Agency == "":
		return nil, fmt.Errorf("%w: review, record, proposal, officer and agency", ErrIncomplete)
	case v.Reason == "":
		return nil, fmt.Errorf("%w: reason", ErrIncomplete)
	case now.Sub(v.At) > MaxRuling || early(v.At, now):
		return nil, ErrExpired
	}
	if err := r.signedBy(s, dir, v.Officer, v.Agency, agency.SealClerk, agency.SealReviewer); err != nil {
		return nil, err
	}
	return &v, nil
}

// ReadRuling decodes a ruling without judging it.
func ReadRuling(body []byte) (*Ruling, error) {
	var v Ruling
	return &v, strictly(body, &v)
}
