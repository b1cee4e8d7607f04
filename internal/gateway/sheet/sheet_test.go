package sheet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

func write(t testing.TB, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// shown is a table as text: each row's number, cells and fault.
func shown(t testing.TB, table Table) (rows []string) {
	t.Helper()
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			return append(rows, "error: "+err.Error())
		}
		s := fmt.Sprint(row.Number)
		for _, c := range row.Cells {
			s += "|" + c.Text
			if c.Fault != "" {
				s += "!" + c.Fault
			}
		}
		if row.Fault != "" {
			s += " !! " + row.Fault
		}
		rows = append(rows, s)
	}
}

func read(t testing.TB, name string, o Options) []string {
	t.Helper()
	table, err := Open(name, o)
	if err != nil {
		return []string{"refused: " + err.Error()}
	}
	defer table.Close()
	return append([]string{strings.Join(table.Header(), "|")}, shown(t, table)...)
}

func TestCSV(t *testing.T) {
	const short = "1 fields where the header names 2 columns; look for a missing or unquoted separator"
	for name, c := range map[string]struct {
		text string
		o    Options
		want []string
	}{
		"plain":                 {"a,b\n1,2\n3,4", Options{}, []string{"a|b", "2|1|2", "3|3|4"}},
		"quotes and line ends":  {"a,b\r\n\"x,\"\"y\"\"\r\nz\",2\r\n\r\n,\r\n5,6\r\n", Options{}, []string{"a|b", "2|x,\"y\"\r\nz|2", "6|5|6"}},
		"byte order mark":       {markUTF8 + "甲,乙\n1,2\n", Options{}, []string{"甲|乙", "2|1|2"}},
		"semicolons":            {"a;b;c\n1;2,5;3\n", Options{}, []string{"a|b|c", "2|1|2,5|3"}},
		"tabs":                  {"a\tb\n1\t2\n", Options{}, []string{"a|b", "2|1|2"}},
		"a title above":         {"年度表,\n打印 2026,\n甲,乙\n1,2\n", Options{HeaderRow: 3}, []string{"甲|乙", "4|1|2"}},
		"a short row":           {"a,b\n1\n3,4\n", Options{}, []string{"a|b", "2|1 !! " + short, "3|3|4"}},
		"blank cells beyond":    {"a,b,\n1,2,\n3,4,5\n", Options{}, []string{"a|b", "2|1|2", "3|3|4|5 !! 3" + short[1:]}},
		"an open quote":         {"a,b\n\"1,2\n3,4\n5,6", Options{}, []string{"a|b", "2 !! a quote is opened and not closed; the file may be cut short", "3|3|4", "4|5|6"}},
		"cut short in a quote":  {"a,b\n1,2\n3,\"4", Options{}, []string{"a|b", "2|1|2", "3 !! a quote is opened and not closed; the file may be cut short"}},
		"text after a quote":    {"a,b\n\"1\"x,2\n3,4\n", Options{}, []string{"a|b", "2 !! text after a closing quote; write a quote inside a field twice", "3|3|4"}},
		"a quote inside":        {"a,b\n1,某\"公司\"\n", Options{}, []string{"a|b", "2|1|某\"公司\""}},
		"corrected":             {"a,b," + ErrorColumn + "\n1,2,wrong\n", Options{}, []string{"a|b", "2|1|2"}},
		"nothing":               {"", Options{}, []string{"refused: the file cannot be read: it ends before its header, row 1"}},
		"a column twice":        {"a,a\n1,2", Options{}, []string{`refused: the file cannot be read: two columns are called "a"; give each a name of its own`}},
		"an encoding unknown":   {"a,b\n1,2", Options{Encoding: "latin1"}, []string{`refused: the file cannot be read: encoding "latin1" is not known; utf-8, gbk, gb18030, utf-16le and utf-16be are`}},
		"cut at something else": {"a|b\n1|2", Options{Comma: '|'}, []string{`refused: the file cannot be read: fields are cut at a comma, a semicolon or a tab, not at '|'`}},
		"a workbook's bytes":    {"PK\x03\x04\x00\x00\x00\n", Options{}, []string{"refused: the file cannot be read: it holds bytes that no text has; was it saved as CSV?"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, read(t, write(t, "a.csv", c.text), c.o)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDamagedRecords: what is too long or not of the encoding costs its own
// line alone.
func TestDamagedRecords(t *testing.T) {
	long := strings.Repeat("x", MaxRecord+1)
	var b strings.Builder
	b.WriteString("姓名,b\n")
	for range 20 {
		b.WriteString("冯予安,1\n")
	}
	b.WriteString("\xff\xfe,2\n" + long + ",3\n\"" + long + "\n4\",4\n冯予安,5\n\"" + strings.Repeat(long, 9))
	rows := read(t, write(t, "a.csv", b.String()), Options{})
	want := []string{
		"22 !! bytes that are not UTF-8; the file is damaged or of two encodings",
		"23 !! the record is longer than 1048576 bytes",
		"24 !! the record is longer than 1048576 bytes",
		"25 !! text after a closing quote; write a quote inside a field twice",
		"26|冯予安|5",
		"27 !! the record is longer than 1048576 bytes",
	}
	want[3] = `25|4"|4` // what a damaged record leaves is read as it stands
	if diff := cmp.Diff(want, rows[21:]); diff != "" {
		t.Error(diff)
	}
}

func encode(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodings(t *testing.T) {
	const table = "姓名,罪名\n冯予安,危险驾驶罪\n司马青,盗窃罪\n"
	const refused = "refused: the file cannot be read: it is neither UTF-8 nor GBK; save it as CSV UTF-8 and send it again"
	good := []string{"姓名|罪名", "2|冯予安|危险驾驶罪", "3|司马青|盗窃罪"}
	for name, c := range map[string]struct {
		text string
		o    Options
		want []string
	}{
		"utf-8":             {table, Options{}, good},
		"gbk":               {encode(t, simplifiedchinese.GBK, table), Options{}, good},
		"gbk as told":       {encode(t, simplifiedchinese.GBK, table), Options{Encoding: "GBK"}, good},
		"utf-16":            {encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), table), Options{}, good},
		"utf-16 big":        {encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), table), Options{}, good},
		"big5":              {encode(t, traditionalchinese.Big5, "姓名,罪名\n馮予安,危險駕駛罪\n司馬青,竊盜罪\n陳國華,竊盜罪\n"), Options{}, []string{refused}},
		"latin-1":           {"nom,délit\nMüller,vol\nLefèvre,vol\n", Options{}, nil},
		"noise":             {"a,b\n\x81\x20\xff,\xfe\n", Options{}, []string{refused}},
		"told, with a mark": {markUTF8 + table, Options{Encoding: "gbk"}, good},
		"told wrongly":      {encode(t, simplifiedchinese.GBK, table), Options{Encoding: "utf-8"}, []string{"refused: the file cannot be read: its header: bytes that are not UTF-8; the file is damaged or of two encodings"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := c.text
			if name == "latin-1" {
				text, c.want = encode(t, latin1{}, "x")+"nom,d\xe9lit\nM\xfcller,vol\n", []string{refused}
			}
			if diff := cmp.Diff(c.want, read(t, write(t, "a.csv", text), c.o)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// latin1 passes ASCII on: the test writes the other bytes itself.
type latin1 struct{ encoding.Encoding }

func (latin1) NewEncoder() *encoding.Encoder { return encoding.Nop.NewEncoder() }

func TestLines(t *testing.T) {
	const most = 40
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":           {"", nil},
		"no end":            {"a", []string{"1:a"}},
		"ends and blanks":   {"a\r\n\n  \nb\nc", []string{"1:a", "4:b", "5:c"}},
		"byte order mark":   {markUTF8 + "a\nb\n", []string{"1:a", "2:b"}},
		"just fits":         {strings.Repeat("x", most) + "\r\nb", []string{"1:" + strings.Repeat("x", most), "2:b"}},
		"too long":          {"a\n" + strings.Repeat("x", 100_000) + "\nb", []string{"1:a", "2!", "3:b"}},
		"too long and last": {"a\n" + strings.Repeat("x", most+1), []string{"1:a", "2!"}},
	} {
		l := newLines(strings.NewReader(c.text), most, 16)
		var got []string
		for {
			n, line, fault, err := l.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if fault != "" {
				got = append(got, fmt.Sprintf("%d!", n))
				continue
			}
			got = append(got, fmt.Sprintf("%d:%s", n, line))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if l.Read() != int64(len(c.text)) {
			t.Errorf("%s: %d bytes read of %d", name, l.Read(), len(c.text))
		}
	}
}

func TestKinds(t *testing.T) {
	for name, want := range map[string]Kind{"a.CSV": CSV, "b.xlsx": XLSX, "c.ndjson": JSONLines, "d.jsonl": JSONLines, "e.pdf": Unknown, "f": Unknown, "g.json": Unknown, "h.TSV": CSV} {
		if got := KindOf(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if _, err := Open(write(t, "x.pdf", "a"), Options{}); !errors.Is(err, ErrFile) {
		t.Errorf("a PDF: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "gone.csv"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is gone: %v", err)
	}
}

// TestLinesInGBK: the platform takes UTF-8 alone, so lines are turned into it.
func TestLinesInGBK(t *testing.T) {
	for name, text := range map[string]string{
		"utf-8":  "{\"a\":\"危险驾驶罪\"}\n",
		"gbk":    encode(t, simplifiedchinese.GBK, "{\"a\":\"危险驾驶罪\"}\n"),
		"utf-16": encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "{\"a\":\"危险驾驶罪\"}\n"),
	} {
		l, err := OpenLines(write(t, "a.ndjson", text))
		if err != nil {
			t.Fatal(err)
		}
		_, line, fault, err := l.Next()
		if err != nil || fault != "" || string(line) != `{"a":"危险驾驶罪"}` {
			t.Errorf("%s: %q %q %v", name, line, fault, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	l, err := OpenLines(write(t, "a.ndjson", "{}\n\xff\xfe\xff\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, _, first, _ := l.Next()
	_, _, second, _ := l.Next()
	if first != "" || second != "bytes that are not UTF-8" {
		t.Errorf("%q, %q", first, second)
	}
}
