package notice

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/suite"
)

// MostRecords is how many records one letter about many names.
const MostRecords = 1000

// Many is the key of one letter to one agency about many records. The letter's
// lines are encrypted under it one by one as records are sealed, so that a
// letter never has to be held whole, nor a sealed record's numbers kept to
// write it later.
type Many struct {
	agency, id string
	key        suite.Key // zero: the agency has none
}

// NewMany begins a letter. wrapped is its key to the agency; an agency without a
// key gets the lines without their numbers, in clear, and an empty one.
func NewMany(rand io.Reader, agencyID, id, sealKey string) (m Many, wrapped []byte, err error) {
	m = Many{agency: agencyID, id: id}
	if sealKey == "" {
		return m, []byte{}, nil
	}
	to, err := suite.ParseEncryptKey(sealKey)
	if err != nil {
		return m, nil, fmt.Errorf("writing to agency %s: %w", agencyID, err)
	}
	m.key = to.Suite().NewKey(rand)
	if wrapped, err = to.Wrap(rand, m.key, manyContext(agencyID, id)); err != nil {
		return m, nil, fmt.Errorf("writing to agency %s: %w", agencyID, err)
	}
	return m, wrapped, nil
}

// Line is what a letter about many says of one record.
type Line struct {
	Record  docket.RecordID `json:"record"`
	Numbers []docket.Number `json:"numbers"` // under which the agency may hold its copy
}

// Encrypt writes a line.
func (m Many) Encrypt(rand io.Reader, l Line) ([]byte, error) {
	if m.key.IsZero() {
		l.Numbers = nil
		return json.Marshal(l)
	}
	body, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("writing to agency %s: %w", m.agency, err)
	}
	return m.key.SealPadded(rand, body, lineContext(m.agency, m.id, l.Record)), nil
}

// Bundle is a letter about many records as the agency gets it.
type Bundle struct {
	ID      string      `json:"id"`
	Agency  string      `json:"agency"`
	Kind    string      `json:"kind"` // seal, unseal
	Issued  time.Time   `json:"issued"`
	Due     civil.Date  `json:"due"`
	Wrapped []byte      `json:"wrapped,omitempty"`
	Lines   []Encrypted `json:"lines"`
}

// Encrypted is one line of a bundle.
type Encrypted struct {
	Record docket.RecordID `json:"record"`
	Notice string          `json:"notice"` // id by which the agency may answer for this record alone
	Body   []byte          `json:"body"`
}

// Read decrypts the lines of a letter with the agency's key.
func (b *Bundle) Read(key suite.DecryptKey) ([]Line, error) {
	var k suite.Key
	if len(b.Wrapped) > 0 {
		var err error
		if k, err = key.Unwrap(b.Wrapped, manyContext(b.Agency, b.ID)); err != nil {
			return nil, err
		}
	}
	lines := make([]Line, len(b.Lines))
	for i, e := range b.Lines {
		body := e.Body
		if !k.IsZero() {
			var err error
			if body, err = k.OpenPadded(e.Body, lineContext(b.Agency, b.ID, e.Record)); err != nil {
				return nil, fmt.Errorf("the line of record %s: %w", e.Record, err)
			}
		}
		if err := json.Unmarshal(body, &lines[i]); err != nil {
			return nil, fmt.Errorf("the line of record %s: %w", e.Record, err)
		}
	}
	return lines, nil
}

func manyContext(agencyID, id string) []byte {
	return suite.Frame("fengcun/notices/1", []byte(agencyID), []byte(id))
}

func lineContext(agencyID, id string, record docket.RecordID) []byte {
	return suite.Frame("fengcun/notice-line/1", []byte(agencyID), []byte(id), []byte(record.String()))
}
