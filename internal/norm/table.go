package norm

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed data/*.tsv
var files embed.FS

// table reads an embedded TSV with the header given. The files are part of the
// program, so a fault in them is a fault of the build and panics; tests read
// every one.
func table(name string, columns ...string) [][]string {
	raw, err := files.ReadFile("data/" + name)
	if err != nil {
		panic(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	if got := strings.Split(lines[0], "\t"); !sameColumns(got, columns) {
		panic(fmt.Sprintf("norm: %s has the columns %v, want %v", name, got, columns))
	}
	rows := make([][]string, 0, len(lines)-1)
	for i, line := range lines[1:] {
		row := strings.Split(line, "\t")
		if len(row) != len(columns) {
			panic(fmt.Sprintf("norm: %s line %d has %d columns, want %d", name, i+2, len(row), len(columns)))
		}
		rows = append(rows, row)
	}
	return rows
}

func sameColumns(got, want []string) bool {
	return strings.Join(got, "\t") == strings.Join(want, "\t")
}
