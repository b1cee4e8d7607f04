package province

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// officialCrimes reads the official list of names where it lies beside the
// project.
func officialCrimes(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "law", "crimes.tsv"))
	if err != nil {
		t.Skipf("the list of official crime names is not beside the project: %v", err)
	}
	var names []string
	for line := range strings.Lines(string(b)) {
		if fields := strings.Split(line, "\t"); len(fields) > 3 {
			names = append(names, fields[3])
		}
	}
	return names
}
