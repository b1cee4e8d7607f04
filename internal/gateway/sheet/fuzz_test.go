package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// FuzzCSV: reading ends, each row fits the header or says why not, rows come in
// the order of their lines, and what the standard library reads strictly is
// read the same.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a;b\r\n\"x\"\"\n\";2\r\n", markUTF8 + "甲\n\"", "a,b\n\"1\"x\n2,3", "a\n\xb7\xeb\xd3\xe8\xb0\xb2\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		enc, err := Detect(bytes.NewReader(text))
		if err != nil {
			return
		}
		table, err := newCSV(bytes.NewReader(text), enc, Options{})
		if err != nil {
			return
		}
		last, clean := 1, true
		var got [][]string
		for {
			row, err := table.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.Number <= last && row.Number != 1 || (row.Fault == "") != (len(row.Cells) == len(table.header)) && row.Fault == "" {
				t.Fatalf("row %+v after row %d under %d columns", row, last, len(table.header))
			}
			last, clean = row.Number, clean && row.Fault == ""
			var cells []string
			for _, c := range row.Cells {
				cells = append(cells, c.Text)
			}
			got = append(got, cells)
		}
		if clean && table.drop < 0 && enc == UTF8 {
			sameAsStandard(t, text, table, got)
		}
	})
}

func sameAsStandard(t *testing.T, text []byte, table *csvTable, got [][]string) {
	t.Helper()
	if bytes.ContainsRune(text, '\r') || bytes.HasPrefix(text, []byte(markUTF16LE)) {
		return // the standard library turns \r\n inside quotes into \n
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte(markUTF8))))
	r.Comma, r.FieldsPerRecord = rune(table.comma), -1
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return
	}
	var want [][]string
	for _, row := range all[1:] {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		want = append(want, row[:min(len(row), len(table.header))])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzLines: every line comes once, none longer than the limit.
func FuzzLines(f *testing.F) {
	f.Add("a\r\n\nb", 16)
	f.Add(strings.Repeat("x", 200)+"\ny", 10)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = 1 + (most&0xffff)%500
		l := newLines(strings.NewReader(text), most, 16)
		last := 0
		for {
			n, line, fault, err := l.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || len(line) > most || n <= last || (fault != "") != (line == nil) {
				t.Fatalf("line %d after %d: %q %q %v", n, last, line, fault, err)
			}
			last = n
		}
		if l.Read() != int64(len(text)) {
			t.Errorf("%d bytes read of %d", l.Read(), len(text))
		}
	})
}

// FuzzXLSX: a workbook with a damaged sheet is read or refused.
func FuzzXLSX(f *testing.F) {
	good := workbook(f, func(f *excelize.File) error { return rows(f, []any{"a", "b"}, []any{"1", 2}) })
	for _, s := range []string{
		`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><f>1</f><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`,
		`<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c></row><row><c><v>45321</v></c></row></sheetData></worksheet>`,
		`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheet`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, sheet []byte) {
		name := rewritten(t, good, func(part string, body []byte) []byte {
			if part == "xl/worksheets/sheet1.xml" {
				return append([]byte{}, sheet...)
			}
			return body
		})
		table, err := openXLSX(name, Options{})
		if err != nil {
			return
		}
		defer table.Close()
		for last := 0; ; {
			row, err := table.Next()
			if err != nil {
				return
			}
			if row.Number <= last || row.Fault == "" && len(row.Cells) != len(table.Header()) {
				t.Fatalf("row %+v after row %d", row, last)
			}
			last = row.Number
		}
	})
}
