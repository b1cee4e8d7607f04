// Package transit keeps wrapping keys with a transit service: OpenBao's secrets
// engine of that name, or another that speaks its HTTP interface
// (openbao.org/api-docs/secret/transit). A key never leaves the service, and
// neither does a data key that the service re-wraps.
package transit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/suite"
)

// Name is what the ring's file calls this holder.
const Name = "transit"

// Config says where the service is and who asks.
type Config struct {
	URL       string // "https://bao.example:8200"
	Mount     string // path of the engine; "transit" where none is given
	TokenFile string // holds the token; read at each request, so that an agent can renew it
	Namespace string // empty: none
	Client    *http.Client
}

// Service is a holder of keys: a keyring.Holder.
type Service struct {
	base      string
	tokenFile string
	namespace string
	client    *http.Client
}

var _ keyring.Holder = (*Service)(nil)

const (
	timeout = 10 * time.Second
	maxBody = 1 << 20
)

// New checks the configuration; it does not ask the service.
func New(c Config) (*Service, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("transit: url %q: want https://HOST:PORT", c.URL)
	}
	if h := u.Hostname(); u.Scheme == "http" && h != "127.0.0.1" && h != "::1" && h != "localhost" {
		return nil, fmt.Errorf("transit: url %q: keys travel by https, except within one machine", c.URL)
	}
	if c.TokenFile == "" {
		return nil, errors.New("transit: token_file is missing")
	}
	mount := strings.Trim(c.Mount, "/")
	if mount == "" {
		mount = "transit"
	}
	s := &Service{
		base: strings.TrimRight(c.URL, "/") + "/v1/" + mount + "/", tokenFile: c.TokenFile, namespace: c.Namespace, client: c.Client,
	}
	if s.client == nil {
		t, ok := http.DefaultTransport.(*http.Transport)
		if !ok {
			return nil, errors.New("transit: no HTTP transport")
		}
		t = t.Clone()
		t.MaxIdleConnsPerHost = 16
		s.client = &http.Client{Transport: t}
	}
	return s, nil
}

// Name implements keyring.Holder.
func (*Service) Name() string { return Name }

// refusal is an answer other than 2xx.
type refusal struct {
	status int
	errors []string
}

func (r *refusal) Error() string {
	text := strings.Join(r.errors, "; ")
	switch r.status {
	case http.StatusForbidden:
		return fmt.Sprintf("the service refuses the token: it expired or its policy does not reach this (%s)", text)
	case http.StatusServiceUnavailable:
		return fmt.Sprintf("the service is sealed or not ready (%s)", text)
	}
	return fmt.Sprintf("the service answers %d: %s", r.status, text)
}

// call sends one request; in and out are JSON, either may be nil.
func (s *Service) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, body)
	if err != nil {
		return err
	}
	token, err := os.ReadFile(s.tokenFile)
	if err != nil {
		return fmt.Errorf("transit: token_file: %w", err)
	}
	req.Header.Set("X-Vault-Token", strings.TrimSpace(string(token)))
	req.Header.Set("X-Vault-Request", "true")
	if s.namespace != "" {
		req.Header.Set("X-Vault-Namespace", s.namespace)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("transit: asking the service: %w", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return fmt.Errorf("transit: reading the answer: %w", err)
	}
	return understand(res.StatusCode, answer, out)
}

func understand(status int, answer []byte, out any) error {
	if status/100 != 2 {
		var told struct {
			Errors []string `json:"errors"`
		}
		_ = json.Unmarshal(answer, &told) // without it the status says enough
		return &refusal{status, told.Errors}
	}
	if out == nil {
		return nil
	}
	wrapped := struct {
		Data any `json:"data"`
	}{out}
	if err := json.Unmarshal(answer, &wrapped); err != nil {
		return fmt.Errorf("transit: the answer is not of this interface: %w", err)
	}
	return nil
}

type keyInfo struct {
	Latest uint32 `json:"latest_version"`
}

