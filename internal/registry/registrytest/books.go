package registrytest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/vault"
)

// places sees that each record lies in one book and wholly there.
func (a *audit) places() {
	a.w.Helper()
	sealed := map[string]bool{}
	inLedger := map[docket.Code]bool{} // with all homes of the case
	for id, r := range a.records {
		key := a.w.Ring.Vault().Record().Index("vault/record", []byte(id.Code), []byte(strconv.Itoa(id.Seq)))
		switch r.status {
		case docket.Sealed:
			sealed[string(key[:])] = true
		case docket.Merged:
		default:
			for _, home := range a.unions.of(id.Code) {
				inLedger[home] = true
			}
		}
	}
	a.ledger(inLedger)
	a.vaultRows(sealed)
}

func (a *audit) ledger(inLedger map[docket.Code]bool) {
	a.w.Helper()
	links := func(table string) map[docket.RecordID]string {
		out := map[docket.RecordID]string{}
		a.w.query(func(scan func(...any) error) error {
			var id docket.RecordID
			var key []byte
			err := scan(&id.Code, &id.Seq, &key)
			out[id] = string(key)
			return err
		}, `SELECT code, seq, person_key FROM `+table)
		return out
	}
	holding, personRecord := links("holding"), links("person_record")
	slips := map[docket.RecordID]int{}
	a.w.query(func(scan func(...any) error) error {
		var id docket.RecordID
		var n int
		err := scan(&id.Code, &id.Seq, &n)
		slips[id] = n
		return err
	}, `SELECT code, seq, COUNT(*) FROM slip GROUP BY code, seq`)
	for id, r := range a.records {
		held, linked := holding[id], personRecord[id]
		open := r.status != docket.Sealed
		if r.status == docket.Merged {
			if into := a.records[r.into]; held != "" || linked != "" || (into != nil && (slips[id] > 0) == (into.status == docket.Sealed)) {
				a.bad("record %s counts with %s: holder %t, link %t, %d events", id, r.into, held != "", linked != "", slips[id])
			}
			delete(slips, id)
			continue
		}
		switch {
		case open && (held == "" || held != linked || slips[id] == 0):
			a.bad("record %s is %s and not wholly in the ledger: holder %t, link %t, %d events", id, r.status, held != "", linked != "", slips[id])
		case !open && (held != "" || linked != "" || slips[id] > 0):
			a.bad("record %s is sealed and still in the ledger: holder %t, link %t, %d events", id, held != "", linked != "", slips[id])
		}
		delete(holding, id)
		delete(personRecord, id)
		delete(slips, id)
	}
	for id := range slips { // those of cases, of nobody yet
		if id.Seq != 0 || (!inLedger[id.Code] && a.anyRecord(id.Code)) {
			a.bad("events of %s %d lie in the ledger without a record of theirs there", id.Code, id.Seq)
		}
	}
	if len(holding)+len(personRecord) > 0 {
		a.bad("links to records that there are not: %v %v", holding, personRecord)
	}
	a.strays(inLedger)
}

func (a *audit) anyRecord(code docket.Code) bool {
	for id := range a.records {
		if id.Code == code {
			return true
		}
	}
	return false
}

