package registry_test

import (
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store"
)

// linkAct joins two cases that have a person in common.
func linkAct(w *world) func() deed {
	return func() deed {
		a, b, p, q := w.Case(), w.Case(), w.Adult(), w.Adult()
		code := w.Push(filed(a, p))
		w.Push(filed(b, p, q), judged(b, p, years))
		join := a.Link(registrytest.Court, docket.Consolidated, "2025-03-01", b.Number())
		return accepted(w, w.Delivery(registrytest.Court, join), func() { wantRecords(w, code, 2) })
	}
}

// linkSealedAct joins an open record's case with that of a sealed one of the
// same person.
func linkSealedAct(w *world) func() deed {
	return func() deed {
		p := w.Adult()
		a, sealed := w.Sealed(p)
		b := w.Case()
		w.Push(filed(b, p))
		join := b.Link(registrytest.Court, docket.Reopened, "2025-07-01", a.Number())
		return accepted(w, w.Delivery(registrytest.Court, join), func() {
			w.Wants(sealed, docket.Sealed)
			openItem(w, sealed, store.KindUnseal)
		})
	}
}

// unlinkAct parts two cases again.
func unlinkAct(w *world) func() deed {
	return func() deed {
		a, b, p := w.Case(), w.Case(), w.Adult()
		codes := []docket.Code{w.Push(filed(a, p)), w.Push(filed(b, p))}
		join := a.Link(registrytest.Court, docket.Consolidated, "2025-03-01", b.Number())
		w.Push(join)
		return accepted(w, w.Delivery(registrytest.Court, a.Retraction(join)), func() {
			for _, code := range codes {
				wantRecords(w, code, 1)
			}
		})
	}
}
