// Package api is the HTTP interface for systems: agencies push events, officers'
// own systems query, certify, review and acknowledge by requests that the
// officer's key signs, and anybody checks a certificate or a proof of the
// trail. The document at /api/openapi.json, made from the types here, says how.
// Pages for people are package web's.
package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/fengcun/fengcun/internal/registry"
)

// Options are what the API is made of.
type Options struct {
	Registry *registry.Registry
	Now      func() time.Time
	Log      *slog.Logger
	Version  string
	Pushes   Pushes // zero is DefaultPushes
}

// The limits of one request.
const (
	MaxBody        = 64 << 20 // of a push
	MaxEvents      = 10_000   // in a push
	MaxOfficerBody = 1 << 20  // of an officer's request
)

type server struct {
	Options
	gate gate
}

// Register adds the API's routes to a mux.
func Register(mux *http.ServeMux, o Options) huma.API {
	config := huma.DefaultConfig("封存 Fengcun", o.Version)
	config.Info.Description = description
	config.OpenAPIPath = "/api/openapi"
	config.DocsPath = ""
	config.SchemasPath = "/api/schemas"
	config.CreateHooks = nil // no $schema links in answers
	config.Transformers = append(config.Transformers, typed)
	api := humago.New(mux, config)
	if o.Pushes == (Pushes{}) {
		o.Pushes = DefaultPushes()
	}
	s := &server{Options: o, gate: gate{most: o.Pushes}}
	s.events(api)
	s.stream(api)
	s.certificates(api)
	s.receipts(api)
	s.officers(api)
	s.queries(api)
	s.openings(api)
	s.reviews(api)
	s.notices(api)
	s.cases(api)
	s.quality(api)
	mux.HandleFunc("/api/", s.nothing)
	return api
}

const description = `轻微犯罪记录封存信息管理平台. The national platform for sealing minor-crime records.

**Agencies** push events, each push signed by the agency's key (headers Fengcun-Agency, Fengcun-Delivery, Fengcun-Signed-At, Fengcun-Signature).

**Officers** act by requests that their own key signs (headers Fengcun-Officer, Fengcun-Signed-At, Fengcun-Signature).
The signature is over the frame "fengcun/officer/1" of officer, method, path with query, time and the digest of the body;
each element of a frame is preceded by its length, 4 bytes big-endian. A signature is taken for 15 minutes. Sent again within
them a request does no harm: what changes something is refused the second time (409) or answered as the first time.
Queries, approvals and unsealings are signed once more, as documents that the platform keeps and that the vault checks.

**Errors** are RFC 9457 problem documents whose type is urn:fengcun:problem: and one of
not-found (also for what is withheld: the two are the same bytes), forbidden, unsigned, state, input, self-approval, same-agency,
expired, not-approved, other-request, too-large, media-type, busy, cancelled, internal.`
