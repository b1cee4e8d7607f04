package trail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"
)

// Entry is the private record of one act: who did what to which record, when
// and on what basis.
type Entry struct {
	Kind   string            // what was done: "seal", "open", …: a-z, 0-9, dot and hyphen, at most 40
	At     time.Time         // kept in UTC to the microsecond
	Actor  string            // who: an officer's or a system's id
	Agency string            // the actor's agency; may be empty
	Code   string            // the case or record; empty where the act concerns none
	Basis  string            // the legal basis, or the digest of the pack that decided
	Detail map[string]string // whatever else the act's kind records
}

// MaxEntry bounds the encoding of an entry, in bytes: details carry ids and
// digests, never documents.
const MaxEntry = 64 << 10

const atLayout = "2006-01-02T15:04:05.000000Z"

var kindForm = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,39}$`)

type wireEntry struct {
	Kind   string            `json:"kind"`
	At     string            `json:"at"`
	Actor  string            `json:"actor"`
	Agency string            `json:"agency,omitempty"`
	Code   string            `json:"code,omitempty"`
	Basis  string            `json:"basis,omitempty"`
	Detail map[string]string `json:"detail,omitempty"`
}

// Encode is the entry's canonical JSON: fields in the order above, keys of
// Detail sorted, no white space. Equal entries have equal bytes.
func (e Entry) Encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	w := wireEntry{e.Kind, e.At.UTC().Format(atLayout), e.Actor, e.Agency, e.Code, e.Basis, e.Detail}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(w); err != nil {
		return nil, fmt.Errorf("trail: entry: %w", err)
	}
	out := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if len(out) > MaxEntry {
		return nil, fmt.Errorf("trail: an entry of %d bytes: the limit is %d; record a digest instead", len(out), MaxEntry)
	}
	return out, nil
}

func (e Entry) check() error {
	switch {
	case !kindForm.MatchString(e.Kind):
		return fmt.Errorf("trail: an entry's kind %q is not of the form %s", e.Kind, kindForm)
	case e.Actor == "":
		return errors.New("trail: an entry without an actor")
	case e.At.IsZero() || e.At.UTC().Year() > 9999:
		return errors.New("trail: an entry without its time")
	}
	for _, s := range []string{e.Actor, e.Agency, e.Code, e.Basis} {
		if !utf8.ValidString(s) {
			return errors.New("trail: an entry with text that is not UTF-8")
		}
	}
	for k, v := range e.Detail {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return errors.New("trail: an entry with a detail that is not UTF-8")
		}
	}
	return nil
}

// ParseEntry reads what Encode writes and nothing else: other spellings of the
// same JSON are refused, so that one entry has one commitment.
func ParseEntry(data []byte) (Entry, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var w wireEntry
	if err := dec.Decode(&w); err != nil {
		return Entry{}, fmt.Errorf("trail: entry: %w", err)
	}
	at, err := time.Parse(atLayout, w.At)
	if err != nil {
		return Entry{}, fmt.Errorf("trail: entry: %w", err)
	}
	e := Entry{w.Kind, at, w.Actor, w.Agency, w.Code, w.Basis, w.Detail}
	again, err := e.Encode()
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, data) {
		return Entry{}, errors.New("trail: entry: not in canonical form")
	}
	return e, nil
}
