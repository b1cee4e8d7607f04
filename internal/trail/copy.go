package trail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
)

// Copy is a served log: the checkpoint and tiles by their paths, wherever they
// come from. Nothing it gives is trusted.
type Copy interface {
	// ReadFile reads "checkpoint" or a tile's path. A file that is not there
	// gives an error that is fs.ErrNotExist.
	ReadFile(ctx context.Context, path string) ([]byte, error)
}

// maxServed bounds a file of the log: a tile has 8 KiB, a bundle a little
// more, a checkpoint a line for each witness.
const maxServed = 1 << 20

// Dir is a log that was saved to files.
func Dir(fsys fs.FS) Copy { return dir{fsys} }

type dir struct{ fsys fs.FS }

func (d dir) ReadFile(_ context.Context, path string) ([]byte, error) {
	f, err := d.fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	return readBounded(f, path)
}

// URL is a log served over HTTP under a prefix, such as
// "https://fengcun.example/trail/".
func URL(client *http.Client, prefix string) (Copy, error) {
	u, err := url.Parse(prefix)
	if err != nil {
		return nil, fmt.Errorf("trail: the log's URL: %w", err)
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("trail: the log's URL %q: want http(s)://HOST/PATH/", prefix)
	}
	return remote{client, strings.TrimSuffix(prefix, "/") + "/"}, nil
}

type remote struct {
	client *http.Client
	prefix string
}

func (r remote) ReadFile(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.prefix+path, nil)
	if err != nil {
		return nil, fmt.Errorf("trail: %w", err)
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("trail: %w", err)
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
		return readBounded(res.Body, path)
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s%s: %w", r.prefix, path, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("trail: %s%s: %s", r.prefix, path, res.Status)
}

func readBounded(r io.Reader, path string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxServed+1))
	if err != nil {
		return nil, fmt.Errorf("trail: read %s: %w", path, err)
	}
	if len(data) > maxServed {
		return nil, fmt.Errorf("trail: %s is larger than any file of a log", path)
	}
	return data, nil
}

// readTile reads a tile, or out of the full one in its place: a log may drop a
// partial tile once it is full.
func readTile(ctx context.Context, c Copy, t Tile, entrySize int) ([]byte, error) {
	data, err := c.ReadFile(ctx, t.Path())
	if err == nil || t.Width == tileWidth || !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	data, fullErr := c.ReadFile(ctx, t.full().Path())
	if fullErr != nil {
		return nil, err
	}
	if len(data) != tileWidth*entrySize {
		return nil, fmt.Errorf("trail: %s has the wrong length", t.full().Path())
	}
	return data[:t.Width*entrySize], nil
}
