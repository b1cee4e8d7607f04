package suite

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// keys is one of each kind.
type keys struct {
	secret  Key
	mac     MACKey
	sign    SignKey
	decrypt DecryptKey
}

func someKeys(tb testing.TB, s Suite) keys {
	tb.Helper()
	k := keys{secret: s.NewKey(rand.Reader), mac: s.NewMACKey(rand.Reader)}
	var err error
	if k.sign, err = s.GenerateSignKey(rand.Reader); err != nil {
		tb.Fatal(err)
	}
	if k.decrypt, err = s.GenerateDecryptKey(rand.Reader); err != nil {
		tb.Fatal(err)
	}
	return k
}

func TestKeyText(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			k := someKeys(t, s)
			if got, err := ParseKey(k.secret.Reveal()); err != nil || !got.Equal(k.secret) {
				t.Errorf("Key: %v", err)
			}
			if got, err := ParseMACKey(k.mac.Reveal()); err != nil || !got.Equal(k.mac) {
				t.Errorf("MACKey: %v", err)
			}
			if got, err := ParseSignKey(k.sign.Reveal()); err != nil || !got.Public().Equal(k.sign.Public()) {
				t.Errorf("SignKey: %v", err)
			}
			if got, err := ParseDecryptKey(k.decrypt.Reveal()); err != nil || !got.Public().Equal(k.decrypt.Public()) {
				t.Errorf("DecryptKey: %v", err)
			}
			if got, err := ParseVerifyKey(k.sign.Public().String()); err != nil || !got.Equal(k.sign.Public()) {
				t.Errorf("VerifyKey: %v", err)
			}
			if got, err := ParseEncryptKey(k.decrypt.Public().String()); err != nil || !got.Equal(k.decrypt.Public()) {
				t.Errorf("EncryptKey: %v", err)
			}
			if got, err := ParseNoteKey(k.sign.Public().NoteKey()); err != nil || !got.Equal(k.sign.Public()) {
				t.Errorf("NoteKey: %v", err)
			}
			if f := k.sign.Public().Fingerprint(); len(f) != 32 {
				t.Errorf("Fingerprint = %q", f)
			}
		})
	}
}

// TestKeyTextRefuses: no key is read as one of another kind or suite, and no
// error repeats what was given.
func TestKeyTextRefuses(t *testing.T) {
	k := someKeys(t, Intl())
	texts := []string{k.secret.Reveal(), k.mac.Reveal(), k.sign.Reveal(), k.decrypt.Reveal(), k.sign.Public().String(), k.decrypt.Public().String()}
	parsers := []func(string) error{
		func(s string) error { _, err := ParseKey(s); return err },
		func(s string) error { _, err := ParseMACKey(s); return err },
		func(s string) error { _, err := ParseSignKey(s); return err },
		func(s string) error { _, err := ParseDecryptKey(s); return err },
		func(s string) error { _, err := ParseVerifyKey(s); return err },
		func(s string) error { _, err := ParseEncryptKey(s); return err },
	}
	for i, text := range texts {
		for j, parse := range parsers {
			err := parse(text)
			if (err == nil) != (i == j) {
				t.Errorf("kind %d read as kind %d: %v", i, j, err)
			}
			for _, bad := range []string{
				"", ".", "..", text + "=", text + ".", text + "A", text[:len(text)-1], " " + text, strings.Replace(text, "intl.", "rot13.", 1), strings.ToUpper(text),
			} {
				err := parse(bad)
				if err == nil {
					t.Errorf("kind %d read %q", j, bad)
				} else if raw := text[strings.LastIndex(text, ".")+1:]; strings.Contains(err.Error(), raw[:20]) {
					t.Errorf("the error repeats the key: %v", err)
				}
			}
		}
	}
}

func TestPublicKeysMarshal(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			type card struct {
				V, None VerifyKey
				E       EncryptKey
			}
			k := someKeys(t, s)
			in := card{V: k.sign.Public(), E: k.decrypt.Public()}
			b, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			var out card
			if err := json.Unmarshal(b, &out); err != nil {
				t.Fatal(err)
			}
			if !out.V.Equal(in.V) || !out.E.Equal(in.E) || !out.None.IsZero() {
				t.Errorf("%s came back as %+v", b, out)
			}
			if err := json.Unmarshal([]byte(`{"V":"x"}`), &out); err == nil {
				t.Error("a key of no form was read")
			}
		})
	}
}

// TestSecretsDoNotPrint: no verb, logger or encoder shows a secret key, not
// even inside another struct, where package fmt does not ask the key.
func TestSecretsDoNotPrint(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Name(), func(t *testing.T) {
			k := someKeys(t, s)
			lock, err := s.NewLock(rand.Reader, "p", Cost{1, 64, 1})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			inner := struct {
				keys
				l Lock
				p *keys
				m map[string]Key
			}{k, lock, &k, map[string]Key{"a": k.secret}}
			for _, v := range []any{k.secret, k.mac, k.sign, k.decrypt, lock, k, &k, inner, &inner, []any{k}} {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%t", "%c", "%U", "%e"} {
					fmt.Fprintf(&out, verb+"\n", v)
				}
				slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
				slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
				if b, err := json.Marshal(v); err == nil {
					out.Write(b)
				}
			}
			for _, raw := range [][]byte{
				k.secret.m().raw, k.mac.m().raw, k.sign.m().s.bytes(), k.decrypt.m().d.bytes(), lock.m().key.m().raw,
			} {
				for _, form := range []string{"%s", "%d", "%x", "%X", "%o", "%b", "%U", "%c"} {
					text := strings.Trim(fmt.Sprintf(form, raw[:6]), "[]")
					if strings.Contains(out.String(), text) {
						t.Errorf("a secret was printed in the form %s: %q", form, text)
					}
				}
			}
		})
	}
}
