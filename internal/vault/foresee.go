package vault

import "github.com/fengcun/fengcun/internal/docket"

// Sought is a person who will be looked for, as a case names them.
type Sought struct {
	Code docket.Code
	Who  docket.Identity
}

// Ahead is rows that can be read ahead: by keys of agencies' numbers and of
// persons.
type Ahead interface {
	AheadOfSealed(aliasKeys, personKeys [][]byte) error
}

// Foreseer is a Book that can have rows read ahead: those that CasesByNumber
// will ask for of the numbers, and Weigh of the persons.
type Foreseer interface {
	Foresee(rows Ahead, numbers []docket.Number, persons []Sought) error
}

var _ Foreseer = (*Vault)(nil)

// Foresee implements Foreseer.
func (v *Vault) Foresee(rows Ahead, numbers []docket.Number, persons []Sought) error {
	aliasKeys := make([][]byte, len(numbers))
	for i, n := range numbers {
		aliasKeys[i] = v.aliasKey(n)
	}
	personKeys := make([][]byte, len(persons))
	for i, p := range persons {
		personKeys[i] = v.personKey(p.Code, p.Who)
	}
	return rows.AheadOfSealed(aliasKeys, personKeys)
}
