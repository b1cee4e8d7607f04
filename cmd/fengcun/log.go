package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/trail"
)

type logCmd struct {
	Verify   logVerifyCmd   `cmd:"" help:"Verify a log with public keys only. 独立核验日志."`
	Copy     logCopyCmd     `cmd:"" help:"Copy a served log to files. 复制日志."`
	Records  logRecordsCmd  `cmd:"" help:"Write the private records, encrypted as they are, for an auditor. 导出审计记录 (密文)."`
	Key      logKeyCmd      `cmd:"" help:"Print the log's verifier keys, one a line. 打印日志验证公钥."`
	AuditKey logAuditKeyCmd `cmd:"" help:"Hand the audit key over to the auditor. 交付审计私钥."`
}

type logCopyCmd struct {
	URL string `required:"" help:"Address of the served log, ending in /trail/."`
	Key string `required:"" help:"Verifier key of the log, or a file that holds it. 验证公钥."`
	Dir string `required:"" type:"path" help:"Directory for the copy; made if it is not there."`
}

// Run copies every file of the log. What it copied is not verified yet.
func (c *logCopyCmd) Run(e *env) error {
	v, err := trail.ParseVerifier(keyText(c.Key))
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	log, err := trail.URL(&http.Client{Timeout: time.Minute}, c.URL)
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	files := 0
	cp, err := trail.Mirror(e.ctx, log, v, func(path string, data []byte) error {
		files++
		name := filepath.Join(c.Dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return err
		}
		return os.WriteFile(name, data, 0o600)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "copied %d files of %s at %d entries; verify them with log verify --dir %s\n", files, cp.Origin, cp.Size, c.Dir)
	return nil
}

type logRecordsCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML): says where the database is. 配置文件."`
	Out    string `required:"" type:"path" help:"File for the records; never written over."`
}

// Run writes the records without any key: they are encrypted to the auditor.
func (c *logRecordsCmd) Run(e *env) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	db, err := store.Open(e.ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	w := bufio.NewWriter(f)
	n, err := writeRecords(e, db, w)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the records: %w", err)
	}
	fmt.Fprintf(e.stdout, "wrote %d private records to %s\n", n, c.Out)
	return nil
}

func writeRecords(e *env, db *store.DB, to io.Writer) (n int64, err error) {
	w := trail.NewRecordWriter(to, func(epoch string) (key []byte, err error) {
		err = db.Read(e.ctx, func(tx *store.Tx) error {
			key, err = tx.Epoch(epoch)
			return err
		})
		return key, err
	})
	const page = 1000
	for {
		var rows []store.TrailRow
		err := db.Read(e.ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.TrailRows(n, page)
			return err
		})
		if err != nil {
			return n, err
		}
		for _, r := range rows {
			if err := w.Write(r.Sealed); err != nil {
				return n, err
			}
		}
		if n += int64(len(rows)); len(rows) < page {
			return n, nil
		}
	}
}

type logKeyCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML): says where the ring is. 配置文件."`
}

// Run prints what witnesses and verifiers need, before the server ever ran.
func (c *logKeyCmd) Run(e *env) error {
	cfg, ring, err := openRing(c.Config)
	if err != nil {
		return err
	}
	signer, err := trail.NewSigner(cfg.Origin, ring.Trail().Log()...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(e.stdout, signer.Verifier())
	return err
}

// openRing opens the key ring that a configuration names.
func openRing(file string) (*config, *keyring.Ring, error) {
	cfg, err := readConfig(file)
	if err != nil {
		return nil, nil, err
	}
	pass, err := cfg.passphrase()
	if err != nil {
		return nil, nil, err
	}
	ring, err := keyring.Open(cfg.Keys, pass, rand.Reader)
	return cfg, ring, err
}

type logAuditKeyCmd struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML): says where the ring is. 配置文件."`
	Out    string `required:"" type:"path" help:"File for the audit key, mode 600; never written over."`
}

// Run writes the private audit key: whoever has it reads every entry of the
// trail.
func (c *logAuditKeyCmd) Run(e *env) error {
	_, ring, err := openRing(c.Config)
	if err != nil {
		return err
	}
	if err := writeKey(c.Out, ring.Trail().Audit().Reveal()); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(e.stdout, "wrote the audit key to %s: it reads every entry of the trail; give it to the auditor and delete it here\n", c.Out)
	return nil
}
