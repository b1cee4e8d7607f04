package store

import (
	"math/bits"
	"slices"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/vault"
)

// A transaction that takes in many events reads ahead what it will ask for:
// one statement for all keys instead of one for each. What it read it keeps up
// to date with what it writes itself, and answers from it. What others may
// still change must be locked before it is read ahead.

// foreseen is rows of one table by what they are asked for. A key that is there
// without rows has none.
type foreseen[R any] map[string][]R

func (f foreseen[R]) rows(key string) ([]R, bool) {
	rows, ok := f[key]
	return slices.Clone(rows), ok
}

// add keeps what is known of a key up to date; of a key that was not read ahead
// nothing is known.
func (f foreseen[R]) add(key string, row R) {
	if rows, ok := f[key]; ok {
		f[key] = append(rows, row)
	}
}

func (f foreseen[R]) remove(key string, gone func(R) bool) {
	if rows, ok := f[key]; ok {
		f[key] = slices.DeleteFunc(rows, gone)
	}
}

// ahead is what a transaction has read ahead and holds up to date.
type ahead struct {
	intakes  foreseen[*Intake]           // by source and event
	aliases  foreseen[docket.Code]       // by alias key
	hidden   foreseen[vault.SealedAlias] // by the vault's alias key
	held     foreseen[heldRecord]        // by person
	same     foreseen[[]byte]            // who was joined with a person
	links    foreseen[vault.PersonLink]  // by the vault's person key
	records  foreseen[Record]            // by case, as are the following
	holdings foreseen[Holding]
	slips    foreseen[Slip]
	reviews  foreseen[Review]

	caseLinks foreseen[CaseLink]
	agencies  map[string]*agency.Agency // that were read, by id
	officers  foreseen[officerRow]
	queries   foreseen[Query]
	approvals foreseen[Approval] // by query

	locked  map[docket.Code]bool // cases
	persons map[string]bool      // that are locked and have a row
	fresh   map[docket.Code]bool // cases that this transaction opened
	byKeys  bool                 // the database was told
}

func newAhead() ahead {
	return ahead{
		intakes: foreseen[*Intake]{}, aliases: foreseen[docket.Code]{}, hidden: foreseen[vault.SealedAlias]{},
		held: foreseen[heldRecord]{}, same: foreseen[[]byte]{}, links: foreseen[vault.PersonLink]{}, records: foreseen[Record]{},
		holdings: foreseen[Holding]{}, slips: foreseen[Slip]{}, reviews: foreseen[Review]{}, caseLinks: foreseen[CaseLink]{},
		agencies: map[string]*agency.Agency{}, locked: map[docket.Code]bool{}, persons: map[string]bool{},
		officers: foreseen[officerRow]{}, queries: foreseen[Query]{}, approvals: foreseen[Approval]{},
	}
}

// forgetCase drops what was read of a case before it was locked.
func (a *ahead) forgetCase(code docket.Code) {
	c := string(code)
	delete(a.records, c)
	delete(a.holdings, c)
	delete(a.slips, c)
	delete(a.reviews, c)
	delete(a.caseLinks, c)
}

// forgetTable drops what was read of a table that a statement changes which
// does not say how.
func (a *ahead) forgetTable(name string) {
	switch name {
	case "intake":
		clear(a.intakes)
	case "alias":
		clear(a.aliases)
	case "vault_alias":
		clear(a.hidden)
	case "person_record":
		clear(a.held)
	case "identity_pair":
		clear(a.same)
	case "vault_person":
		clear(a.links)
	case "record":
		clear(a.records)
	case "holding":
		clear(a.holdings)
	case "slip":
		clear(a.slips)
	case "review":
		clear(a.reviews)
	case "case_link":
		clear(a.caseLinks)
	case "agency":
		clear(a.agencies)
	case "query":
		clear(a.queries)
	case "approval":
		clear(a.approvals)
	case "officer", "passkey":
		clear(a.officers)
	}
}

