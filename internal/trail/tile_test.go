package trail

import (
	"bytes"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/fengcun/fengcun/internal/suite"
)

func TestTilePaths(t *testing.T) {
	for path, want := range map[string]Tile{
		"tile/0/000":                {0, 0, 256},
		"tile/0/x001/x234/067.p/3":  {0, 1234067, 3},
		"tile/1/012":                {1, 12, 256},
		"tile/entries/x001/005":     {EntryLevel, 1005, 256},
		"tile/entries/000.p/255":    {EntryLevel, 0, 255},
		"tile/7/000.p/1":            {7, 0, 1},
		"tile/entries/x273/x000/01": {},
		"tile/data/000":             {},
		"tile/0/001/002":            {},
		"tile/-1/000":               {},
		"tile/64/000":               {},
		"tile/0/000.p/0":            {},
		"tile/0/000.p/03":           {},
		"tile/01/000":               {},
		"0/000":                     {},
	} {
		got, err := ParseTilePath(path)
		if (err == nil) != (want.Width > 0) || got != want {
			t.Errorf("%s: %+v, %v; want %+v", path, got, err, want)
		}
	}
}

// TestTilesOfSpecification is the example of C2SP tlog-tiles: a tree of 70,000
// has 273 full tiles at level 0 and one of 112, one full and one of 17 at level
// 1, one of 1 at level 2.
func TestTilesOfSpecification(t *testing.T) {
	full, partial := map[int]int{}, map[int]int{}
	for _, tile := range Tiles(70_000) {
		if tile.Width == tileWidth {
			full[tile.Level]++
		} else {
			partial[tile.Level] = tile.Width
		}
		if !tile.Within(70_000) || tile.Within(tile.N*tileWidth) {
			t.Errorf("%s: Within is wrong", tile.Path())
		}
	}
	if full[0] != 273 || full[EntryLevel] != 273 || full[1] != 1 || full[2] != 0 {
		t.Errorf("full tiles: %v", full)
	}
	if partial[0] != 112 || partial[EntryLevel] != 112 || partial[1] != 17 || partial[2] != 1 {
		t.Errorf("partial tiles: %v", partial)
	}
}

// tiles lets the reference client of package tlog read our tiles: it checks
// each against the root before it uses it.
type tiles struct{ m *memory }

func (r tiles) Height() int                         { return tileHeight }
func (r tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (r tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range want {
		data, err := HashTile(Tile{t.L, t.N, t.W}, r.m)
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func TestTilesByReferenceClient(t *testing.T) {
	m := newMemory(t, suite.Intl())
	c := m.add(t, leaves(0, 1500)...)
	reader := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, tiles{m})
	for _, i := range []int64{0, 1, 255, 256, 1023, 1499} {
		r, err := c.Prove(i, leaf(int(i)), reader)
		if err != nil {
			t.Fatalf("entry %d by tiles: %v", i, err)
		}
		direct, err := c.Prove(i, leaf(int(i)), m)
		if err != nil || !bytes.Equal(r.Bytes(), direct.Bytes()) {
			t.Errorf("entry %d: the proof by tiles is another: %v", i, err)
		}
	}
}

func TestBundle(t *testing.T) {
	b := Bundle(leaves(0, 3))
	got, err := ParseBundle(b, 3)
	if err != nil || len(got) != 3 || got[2] != leaf(2) {
		t.Errorf("ParseBundle = %v, %v", got, err)
	}
	for name, data := range map[string][]byte{"short": b[:len(b)-1], "long": append(bytes.Clone(b), 0), "length": append([]byte{0, 31}, b[2:]...)} {
		if _, err := ParseBundle(data, 3); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
