package vaultd

import (
	"time"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/vault"
)

// The methods of vault.Book on the wire, with what each takes and gives.
const (
	callPing        = "ping"
	callSeal        = "seal"
	callAbsorb      = "absorb"
	callKeep        = "keep-original"
	callNumbers     = "cases-by-number"
	callFind        = "find"
	callWeigh       = "weigh"
	callWeighRecord = "weigh-record"
	callRedact      = "redact"
	callPrepare     = "prepare"
	callOpen        = "open"
	callRelease     = "release"
)

type (
	sealIn struct {
		Content *vault.Content
		At      time.Time
	}
	absorbIn struct {
		Record docket.RecordID
		Home   docket.Code
		Event  []byte
	}
	keepIn struct {
		Source, ID, Custodian string
		Event                 []byte
	}
	findIn struct {
		Sealed []docket.RecordID
		Person docket.Identity
	}
	findOut struct {
		Record docket.RecordID `json:",omitzero"`
		Found  bool
	}
	weighIn struct {
		Code   docket.Code
		Person docket.Identity
	}
	weighed struct {
		Record docket.RecordID
		Events [][]byte
	}
	redactIn struct {
		Sealed            []docket.RecordID
		Text, Replacement string
	}
	prepareOut struct {
		Ticket []byte
		Row    *vault.TicketRow
		Entry  []byte // as trail.Entry encodes itself
	}
	openIn struct {
		Ticket     []byte
		Grant      vault.Grant
		Commitment []byte // as trail.Commitment gives itself
		Receipt    []byte
	}
)

func carried(ws []vault.Weighed) ([]weighed, error) {
	out := make([]weighed, len(ws))
	for i, w := range ws {
		out[i].Record = w.Record
		for _, e := range w.Events {
			raw, err := e.Encode()
			if err != nil {
				return nil, err
			}
			out[i].Events = append(out[i].Events, raw)
		}
	}
	return out, nil
}

func uncarried(ws []weighed) ([]vault.Weighed, error) {
	out := make([]vault.Weighed, len(ws))
	for i, w := range ws {
		out[i].Record = w.Record
		for _, raw := range w.Events {
			e, err := docket.Stored(raw)
			if err != nil {
				return nil, err
			}
			out[i].Events = append(out[i].Events, e)
		}
	}
	return out, nil
}