// strays are rows that should have gone with what they belong to.
func (a *audit) strays(inLedger map[docket.Code]bool) {
	a.w.Helper()
	for what, statement := range map[string]string{
		"persons without a record":                   `SELECT COUNT(*) FROM person WHERE NOT EXISTS (SELECT 1 FROM person_record r WHERE r.person_key = person.person_key)`,
		"records without a person":                   `SELECT COUNT(*) FROM person_record WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.person_key = person_record.person_key)`,
		"reviews of no record":                       `SELECT COUNT(*) FROM review WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.code = review.code AND r.seq = review.seq)`,
		"notices of no record":                       `SELECT COUNT(*) FROM notice WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.code = notice.code AND r.seq = notice.seq)`,
		"letters with other records than they count": `SELECT COUNT(*) FROM letter WHERE records <> (SELECT COUNT(*) FROM notice n WHERE n.agency = letter.agency AND n.letter = letter.id)`,
		"lines of no letter":                         `SELECT COUNT(*) FROM notice n WHERE n.letter <> '' AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.agency = n.agency AND l.id = n.letter)`,
		"letters that are full and drafts":           `SELECT COUNT(*) FROM letter WHERE records >= 1000 AND issued IS NULL OR records > 1000`,
		"waves whose counts are not their records":   `SELECT COUNT(*) FROM wave w WHERE w.records <> (SELECT COALESCE(SUM(n), 0) FROM wave_count c WHERE c.wave = w.id AND c.topic = 'all')`,
		"two open reviews of a kind":                 `SELECT COUNT(*) FROM (SELECT 1 FROM review WHERE outcome = '' GROUP BY code, seq, kind HAVING COUNT(*) > 1) d`,
		"identity rows of nobody": `SELECT COUNT(*) FROM (SELECT person_key FROM identity_work UNION ALL SELECT person_key FROM identity_token
			UNION ALL SELECT person_key FROM identity_pair UNION ALL SELECT other_key FROM identity_pair) i
			WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.person_key = i.person_key)`,
		"pairs that stand under one person alone": `SELECT COUNT(*) FROM identity_pair a WHERE NOT EXISTS (SELECT 1 FROM identity_pair b
			WHERE b.person_key = a.other_key AND b.other_key = a.person_key AND b.id = a.id AND b.verdict = a.verdict)`,
		"quality of records that are not in the ledger": `SELECT COUNT(*) FROM (SELECT code, seq FROM quality_look UNION ALL SELECT code, seq FROM quality_item) q
			WHERE NOT EXISTS (SELECT 1 FROM holding h WHERE h.code = q.code AND h.seq = q.seq)`,
		"facts beyond the records that stand": `SELECT CASE WHEN (SELECT COUNT(*) FROM fact) > (SELECT COUNT(*) FROM record WHERE status <> 'merged') THEN 1 ELSE 0 END`,
		"sealed, and to be looked at":         `SELECT COUNT(*) FROM record WHERE status = 'sealed' AND due IS NOT NULL`,
		"sealed, and to be sealed": `SELECT COUNT(*) FROM review v JOIN record r ON r.code = v.code AND r.seq = v.seq
			WHERE r.status = 'sealed' AND v.kind = 'seal' AND v.outcome = ''`,
		"sealed, and a settled proposal kept": `SELECT COUNT(*) FROM review v JOIN record r ON r.code = v.code AND r.seq = v.seq
			WHERE r.status = 'sealed' AND v.outcome <> '' AND v.kind = 'seal' AND v.proposal <> ''`,
	} {
		if n := a.w.Count(statement); n > 0 {
			a.bad("%d rows: %s", n, what)
		}
	}
	a.w.query(func(scan func(...any) error) error {
		var code docket.Code
		err := scan(&code)
		if !inLedger[code] && a.anyRecord(code) {
			a.bad("a number in the ledger leads to case %s, all of whose records are sealed", code)
		}
		return err
	}, `SELECT DISTINCT code FROM alias`)
}

func (a *audit) vaultRows(sealed map[string]bool) {
	a.w.Helper()
	keys := func(table string) map[string]bool {
		out := map[string]bool{}
		a.w.query(func(scan func(...any) error) error {
			var key []byte
			err := scan(&key)
			out[string(key)] = true
			return err
		}, `SELECT DISTINCT record_key FROM `+table)
		return out
	}
	records, persons := keys("vault_record"), keys("vault_person")
	for key := range sealed {
		if !records[key] || !persons[key] {
			a.bad("a sealed record is not wholly in the vault: body %t, person %t", records[key], persons[key])
		}
	}
	for _, table := range []string{"vault_record", "vault_person", "vault_item", "vault_alias"} {
		for key := range keys(table) {
			if !sealed[key] {
				a.bad("%s has a row of a record that is not sealed", table)
			}
		}
	}
}

