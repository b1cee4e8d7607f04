package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/strictyaml"
	"github.com/fengcun/fengcun/internal/suite"
)

// Config is a gateway's configuration file; docs/gateway.md says what each key
// does. Paths are from the folder of the file.
type Config struct {
	Platform     string        `yaml:"platform"`
	Agency       string        `yaml:"agency"`
	Key          string        `yaml:"key"`
	Spool        string        `yaml:"spool"`
	SpoolMB      int64         `yaml:"spool_mb"`
	Batch        int           `yaml:"batch"`
	Every        time.Duration `yaml:"every"`
	InsecureHTTP bool          `yaml:"insecure_http"`
	TLS          TLS           `yaml:"tls"`
	Folders      []Folder      `yaml:"folders"`
	Views        []View        `yaml:"views"`
}

// TLS is for a platform behind mutual TLS or a private authority.
type TLS struct {
	CA          string `yaml:"ca"`
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// Folder is one that is watched.
type Folder struct {
	Path    string        `yaml:"path"`
	Mapping string        `yaml:"mapping"`
	Settle  time.Duration `yaml:"settle"`

	rule *mapping.Mapping
}

// View is one that is polled.
type View struct {
	Name    string   `yaml:"name"`
	Driver  string   `yaml:"driver"` // postgres, mysql (MariaDB too), sqlite
	DSNFile string   `yaml:"dsn_file"`
	View    string   `yaml:"view"`
	Cursor  []string `yaml:"cursor"`
	Overlap string   `yaml:"overlap"`
	Mapping string   `yaml:"mapping"`
	Reports string   `yaml:"reports"`
	Page    int      `yaml:"page"`

	rule *mapping.Mapping
}

// ReadConfig reads a configuration file. Keys it does not know are refused.
func ReadConfig(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c := &Config{SpoolMB: 1024, Batch: 500, Every: 5 * time.Second}
	if err := strictyaml.Decode(text, c); err != nil {
		return nil, fmt.Errorf("%s: %s", file, strictyaml.Explain(err))
	}
	c.settle(filepath.Dir(file))
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// settle makes the paths whole.
func (c *Config) settle(dir string) {
	for _, p := range []*string{&c.Key, &c.Spool, &c.TLS.CA, &c.TLS.Certificate, &c.TLS.Key} {
		*p = inside(dir, *p)
	}
	for i := range c.Folders {
		f := &c.Folders[i]
		f.Path, f.Mapping = inside(dir, f.Path), inside(dir, f.Mapping)
		if f.Settle == 0 {
			f.Settle = 10 * time.Second
		}
	}
	for i := range c.Views {
		v := &c.Views[i]
		v.DSNFile, v.Mapping, v.Reports = inside(dir, v.DSNFile), inside(dir, v.Mapping), inside(dir, v.Reports)
		if v.Page == 0 {
			v.Page = 1000
		}
	}
}

func (c *Config) check() error {
	errs := []error{c.checkPlatform()}
	for _, k := range []struct{ key, value string }{{"agency", c.Agency}, {"key", c.Key}, {"spool", c.Spool}} {
		if k.value == "" {
			errs = append(errs, fmt.Errorf("%s: missing", k.key))
		}
	}
	if c.Batch < 1 || c.Batch > api.MaxEvents {
		errs = append(errs, fmt.Errorf("batch: want 1 to %d", api.MaxEvents))
	}
	if c.SpoolMB < 1 {
		errs = append(errs, errors.New("spool_mb: want 1 or more"))
	}
	if c.Every < 10*time.Millisecond {
		errs = append(errs, errors.New("every: want 10ms or more"))
	}
	if len(c.Folders)+len(c.Views) == 0 {
		errs = append(errs, errors.New("folders, views: name at least one folder or view"))
	}
	if (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		errs = append(errs, errors.New("tls: certificate and key belong together"))
	}
	seen := make(map[string]bool)
	for i := range c.Folders {
		errs = append(errs, named("folders", i, c.Folders[i].check(seen)))
	}
	for i := range c.Views {
		errs = append(errs, named("views", i, c.Views[i].check(seen)))
	}
	return errors.Join(errs...)
}

func (c *Config) checkPlatform() error {
	u, err := url.Parse(c.Platform)
	switch {
	case err != nil || u.Host == "":
		return errors.New("platform: want the platform's address, such as https://fengcun.example")
	case u.Scheme == "https", u.Scheme == "http" && c.InsecureHTTP:
		return nil
	}
	return errors.New("platform: want https; the events are personal data (insecure_http: true for trials on one machine)")
}

func (f *Folder) check(seen map[string]bool) (err error) {
	if f.Path == "" {
		return errors.New("path: missing")
	}
	if seen[f.Path] {
		return errors.New("path: this folder is named twice")
	}
	seen[f.Path] = true
	if f.Settle < 0 {
		return errors.New("settle: want a time such as 10s")
	}
	f.rule, err = readMapping(f.Mapping)
	return err
}

func (v *View) check(seen map[string]bool) (err error) {
	for _, k := range []struct{ key, value string }{
		{"name", v.Name}, {"dsn_file", v.DSNFile}, {"view", v.View}, {"mapping", v.Mapping}, {"reports", v.Reports},
	} {
		if k.value == "" {
			return fmt.Errorf("%s: missing", k.key)
		}
	}
	switch {
	case seen["view:"+v.Name]:
		return errors.New("name: this view is named twice")
	case len(v.Cursor) == 0 || len(v.Cursor) > 3:
		return errors.New("cursor: name the columns, one to three, that only grow: when a row was written, then what tells rows of one moment apart")
	case v.Page < 1 || v.Page > 100_000:
		return errors.New("page: want 1 to 100000 rows")
	case strings.ContainsAny(v.Name, `/\`):
		return errors.New("name: it names files; leave out slashes")
	}
	seen["view:"+v.Name] = true
	if _, err := dialectOf(v.Driver); err != nil {
		return err
	}
	if _, err := readOverlap(v.Overlap); err != nil {
		return err
	}
	v.rule, err = readMapping(v.Mapping)
	return err
}

// readMapping reads a mapping file; without one the columns are named by
// places.
func readMapping(file string) (*mapping.Mapping, error) {
	if file == "" {
		return mapping.Plain(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	m, err := mapping.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("mapping: %s: %w", file, err)
	}
	return m, nil
}

// signKey reads the agency's key from a file that nobody else may read.
func (c *Config) signKey() (suite.SignKey, error) {
	info, err := os.Stat(c.Key)
	if err != nil {
		return suite.SignKey{}, fmt.Errorf("key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return suite.SignKey{}, fmt.Errorf("key: %s can be read by others; run chmod 600 on it", c.Key)
	}
	text, err := os.ReadFile(c.Key)
	if err != nil {
		return suite.SignKey{}, fmt.Errorf("key: %w", err)
	}
	key, err := suite.ParseSignKey(strings.TrimSpace(string(text)))
	if err != nil {
		return suite.SignKey{}, fmt.Errorf("key: %s holds no signature key; fengcun keys agent makes one", c.Key)
	}
	return key, nil
}

// client is the HTTP client. A certificate of ours that has expired is refused
// here, where it can be told plainly.
func (c *Config) client(now time.Time) (*http.Client, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS.CA != "" {
		text, err := os.ReadFile(c.TLS.CA)
		if err != nil {
			return nil, fmt.Errorf("tls: ca: %w", err)
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("tls: ca: %s holds no certificate (PEM)", c.TLS.CA)
		}
	}
	if c.TLS.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		if pair.Leaf != nil && now.After(pair.Leaf.NotAfter) {
			return nil, fmt.Errorf("tls: certificate: %s expired on %s; have it renewed. What lies in the folders waits",
				c.TLS.Certificate, pair.Leaf.NotAfter.Format(time.DateOnly))
		}
		if pair.Leaf != nil && now.Before(pair.Leaf.NotBefore) {
			return nil, fmt.Errorf("tls: certificate: %s is valid from %s on; look at this machine's clock",
				c.TLS.Certificate, pair.Leaf.NotBefore.Format(time.DateOnly))
		}
		settings.Certificates = []tls.Certificate{pair}
	}
	return &http.Client{
		Timeout:   2 * time.Minute,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: settings, MaxIdleConns: 2, IdleConnTimeout: 90 * time.Second},
	}, nil
}
