package registry_test

import (
	"context"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
)

// examineAct has one item to open and one that was mended to close.
func examineAct(w *world) func() deed {
	return func() deed {
		c, judged, id := impossible(w)
		right := *judged
		right.Data.Persons = []docket.Part{registrytest.Convict(
			judged.Data.Persons[0].Identity, registrytest.Theft, "2026-01-01", registrytest.Suspended(docket.FixedTerm, 38, 48), "")}
		w.Push(c.Correction(judged, &right))
		states := func(state string) int {
			return w.Count(`SELECT COUNT(*) FROM quality_item WHERE code = $1 AND state = $2 AND agency = $3`, string(id.Code), state, registrytest.Court)
		}
		return deed{do: func() error { _, err := w.Reg.Examine(context.Background(), w.Now, 10); return err }, done: func() {
			if states(registry.QualityMended) != 1 || states(registry.QualityOpen) != 1 {
				w.Fatalf("%d mended, %d open", states(registry.QualityMended), states(registry.QualityOpen))
			}
			if n := w.Count(`SELECT COUNT(*) FROM quality_look WHERE code = $1 AND at <= $2`, string(id.Code), w.Now.UnixMicro()); n != 0 {
				w.Fatal("the record still waits")
			}
		}}
	}
}

func answerQualityAct(w *world) func() deed {
	return func() deed {
		_, _, id := impossible(w)
		v := itemOf(w, registrytest.Court, id, "term-of-kind")
		return deed{do: func() error {
			return w.Reg.AnswerQuality(context.Background(), noticeClerk(registrytest.Court), registry.QualityAnswer{
				Code: id.Code, Item: v.Row.ID, Facts: v.Facts, Note: "判决书已核对",
			}, w.Now)
		}, done: func() {
			if n := w.Count(`SELECT COUNT(*) FROM quality_item WHERE id = $1 AND state = 'answered'`, v.Row.ID); n != 1 {
				w.Fatal("the item is not answered")
			}
		}}
	}
}
