package vaultd

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/grant"
	"github.com/fengcun/fengcun/internal/vault"
)

func framed(body string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

func TestReadFrame(t *testing.T) {
	f, err := readFrame(bytes.NewReader(framed(`{"call":"ping","body":{"a":1}}`)))
	if err != nil || f.Call != "ping" || string(f.Body) != `{"a":1}` {
		t.Errorf("%+v, %v", f, err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "half a length": {0, 0}, "length 0": {0, 0, 0, 0}, "too long": {255, 255, 255, 255},
		"cut short": framed(`{"call":"ping"}`)[:9], "no JSON": framed(`call`), "two values": framed(`{}{}`), "unknown key": framed(`{"x":1}`),
		"secrets in what is wrong": framed(`{"call":"110101199001011234"`),
	} {
		f, err := readFrame(bytes.NewReader(data))
		if err == nil {
			t.Errorf("%s: read as %+v", name, f)
		} else if strings.Contains(err.Error(), "1990") {
			t.Errorf("%s: the error quotes it: %v", name, err)
		}
	}
}

// A length announced costs no memory before its bytes arrive.
func TestAnnouncedLengthsAreNotBelieved(t *testing.T) {
	head := binary.BigEndian.AppendUint32(nil, maxFrame)
	bytesNow := testing.AllocsPerRun(1, func() {
		if _, err := readFrame(bytes.NewReader(head)); err == nil {
			t.Error("read")
		}
	})
	if bytesNow > 50 {
		t.Errorf("%v allocations", bytesNow)
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(framed(`{"call":"open","body":{}}`))
	f.Add(framed(`{"fault":{"kind":"rows","text":"x"}}`))
	f.Add([]byte{0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := readFrame(bytes.NewReader(data))
		if err != nil {
			return
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readFrame(bytes.NewReader(framed(string(text))))
		if err != nil || again.Call != m.Call || (again.Fault == nil) != (m.Fault == nil) {
			t.Fatalf("%s: %+v, %v", text, again, err)
		}
	})
}

// Whatever a caller sends as the body of a call, and whatever it answers, the
// server neither panics nor does anything but refuse or answer.
func FuzzServerRun(f *testing.F) {
	for _, call := range []string{
		callPing, callSeal, callAbsorb, callKeep, callNumbers, callFind, callWeigh, callWeighRecord, callRedact, callPrepare, callOpen, callRelease, "none",
	} {
		f.Add(call, []byte(`{}`), []byte(`null`))
		f.Add(call, []byte(`{"Content":{"custodian":"c"},"Sealed":["7Q2M0-ZK4XB-01"],"Text":"t"}`), []byte(`[{"RecordKey":"AA=="}]`))
	}
	s := testServer(f)
	f.Fuzz(func(_ *testing.T, call string, body, answer []byte) {
		rows := &askedRows{ctx: context.Background(), ask: func(_ string, _, out any) error {
			if out == nil {
				return nil
			}
			if json.Unmarshal(answer, out) != nil {
				return errFrame
			}
			return nil
		}}
		_, _ = s.run(rows, call, body)
	})
}

// Every kind of error arrives as what it was; the words of others do not.
func TestFaults(t *testing.T) {
	for _, k := range kinds() {
		f := faultOf(fmt.Errorf("about 张三: %w", k.err))
		if got := f.err(); !errors.Is(got, k.err) {
			t.Errorf("%s arrived as %v", k.kind, got)
		}
		if strings.Contains(f.Text, "张三") != k.spoken {
			t.Errorf("%s tells %q", k.kind, f.Text)
		}
	}
	f := faultOf(errors.New("the record of 张三"))
	if f.Text != "" || !errors.Is(f.err(), errInside) || faultOf(nil) != nil || (*fault)(nil).err() != nil {
		t.Errorf("%+v", f)
	}
	if err := (&fault{Kind: "of a later version"}).err(); !errors.Is(err, errInside) {
		t.Error(err)
	}
	missing := faultOf(fmt.Errorf("%w: purpose", grant.ErrIncomplete)).err()
	if missing.Error() != "the request is incomplete: purpose" {
		t.Errorf("the officer reads %q", missing)
	}
}

// noted answers every question with what it was asked.
type noted struct {
	vault.Rows
	calls []string
}

func (n *noted) note(format string, args ...any) error {
	n.calls = append(n.calls, fmt.Sprintf(format, args...))
	return nil
}

func (n *noted) Officer(id string) (*agency.Officer, error) {
	return &agency.Officer{ID: id}, n.note("officer %s", id)
}
func (n *noted) AddSealedRecord(r *vault.SealedRecord) error { return n.note("add-record %+v", *r) }
func (n *noted) SealedCustodian(key []byte) (string, error)  { return "c", n.note("custodian %x", key) }
func (n *noted) DropSealed(key []byte) error                 { return n.note("drop %x", key) }
func (n *noted) AddSealedItem(i *vault.SealedItem) error     { return n.note("add-item %+v", *i) }
func (n *noted) PutPersonLink(l *vault.PersonLink) error     { return n.note("put-link %+v", *l) }
func (n *noted) AddSealedAlias(a *vault.SealedAlias) error   { return n.note("add-alias %+v", *a) }
func (n *noted) AddTicket(k *vault.TicketRow) error          { return n.note("add-ticket %+v", *k) }
func (n *noted) AddOriginal(s string, e, w, b []byte) error {
	return n.note("add-original %s %x %x %x", s, e, w, b)
}

func (n *noted) RedeemTicket(q string, h []byte, at time.Time) error {
	return n.note("redeem %s %x %s", q, h, at)
}

func (n *noted) SealedRecord(key []byte) (*vault.SealedRecord, error) {
	return &vault.SealedRecord{Key: key, SealedAt: time.Unix(5, 6000).UTC()}, n.note("record %x", key)
}

func (n *noted) SealedItems(key []byte) ([]vault.SealedItem, error) {
	return []vault.SealedItem{{RecordKey: key}}, n.note("items %x", key)
}

func (n *noted) LinksOfPerson(key []byte) ([]vault.PersonLink, error) {
	return []vault.PersonLink{{PersonKey: key}}, n.note("links-of-person %x", key)
}

func (n *noted) LinksOfRecord(key []byte) ([]vault.PersonLink, error) {
	return []vault.PersonLink{{RecordKey: key}}, n.note("links-of-record %x", key)
}

func (n *noted) SealedAliases(key []byte) ([]vault.SealedAlias, error) {
	return []vault.SealedAlias{{AliasKey: key}}, n.note("aliases %x", key)
}

// Every question reaches the rows with the arguments it was asked with, and the
// answer comes back as it was.
func TestQuestions(t *testing.T) {
	direct, over := new(noted), new(noted)
	wire := &askedRows{ctx: context.Background(), ask: func(call string, in, out any) error {
		body, err := encode(in)
		if err != nil {
			return err
		}
		v, err := answer(over, call, body)
		if err != nil || out == nil {
			return err
		}
		if body, err = encode(v); err != nil {
			return err
		}
		return json.Unmarshal(body, out)
	}}
	all := func(r vault.Rows) (out []string) {
		keep := func(v any, err error) { out = append(out, fmt.Sprintf("%+v %v", v, err)) }
		deref := func(v *vault.SealedRecord, err error) { keep(*v, err) }
		at := time.Date(2026, 11, 23, 1, 2, 3, 4000, time.UTC)
		o, err := r.Officer("o")
		keep(o.ID, err)
		keep(nil, r.AddSealedRecord(&vault.SealedRecord{Key: []byte{1}, Custodian: "c", SealedAt: at, Wrapped: []byte{2}, Body: []byte{3}}))
		keep(r.SealedCustodian([]byte{4}))
		deref(r.SealedRecord([]byte{5}))
		keep(nil, r.DropSealed([]byte{6}))
		keep(nil, r.AddSealedItem(&vault.SealedItem{RecordKey: []byte{7}}))
		keep(r.SealedItems([]byte{8}))
		keep(nil, r.PutPersonLink(&vault.PersonLink{Capsule: []byte{9}}))
		keep(r.LinksOfPerson([]byte{10}))
		keep(r.LinksOfRecord([]byte{11}))
		keep(nil, r.AddSealedAlias(&vault.SealedAlias{Body: []byte{12}}))
		keep(r.SealedAliases([]byte{13}))
		keep(nil, r.AddOriginal("s", []byte{14}, []byte{15}, []byte{16}))
		keep(nil, r.AddTicket(&vault.TicketRow{Query: "q", Prepared: at}))
		keep(nil, r.RedeemTicket("q", []byte{17}, at))
		return out
	}
	if a, b := all(direct), all(wire); strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("in process:\n%s\nover the wire:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	if a, b := strings.Join(direct.calls, "\n"), strings.Join(over.calls, "\n"); a != b || len(direct.calls) != 15 {
		t.Errorf("in process:\n%s\nover the wire:\n%s", a, b)
	}
	if _, err := answer(over, "no such", nil); !errors.Is(err, errFrame) {
		t.Error(err)
	}
	if _, err := answer(over, "drop", []byte(`{"x":1}`)); !errors.Is(err, errFrame) {
		t.Error(err)
	}
}

func TestWeighedOverTheWire(t *testing.T) {
	if _, err := uncarried([]weighed{{Events: [][]byte{[]byte("{")}}}); err == nil {
		t.Error("what is no event was read")
	}
	out, err := uncarried([]weighed{{Record: docket.RecordID{Seq: 1}}})
	if err != nil || len(out) != 1 || out[0].Record.Seq != 1 {
		t.Errorf("%v, %v", out, err)
	}
}
