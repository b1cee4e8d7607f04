package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/certificate"
	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

// Application asks for a certificate.
type Application struct {
	ID      string // the window's own, optional: asked again with it, the same certificate is given again
	By      string // officer at the window
	Subject docket.Identity
	Purpose string
}

// Certified answers an application: a certificate, or that a human must look,
// because the ledger shows a conviction. A machine refuses nobody
// (个人信息保护法 24).
type Certified struct {
	ID     string
	Text   []byte // signed; empty where a human must look
	Record docket.RecordID
}

// Certify issues a certificate from the ledger alone (step 9). It reads no
// other book and asks for no status: a sealed person's row is not there, as it
// is not for one who was never recorded.
func (r *Registry) Certify(ctx context.Context, a *Application, now time.Time) (*Certified, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	var out *Certified
	err := r.write(ctx, func(tx *store.Tx, j *journal) error {
		o, err := officer(tx, a.By, agency.CertWindow)
		if err != nil {
			return err
		}
		key := r.personKey("", a.Subject)
		if out, err = r.again(tx, a, key); err != nil || out != nil {
			return err
		}
		id, convicted, err := r.convicted(tx, key)
		if err != nil {
			return err
		}
		if convicted {
			out = &Certified{Record: id}
			return r.logCertificate(j, o, "certificate.defer", "", now)
		}
		out, err = r.issue(tx, j, a, o, key, now)
		return err
	})
	return out, err
}

func (a *Application) check() error {
	if err := a.Subject.Check(); err != nil {
		return fmt.Errorf("%w: subject.%w", ErrInput, err)
	}
	if a.Subject.MatchKey() == "" {
		return fmt.Errorf("%w: subject.number: a certificate needs a document number", ErrInput)
	}
	if len(a.ID) > 128 {
		return fmt.Errorf("%w: id: at most 128 characters", ErrInput)
	}
	if strings.TrimSpace(a.Purpose) == "" {
		return fmt.Errorf("%w: purpose: state what the certificate is for", ErrInput)
	}
	return nil
}

// convicted says whether the ledger holds a conviction in force, of the person
// or of whom officers found to be the same. A case under
// way is none: 除人民法院生效裁判文书确认有罪外,其他情况均应当视为无罪.
func (r *Registry) convicted(tx *store.Tx, personKey []byte) (docket.RecordID, bool, error) {
	ids, err := r.recordsOf(tx, personKey)
	if err != nil {
		return docket.RecordID{}, false, err
	}
	for _, id := range ids {
		s, err := r.state(tx, id)
		if err != nil {
			return id, false, err
		}
		if s.Kind == docket.Conviction && !s.EffectiveDate.IsZero() {
			return id, true, nil
		}
	}
	return docket.RecordID{}, false, nil
}

// numbers is where a certificate's number is drawn from: chance, or for an
// application with an id a keyed stream that gives the same number again and
// tells nobody anything.
func (r *Registry) numbers(a *Application) io.Reader {
	if a.ID == "" {
		return r.rand
	}
	return &stream{key: r.ledger.Alias(), parts: [][]byte{[]byte(a.By), []byte(a.ID)}}
}

// stream is an endless keyed sequence.
type stream struct {
	key   suite.MACKey
	parts [][]byte
	n     byte
	left  []byte
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.left) == 0 {
		block := s.key.Index("certificate/number", append(s.parts[:len(s.parts):len(s.parts)], []byte{s.n})...)
		s.left, s.n = block[:], s.n+1
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	return n, nil
}

// again gives the certificate that was issued on this very application before,
// or nothing.
func (r *Registry) again(tx *store.Tx, a *Application, key []byte) (*Certified, error) {
	if a.ID == "" {
		return nil, nil //nolint:nilnil // nothing was issued
	}
	id, err := certificate.NewID(r.numbers(a))
	if err != nil {
		return nil, err
	}
	c, err := tx.Certificate(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // nothing was issued
	}
	if err != nil {
		return nil, err
	}
	text, err := r.unlock(c.Body, certificateContext(id))
	if err != nil {
		return nil, err
	}
	before, err := certificate.Verify(text, r.cert.Public())
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(c.PersonKey, key) || before.Name != a.Subject.Name || before.Purpose != a.Purpose {
		return nil, fmt.Errorf("%w: id: another application has it", ErrInput)
	}
	return &Certified{ID: id, Text: text}, nil
}

func (r *Registry) issue(tx *store.Tx, j *journal, a *Application, o *agency.Officer, key []byte, now time.Time) (*Certified, error) {
	ag, err := tx.Agency(o.Agency)
	if err != nil {
		return nil, err
	}
	id, err := certificate.NewID(r.numbers(a))
	if err != nil {
		return nil, err
	}
	today := civil.Of(now)
	document := a.Subject.Document
	if document == "" {
		document = docket.ResidentID
	}
	c := &certificate.Certificate{
		ID: id, Name: a.Subject.Name, Document: document, Number: docket.NormalNumber(a.Subject.Number),
		Purpose: a.Purpose, Issuer: ag.Name, Issued: today, Expires: today.AddMonths(certificate.ValidMonths),
	}
	text, err := c.Sign(r.rand, r.cert)
	if errors.Is(err, certificate.ErrForm) {
		return nil, fmt.Errorf("%w: name, document, number and purpose stand on one line each", ErrInput)
	}
	if err != nil {
		return nil, err
	}
	sum := r.suite.Digest(text)
	err = tx.AddCertificate(&store.Certificate{
		ID: id, PersonKey: key, Issued: now, Expires: c.Expires, Officer: o.ID, Digest: sum[:],
		Body: r.lock(text, certificateContext(id)),
	})
	if err != nil {
		return nil, err
	}
	return &Certified{ID: id, Text: text}, r.logCertificate(j, o, "certificate.issue", id, now)
}

func (r *Registry) logCertificate(j *journal, o *agency.Officer, kind, id string, now time.Time) error {
	_, err := j.add(trail.Entry{
		Kind: kind, At: now, Actor: o.ID, Agency: o.Agency, Detail: map[string]string{"certificate": id},
	}, nil)
	return err
}

// CertificateStanding says whether a certificate was issued and still stands;
// ErrNotFound where its number was never given out.
func (r *Registry) CertificateStanding(ctx context.Context, id string) (*certificate.Standing, error) {
	code, err := docket.ParseCode(id)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	s := &certificate.Standing{ID: code.Grouped()}
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		c, err := tx.Certificate(s.ID)
		s.Issued, s.Expires, s.Withdrawn = c.Issued, c.Expires, c.Withdrawn
		return err
	})
	return s, edge(err)
}

// CertificateKey is the public key that certificates are verified with.
func (r *Registry) CertificateKey() suite.VerifyKey { return r.cert.Public() }

func certificateContext(id string) []byte { return suite.Frame("certificate", []byte(id)) }