// deliveries sees that the evidence kept of each delivery still proves it: the
// signature holds over what is stored.
func (a *audit) deliveries() {
	a.w.Helper()
	a.w.query(func(scan func(...any) error) error {
		var (
			source, id         string
			signedAt           int64
			digests, signature []byte
		)
		if err := scan(&source, &id, &signedAt, &digests, &signature); err != nil {
			return err
		}
		by, err := agency.IDOf(source)
		if err != nil {
			return err
		}
		at := time.UnixMicro(signedAt).UTC().Format(time.RFC3339Nano)
		message := suite.Frame("fengcun/delivery/1", []byte(by), []byte(id), []byte(at), digests)
		if !a.w.agencies[by].sign.Public().Verify(message, signature) {
			a.bad("the stored signature of delivery %s of %s does not hold over what is stored of it", id, by)
		}
		return nil
	}, `SELECT source, id, signed_at, digests, signature FROM delivery`)
	if n := a.w.Count(`SELECT COUNT(*) FROM intake WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.source = intake.source AND d.id = intake.delivery)`); n > 0 {
		a.bad("%d events without the delivery they came with", n)
	}
}

// decisions folds what the ledger holds of each person, weighs what the vault
// holds, and sees that every open record stands where policy puts it.
func (a *audit) decisions() {
	a.w.Helper()
	a.w.read(func(tx *store.Tx) error {
		keys := map[string][]docket.RecordID{}
		for id, r := range a.records {
			if !r.status.InLedger() {
				continue
			}
			key, err := tx.Holder(id)
			if err != nil {
				continue // reported by places
			}
			keys[string(key)] = append(keys[string(key)], id)
		}
		if err := a.join(tx, keys); err != nil {
			return err
		}
		for _, ids := range keys {
			if waits, err := a.waits(tx, ids); err != nil || waits {
				if err != nil {
					return err
				}
				continue // left to the wave
			}
			slices.SortFunc(ids, func(x, y docket.RecordID) int { return strings.Compare(x.String(), y.String()) })
			if err := a.person(tx, ids); err != nil {
				a.bad("deciding on %s: %v", ids[0], err)
			}
		}
		return nil
	})
}

// waits says that a record of one of the persons waits for the wave.
func (a *audit) waits(tx *store.Tx, ids []docket.RecordID) (bool, error) {
	for _, id := range ids {
		key, err := tx.Holder(id)
		if err != nil {
			return false, err
		}
		if waits, err := tx.Waits(key); err != nil || waits {
			return waits, err
		}
	}
	return false, nil
}

// join puts the records of persons whom officers found to be one together.
func (a *audit) join(tx *store.Tx, keys map[string][]docket.RecordID) error {
	for changed := true; changed; {
		changed = false
		for key := range keys {
			same, err := tx.SamePersons([]byte(key))
			if err != nil {
				return err
			}
			for _, other := range same {
				for root := range keys {
					if root != key && slices.ContainsFunc(keys[root], func(id docket.RecordID) bool {
						holder, err := tx.Holder(id)
						return err == nil && string(holder) == string(other)
					}) {
						keys[key] = append(keys[key], keys[root]...)
						delete(keys, root)
						changed = true
					}
				}
			}
		}
	}
	return nil
}

func (a *audit) person(tx *store.Tx, ids []docket.RecordID) error {
	d := &policy.Dossier{On: a.w.Today()}
	v := vault.New(a.w.suite, a.w.Ring.Vault(), a.w.Reg.Verifier(), nil)
	weighed := map[docket.RecordID]*vault.Weighed{}
	for _, id := range ids {
		s, err := a.w.state(tx, id)
		if err != nil {
			return err
		}
		addTo(d, id, a.records[id].status, s)
		sealed, err := v.Weigh(tx, id.Code, s.Identity)
		if err != nil {
			return err
		}
		for _, w := range sealed {
			weighed[w.Record] = &w
		}
	}
	a.beside(ids, weighed)
	for _, w := range weighed {
		addTo(d, w.Record, docket.Sealed, docket.Fold(w.Events))
	}
	decision, err := a.w.packs.Decide(d, d.On)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := a.stands(tx, id, decision.Record(id.String())); err != nil {
			return err
		}
	}
	return nil
}

