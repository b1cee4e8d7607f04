package judgment_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/judgment"
)

// spelled writes a number as judgments do: in Chinese or Arabic, wide or narrow.
func spelled(t *rapid.T, n int) string {
	switch rapid.IntRange(0, 2).Draw(t, "spelling") {
	case 0:
		return fmt.Sprint(n)
	case 1:
		return strings.Map(func(r rune) rune { return r + 0xFEE0 }, fmt.Sprint(n))
	}
	return inChinese(n)
}

// inChinese writes 1 to 99,999,999 in Chinese.
func inChinese(n int) string {
	digits, units := []rune("零一二三四五六七八九"), []string{"", "十", "百", "千"}
	if n >= 10000 {
		rest := ""
		if low := n % 10000; low > 0 {
			if low < 1000 {
				rest = "零"
			}
			rest += inChinese(low)
		}
		return inChinese(n/10000) + "万" + rest
	}
	out, zero := "", false
	for i := 3; i >= 0; i-- {
		unit := 1
		for range i {
			unit *= 10
		}
		d := n / unit % 10
		if d == 0 {
			zero = out != ""
			continue
		}
		if zero {
			out += "零"
		}
		if d == 1 && i == 1 && out == "" {
			out += "十"
		} else {
			out += string(digits[d]) + units[i]
		}
		zero = false
	}
	return out
}

func length(t *rapid.T, months int) string {
	years, rest := months/12, months%12
	joint := rapid.SampledFrom([]string{"", "零", "又"}).Draw(t, "joint")
	switch {
	case years == 0:
		return spelled(t, rest) + "个月"
	case rest == 0:
		return spelled(t, years) + "年"
	}
	return spelled(t, years) + "年" + joint + spelled(t, rest) + "个月"
}

// TestReadsBackWhatIsWritten writes sentences in the forms that courts use and
// reads them back: every field must come out, for one crime and for several.
func TestReadsBackWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]docket.Penalty{docket.FixedTerm, docket.Detention, docket.PublicSurveillance}).Draw(t, "kind")
		months := rapid.IntRange(6, 36).Draw(t, "months")
		if kind == docket.Detention {
			months = rapid.IntRange(1, 6).Draw(t, "short")
		}
		text := string(kind) + length(t, months)
		probation, fine := 0, 0
		if kind != docket.PublicSurveillance && rapid.Bool().Draw(t, "suspended") {
			probation = rapid.IntRange(max(2, months), 60).Draw(t, "probation")
			text += rapid.SampledFrom([]string{"，缓刑", "缓刑", "，宣告缓刑"}).Draw(t, "word") + length(t, probation)
		}
		if rapid.Bool().Draw(t, "fined") {
			fine = rapid.IntRange(1, 5000).Draw(t, "fine") * 100
			text += rapid.SampledFrom([]string{"，并处罚金人民币", "，罚金", "。并处罚金", "（已羁押的折抵），并处罚金人民币"}).Draw(t, "fine word") + spelled(t, fine) + "元"
		}
		order := "被告人柳明岐犯盗窃罪，判处" + text + "。"
		if rapid.Bool().Draw(t, "merged") {
			order = "被告人柳明岐犯盗窃罪，判处有期徒刑九个月；犯诈骗罪，判处有期徒刑一年，总和刑期一年九个月，决定执行" + text + "。"
		}
		r := judgment.Read("（2021）岭0102刑初1号\n公诉机关某检察院。\n被告人柳明岐，男。\n某检察院指控被告人柳明岐犯盗窃罪。\n本院认为，应予惩处。判决如下：\n" + order + "\n审判员某某")
		if len(r.Defendants) != 1 {
			t.Fatalf("%s: %d defendants", order, len(r.Defendants))
		}
		s := r.Defendants[0].Sentence
		if string(s.Kind) != string(kind) || s.Months == nil || *s.Months != months || s.Suspended == nil || *s.Suspended != (probation > 0) {
			t.Fatalf("%s: %s", order, encoded(s))
		}
		if probation > 0 && (s.ProbationMonths == nil || *s.ProbationMonths != probation) {
			t.Fatalf("%s: %s", order, encoded(s))
		}
		if s.FineYuan == nil || *s.FineYuan != int64(fine) {
			t.Fatalf("%s: %s", order, encoded(s))
		}
	})
}

