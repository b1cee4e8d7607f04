package policy

import (
	"encoding/json"

	"github.com/fengcun/fengcun/internal/civil"
)

// Outcome is what a pack says of one record.
type Outcome string

// The outcomes.
const (
	Seal    Outcome = "seal"    // seal now, or stay sealed
	Observe Outcome = "observe" // not before From
	Keep    Outcome = "keep"    // not to be sealed
	Review  Outcome = "review"  // something decisive is unknown: a human decides
	Unseal  Outcome = "unseal"  // a sealed record that must be unsealed, once a human confirms
)

// Outcomes lists them.
func Outcomes() []Outcome { return []Outcome{Seal, Observe, Keep, Review, Unseal} }

// Decision is the answer on one dossier.
type Decision struct {
	ID        string           `json:"id"`
	On        civil.Date       `json:"on"`
	Pack      string           `json:"pack,omitempty"` // empty where several packs decided: see the records
	Version   string           `json:"version,omitempty"`
	Digest    string           `json:"digest,omitempty"`
	Catalogue string           `json:"catalogue"` // digest of the reference data the packs rest on
	Records   []RecordDecision `json:"records"`   // in the order of the dossier
}

// RecordDecision is the answer on one record.
type RecordDecision struct {
	ID       string
	Decision Outcome
	From     civil.Date // first date on which it may be sealed; none: never, or unknown. JSON: from, null
	Regime   Regime
	Pack     string // by which pack, where a Set chose it
	Version  string
	Digest   string
	Reasons  []Reason
}

// Reason is one rule and whether it holds. Every rule that was asked is there,
// decisive or not.
type Reason struct {
	*Citation
	Holds   Truth    `json:"holds"`             // null: unknown
	Missing []string `json:"missing,omitempty"` // the attributes the rule lacks, where unknown
}

// Citation is what a reason says of its rule. The reasons of all decisions share
// it with the pack: read it, do not write to it.
type Citation struct {
	Rule  string `json:"rule"`
	Role  Role   `json:"role"`
	Stage Stage  `json:"stage,omitempty"`
	Basis string `json:"basis"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

// Missing lists the attributes whose absence left rules unknown, each once.
func (r *RecordDecision) Missing() []string {
	var all []string
	for _, reason := range r.Reasons {
		for _, path := range reason.Missing {
			if !contains(all, path) {
				all = append(all, path)
			}
		}
	}
	return all
}

// Record finds the answer on a record by its id; nil if there is none.
func (d *Decision) Record(id string) *RecordDecision {
	for i := range d.Records {
		if d.Records[i].ID == id {
			return &d.Records[i]
		}
	}
	return nil
}

// jsonRecord is RecordDecision as JSON has it: a date that is not there is
// null, not an empty string.
type jsonRecord struct {
	ID       string      `json:"id"`
	Decision Outcome     `json:"decision"`
	From     *civil.Date `json:"from"`
	Regime   Regime      `json:"regime,omitempty"`
	Pack     string      `json:"pack,omitempty"`
	Version  string      `json:"version,omitempty"`
	Digest   string      `json:"digest,omitempty"`
	Reasons  []Reason    `json:"reasons"`
}

// MarshalJSON writes the public form.
func (r RecordDecision) MarshalJSON() ([]byte, error) {
	out := jsonRecord{
		ID: r.ID, Decision: r.Decision, Regime: r.Regime, Pack: r.Pack, Version: r.Version, Digest: r.Digest, Reasons: r.Reasons,
	}
	if !r.From.IsZero() {
		out.From = &r.From
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *RecordDecision) UnmarshalJSON(b []byte) error {
	var in jsonRecord
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*r = RecordDecision{
		ID: in.ID, Decision: in.Decision, Regime: in.Regime, Pack: in.Pack, Version: in.Version, Digest: in.Digest, Reasons: in.Reasons,
	}
	if in.From != nil {
		r.From = *in.From
	}
	return nil
}

// Decisive gives the reasons that brought the outcome about: what forbids
// sealing, what is unknown, the clock that still runs, the trigger that
// unseals, or, where it is sealed, the conditions that hold.
func (r *RecordDecision) Decisive() []Reason {
	var out []Reason
	for _, reason := range r.Reasons {
		if reason.decides(r.Decision) {
			out = append(out, reason)
		}
	}
	return out
}

func (r *Reason) decides(o Outcome) bool {
	switch o {
	case Keep:
		return r.forbids()
	case Review:
		return r.Holds == Unknown
	case Observe:
		return r.Role == ClockRole || (r.Role == LaterRole && r.Holds == True)
	case Unseal:
		return r.Role == TriggerRole && r.Holds == True
	case Seal:
		return r.Role == ConditionRole && r.Holds == True
	}
	return false
}

// forbids says that the reason alone keeps a record from being sealed.
func (r *Reason) forbids() bool {
	switch r.Role {
	case ExclusionRole, TriggerRole:
		return r.Holds == True
	case ScopeRole, ConditionRole, StartRole:
		return r.Holds == False
	case ClockRole, LaterRole:
	}
	return false
}
