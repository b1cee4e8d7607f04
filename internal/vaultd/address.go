package vaultd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// Address is where the vault's process is reached, and by whom.
type Address struct {
	Socket string // path of a Unix socket; else
	Host   string // host:port for TLS, where both sides show certificates
	Cert   string // PEM files
	Key    string
	CA     string   // who signed the other side's certificate
	Users  []uint32 // who may call over the socket: user ids
}

// ParseAddress reads "unix:PATH" or "tls:HOST:PORT".
func ParseAddress(text string) (a Address, err error) {
	switch kind, rest, _ := strings.Cut(text, ":"); {
	case kind == "unix" && rest != "":
		a.Socket = rest
	case kind == "tls":
		if _, _, err := net.SplitHostPort(rest); err != nil {
			return a, fmt.Errorf("address %q: want tls:HOST:PORT: %w", text, err)
		}
		a.Host = rest
	default:
		return a, fmt.Errorf("address %q: want unix:PATH or tls:HOST:PORT", text)
	}
	return a, nil
}

// Check refuses what would leave the vault open.
func (a *Address) Check() error {
	if a.Socket != "" {
		return nil
	}
	if a.Cert == "" || a.Key == "" || a.CA == "" {
		return errors.New("over TLS both sides show certificates: cert, key and ca are needed")
	}
	return nil
}

// Listen opens the address for callers. Nobody else's socket is taken over.
func (a *Address) Listen(ctx context.Context, log *slog.Logger) (net.Listener, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	if a.Socket == "" {
		cfg, err := a.tls()
		if err != nil {
			return nil, err
		}
		cfg.ClientAuth, cfg.ClientCAs = tls.RequireAndVerifyClientCert, cfg.RootCAs
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", a.Host)
		if err != nil {
			return nil, err
		}
		return tls.NewListener(l, cfg), nil
	}
	if err := a.sweep(ctx); err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", a.Socket)
	if err != nil {
		return nil, err
	}
	// The folder may keep others out; whoever gets here is asked for the user.
	if err := os.Chmod(a.Socket, 0o666); err != nil { //nolint:gosec // see above
		return nil, errors.Join(err, l.Close())
	}
	return &askingWho{Listener: l, users: a.Users, log: log}, nil
}

// sweep removes a socket that an earlier run left, and none that is in use.
func (a *Address) sweep(ctx context.Context) error {
	info, err := os.Lstat(a.Socket)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there and is no socket: give another path", a.Socket)
	}
	if c, err := new(net.Dialer).DialContext(ctx, "unix", a.Socket); err == nil {
		_ = c.Close()
		return fmt.Errorf("another vault's process listens on %s", a.Socket)
	}
	return os.Remove(a.Socket)
}

// Dial reaches the vault's process.
func (a *Address) Dial(ctx context.Context) (net.Conn, error) {
	d := &net.Dialer{Timeout: 5 * time.Second}
	if a.Socket != "" {
		return d.DialContext(ctx, "unix", a.Socket)
	}
	cfg, err := a.tls()
	if err != nil {
		return nil, err
	}
	return (&tls.Dialer{NetDialer: d, Config: cfg}).DialContext(ctx, "tcp", a.Host)
}

func (a *Address) tls() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(a.Cert, a.Key)
	if err != nil {
		return nil, fmt.Errorf("the certificate for the vault's address: %w", err)
	}
	pem, err := os.ReadFile(a.CA)
	if err != nil {
		return nil, fmt.Errorf("who signs certificates for the vault's address: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", a.CA)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair}, RootCAs: pool}, nil
}

// askingWho lets in those users alone that the system vouches for.
type askingWho struct {
	net.Listener
	users []uint32
	log   *slog.Logger
}

func (l *askingWho) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		uid, err := userOf(c)
		if err == nil && slices.Contains(l.users, uid) {
			return c, nil
		}
		l.log.Warn("a caller was refused", "user", uid, "error", err)
		_ = c.Close()
	}
}
