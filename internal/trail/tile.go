package trail

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight

	// EntryLevel is the Level of a Tile that holds leaves instead of hashes.
	EntryLevel = -1
)

// Tile names one static resource of the log as C2SP tlog-tiles does: up to 256
// hashes of a level of the tree, 8 levels apart, or as many leaves.
type Tile struct {
	Level int   // 0 to 63, or EntryLevel for an entry bundle
	N     int64 // index within the level
	Width int   // 1 to 256; below 256 the tile is partial
}

// Path is the tile's path below the log's prefix, such as
// "tile/0/x001/234.p/5" or "tile/entries/000".
func (t Tile) Path() string {
	p := tlog.Tile{H: tileHeight, L: t.Level, N: t.N, W: t.Width}.Path()
	p = strings.TrimPrefix(p, "tile/8/")
	if rest, ok := strings.CutPrefix(p, "data/"); ok {
		p = "entries/" + rest
	}
	return "tile/" + p
}

// ParseTilePath undoes Path and takes no other spelling.
func ParseTilePath(path string) (Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if after, entries := strings.CutPrefix(rest, "entries/"); entries {
		rest = "data/" + after
	}
	parsed, err := tlog.ParseTilePath("tile/8/" + rest)
	t := Tile{parsed.L, parsed.N, parsed.W}
	if !ok || err != nil || t.Level > 63 || t.N > maxSize>>tileHeight || t.Path() != path {
		return Tile{}, fmt.Errorf("trail: %q is not the path of a tile", path)
	}
	return t, nil
}

// Within says whether the tile is full of what a log of that size has.
func (t Tile) Within(size int64) bool {
	shift := tileHeight * max(t.Level, 0)
	if shift >= 62 {
		return false
	}
	return t.N*tileWidth+int64(t.Width) <= size>>shift
}

// full is the complete tile in whose place a partial one stands.
func (t Tile) full() Tile { return Tile{t.Level, t.N, tileWidth} }

// HashTile is the content of a tile of hashes.
func HashTile(t Tile, r HashReader) ([]byte, error) {
	data, err := tlog.ReadTileData(tlog.Tile{H: tileHeight, L: t.Level, N: t.N, W: t.Width}, r)
	if err != nil {
		return nil, fmt.Errorf("trail: %s: %w", t.Path(), err)
	}
	return data, nil
}

// Bundle is the content of an entry bundle: each leaf behind its length, two
// bytes big-endian.
func Bundle(leaves []Leaf) []byte {
	b := make([]byte, 0, len(leaves)*(2+LeafSize))
	for _, l := range leaves {
		b = binary.BigEndian.AppendUint16(b, LeafSize)
		b = append(b, l[:]...)
	}
	return b
}

// ParseBundle reads a bundle of exactly width leaves.
func ParseBundle(data []byte, width int) ([]Leaf, error) {
	if len(data) != width*(2+LeafSize) {
		return nil, fmt.Errorf("trail: a bundle of %d entries has %d bytes, not %d", width, width*(2+LeafSize), len(data))
	}
	out := make([]Leaf, width)
	for i := range out {
		if binary.BigEndian.Uint16(data) != LeafSize {
			return nil, fmt.Errorf("trail: entry %d of a bundle is not a commitment of %d bytes", i, LeafSize)
		}
		copy(out[i][:], data[2:])
		data = data[2+LeafSize:]
	}
	return out, nil
}

// splitHashes takes a tile apart.
func splitHashes(data []byte) []Hash {
	out := make([]Hash, len(data)/tlog.HashSize)
	for i := range out {
		copy(out[i][:], data[i*tlog.HashSize:])
	}
	return out
}

// Tiles lists the tiles and bundles of a log of a size, which are all a copy of
// it needs beside the checkpoint.
func Tiles(size int64) []Tile {
	var out []Tile
	for level := EntryLevel; ; level++ {
		n := size >> (tileHeight * max(level, 0))
		if n == 0 {
			return out
		}
		for i := range n / tileWidth {
			out = append(out, Tile{level, i, tileWidth})
		}
		if w := int(n % tileWidth); w > 0 {
			out = append(out, Tile{level, n / tileWidth, w})
		}
	}
}