// Alone says that no other transaction can write until this one ends.
func (t *Tx) Alone() bool { return t.db.engine.oneWriter() }

// mostKeys is how many keys one statement asks for.
const mostKeys = 512

// read asks for the rows of all keys that are not known yet, in statements with
// room for a power of two of them, so that few need preparing. query ends
// before the list; args stand before the keys. Rows come in the order of query.
func readAhead[R any](t *Tx, f foreseen[R], keys []any, query, order string, args []any, scan func(func(...any) error) (string, R, error)) error {
	if err := t.byKeys(); err != nil {
		return err
	}
	return readFew(t, f, keys, query, order, args, scan)
}

// readFew is readAhead for few keys: the database may find them as it likes.
func readFew[R any](t *Tx, f foreseen[R], keys []any, query, order string, args []any, scan func(func(...any) error) (string, R, error)) error {
	missing := make([]any, 0, len(keys))
	for _, k := range keys {
		name := keyName(k)
		if _, ok := f[name]; !ok {
			f[name] = nil
			missing = append(missing, k)
		}
	}
	for part := range slices.Chunk(missing, mostKeys) {
		list, keys := t.db.engine.among(len(args), part)
		_, err := all(t, query+list+order, append(slices.Clone(args), keys...), func(scan1 func(...any) error) (none struct{}, err error) {
			name, r, err := scan(scan1)
			f[name] = append(f[name], r)
			return none, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// byKeys tells the database once that many rows will be found by keys.
func (t *Tx) byKeys() error {
	if t.ahead.byKeys {
		return nil
	}
	t.ahead.byKeys = true
	return t.db.engine.byKeys(t.ctx, t.s)
}

func keyName(k any) string {
	if b, ok := k.([]byte); ok {
		return string(b)
	}
	s, _ := k.(string)
	return s
}

// fill repeats the last of a list up to a power of two.
func fill[K any](list []K) []any {
	out := make([]any, 1<<bits.Len(uint(len(list)-1)))
	for i := range out {
		out[i] = list[min(i, len(list)-1)]
	}
	return out
}

func keysOf[K ~string | ~[]byte](keys []K) []any {
	out := make([]any, len(keys))
	for i, k := range keys {
		switch k := any(k).(type) {
		case []byte:
			out[i] = k
		default:
			out[i] = string(keys[i])
		}
	}
	return out
}

// AheadOfEvents reads ahead which events of a source were taken in.
func (t *Tx) AheadOfEvents(source string, eventKeys [][]byte) error {
	found := foreseen[*Intake]{}
	err := readAhead(t, found, keysOf(eventKeys),
		`SELECT event_key, digest, delivery, received, code, leaf FROM intake WHERE source = $1 AND event_key`, ``, []any{source},
		func(scan func(...any) error) (string, *Intake, error) {
			in := &Intake{Source: source}
			var received int64
			err := scan(&in.EventKey, &in.Digest, &in.Delivery, &received, (*string)(&in.Code), &in.Leaf)
			in.Received = fromMicros(received)
			return string(in.EventKey), in, err
		})
	for k, rows := range found {
		t.ahead.intakes[source+"\x00"+k] = rows
	}
	return err
}

// AheadOfNumbers reads ahead the cases that numbers belong to. Numbers of which
// it was asked before are read anew: others may have written them meanwhile.
func (t *Tx) AheadOfNumbers(aliasKeys [][]byte) error {
	for _, k := range aliasKeys {
		delete(t.ahead.aliases, string(k))
	}
	return readAhead(t, t.ahead.aliases, keysOf(aliasKeys), `SELECT alias_key, code FROM alias WHERE alias_key`, ` ORDER BY alias_key, code`, nil,
		func(scan func(...any) error) (string, docket.Code, error) {
			var k []byte
			var c docket.Code
			err := scan(&k, (*string)(&c))
			return string(k), c, err
		})
}

// AheadOfSealed implements vault.Ahead: numbers and persons by the vault's keys,
// read anew.
func (t *Tx) AheadOfSealed(aliasKeys, personKeys [][]byte) error {
	for _, k := range aliasKeys {
		delete(t.ahead.hidden, string(k))
	}
	for _, k := range personKeys {
		delete(t.ahead.links, string(k))
	}
	err := readAhead(t, t.ahead.hidden, keysOf(aliasKeys), `SELECT alias_key, record_key, body FROM vault_alias WHERE alias_key`, ` ORDER BY record_key`, nil,
		func(scan func(...any) error) (string, vault.SealedAlias, error) {
			var a vault.SealedAlias
			err := scan(&a.AliasKey, &a.RecordKey, &a.Body)
			return string(a.AliasKey), a, err
		})
	if err != nil {
		return err
	}
	return readAhead(t, t.ahead.links, keysOf(personKeys), personLinks+`person_key`, ` ORDER BY record_key`, nil,
		func(scan func(...any) error) (string, vault.PersonLink, error) {
			l, err := scanLink(scan)
			return string(l.PersonKey), l, err
		})
}

// AheadOfPersons reads ahead which records persons have in the ledger. The
// persons must be locked.
func (t *Tx) AheadOfPersons(personKeys [][]byte) error {
	return readAhead(t, t.ahead.held, keysOf(personKeys), `SELECT person_key, code, seq, waits FROM person_record WHERE person_key`, ` ORDER BY code, seq`, nil,
		func(scan func(...any) error) (string, heldRecord, error) {
			var (
				k []byte
				h heldRecord
			)
			err := scan(&k, (*string)(&h.id.Code), &h.id.Seq, &h.waits)
			return string(k), h, err
		})
}

// AheadOfCases reads ahead the records of cases and who they are about. Of a
// case that is not locked it is forgotten when it is.
func (t *Tx) AheadOfCases(codes []docket.Code) error {
	keys := keysOf(codes)
	err := readAhead(t, t.ahead.records, keys, `SELECT `+recordColumns+` FROM record WHERE code`, ` ORDER BY code, seq`, nil,
		func(scan func(...any) error) (string, Record, error) {
			r, err := scanRecord(scan)
			return string(r.ID.Code), r, err
		})
	if err != nil {
		return err
	}
	return readAhead(t, t.ahead.holdings, keys, `SELECT code, seq, person_key FROM holding WHERE code`, ` ORDER BY code, seq`, nil,
		func(scan func(...any) error) (code string, h Holding, err error) {
			err = scan(&code, &h.Seq, &h.PersonKey)
			return code, h, err
		})
}

// AheadOfContents is AheadOfCases with the slips and reviews of the cases.
func (t *Tx) AheadOfContents(codes []docket.Code) error {
	if err := t.AheadOfCases(codes); err != nil {
		return err
	}
	keys := keysOf(codes)
	err := readAhead(t, t.ahead.slips, keys, `SELECT `+slipRows.columns+` FROM slip WHERE code`, ` ORDER BY code, seq, event_key`, nil,
		func(scan func(...any) error) (string, Slip, error) {
			s, err := scanSlip(scan)
			return string(s.ID.Code), s, err
		})
	if err != nil {
		return err
	}
	return readAhead(t, t.ahead.reviews, keys, `SELECT `+reviewColumns+` FROM review WHERE code`, ` ORDER BY code, id`, nil,
		func(scan func(...any) error) (string, Review, error) {
			r, err := scanReview(scan)
			return string(r.Record.Code), r, err
		})
}

// NewCase says that nobody but this transaction can know a case: nothing need
// be read of it.
func (t *Tx) NewCase(code docket.Code) {
	c := string(code)
	if t.ahead.fresh == nil {
		t.ahead.fresh = make(map[docket.Code]bool)
	}
	t.ahead.locked[code], t.ahead.fresh[code] = true, true
	t.ahead.records[c], t.ahead.holdings[c], t.ahead.slips[c], t.ahead.reviews[c], t.ahead.caseLinks[c] = nil, nil, nil, nil, nil
}
