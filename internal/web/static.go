package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// front is what internal/web/bundle wrote; in a fresh clone it holds nothing.
//
//go:embed all:front
var front embed.FS

// ErrNotBundled says that the front end is missing from the binary.
var ErrNotBundled = errors.New("the front end is not built in: run make assets, then build again")

// assets serves the bundled files. Their names carry a hash of their content,
// so a browser keeps them for ever and asks again for nothing.
type assets struct {
	files    fs.FS
	manifest map[string]string // "app.css" to "app-K3J2….css"
	icons    map[string]bool
}

var symbolID = regexp.MustCompile(`<symbol id="([a-z0-9-]+)"`)

func loadAssets(files fs.FS) (*assets, error) {
	if files == nil {
		sub, err := fs.Sub(front, "front")
		if err != nil {
			return nil, fmt.Errorf("open the front end: %w", err)
		}
		files = sub
	}
	b, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBundled
	}
	if err != nil {
		return nil, fmt.Errorf("read the front end's manifest: %w", err)
	}
	a := &assets{files: files, icons: make(map[string]bool)}
	if err := json.Unmarshal(b, &a.manifest); err != nil {
		return nil, fmt.Errorf("read the front end's manifest: %w", err)
	}
	sprite, err := fs.ReadFile(files, a.manifest["icons.svg"])
	if err != nil {
		return nil, fmt.Errorf("read the icons: %w", err)
	}
	for _, m := range symbolID.FindAllSubmatch(sprite, -1) {
		a.icons[string(m[1])] = true
	}
	return a, nil
}

// url is the address of a file by its plain name; "" if there is none.
func (a *assets) url(name string) string {
	hashed, ok := a.manifest[name]
	if !ok {
		return ""
	}
	return "/static/" + hashed
}

// ServeHTTP answers GET /static/NAME, compressed where the browser takes it.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/static/")
	b, err := fs.ReadFile(a.files, name)
	if err != nil || strings.HasSuffix(name, ".gz") || strings.HasPrefix(name, ".") {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+name+`"`)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == `"`+name+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if z, err := fs.ReadFile(a.files, name+".gz"); err == nil {
			h.Set("Content-Encoding", "gzip")
			b = z
		}
	}
	_, _ = w.Write(b) //nolint:gosec // a file of our own bundle
}

func contentType(name string) string {
	if strings.HasSuffix(name, ".LEGAL.txt") || strings.HasSuffix(name, ".txt") {
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
