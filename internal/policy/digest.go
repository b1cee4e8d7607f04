package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// Digest identifies a pack's folder: SHA-256 over one line for each regular
// file in the order of their paths, "hex(SHA-256 of content)  path\n", as
// sha256sum prints them. Anybody can recompute it with standard tools.
func Digest(folder fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(folder, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		raw, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(raw)
		_, err = fmt.Fprintf(h, "%s  %s\n", hex.EncodeToString(sum[:]), path)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("digest of the pack: %w", err)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
