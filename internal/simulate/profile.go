package simulate

import (
	"fmt"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
)

// profile is all that a policy may read of a fact. Equal profiles get equal
// answers.
type profile struct {
	charges   string // three bytes a crime: see charge
	year      uint16 // of the judgment's effect; 0 is unknown
	kinds     uint16 // the penalties it may be, a bit each in the order of docket.Penalties; 0 is unknown
	months    int16  // of the principal penalty; -1 is unknown
	probation int16  // months; -1 is unknown
	days      int8   // beyond the months; -1 is unknown
	kind      uint8  // into recordKinds
	fine      uint8  // into fineBands
	age       uint8  // into ageBands
	sex       uint8  // 0 unknown, 1 男, 2 女
	others    Others
	suspended, completed, recidivist, drugRecidivist,
	pleadsGuilty, forgiven, compensated, surrender, applied policy.Truth
}

// Others says which other convictions of the person are in effect.
type Others uint8

// The values; the zero value is unknown.
const (
	OthersUnknown Others = iota
	OthersNone           // no other conviction
	OthersAdult          // one at least for a crime done as an adult
	OthersMinor          // only for crimes done under eighteen
)

var othersNames = [...]string{"", "none", "adult", "minor"}

// MarshalText gives none, adult, minor, or nothing for unknown.
func (o Others) MarshalText() ([]byte, error) { return []byte(othersNames[o]), nil }

// UnmarshalText reads what MarshalText writes.
func (o *Others) UnmarshalText(b []byte) error {
	for i, name := range othersNames {
		if string(b) == name && name != "" {
			*o = Others(i)
			return nil
		}
	}
	return fmt.Errorf("%q is neither none, adult nor minor; leave it out if unknown", b)
}

// recordKinds are the kinds of record; the first is unknown.
var recordKinds = [...]docket.Kind{
	"", docket.Conviction, docket.NonProsecution, docket.Withdrawn, docket.Acquittal, docket.PublicOrder,
}

// ageBand is a band of the age at the offence, in full years, and the age that
// stands for it.
type ageBand struct {
	name        string
	from, to    int
	years, half int // the age a dossier gets: full years, and months beyond
}

var ageBands = [...]ageBand{
	{},
	{"12-13", 12, 13, 13, 0},
	{"14-15", 14, 15, 15, 0},
	{"16-17", 16, 17, 17, 0},
	{"18-24", 18, 24, 21, 6},
	{"25-34", 25, 34, 30, 0},
	{"35-44", 35, 44, 40, 0},
	{"45-59", 45, 59, 52, 0},
	{"60-74", 60, 74, 67, 0},
	{"75+", 75, 150, 78, 0},
}

const firstAdultBand = 4

// fineBands are the upper ends of the bands of a fine, in yuan, inclusive; the
// first is unknown. A dossier gets the upper end, so that a rule which says 以下
// and one of these numbers is answered exactly.
var fineBands = [...]int64{
	-1, 0, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000, 1_000_000, 10_000_000,
}

func fineBand(yuan int64) uint8 {
	for i, top := range fineBands[1:] {
		if yuan <= top {
			return uint8(i + 1)
		}
	}
	return uint8(len(fineBands) - 1)
}

func ageBandOf(years int) uint8 {
	for i, b := range ageBands[1:] {
		if b.from <= years && years <= b.to {
			return uint8(i + 1)
		}
	}
	return 0
}

// charge packs one crime: its number in Facts.names and three values of two
// bits each.
type charge struct {
	crime               uint16
	mensRea             uint8 // 0 unknown, 1 intent, 2 negligence
	victimMinor, byDuty policy.Truth
}

const chargeBytes = 3

func (c charge) appendTo(b []byte) []byte {
	return append(b, byte(c.crime&0xff), byte(c.crime>>8), c.mensRea|byte(c.victimMinor)<<2|byte(c.byDuty)<<4)
}

func chargeAt(s string, i int) charge {
	b := s[i*chargeBytes:]
	return charge{
		crime: uint16(b[0]) | uint16(b[1])<<8, mensRea: b[2] & 3,
		victimMinor: policy.Truth(b[2] >> 2 & 3), byDuty: policy.Truth(b[2] >> 4 & 3),
	}
}

func mensReaCode(m docket.MensRea) uint8 {
	switch m {
	case docket.Intent:
		return 1
	case docket.Negligence:
		return 2
	}
	return 0
}

var mensReas = [...]docket.MensRea{"", docket.Intent, docket.Negligence}

// penaltyBit is the bit of a penalty in profile.kinds.
func penaltyBit(p docket.Penalty) uint16 {
	for i, q := range docket.Penalties() {
		if p == q {
			return 1 << i
		}
	}
	return 0
}

func truthOf(b *bool) policy.Truth {
	switch {
	case b == nil:
		return policy.Unknown
	case *b:
		return policy.True
	}
	return policy.False
}