func addTo(d *policy.Dossier, id docket.RecordID, status docket.Status, s docket.State) {
	if d.Person.Birth.IsZero() {
		d.Person.Birth = s.Identity.Born()
	}
	if d.Person.Sex == "" {
		d.Person.Sex = s.Identity.Gender()
	}
	if s.Kind == "" {
		return
	}
	crimes := s.Crimes
	if len(crimes) == 0 {
		crimes = s.Charged
	}
	if len(crimes) == 0 {
		crimes = s.Suspected
	}
	d.Records = append(d.Records, policy.Record{
		ID: id.String(), Kind: s.Kind, Status: status, OffenceDate: s.OffenceDate, JudgmentDate: s.JudgmentDate,
		EffectiveDate: s.EffectiveDate, CompletedDate: s.CompletedDate, Crimes: crimes, Sentence: s.Sentence, Flags: s.Flags,
	})
}

// stands compares an open record with what policy says today. Where its day
// has come and nobody has looked yet, the record may wait.
func (a *audit) stands(tx *store.Tx, id docket.RecordID, v *policy.RecordDecision) error {
	r := a.records[id]
	waits := r.due != 0 && !civil.FromDays(int(r.due)).After(a.w.Today())
	if v == nil || waits {
		return nil
	}
	_, err := tx.OpenReview(id, store.KindSeal)
	inReview := err == nil
	rejected := a.w.Count(`SELECT COUNT(*) FROM review WHERE code = $1 AND seq = $2 AND outcome = 'rejected'`, string(id.Code), id.Seq) > 0
	switch v.Decision {
	case policy.Seal:
		if !inReview && !rejected && r.status != docket.Unsealed { // a human has just ended its sealing
			a.bad("record %s is %s, and policy would have it sealed", id, r.status)
		}
	case policy.Review:
		if !inReview && !rejected {
			a.bad("record %s is before nobody, and policy wants a human", id)
		}
	case policy.Observe:
		if r.due == 0 {
			a.bad("record %s is observed until %s, and no day is set to look again", id, v.From)
		}
	case policy.Keep, policy.Unseal:
		if r.status == docket.Pending || inReview {
			a.bad("record %s waits for its sealing, and policy keeps it", id)
		}
	}
	return nil
}

// state is the fold of what the ledger holds of a record.
func (w *World) state(tx *store.Tx, id docket.RecordID) (docket.State, error) {
	slips, err := w.slips(tx, id)
	if err != nil {
		return docket.State{}, err
	}
	var events []*docket.Event
	for _, s := range slips {
		e, err := w.openSlip(s)
		if err != nil {
			return docket.State{}, err
		}
		if len(e.Data.Persons) > 1 {
			return docket.State{}, fmt.Errorf("an event in the ledger names %d persons", len(e.Data.Persons))
		}
		events = append(events, e)
	}
	return docket.Fold(events), nil
}

func (w *World) openSlip(s store.Slip) (*docket.Event, error) {
	raw, err := w.Ring.Ledger().Open(s.Body, suite.Frame("slip", []byte(s.ID.Code), []byte(strconv.Itoa(s.ID.Seq)), s.EventKey))
	if err != nil {
		return nil, err
	}
	return docket.Stored(raw)
}

// State is what the events of a record in the ledger add up to.
func (w *World) State(id docket.RecordID) (s docket.State) {
	w.Helper()
	w.read(func(tx *store.Tx) (err error) {
		s, err = w.state(tx, id)
		return err
	})
	return s
}

// Texts is the free text of all events that the ledger holds of a home.
func (w *World) Texts(code docket.Code) (texts []string) {
	w.Helper()
	w.read(func(tx *store.Tx) error {
		slips, err := tx.CaseSlips(code)
		if err != nil {
			return err
		}
		for _, s := range slips {
			e, err := w.openSlip(s)
			if err != nil {
				return err
			}
			if e.Data.Text != "" {
				texts = append(texts, e.Data.Text)
			}
			for _, p := range e.Data.Persons {
				if p.Reason != "" {
					texts = append(texts, p.Reason)
				}
			}
		}
		return nil
	})
	return texts
}
