package store

import (
	"database/sql"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
)

// Certificate is an issued certificate as the store keeps it.
type Certificate struct {
	ID        string
	PersonKey []byte
	Issued    time.Time
	Expires   civil.Date
	Officer   string
	Body      []byte // encrypted
	Digest    []byte // of the signed text
	Withdrawn time.Time
}

const certificateColumns = `id, person_key, issued, expires, officer, body, digest, withdrawn`

func scanCertificate(scan func(...any) error) (c Certificate, err error) {
	var (
		issued, expires int64
		withdrawn       sql.NullInt64
	)
	err = scan(&c.ID, &c.PersonKey, &issued, &expires, &c.Officer, &c.Body, &c.Digest, &withdrawn)
	c.Issued, c.Expires, c.Withdrawn = fromMicros(issued), civil.FromDays(int(expires)), fromNullMicros(withdrawn)
	return c, err
}

// AddCertificate stores an issued certificate.
func (t *Tx) AddCertificate(c *Certificate) error {
	return t.put(`INSERT INTO certificate (id, person_key, issued, expires, officer, body, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.PersonKey, micros(c.Issued), c.Expires.Days(), c.Officer, c.Body, c.Digest)
}

// Certificate reads a certificate, or ErrNotFound.
func (t *Tx) Certificate(id string) (Certificate, error) {
	return first(all(t, `SELECT `+certificateColumns+` FROM certificate WHERE id = $1`, []any{id}, scanCertificate))
}

// CertificatesBy lists what an officer issued, the latest first.
func (t *Tx) CertificatesBy(officer string, limit int) ([]Certificate, error) {
	return all(t, `SELECT `+certificateColumns+` FROM certificate WHERE officer = $1 ORDER BY issued DESC, id LIMIT $2`,
		[]any{officer, limit}, scanCertificate)
}

// WithdrawCertificates withdraws a person's certificates that still stand.
func (t *Tx) WithdrawCertificates(personKey []byte, at time.Time) (int64, error) {
	return t.exec(`UPDATE certificate SET withdrawn = $2 WHERE person_key = $1 AND withdrawn IS NULL`, personKey, micros(at))
}

// PutFact writes a de-identified fact: body is JSON that names nobody.
func (t *Tx) PutFact(factKey []byte, year int, body []byte) error {
	t.insertSoon(&facts, []any{factKey, year, body})
	return nil
}

var facts = insertion{
	table: "fact", columns: "fact_key, year, body", n: 3, key: 1, stay: 1, conflict: "(fact_key) DO UPDATE SET year = excluded.year, body = excluded.body",
}

// Facts reads all facts.
func (t *Tx) Facts() ([][]byte, error) {
	return all(t, `SELECT body FROM fact ORDER BY fact_key`, nil,
		func(scan func(...any) error) (b []byte, err error) { return b, scan(&b) })
}
