package main

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestReadLine: a line that is too long is told and left, and those after it
// are read.
func TestReadLine(t *testing.T) {
	const most = 40
	for name, c := range map[string]struct {
		text string
		want []string // "!" is a line too long
	}{
		"nothing":           {"", []string{""}},
		"no end":            {"a", []string{"a"}},
		"both ends":         {"a\r\nb\nc", []string{"a", "b", "c"}},
		"just fits":         {strings.Repeat("x", most-1) + "\nb", []string{strings.Repeat("x", most-1), "b"}},
		"too long":          {"a\n" + strings.Repeat("x", 100_000) + "\nb", []string{"a", "!", "b"}},
		"too long and last": {"a\n" + strings.Repeat("x", 100_000), []string{"a", "!"}},
	} {
		r := bufio.NewReaderSize(strings.NewReader(c.text), 16)
		var got []string
		for {
			line, tooLong, err := readLine(r, most)
			if tooLong {
				line = []byte("!")
			}
			got = append(got, string(line))
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzReadLine(f *testing.F) {
	f.Add("a\r\n\nb", 16)
	f.Add(strings.Repeat("x", 200)+"\ny", 10)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = 1 + (most&0xffff)%500
		r := bufio.NewReaderSize(strings.NewReader(text), 16)
		lines := 0
		for {
			line, tooLong, err := readLine(r, most)
			lines++
			if len(line) > most || (tooLong && len(line) > 0) {
				t.Fatalf("a line of %d bytes, at most %d", len(line), most)
			}
			if err != nil {
				break
			}
		}
		if want := strings.Count(text, "\n") + 1; lines != want {
			t.Errorf("%d lines, want %d", lines, want)
		}
	})
}
