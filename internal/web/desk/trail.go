package desk

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/web"
	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/pages"
	"github.com/fengcun/fengcun/internal/web/parts"
)

func (o *Office) trailRoutes(mux *http.ServeMux) {
	o.show(mux, "/trail", o.trail)
	o.show(mux, "/trail/entry", o.trailEntry)
}

// audits says that the visitor is to be shown the private records. The
// registry checks the duty again.
func (o *Office) audits(v *web.Visitor) bool {
	return v != nil && v.Duty == agency.Auditor && o.audit != nil
}

// entriesFrom reads entries for whoever asks: leaves for the public, the
// records behind them for an auditor.
func (o *Office) entriesFrom(r *http.Request, v *web.Visitor, from int64, limit int) ([]parts.Entry, error) {
	var (
		list []registry.TrailEntry
		err  error
	)
	if o.audits(v) {
		list, err = o.reg.AuditTrail(r.Context(), v.ID, from, limit, o.audit)
	} else {
		list, err = o.reg.Trail(r.Context(), from, limit, nil)
	}
	if err != nil {
		return nil, err
	}
	out := make([]parts.Entry, 0, len(list))
	for _, e := range slices.Backward(list) {
		out = append(out, entryLine(e))
	}
	return out, nil
}

func entryLine(e registry.TrailEntry) parts.Entry {
	line := parts.Entry{
		Index: e.Index, Act: locale.T("act.commitment"), Leaf: e.Leaf.Hash().String(), Href: "/trail/entry?index=" + strconv.FormatInt(e.Index, 10),
	}
	switch {
	case e.Err != nil:
		line.Act = locale.T("act.broken")
	case e.Entry != nil:
		line.Act, line.At, line.Code = actWords(e.Entry.Kind), e.Entry.At, parts.Code(e.Entry.Code)
	}
	return line
}

// actWords is an entry's kind in words; kinds hold dots, message names do not.
func actWords(kind string) locale.Text { return locale.T("act." + strings.ReplaceAll(kind, ".", "-")) }

// latest are the newest entries under the newest checkpoint.
func (o *Office) latest(r *http.Request, v *web.Visitor, n int) ([]parts.Entry, error) {
	cp, err := o.reg.Checkpoint(r.Context())
	if err != nil {
		return nil, err
	}
	from := max(0, cp.Size-int64(n))
	return o.entriesFrom(r, v, from, int(cp.Size-from))
}

// trail shows the newest checkpoint and a page of entries, the newest first.
func (o *Office) trail(r *http.Request) (pages.Page, error) {
	v := web.VisitorOf(r)
	cp, err := o.reg.Checkpoint(r.Context())
	if err != nil {
		return nil, err
	}
	page := pageOf(r)
	end := cp.Size - int64(page-1)*pageSize
	from := max(0, end-pageSize)
	p := pages.Trail{
		Checkpoint: checkpoint(cp, o.reg.Verifier()), Audit: o.audits(v),
		Pager: parts.Pager{Page: page, Size: pageSize, Total: int(cp.Size), Path: "/trail"},
		Find:  parts.Field{Name: "index", Control: parts.Line, Label: locale.T("trail.index"), Fixed: true, MaxLength: 18, Required: true},
	}
	if end > 0 {
		p.Entries, err = o.entriesFrom(r, v, from, int(end-from))
	}
	return p, err
}

// checkpoint is the log's head with its signatures. What was read back was
// verified against every key of the log; further lines are witnesses', and hold
// where the log knows them.
func checkpoint(cp trail.Checkpoint, key *trail.Verifier) pages.Checkpoint {
	out := pages.Checkpoint{Origin: cp.Origin, Size: cp.Size, Root: cp.Root.String(), Verifier: strings.TrimSpace(key.String())}
	algorithms := algorithms(key)
	for line := range strings.Lines(string(cp.Signed)) {
		name, ok := strings.CutPrefix(line, "— ")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, " ")
		s := pages.CheckpointSignature{
			Name: name, Algorithm: "Ed25519", Witness: name != cp.Origin,
			Valid: name == cp.Origin || slices.ContainsFunc(cp.Witnessed, func(c trail.Cosignature) bool { return c.Line == line }),
		}
		if !s.Witness && len(algorithms) > 0 {
			s.Algorithm, algorithms = algorithms[0], algorithms[1:]
		}
		out.Signatures = append(out.Signatures, s)
	}
	return out
}

