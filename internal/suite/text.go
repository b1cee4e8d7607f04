package suite

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// The text of a key is suite, what it can do, and its bytes in unpadded
// base64url, joined by dots: "intl.verify.AbC…". It is one word in a file, a
// URL or a shell.
const (
	roleSecret  = "secret"
	roleMAC     = "mac"
	roleSign    = "sign"
	roleVerify  = "verify"
	roleDecrypt = "decrypt"
	roleEncrypt = "encrypt"
)

func keyText(alg algorithms, role string, raw []byte) string {
	return alg.name() + "." + role + "." + base64.RawURLEncoding.EncodeToString(raw)
}

// parseText takes a key's text apart. Errors never quote the key: it may be a
// secret given in the wrong place.
func parseText(text, role string) (algorithms, []byte, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, nil, fmt.Errorf("suite: not a key: want SUITE.%s.BASE64URL", role)
	}
	s, err := ByName(parts[0])
	if err != nil {
		return nil, nil, fmt.Errorf("suite: not a key: it must begin with %q or %q", NameIntl+".", NameGM+".")
	}
	if parts[1] != role {
		return nil, nil, fmt.Errorf("suite: not a %q key", role)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || base64.RawURLEncoding.EncodeToString(raw) != parts[2] {
		return nil, nil, errors.New("suite: the key is not clean base64url without padding")
	}
	return s.alg, raw, nil
}

// Reveal is the key's text. It is the only way out of memory; write it
// nowhere but into an encrypted file.
func (k Key) Reveal() string { return keyText(k.m().alg, roleSecret, k.m().raw) }

// ParseKey undoes Key.Reveal.
func ParseKey(text string) (Key, error) {
	alg, raw, err := parseText(text, roleSecret)
	if err != nil {
		return Key{}, err
	}
	return newKey(alg, raw)
}

// Reveal is the key's text: see Key.Reveal.
func (k MACKey) Reveal() string { return keyText(k.m().alg, roleMAC, k.m().raw) }

// ParseMACKey undoes MACKey.Reveal.
func ParseMACKey(text string) (MACKey, error) {
	alg, raw, err := parseText(text, roleMAC)
	if err != nil {
		return MACKey{}, err
	}
	return newMACKey(alg, raw)
}

// Reveal is the key's text: see Key.Reveal.
func (k SignKey) Reveal() string { return keyText(k.m().alg, roleSign, k.m().s.bytes()) }

// ParseSignKey undoes SignKey.Reveal.
func ParseSignKey(text string) (SignKey, error) {
	alg, raw, err := parseText(text, roleSign)
	if err != nil {
		return SignKey{}, err
	}
	s, err := alg.parseSigner(raw)
	if err != nil {
		return SignKey{}, fmt.Errorf("suite: signing key: %w", err)
	}
	return SignKey{m: hide(&signMaterial{alg, s})}, nil
}

// Reveal is the key's text: see Key.Reveal.
func (k DecryptKey) Reveal() string { return keyText(k.m().alg, roleDecrypt, k.m().d.bytes()) }

// ParseDecryptKey undoes DecryptKey.Reveal.
func ParseDecryptKey(text string) (DecryptKey, error) {
	alg, raw, err := parseText(text, roleDecrypt)
	if err != nil {
		return DecryptKey{}, err
	}
	d, err := alg.parseDecrypter(raw)
	if err != nil {
		return DecryptKey{}, fmt.Errorf("suite: decryption key: %w", err)
	}
	return DecryptKey{m: hide(&decryptMaterial{alg, d})}, nil
}

// String is the key's text; "" for no key.
func (k VerifyKey) String() string {
	if k.IsZero() {
		return ""
	}
	return keyText(k.alg, roleVerify, k.v.bytes())
}

// ParseVerifyKey undoes VerifyKey.String.
func ParseVerifyKey(text string) (VerifyKey, error) {
	alg, raw, err := parseText(text, roleVerify)
	if err != nil {
		return VerifyKey{}, err
	}
	v, err := alg.parseVerifier(raw)
	if err != nil {
		return VerifyKey{}, fmt.Errorf("suite: verification key: %w", err)
	}
	return VerifyKey{alg, v}, nil
}

// MarshalText is String.
func (k VerifyKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText is ParseVerifyKey; an empty text is no key.
func (k *VerifyKey) UnmarshalText(text []byte) (err error) {
	*k = VerifyKey{}
	if len(text) > 0 {
		*k, err = ParseVerifyKey(string(text))
	}
	return err
}

// String is the key's text; "" for no key.
func (k EncryptKey) String() string {
	if k.IsZero() {
		return ""
	}
	return keyText(k.alg, roleEncrypt, k.e.bytes())
}

// ParseEncryptKey undoes EncryptKey.String.
func ParseEncryptKey(text string) (EncryptKey, error) {
	alg, raw, err := parseText(text, roleEncrypt)
	if err != nil {
		return EncryptKey{}, err
	}
	e, err := alg.parseEncrypter(raw)
	if err != nil {
		return EncryptKey{}, fmt.Errorf("suite: encryption key: %w", err)
	}
	return EncryptKey{alg, e}, nil
}

// MarshalText is String.
func (k EncryptKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText is ParseEncryptKey; an empty text is no key.
func (k *EncryptKey) UnmarshalText(text []byte) (err error) {
	*k = EncryptKey{}
	if len(text) > 0 {
		*k, err = ParseEncryptKey(string(text))
	}
	return err
}
