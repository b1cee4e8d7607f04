package trail

import (
	"context"
	"fmt"
)

// Mirror copies a log, checkpoint and all, as VerifyLog and any other tool of
// C2SP tlog-tiles reads it; put is given each file. It verifies nothing but the
// checkpoint's signature, without which it would not know how much to copy; the
// checkpoint comes last, so that a copy with one is whole.
func Mirror(ctx context.Context, c Copy, v *Verifier, put func(path string, data []byte) error) (Checkpoint, error) {
	signed, err := c.ReadFile(ctx, "checkpoint")
	if err != nil {
		return Checkpoint{}, err
	}
	cp, err := v.Open(signed)
	if err != nil {
		return Checkpoint{}, err
	}
	for _, t := range Tiles(cp.Size) {
		entry := LeafSize
		if t.Level == EntryLevel {
			entry += 2
		}
		data, err := readTile(ctx, c, t, entry)
		if err != nil {
			return cp, fmt.Errorf("trail: copy: %w", err)
		}
		if err := put(t.Path(), data); err != nil {
			return cp, err
		}
	}
	return cp, put("checkpoint", signed)
}
