package split

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fengcun/fengcun/internal/suite"
)

const title = "custodian court-990101 version 1"

func made(tb testing.TB, s suite.Suite, secret string, k, n int) []Share {
	tb.Helper()
	shares, err := Split(s, rand.Reader, title, []byte(secret), k, n)
	if err != nil {
		tb.Fatal(err)
	}
	return shares
}

// Any k of n shares, in any order, through their texts, recover the secret.
func TestAnyOfThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "n")
		k := rapid.IntRange(2, n).Draw(t, "k")
		secret := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "secret")
		s := rapid.SampledFrom([]suite.Suite{suite.Intl(), suite.GM()}).Draw(t, "suite")
		shares, err := Split(s, rand.Reader, title, secret, k, n)
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.Permutation(shares).Draw(t, "order")
		m := rapid.IntRange(k, n).Draw(t, "given")
		var given []Share
		for _, s := range order[:m] {
			again, err := Parse(s.Text())
			if err != nil {
				t.Fatal(err)
			}
			given = append(given, again)
		}
		if got, err := Combine(given); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("%d of %d: %q, %v", k, n, got, err)
		}
		if _, err := Combine(given[:k-1]); !errors.Is(err, ErrTooFew) {
			t.Fatalf("one fewer than needed: %v", err)
		}
	})
}

func TestCombineRefuses(t *testing.T) {
	one, two := made(t, suite.Intl(), "one", 3, 5), made(t, suite.Intl(), "one", 3, 5)
	forged := one[1]
	forged.value[7] ^= 1
	renamed := []Share{one[0], one[1], one[2]}
	for i := range renamed {
		renamed[i].Title = "custodian court-990102 version 1"
	}
	for name, c := range map[string]struct {
		shares []Share
		want   error
		text   string
	}{
		"none":      {nil, ErrTooFew, "none"},
		"too few":   {one[:2], ErrTooFew, "2 were given, any 3 of the 5 recover it"},
		"twice":     {[]Share{one[0], one[1], one[0]}, nil, "share 1 was given twice"},
		"mixed":     {[]Share{one[0], one[1], two[2]}, ErrMixed, "set " + two[0].Set()},
		"forged":    {[]Share{one[0], forged, one[2]}, ErrWrong, "one of the shares [1 2 3] is not genuine"},
		"retitled":  {renamed, ErrWrong, "title"},
		"two sizes": {[]Share{one[0], one[1], func() Share { s := one[2]; s.Needed = 2; return s }()}, ErrMixed, "not of one set"},
	} {
		got, err := Combine(c.shares)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for _, c := range []struct {
		title, secret string
		k, n          int
	}{
		{title, "x", 1, 3},
		{title, "x", 4, 3},
		{title, "x", 2, 100},
		{"", "x", 2, 3},
		{"a\nb", "x", 2, 3},
		{title, "", 2, 3},
		{title, strings.Repeat("x", MaxSecret+1), 2, 3},
	} {
		if _, err := Split(suite.Intl(), rand.Reader, c.title, []byte(c.secret), c.k, c.n); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// What typists do: other gaps, small letters, letters that look alike, words
// around. A wrong character is named by its line.
func TestTyping(t *testing.T) {
	s := made(t, suite.GM(), "gm.secret.AAAA", 2, 3)[1]
	text := s.Text()
	if !strings.Contains(text, title) || !strings.Contains(text, "share 2 of 3 · any 2") {
		t.Errorf("the text does not say what it is:\n%s", text)
	}
	for name, typed := range map[string]string{
		"small":      strings.ToLower(text),
		"look-alike": alikeBodies(text),
		"CRLF":       strings.ReplaceAll(text, "\n", "\r\n"),
		"words":      "read aloud on 2026-03-02\n" + text + "witnessed\n",
	} {
		got, err := Parse(typed)
		if err != nil || got.Number != 2 || got.Title != title || got.value != s.value {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	lines := strings.SplitAfter(bodyOf(text), "\n")
	swapped := lines[1] + lines[0] + strings.Join(lines[2:], "")
	renumbered := " 1" + lines[1][2:] + " 2" + lines[0][2:] + strings.Join(lines[2:], "")
	for name, c := range map[string]struct{ text, want string }{
		"nothing":    {"", "no numbered lines"},
		"swapped":    {swapped, "line 2 stands where line 1 is expected"},
		"renumbered": {renumbered, "line 1 is mistyped"},
		"cut":        {strings.Join(lines[:len(lines)-2], ""), "missing at the end"},
		"huge":       {strings.Repeat("x", maxText+1), "too long"},
	} {
		if _, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every single wrong character of a line is found, and its line named.
func TestEveryMistypedCharacter(t *testing.T) {
	lines := strings.SplitAfter(bodyOf(made(t, suite.Intl(), "intl.secret.AAAA", 2, 2)[0].Text()), "\n")
	for n, line := range lines {
		for i, was := range line {
			if i < 4 || !strings.ContainsRune("0123456789ABCDEFGHJKMNPQRSTVWXYZ", was) {
				continue
			}
			wrong := 'Z'
			if was == 'Z' {
				wrong = 'Y'
			}
			bad := strings.Join(lines[:n], "") + line[:i] + string(wrong) + line[i+1:] + strings.Join(lines[n+1:], "")
			if _, err := Parse(bad); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("line %d is mistyped", n+1)) {
				t.Errorf("line %d, character %d: %v", n+1, i, err)
			}
		}
	}
}

func bodyOf(text string) string { return text[strings.Index(text, "\n\n")+2:] }

func alikeBodies(text string) string {
	var b strings.Builder
	for line := range strings.Lines(bodyOf(text)) {
		end := len(line) - 2 // the check character is exact
		b.WriteString(line[:4] + strings.NewReplacer("0", "o", "1", "l").Replace(line[4:end]) + line[end:])
	}
	return b.String()
}

func TestSharesDoNotPrint(t *testing.T) {
	s := made(t, suite.Intl(), "one", 2, 2)[0]
	if out := fmt.Sprintf("%v %+v %#v %s", s, s, s, &s); strings.Contains(out, fmt.Sprint(s.value[0])+" "+fmt.Sprint(s.value[1])) {
		t.Errorf("a share printed itself: %s", out)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(made(f, suite.Intl(), "one", 2, 3)[0].Text())
	f.Add("1 AAAAA 0\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.Text())
		if err != nil || again.value != s.value || again.Title != s.Title {
			t.Errorf("a share does not survive its text: %v", err)
		}
	})
}
