package docket

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The sample of GB/T 17710.
func TestCheckCharacterOfTheStandard(t *testing.T) {
	if got := checkCharacter("A12425GABC1234002"); got != 'M' {
		t.Errorf("the check character of A12425GABC1234002 is %c, want M", got)
	}
}

func TestEverySubstitutionIsDetected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.ByteRange(0, 251), 32, 32).Draw(t, "random")
		code, err := NewCode(bytes.NewReader(seed))
		if err != nil {
			t.Fatal(err)
		}
		for i := range code {
			for j := range alphabet {
				mistyped := string(code[:i]) + alphabet[j:j+1] + string(code[i+1:])
				_, err := ParseCode(mistyped)
				if (err == nil) != (mistyped == string(code)) {
					t.Fatalf("%s for %s: %v", mistyped, code, err)
				}
			}
		}
	})
}

func TestCodesAreReadAsPrinted(t *testing.T) {
	code, err := NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	grouped := code.Grouped()
	if len(grouped) != codeLen+4 || strings.Count(grouped, "-") != 4 {
		t.Errorf("printed as %s", grouped)
	}
	for _, s := range []string{string(code), grouped, strings.ToLower(grouped), strings.ReplaceAll(grouped, "-", " "), strings.ReplaceAll(grouped, "-", "－")} {
		if back, err := ParseCode(s); err != nil || back != code {
			t.Errorf("%q read as %q, %v", s, back, err)
		}
	}
	for _, s := range []string{"", grouped[:10], grouped + "A", strings.Repeat("0", 20), "案" + string(code[3:])} {
		if _, err := ParseCode(s); !errors.Is(err, ErrCode) {
			t.Errorf("%q: want ErrCode, got %v", s, err)
		}
	}
}

func TestCodesAreUniform(t *testing.T) {
	counts := make(map[rune]int)
	for range 2000 {
		code, err := NewCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range string(code[:bodyLen]) {
			counts[c]++
		}
	}
	mean := 2000 * bodyLen / 36
	for _, c := range alphabet {
		if n := counts[c]; n < mean*3/4 || n > mean*5/4 {
			t.Errorf("%c occurs %d times, about %d wanted", c, n, mean)
		}
	}
	if _, err := NewCode(strings.NewReader("short")); err == nil {
		t.Error("a source that runs dry gave a code")
	}
}

func TestRecordNumbers(t *testing.T) {
	code, err := NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, seq := range []int{1, 9, 10, 99, 100, 500} {
		id := RecordID{Code: code, Seq: seq}
		b, err := json.Marshal(map[string]RecordID{"id": id})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]RecordID
		if err := json.Unmarshal(b, &back); err != nil || back["id"] != id {
			t.Errorf("%s came back as %v, %v", b, back, err)
		}
	}
	for _, s := range []string{"", string(code), string(code) + "-1", string(code) + "-00", string(code) + "-0x", string(code) + "+01"} {
		if id, err := ParseRecordID(s); !errors.Is(err, ErrCode) {
			t.Errorf("%q gave %v, %v", s, id, err)
		}
	}
	if json.Unmarshal([]byte(`"x"`), new(RecordID)) == nil {
		t.Error("no number was read as one")
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("7Q2M-0ZK4-XB9T-R51H-DWC0")
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseCode(s)
		if err != nil {
			return
		}
		if back, err := ParseCode(code.Grouped()); err != nil || back != code {
			t.Fatalf("%q does not survive printing: %q, %v", code, back, err)
		}
	})
}

func FuzzParseRecordID(f *testing.F) {
	f.Add("7Q2M-0ZK4-XB9T-R51H-DWC0-01")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseRecordID(s)
		if err != nil {
			return
		}
		if back, err := ParseRecordID(id.String()); err != nil || back != id {
			t.Fatalf("%v does not survive printing: %v, %v", id, back, err)
		}
	})
}