// Make implements keyring.Holder: a key of AES-256-GCM that the service never
// gives out.
func (s *Service) Make(ctx context.Context, key string) (uint32, error) {
	var info keyInfo
	err := s.call(ctx, http.MethodGet, "keys/"+url.PathEscape(key), nil, &info)
	var told *refusal
	switch {
	case errors.As(err, &told) && told.status == http.StatusNotFound:
		err = s.call(ctx, http.MethodPost, "keys/"+url.PathEscape(key),
			map[string]any{"type": "aes256-gcm96", "exportable": false, "allow_plaintext_backup": false}, nil)
	case err == nil:
		err = s.call(ctx, http.MethodPost, "keys/"+url.PathEscape(key)+"/rotate", struct{}{}, nil)
	}
	if err == nil {
		err = s.call(ctx, http.MethodGet, "keys/"+url.PathEscape(key), nil, &info)
	}
	if err == nil && info.Latest == 0 {
		err = errors.New("transit: the service says that the key has no version")
	}
	return info.Latest, err
}

type text struct {
	Ciphertext string `json:"ciphertext,omitempty"`
	Plaintext  string `json:"plaintext,omitempty"`
	KeyVersion uint32 `json:"key_version,omitempty"`
}

// Wrap implements keyring.Holder.
func (s *Service) Wrap(ctx context.Context, key string, version uint32, plaintext []byte) ([]byte, error) {
	return s.turn(ctx, "encrypt", key, version, text{Plaintext: base64.StdEncoding.EncodeToString(plaintext), KeyVersion: version})
}

// Rewrap implements keyring.Holder.
func (s *Service) Rewrap(ctx context.Context, key string, _, to uint32, wrapped []byte) ([]byte, error) {
	return s.turn(ctx, "rewrap", key, to, text{Ciphertext: string(wrapped), KeyVersion: to})
}

// turn asks for a ciphertext of a version, and believes no other.
func (s *Service) turn(ctx context.Context, what, key string, version uint32, in text) ([]byte, error) {
	var out text
	if err := s.call(ctx, http.MethodPost, what+"/"+url.PathEscape(key), in, &out); err != nil {
		return nil, meaning(err)
	}
	if !strings.HasPrefix(out.Ciphertext, prefix(version)) {
		return nil, fmt.Errorf("transit: the service encrypted under another version than %d", version)
	}
	return []byte(out.Ciphertext), nil
}

func prefix(version uint32) string { return fmt.Sprintf("vault:v%d:", version) }

// Unwrap implements keyring.Holder.
func (s *Service) Unwrap(ctx context.Context, key string, version uint32, wrapped []byte) ([]byte, error) {
	if !bytes.HasPrefix(wrapped, []byte(prefix(version))) {
		return nil, suite.ErrOpen
	}
	var out text
	if err := s.call(ctx, http.MethodPost, "decrypt/"+url.PathEscape(key), text{Ciphertext: string(wrapped)}, &out); err != nil {
		return nil, meaning(err)
	}
	plain, err := base64.StdEncoding.DecodeString(out.Plaintext)
	if err != nil {
		return nil, fmt.Errorf("transit: the answer is not of this interface: %w", err)
	}
	return plain, nil
}

// meaning turns what the service says of a ciphertext into the two errors that
// mean something to the ring.
func meaning(err error) error {
	var told *refusal
	if !errors.As(err, &told) {
		return err
	}
	said := strings.Join(told.errors, " ")
	switch {
	case strings.Contains(said, "too old"), strings.Contains(said, "not found"), told.status == http.StatusNotFound:
		return fmt.Errorf("%w: %w", keyring.ErrNoKey, err)
	case told.status == http.StatusBadRequest:
		return fmt.Errorf("%w: %w", suite.ErrOpen, err)
	}
	return err
}

// DestroyBefore implements keyring.Holder: first the service refuses the old
// versions, then it forgets them.
func (s *Service) DestroyBefore(ctx context.Context, key string, version uint32) error {
	base := "keys/" + url.PathEscape(key)
	err := s.call(ctx, http.MethodPost, base+"/config",
		map[string]uint32{"min_decryption_version": version, "min_encryption_version": version}, nil)
	if err != nil {
		return err
	}
	return s.call(ctx, http.MethodPost, base+"/trim", map[string]uint32{"min_available_version": version}, nil)
}
