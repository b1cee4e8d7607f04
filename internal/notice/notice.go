// Package notice is the letters of sealing: the sealing or unsealing notice to
// each agency that holds a copy (封存通知书, 解封通知书), each with its own
// clock. A letter is encrypted to its agency, because it quotes the numbers
// under which that agency keeps the case.
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

// Days is each recipient's time to seal its own copy: three days, as the
// minors' measures have it (《关于未成年人犯罪记录封存的实施办法》第十三条).
// For adults no text fixes it yet; the same is taken.
const Days = 3

// Letter is what a notice says.
type Letter struct {
	Kind    string          `json:"kind"` // seal, unseal
	Record  docket.RecordID `json:"record"`
	Issued  time.Time       `json:"issued"`
	Due     civil.Date      `json:"due"`
	Numbers []docket.Number `json:"numbers"` // under which the agency may hold its copy
}

// Due is the last day of a notice's clock.
func Due(issued time.Time) civil.Date { return civil.Of(issued).AddDays(Days) }

// Encrypt writes the letter to the agency's key. An agency without a key gets
// the letter without its numbers, in clear.
func (l Letter) Encrypt(rand io.Reader, agencyID, sealKey string) ([]byte, error) {
	if sealKey == "" {
		l.Numbers = nil
		return json.Marshal(l)
	}
	key, err := suite.ParseEncryptKey(sealKey)
	if err != nil {
		return nil, fmt.Errorf("writing to agency %s: %w", agencyID, err)
	}
	body, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("writing to agency %s: %w", agencyID, err)
	}
	return key.Seal(rand, suite.Pad(body), letterContext(agencyID, l.Record))
}

// Decrypt reads a letter with the agency's key.
func Decrypt(key suite.DecryptKey, agencyID string, id docket.RecordID, body []byte) (*Letter, error) {
	padded, err := key.Open(body, letterContext(agencyID, id))
	if err != nil {
		return nil, err
	}
	plain, err := suite.Unpad(padded)
	if err != nil {
		return nil, err
	}
	l := new(Letter)
	return l, json.Unmarshal(plain, l)
}

func letterContext(agencyID string, id docket.RecordID) []byte {
	return suite.Frame("fengcun/notice/1", []byte(agencyID), []byte(id.String()))
}
