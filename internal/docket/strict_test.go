package docket

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestStrictReading(t *testing.T) {
	for _, c := range []struct {
		text, why string // "" is accepted
		at        int
	}{
		{` {"a" : [1, -2, "x\n\u4e00", true, false, null, {}, []]} `, "", 0},
		{`"\ud842\udfb7"`, "", 0},
		{``, "too early", 0},
		{`{"a":1,"a":2}`, "second time", 7},
		{`{"a":1,"\u0061":2}`, "second time", 7},
		{`{"a":1,}`, "property name", 7},
		{`[1,]`, "value was expected", 3},
		{`[1 2]`, "comma", 3},
		{`{"a" 1}`, "colon", 5},
		{`{a:1}`, "property name", 1},
		{`01`, "more text", 1},
		{`-`, "digit", 1},
		{`1e3`, "whole", 1},
		{`1.0`, "whole", 1},
		{`12345678901234567890123456789012345`, "more than 32", 35},
		{`tru`, "value was expected", 0},
		{`"a`, "ends inside", 2},
		{`"\q"`, "unknown escape", 1},
		{`"\u12"`, "hexadecimal", 1},
		{`"\u+123"`, "hexadecimal", 1},
		{`"\ud842"`, "surrogate", 1},
		{`"\udfb7\ud842"`, "surrogate", 1},
		{"\"a\tb\"", "control character", 2},
		{"\"\\\"\tb\"", "control character", 3},
		{`"\`, "ends inside", 1},
		{"\"\xff\"", "not UTF-8", 1},
		{`{} {}`, "one event at a time", 3},
		{strings.Repeat("[", maxDepth+1), "deeply", maxDepth},
	} {
		_, err := readStrict([]byte(c.text))
		if c.why == "" {
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
			}
			continue
		}
		var syntax *syntaxError
		if !errors.As(err, &syntax) || !strings.Contains(syntax.why, c.why) || syntax.offset != c.at {
			t.Errorf("%s: want %q at %d, got %v", c.text, c.why, c.at, err)
		}
	}
}

// FuzzReadStrict: what the reader takes, the standard library takes too, and
// both see the same values.
func FuzzReadStrict(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2,"x\n\u4e00",true,null,{}],"b":"\ud842\udfb7"}`))
	for _, typ := range Types() {
		f.Add(example(f, typ))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readStrict(b)
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("taken, but no JSON: %v", err)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			t.Fatal("taken with more text behind")
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("read as %#v, is %#v", got, want)
		}
	})
}
