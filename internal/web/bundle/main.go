// Command bundle makes the front end: it reads internal/web/assets and the
// npm packages named in package.json and writes internal/web/front, which the
// server embeds. File names carry a hash of the content, so that a browser may
// keep them for ever; the licences of what went in lie beside.
//
// Run it from the root of the repository, after npm ci.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	sources = "internal/web/assets"
	output  = "internal/web/front"
	modules = "node_modules"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// run leaves the manifest for last: it is what make takes for the sign that
// the bundle is complete.
func run() error {
	if err := empty(output); err != nil {
		return err
	}
	used, err := tokens("internal/web")
	if err != nil {
		return err
	}
	manifest, err := bundle(used)
	if err != nil {
		return err
	}
	icons, err := sprite(filepath.Join(sources, "icons.txt"), filepath.Join(modules, "@tabler/icons/icons"))
	if err != nil {
		return err
	}
	if manifest["icons.svg"], err = emit("icons.svg", icons); err != nil {
		return err
	}
	for _, name := range []string{"logo.svg", "favicon.svg"} {
		b, err := os.ReadFile(filepath.Join(sources, name))
		if err != nil {
			return fmt.Errorf("read a picture: %w", err)
		}
		if manifest[name], err = emit(name, b); err != nil {
			return err
		}
	}
	if err := licences(); err != nil {
		return err
	}
	if err := compress(output); err != nil {
		return err
	}
	b, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return write("manifest.json", append(b, '\n'))
}

// empty clears the output folder but for the file that keeps it in git.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("empty the output: %w", err)
	}
	for _, e := range entries {
		if e.Name() == ".gitkeep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("empty the output: %w", err)
		}
	}
	return nil
}

// emit writes a file under a name that carries the hash of its content and
// returns that name.
func emit(name string, b []byte) (string, error) {
	sum := sha256.Sum256(b)
	ext := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "-" + strings.ToUpper(hex.EncodeToString(sum[:4])) + ext
	return hashed, write(hashed, b)
}

func write(name string, b []byte) error {
	path := filepath.Join(output, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // public files
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil { //nolint:gosec // public files
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// licences puts the licence of each package that is bundled beside the bundle.
// A package without a licence file states it in the comment at the head of its
// style sheet, which esbuild keeps in a *.LEGAL.txt.
func licences() error {
	for _, p := range []string{"@tabler/core", "@tabler/icons", "htmx.org", "echarts", "zrender", "tslib"} {
		var text []byte
		for _, name := range []string{"LICENSE", "LICENSE.txt", "NOTICE"} {
			if b, err := os.ReadFile(filepath.Join(modules, p, name)); err == nil {
				text = append(text, b...)
			}
		}
		if len(text) == 0 {
			b, err := os.ReadFile(filepath.Join(modules, p, "package.json"))
			if err != nil {
				return fmt.Errorf("licence of %s: %w (run npm ci)", p, err)
			}
			text = b
		}
		name := strings.NewReplacer("@", "", "/", "-").Replace(p)
		if err := write("licences/"+name+".txt", text); err != nil {
			return err
		}
	}
	return nil
}

// compress writes a .gz beside every text file that gets smaller by it.
func compress(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	for _, f := range files {
		switch filepath.Ext(f) {
		case ".js", ".css", ".svg":
		default:
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return fmt.Errorf("compress: %w", err)
		}
		var buf bytes.Buffer
		w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
		if err != nil {
			return fmt.Errorf("compress: %w", err)
		}
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("compress: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("compress: %w", err)
		}
		if buf.Len() < len(b) {
			if err := write(filepath.Base(f)+".gz", buf.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}
