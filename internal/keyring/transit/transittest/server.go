// Package transittest is a transit service for tests: it implements the calls
// of OpenBao's transit engine that package transit makes, with real AES-256-GCM
// and with the refusals that the engine documents. It is not OpenBao.
package transittest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Token is the one token the service takes.
const Token = "s.fengcun-test"

// Service is a running service.
type Service struct {
	URL       string
	TokenFile string

	mu   sync.Mutex
	keys map[string]*key
	down bool
	said []string // paths, in order
}

type key struct {
	versions             map[int]cipher.AEAD
	latest               int
	minDecrypt, minCrypt int
}

// New runs a service until the test ends.
func New(tb testing.TB) *Service {
	tb.Helper()
	s := &Service{keys: map[string]*key{}}
	srv := httptest.NewServer(s)
	tb.Cleanup(srv.Close)
	s.URL, s.TokenFile = srv.URL, filepath.Join(tb.TempDir(), "token")
	if err := os.WriteFile(s.TokenFile, []byte(Token+"\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	return s
}

// Down makes the service answer as one that is sealed, or no more.
func (s *Service) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Calls counts the calls whose path begins so.
func (s *Service) Calls(prefix string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.said {
		if strings.HasPrefix(p, prefix) {
			n++
		}
	}
	return n
}

// Versions lists the versions of a key that the service still has.
func (s *Service) Versions(name string) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.keys[name]
	if k == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(k.versions))
}

type call struct {
	Type                 string `json:"type"`
	Plaintext            string `json:"plaintext"`
	Ciphertext           string `json:"ciphertext"`
	KeyVersion           int    `json:"key_version"`
	MinDecryptionVersion *int   `json:"min_decryption_version"`
	MinEncryptionVersion *int   `json:"min_encryption_version"`
	MinAvailableVersion  int    `json:"min_available_version"`
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, "/v1/transit/")
	s.said = append(s.said, path)
	var in call
	switch {
	case s.down:
		refuse(w, http.StatusServiceUnavailable, "Vault is sealed")
	case r.Header.Get("X-Vault-Token") != Token:
		refuse(w, http.StatusForbidden, "permission denied")
	case !ok:
		refuse(w, http.StatusNotFound, "no handler for route")
	case r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&in) != nil:
		refuse(w, http.StatusBadRequest, "failed to parse JSON input")
	default:
		s.route(w, r.Method, strings.Split(path, "/"), in)
	}
}

func (s *Service) route(w http.ResponseWriter, method string, path []string, in call) {
	if len(path) < 2 {
		refuse(w, http.StatusNotFound, "unsupported path")
		return
	}
	k, what := s.keys[path[1]], method+" "+path[0]
	if len(path) == 3 {
		what += " " + path[2]
	}
	switch {
	case what == "POST keys" && k == nil:
		s.keys[path[1]] = newKey()
		w.WriteHeader(http.StatusNoContent)
	case what == "POST keys": // as documented: an existing key is left as it is
		w.WriteHeader(http.StatusNoContent)
	case k == nil && path[0] == "keys":
		refuse(w, http.StatusNotFound)
	case k == nil:
		refuse(w, http.StatusBadRequest, "encryption key not found")
	case what == "GET keys":
		answer(w, map[string]any{"latest_version": k.latest, "min_decryption_version": k.minDecrypt, "type": "aes256-gcm96"})
	case what == "POST keys rotate":
		k.rotate()
		w.WriteHeader(http.StatusNoContent)
	case what == "POST keys config":
		k.config(w, in)
	case what == "POST keys trim":
		k.trim(w, in.MinAvailableVersion)
	case what == "POST encrypt":
		k.encrypt(w, in.Plaintext, in.KeyVersion)
	case what == "POST decrypt":
		if plain, ok := k.decrypt(w, in.Ciphertext); ok {
			answer(w, map[string]string{"plaintext": plain})
		}
	case what == "POST rewrap":
		if plain, ok := k.decrypt(w, in.Ciphertext); ok {
			k.encrypt(w, plain, in.KeyVersion)
		}
	default:
		refuse(w, http.StatusNotFound, "unsupported path")
	}
}

func newKey() *key {
	k := &key{versions: map[int]cipher.AEAD{}, minDecrypt: 1}
	k.rotate()
	return k
}

func (k *key) rotate() {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	block, err := aes.NewCipher(raw)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	k.latest++
	k.versions[k.latest] = aead
}

func (k *key) config(w http.ResponseWriter, in call) {
	for _, v := range []*int{in.MinDecryptionVersion, in.MinEncryptionVersion} {
		if v != nil && (*v > k.latest || *v < 0) {
			refuse(w, http.StatusBadRequest, fmt.Sprintf("cannot set min version of %d, latest key version is %d", *v, k.latest))
			return
		}
	}
	if in.MinDecryptionVersion != nil {
		k.minDecrypt = max(1, *in.MinDecryptionVersion)
	}
	if in.MinEncryptionVersion != nil {
		k.minCrypt = *in.MinEncryptionVersion
	}
	w.WriteHeader(http.StatusNoContent)
}

func (k *key) trim(w http.ResponseWriter, first int) {
	switch {
	case k.minCrypt == 0:
		refuse(w, http.StatusBadRequest, "minimum available version cannot be set when minimum encryption version is not set")
	case first > k.minCrypt || first > k.minDecrypt:
		refuse(w, http.StatusBadRequest, "minimum available version cannot be greater than minimum encryption or decryption version")
	default:
		for n := range k.versions {
			if n < first {
				delete(k.versions, n)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (k *key) encrypt(w http.ResponseWriter, plaintext string, version int) {
	if version == 0 {
		version = k.latest
	}
	plain, err := base64.StdEncoding.DecodeString(plaintext)
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "failed to base64-decode plaintext")
		return
	case version < k.minCrypt || version > k.latest:
		refuse(w, http.StatusBadRequest, "requested version for encryption is disallowed by policy")
		return
	}
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	box := k.versions[version].Seal(nonce, nonce, plain, nil)
	answer(w, map[string]any{
		"ciphertext":  fmt.Sprintf("vault:v%d:%s", version, base64.StdEncoding.EncodeToString(box)),
		"key_version": version,
	})
}

func (k *key) decrypt(w http.ResponseWriter, ciphertext string) (string, bool) {
	parts := strings.SplitN(ciphertext, ":", 3)
	if len(parts) != 3 || parts[0] != "vault" {
		refuse(w, http.StatusBadRequest, "invalid ciphertext: no prefix")
		return "", false
	}
	version, err := strconv.Atoi(strings.TrimPrefix(parts[1], "v"))
	box, err2 := base64.StdEncoding.DecodeString(parts[2])
	switch {
	case err != nil || err2 != nil || len(box) < 12:
		refuse(w, http.StatusBadRequest, "invalid ciphertext: could not decode")
		return "", false
	case version > k.latest:
		refuse(w, http.StatusBadRequest, "invalid ciphertext: version is too new")
		return "", false
	case version < k.minDecrypt:
		refuse(w, http.StatusBadRequest, "ciphertext or signature version is disallowed by policy (too old)")
		return "", false
	}
	plain, err := k.versions[version].Open(nil, box[:12], box[12:], nil)
	if err != nil {
		refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
		return "", false
	}
	return base64.StdEncoding.EncodeToString(plain), true
}

func answer(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
}

func refuse(w http.ResponseWriter, status int, errors ...string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": append([]string{}, errors...)})
}
