package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/web/locale"
)

// names finds the names of officers and agencies for one page. The first
// failure is kept, so that a page checks once.
type names struct {
	ctx   context.Context //nolint:containedctx // lives as long as the request
	reg   *registry.Registry
	known map[string]string
	err   error
}

func (o *Office) names(r *http.Request) *names {
	return &names{ctx: r.Context(), reg: o.reg, known: make(map[string]string)}
}

// of is the name of an officer or an agency; the id itself where the
// directory has none.
func (n *names) of(id string) string {
	if id == "" || n.err != nil {
		return id
	}
	if name, ok := n.known[id]; ok {
		return name
	}
	name, err := n.reg.Name(n.ctx, id)
	if err != nil {
		n.err = err
		return id
	}
	n.known[id] = name
	return name
}

// operator is who changed a record: policy, an agency's system, or an officer.
func (n *names) operator(id string) locale.Both {
	if id == registry.OperatorPolicy {
		return locale.Both{Zh: "政策（自动）", En: "policy (automatic)"}
	}
	if source, err := agency.IDOf(id); err == nil {
		id = source
	}
	return same(n.of(id))
}

// basisWords is what a change rests on: a pack with the beginning of its
// digest, an event type, or a provision.
func basisWords(basis string) locale.Both {
	pack, digest, ok := strings.Cut(basis, "@")
	if ok {
		return same(pack + " · " + shortDigest(digest))
	}
	if slices.Contains(docket.Types(), docket.Type(basis)) {
		return typeWords(docket.Type(basis))
	}
	return same(basis)
}

func shortDigest(d string) string {
	d = strings.TrimPrefix(d, "sha256:")
	return d[:min(16, len(d))]
}
