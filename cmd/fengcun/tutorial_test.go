package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestTutorial holds docs/tutorial.md to be the story of one record's life:
// its comments are the text, its commands the examples. With -update it is
// written anew.
func TestTutorial(t *testing.T) {
	story, err := txtar.ParseFile("testdata/script/life.txtar")
	if err != nil {
		t.Fatal(err)
	}
	want := tutorial(story)
	const file = "../../docs/tutorial.md"
	if *update {
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/tutorial.md is not the story; run go test ./cmd/fengcun -run Tutorial -update\n%s", diff)
	}
}

// tutorial writes a story as a page.
func tutorial(story *txtar.Archive) []byte {
	p := &page{}
	for line := range strings.Lines(string(story.Comment)) {
		p.line(strings.TrimSuffix(line, "\n"))
	}
	p.close()
	p.out.WriteString("\n## The files\n\nOne event a line, as [events.md](events.md) has them.\n")
	for _, f := range story.Files {
		if strings.HasSuffix(f.Name, ".ndjson") {
			fmt.Fprintf(&p.out, "\n`%s`\n\n```json\n%s```\n", f.Name, f.Data)
		}
	}
	return p.out.Bytes()
}

// page turns the lines of a story into Markdown. A line of a block waits until
// the next is known, because what follows may belong to it.
type page struct {
	out     bytes.Buffer
	inBlock bool
	prose   bool
	pending string
}

func (p *page) line(s string) {
	word, rest, _ := strings.Cut(strings.TrimPrefix(s, "! "), " ")
	switch {
	case s == "":
	case s == "#" || strings.HasPrefix(s, "# "):
		p.text(strings.TrimPrefix(strings.TrimPrefix(s, "#"), " "))
	case word == "exec":
		p.command(strings.TrimSuffix(rest, "&demo&") + map[bool]string{true: "&"}[strings.HasSuffix(rest, "&demo&")])
	case word == "ready":
		file, name, _ := strings.Cut(rest, " ")
		p.command(fmt.Sprintf("export %s=$(cat %s)", name, file))
	case word == "cp":
		from, file, _ := strings.Cut(rest, " ")
		if from != "stdout" {
			p.command("cp " + rest)
			return
		}
		p.pending += " > " + file
	case word == "replace":
		args := strings.Fields(rest)
		p.command(fmt.Sprintf("sed -i s/%s/%s/ %s", args[1], args[2], args[0]))
	case word == "fetch":
		from, file, _ := strings.Cut(rest, " ")
		p.command("curl -s -o " + file + " " + from)
	case word == "capture":
		p.keep(rest)
	case word == "stdout" || word == "stderr":
		if !strings.HasPrefix(s, "! ") {
			p.flush()
			p.out.WriteString(printed(rest) + "\n")
		}
	case word == "grep":
	default:
		panic("the tutorial knows no command " + word)
	}
}

func (p *page) text(s string) {
	p.close()
	if !p.prose && p.out.Len() > 0 {
		p.out.WriteString("\n")
	}
	p.prose = true
	p.out.WriteString(s + "\n")
}

func (p *page) command(s string) {
	if !p.inBlock {
		p.out.WriteString("\n```console\n")
		p.inBlock, p.prose = true, false
	}
	p.flush()
	p.pending = "$ " + s
}

// keep shows what was printed that is used later.
func (p *page) keep(args string) {
	p.flush()
	name, rest, _ := strings.Cut(args, " ")
	from, pattern, _ := strings.Cut(rest, " ")
	if from != "stdout" {
		fmt.Fprintf(&p.out, "# %s holds $%s\n", from, name)
		return
	}
	fmt.Fprintln(&p.out, printed(group.ReplaceAllLiteralString(pattern, "$"+name)))
}

// group is the part of a pattern that a story keeps.
var group = regexp.MustCompile(`\([^?)][^)]*\)`)

func (p *page) flush() {
	if p.pending != "" {
		p.out.WriteString(p.pending + "\n")
		p.pending = ""
	}
}

func (p *page) close() {
	p.flush()
	if p.inBlock {
		p.out.WriteString("```\n")
		p.inBlock = false
	}
}

var escaped = regexp.MustCompile(`\\([().])`)

// printed is a pattern of output as a reader wants to see it.
func printed(pattern string) string {
	s := strings.ReplaceAll(pattern, "''", "\x00")
	s = strings.ReplaceAll(s, "'", "")
	s = strings.ReplaceAll(s, "\x00", "'")
	s = strings.NewReplacer(`\t`, "  ", `\S+`, "…", ".*", "…", "[0-9]+", "…", "^", "", "(?m)", "", `\Q`, "", `\E`, "").Replace(s)
	return escaped.ReplaceAllString(s, "$1")
}