func encoded(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

// TestSpansStandWhereTheySay checks every span of the project's judgments, and
// that a reading with spans is otherwise the same.
func TestSpansStandWhereTheySay(t *testing.T) {
	for name, text := range own(t) {
		source := []rune(text)
		r := judgment.Read(text, judgment.WithSpans())
		for _, s := range r.Spans {
			if s.Start < 0 || s.End > len(source) || s.Start >= s.End || string(source[s.Start:s.End]) != s.Text || s.Confidence <= 0 || s.Confidence >= 1 {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if len(r.Defendants) > 0 && len(r.Spans) == 0 {
			t.Errorf("%s: no spans", name)
		}
		r.Spans = nil
		if with, without := encoded(r), encoded(judgment.Read(text)); with != without {
			t.Errorf("%s: spans change the reading\n%s\n%s", name, with, without)
		}
	}
}

// TestLayoutDoesNotMatter reads each judgment as one line and with the digits
// made wide: the answer must not change.
func TestLayoutDoesNotMatter(t *testing.T) {
	wide := strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９", "（", "(", "）", ")", "，", ",")
	for name, text := range own(t) {
		want := encoded(judgment.Read(text))
		if got := encoded(judgment.Read(strings.ReplaceAll(text, "\n", " \u3000"))); got != want {
			t.Errorf("%s in one line:\n%s\n%s", name, want, got)
		}
		if got := encoded(judgment.Read(wide.Replace(text))); got != want {
			t.Errorf("%s with wide digits:\n%s\n%s", name, want, got)
		}
	}
}

// TestNothingIsInventedFromPieces cuts the judgments anywhere: no piece may
// give a sentence that the whole does not.
func TestNothingIsInventedFromPieces(t *testing.T) {
	texts := own(t)
	rapid.Check(t, func(t *rapid.T) {
		text := []rune(texts[rapid.SampledFrom(slices.Sorted(maps.Keys(texts))).Draw(t, "judgment")])
		end := rapid.IntRange(0, len(text)).Draw(t, "end")
		whole := map[string]docket.Penalty{}
		for _, d := range judgment.Read(string(text)).Defendants {
			whole[d.Name] = docket.Penalty(d.Sentence.Kind)
		}
		for _, d := range judgment.Read(string(text[:end])).Defendants {
			if kind, ok := whole[d.Name]; ok && kind != "" && d.Sentence.Kind != "" && docket.Penalty(d.Sentence.Kind) != kind {
				t.Fatalf("cut at %d: %s is given %s, the whole says %s", end, d.Name, d.Sentence.Kind, kind)
			}
		}
	})
}

func own(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d judgments, %v", len(files), err)
	}
	out := map[string]string{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = string(raw)
	}
	return out
}

// FuzzRead holds that any text is read without a panic, that the spans lie in
// it, and that what is told is in the statute's words.
func FuzzRead(f *testing.F) {
	for _, text := range own(f) {
		f.Add(text)
	}
	f.Add("判决如下：被告人犯（犯犯罪罪，判处有期徒刑年个月，（（“")
	f.Add("被告人甲犯罪\xff\xfe判决如下：甲犯盗窃罪、判处无期徒刑")
	f.Fuzz(func(t *testing.T, text string) {
		r := judgment.Read(text, judgment.WithSpans())
		n := utf8.RuneCountInString(text)
		for _, s := range r.Spans {
			if s.Start < 0 || s.End > n || s.Start >= s.End {
				t.Errorf("%+v in %d characters", s, n)
			}
		}
		for _, d := range r.Defendants {
			if k := docket.Penalty(d.Sentence.Kind); k != "" && !k.Valid() {
				t.Errorf("the kind %q", k)
			}
			if d.Name == "" {
				t.Error("a defendant without a name")
			}
			if m := d.Sentence.Months; m != nil && *m < 0 {
				t.Errorf("%d months", *m)
			}
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
