package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/fengcun/fengcun/internal/judgment"
)

// judgmentCmd is the commands about the texts of judgments.
type judgmentCmd struct {
	Extract judgmentExtractCmd `cmd:"" help:"Read judgments: defendants, crimes, sentences, findings. 从裁判文书提取要素."`
}

type judgmentExtractCmd struct {
	Files  []string `arg:"" name:"file" help:"Text of a judgment, UTF-8 or GB 18030; - is standard input. 裁判文书文本."`
	Format string   `enum:"json" default:"json" help:"json: one object a line. 输出格式."`
	Spans  bool     `help:"Tell where each field stands, in characters from the beginning. 给出各要素在原文中的位置."`
}

// Run prints one object a file, in the order given. A file that cannot be read
// is told and the others go on; the status is then 1.
func (c *judgmentExtractCmd) Run(e *env) error {
	var options []judgment.Option
	if c.Spans {
		options = append(options, judgment.WithSpans())
	}
	out := json.NewEncoder(e.stdout)
	out.SetEscapeHTML(false)
	bad := false
	for _, file := range c.Files {
		text, err := judgmentText(e, file)
		if err != nil {
			fmt.Fprintf(e.stderr, "fengcun: %s: %v\n", file, err)
			bad = true
			continue
		}
		reading := judgment.Read(text, options...)
		reading.File = file
		if err := out.Encode(reading); err != nil {
			return err
		}
	}
	if bad {
		return failed
	}
	return nil
}

// judgmentLimit is more than the longest judgment; a longer file is none.
const judgmentLimit = 16 << 20

// judgmentText reads a file. Judgments out of older systems are in GB 18030,
// of which GBK and GB 2312 are parts.
func judgmentText(e *env, file string) (string, error) {
	in := e.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", errors.Unwrap(err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, judgmentLimit+1))
	if err != nil {
		return "", err
	}
	if len(raw) > judgmentLimit {
		return "", fmt.Errorf("longer than %d MB: give one judgment a file", judgmentLimit>>20)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().String(string(raw))
	if err != nil || strings.ContainsRune(text, utf8.RuneError) {
		return "", errors.New("neither UTF-8 nor GB 18030 text: save the judgment as plain text in UTF-8")
	}
	return text, nil
}