// algorithms are those of the log's keys, in the order of its signature lines.
// A verifier key is NAME+HASH+BASE64, and the first byte says 1 for Ed25519
// (C2SP signed-note).
func algorithms(key *trail.Verifier) []string {
	var out []string
	for _, word := range strings.Fields(key.String()) {
		fields := strings.SplitN(word, "+", 3)
		raw, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
		if err == nil && len(raw) > 0 && raw[0] == 1 {
			out = append(out, "Ed25519")
		} else {
			out = append(out, "SM2")
		}
	}
	return out
}

// trailEntry proves one entry, step by step from the leaf to the root.
func (o *Office) trailEntry(r *http.Request) (pages.Page, error) {
	index, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(r.FormValue("index")), "#"), 10, 64)
	if err != nil {
		return nil, registry.ErrNotFound
	}
	receipt, err := o.reg.Prove(r.Context(), index)
	if err != nil {
		return nil, err
	}
	cp, err := receipt.Verify(o.reg.Verifier(), receipt.Leaf)
	if err != nil {
		return nil, err
	}
	p := pages.TrailEntry{
		Entry: entryLine(registry.TrailEntry{Index: index, Leaf: receipt.Leaf}),
		Size:  cp.Size, Root: cp.Root.String(),
	}
	steps, root := climb(index, cp.Size, receipt.Leaf.Hash(), receipt.Proof)
	p.Proof, p.Valid = steps, root == cp.Root
	if v := web.VisitorOf(r); o.audits(v) {
		err = o.private(r, v, &p, index)
	}
	return p, err
}

// climb computes the root from a leaf and its audit path, as RFC 9162, section
// 2.1.3.2 has it.
func climb(index, size int64, leaf trail.Hash, path []trail.Hash) (steps []pages.ProofStep, root trail.Hash) {
	at, last, node := index, size-1, leaf
	for i, sibling := range path {
		left := at&1 == 1 || at == last
		if left {
			node = tlog.NodeHash(sibling, node)
			for at&1 == 0 && at != 0 {
				at, last = at>>1, last>>1
			}
		} else {
			node = tlog.NodeHash(node, sibling)
		}
		at, last = at>>1, last>>1
		steps = append(steps, pages.ProofStep{Level: i + 1, Left: left, Hash: sibling.String(), Up: node.String()})
	}
	return steps, node
}

// detailLabel is the name of an entry's detail, in words where there are any.
func detailLabel(name string) locale.Text {
	switch name {
	case "query", "request", "approval", "purpose", "review", "kind", "decision", "outcome", "records", "certificate", "notice", "from", "reason", "officer":
		return locale.T("detail." + name)
	}
	return locale.Plain(name)
}

// private opens the record behind an entry for an auditor.
func (o *Office) private(r *http.Request, v *web.Visitor, p *pages.TrailEntry, index int64) error {
	list, err := o.reg.AuditTrail(r.Context(), v.ID, index, 1, o.audit)
	if err != nil {
		return err
	}
	if len(list) != 1 || list[0].Index != index {
		return fmt.Errorf("entry %d of the trail has no private record", index)
	}
	p.Entry = entryLine(list[0])
	e := list[0].Entry
	if p.Broken = list[0].Err != nil; p.Broken || e == nil {
		return nil
	}
	names := o.names(r)
	item := func(key, value string) parts.Item { return parts.Item{Label: locale.T(key), Value: value} }
	p.Private = []parts.Item{
		{Label: locale.T("trail.kind"), Value: e.Kind, Code: true},
		item("trail.time", second(e.At)),
		{Label: locale.T("trail.actor"), Both: names.operator(e.Actor)},
		item("trail.agency", names.of(e.Agency)),
		{Label: locale.T("trail.concerns"), Value: e.Code, Code: e.Code != ""},
		item("query.basis", e.Basis),
	}
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		p.Private = append(p.Private, parts.Item{Label: detailLabel(k), Value: e.Detail[k], Code: true})
	}
	return names.err
}
