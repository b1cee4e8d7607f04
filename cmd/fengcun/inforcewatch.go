package main

import (
	"bytes"
	"context"
	"os"
	"time"
)

// lookAgain is how often the list of enacted packs is read again.
const lookAgain = time.Second

// followPacks puts packs in force as the list of enactments changes, until the
// context ends. A list or a pack that is refused changes nothing: the log says
// why, with its place, and the packs in force go on.
func (p *platform) followPacks(ctx context.Context, file string) {
	seen, _ := os.ReadFile(file)
	every(ctx, lookAgain, func() {
		raw, err := os.ReadFile(file)
		if err == nil && bytes.Equal(raw, seen) {
			return
		}
		if err != nil {
			if seen != nil {
				p.log.Error("the list of enacted packs cannot be read; the packs in force go on", "error", err.Error())
			}
			seen = nil
			return
		}
		seen = raw
		p.enact(ctx, file)
	})
}

func (p *platform) enact(ctx context.Context, file string) {
	next, err := packsInForce(file)
	if err == nil {
		err = p.reg.Enact(ctx, next, p.env.now())
	}
	if err != nil {
		p.log.Error("the enactments are refused; the packs in force go on", "error", err.Error())
		return
	}
	p.log.Info("enacted", "list", file, "packs", len(next.Packs()))
}
