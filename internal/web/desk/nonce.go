package desk

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/fengcun/fengcun/internal/suite"
)

// nonces are what an authenticator answers where no document is signed: good
// for five minutes and once. They authenticate themselves, so that a visitor
// who only asks for them leaves nothing behind; those that served are
// remembered until they are too old.
type nonces struct {
	key suite.MACKey

	mu   sync.Mutex
	used map[string]time.Time
}

const (
	nonceLife  = 5 * time.Minute
	nonceFront = 8 + 16 // when it was made, and random bytes
)

func newNonces(s suite.Suite, rand io.Reader) *nonces {
	return &nonces{key: s.NewMACKey(rand), used: make(map[string]time.Time)}
}

// draw makes a nonce, as text.
func (n *nonces) draw(rand io.Reader, now time.Time) (text string, nonce []byte, err error) {
	nonce = make([]byte, nonceFront, nonceFront+suite.Size)
	binary.BigEndian.PutUint64(nonce, uint64(now.Unix())) //nolint:gosec // after 1970
	if _, err := io.ReadFull(rand, nonce[8:]); err != nil {
		return "", nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	mac := n.key.Index("desk/nonce", nonce)
	nonce = append(nonce, mac[:]...)
	return base64.RawURLEncoding.EncodeToString(nonce), nonce, nil
}

// take gives a nonce back that was drawn here, is fresh, and did not serve
// before.
func (n *nonces) take(text string, now time.Time) (nonce []byte, ok bool) {
	nonce, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(nonce) != nonceFront+suite.Size {
		return nil, false
	}
	made := time.Unix(int64(binary.BigEndian.Uint64(nonce)), 0) //nolint:gosec // drawn here, if the next line holds
	if !n.key.Check(nonce[nonceFront:], "desk/nonce", nonce[:nonceFront]) || now.Sub(made) > nonceLife {
		return nil, false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for old, until := range n.used {
		if now.After(until) {
			delete(n.used, old)
		}
	}
	if _, served := n.used[text]; served {
		return nil, false
	}
	n.used[text] = made.Add(2 * nonceLife)
	return nonce, true
}
