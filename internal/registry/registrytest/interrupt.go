package registrytest

import "github.com/fengcun/fengcun/internal/store"

// Interrupt starts the platform anew over a database of which each step may be
// broken off: see store.DB.Interrupted. The checker's own look is not.
func (w *World) Interrupt(at func(store.Step) error) {
	w.Helper()
	w.served = w.served.Interrupted(at)
	w.Restart()
}
