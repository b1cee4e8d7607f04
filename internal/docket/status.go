package docket

import (
	"fmt"
	"time"
)

// Status is where a record stands between open and sealed.
type Status string

// The statuses (未封存, 待封存, 已封存, 已解封, and 已并入: joined cases had a
// record each of one person, and this one's events now count with the other's).
const (
	Open     Status = "open"
	Pending  Status = "pending"
	Sealed   Status = "sealed"
	Unsealed Status = "unsealed"
	Merged   Status = "merged"
)

// Statuses lists them in the order of a record's life.
func Statuses() []Status { return []Status{Open, Pending, Sealed, Unsealed, Merged} }

// Chinese is the status as the pages print it.
func (s Status) Chinese() string {
	switch s {
	case Open:
		return "未封存"
	case Pending:
		return "待封存"
	case Sealed:
		return "已封存"
	case Unsealed:
		return "已解封"
	case Merged:
		return "已并入"
	}
	return string(s)
}

// InLedger says that a record of this status is read in the ledger: it does not
// lie in the vault, and is none that counts with another.
func (s Status) InLedger() bool { return s != Sealed && s != Merged }

// Change is one step of a record's life. Nothing in it names a person, so it
// stays readable for supervisors after the sealing.
type Change struct {
	Record   RecordID
	From, To Status    // From is "" for the first
	At       time.Time // when the platform made it
	Operator string    // officer id, or "policy:<pack>" for an automatic sealing
	Basis    string    // article, pack and digest it rests on
	Reason   string
}

// Check refuses a change that the life of a record does not know, and one
// without time, operator or basis.
func (c Change) Check() error {
	if !allowed(c.From, c.To) {
		return fmt.Errorf("record %s cannot go from %q to %q", c.Record, c.From, c.To)
	}
	if c.At.IsZero() || c.Operator == "" || c.Basis == "" {
		return fmt.Errorf("record %s: a change to %q needs time, operator and basis", c.Record, c.To)
	}
	return nil
}

func allowed(from, to Status) bool {
	switch from {
	case "":
		return to == Open || to == Merged
	case Open, Unsealed:
		return to == Pending || to == Sealed || to == Merged
	case Pending:
		return to == Open || to == Unsealed || to == Sealed
	case Sealed:
		return to == Unsealed
	case Merged:
		return to == Open || to == Unsealed
	}
	return false
}
