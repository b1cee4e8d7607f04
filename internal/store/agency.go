package store

import "github.com/fengcun/fengcun/internal/agency"

// PutAgency adds or replaces an agency.
func (t *Tx) PutAgency(a *agency.Agency) error {
	delete(t.ahead.agencies, a.ID)
	return t.put(`INSERT INTO agency (id, kind, name, division, verify_key, seal_key) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET kind = $2, name = $3, division = $4, verify_key = $5, seal_key = $6`,
		a.ID, string(a.Kind), a.Name, a.Division, a.VerifyKey, a.SealKey)
}

// Agencies reads all agencies by id.
func (t *Tx) Agencies() ([]*agency.Agency, error) {
	return all(t, `SELECT id, kind, name, division, verify_key, seal_key FROM agency ORDER BY id`, nil,
		func(scan func(...any) error) (*agency.Agency, error) {
			a := new(agency.Agency)
			return a, scan(&a.ID, (*string)(&a.Kind), &a.Name, &a.Division, &a.VerifyKey, &a.SealKey)
		})
}

// Agency reads one agency, or ErrNotFound.
func (t *Tx) Agency(id string) (*agency.Agency, error) {
	if known, ok := t.ahead.agencies[id]; ok {
		a := *known
		return &a, nil
	}
	a := &agency.Agency{ID: id}
	err := t.one(`SELECT kind, name, division, verify_key, seal_key FROM agency WHERE id = $1`, []any{id},
		(*string)(&a.Kind), &a.Name, &a.Division, &a.VerifyKey, &a.SealKey)
	if err == nil {
		known := *a
		t.ahead.agencies[id] = &known
	}
	return a, err
}

// PutOfficer adds or replaces an officer; the passkeys stay as they are.
func (t *Tx) PutOfficer(o *agency.Officer) error {
	return t.put(`INSERT INTO officer (id, agency, name, duty, verify_key, key_kind) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET agency = $2, name = $3, duty = $4, verify_key = $5, key_kind = $6`,
		o.ID, o.Agency, o.Name, string(o.Duty), o.VerifyKey, string(o.KeyKind))
}

// Officer reads one officer with the passkeys, the oldest first and the revoked
// among them, or ErrNotFound.
func (t *Tx) Officer(id string) (*agency.Officer, error) {
	rows, known := t.ahead.officers.rows(id)
	if !known {
		var err error
		if rows, err = all(t, officerRows+` = $1`+oldestKeyFirst, []any{id}, scanOfficer); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	o := rows[0].officer
	for _, r := range rows {
		if len(r.key.ID) > 0 {
			o.Passkeys = append(o.Passkeys, r.key)
		}
	}
	return &o, nil
}

// AheadOfOfficers reads ahead officers with their passkeys.
func (t *Tx) AheadOfOfficers(ids ...string) error {
	return readFew(t, t.ahead.officers, keysOf(ids), officerRows, oldestKeyFirst, nil,
		func(scan func(...any) error) (string, officerRow, error) {
			r, err := scanOfficer(scan)
			return r.officer.ID, r, err
		})
}

// officerRow is an officer with one passkey, which has no id where the officer
// has none.
type officerRow struct {
	officer agency.Officer
	key     agency.Passkey
}

const (
	officerRows = `SELECT o.id, o.agency, o.name, o.duty, o.verify_key, o.key_kind, p.id, p.public,
		COALESCE(p.label, ''), COALESCE(p.counter, 0), COALESCE(p.added, 0), COALESCE(p.used, 0), COALESCE(p.revoked, 0)
		FROM officer o LEFT JOIN passkey p ON p.officer = o.id WHERE o.id`
	oldestKeyFirst = ` ORDER BY p.added, p.id`
)

func scanOfficer(scan func(...any) error) (r officerRow, err error) {
	o, k := &r.officer, &r.key
	var added, used, revoked int64
	err = scan(&o.ID, &o.Agency, &o.Name, (*string)(&o.Duty), &o.VerifyKey, (*string)(&o.KeyKind), &k.ID, &k.Public,
		&k.Label, &k.Counter, &added, &used, &revoked)
	k.Added, k.Used, k.Revoked = fromMicros(added), fromMicros(used), fromMicros(revoked)
	return r, err
}

// Officers reads all officers by id, without their passkeys.
func (t *Tx) Officers() ([]*agency.Officer, error) {
	return all(t, `SELECT id, agency, name, duty, verify_key, key_kind FROM officer ORDER BY id`, nil,
		func(scan func(...any) error) (*agency.Officer, error) {
			o := new(agency.Officer)
			return o, scan(&o.ID, &o.Agency, &o.Name, (*string)(&o.Duty), &o.VerifyKey, (*string)(&o.KeyKind))
		})
}

// PutAccount adds or replaces a local account; password is its argon2id hash.
func (t *Tx) PutAccount(login, officer, password string) error {
	return t.put(`INSERT INTO account (login, officer, password) VALUES ($1, $2, $3)
		ON CONFLICT (login) DO UPDATE SET officer = $2, password = $3`, login, officer, password)
}

// Account reads the officer and the password hash behind a login, or ErrNotFound.
func (t *Tx) Account(login string) (officer, password string, err error) {
	err = t.one(`SELECT officer, password FROM account WHERE login = $1`, []any{login}, &officer, &password)
	return officer, password, err
}
