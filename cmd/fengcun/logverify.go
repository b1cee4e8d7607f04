package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
)

type logVerifyCmd struct {
	URL  string `xor:"from" help:"Address of the served log, ending in /trail/."`
	Dir  string `xor:"from" type:"existingdir" help:"Directory with a copy of the log: see log copy."`
	Key  string `required:"" help:"Verifier key of the log, or a file that holds it. 验证公钥."`
	Seen string `type:"path" help:"File that keeps the last checkpoint seen; written after a success."`

	Receipt  []string `type:"existingfile" help:"Receipts that must be of entries of this log; without --url and --dir they are checked alone. 凭证."`
	Witness  []string `help:"Verifier key of a witness, or a file that holds it; may be given again. 见证方公钥."`
	Quorum   *int     `help:"How many of the witnesses must have cosigned; all of them where nothing is said. 见证方法定数."`
	Records  string   `type:"existingfile" help:"Private records, of log records: every commitment is opened. 审计记录."`
	AuditKey string   `type:"existingfile" help:"The audit key that opens them. 审计私钥."`
}

// Run verifies the whole log and tells what it checked.
func (c *logVerifyCmd) Run(e *env) error {
	v, err := c.verifier()
	if err != nil {
		return err
	}
	check, done, err := c.check()
	if err != nil {
		return err
	}
	defer done()
	if c.URL == "" && c.Dir == "" {
		return c.receiptsAlone(e, v, check.Receipts)
	}
	log, err := c.log()
	if err != nil {
		return err
	}
	report, cp, err := trail.VerifyLog(e.ctx, log, v, check)
	if err != nil {
		return err
	}
	c.tell(e, report)
	if report.Err() != nil {
		return exitError(1)
	}
	fmt.Fprintln(e.stdout, "the log verifies")
	if c.Seen != "" {
		if err := keepFile(c.Seen, cp.Signed); err != nil {
			return fmt.Errorf("--seen: %w", err)
		}
	}
	return nil
}

func (c *logVerifyCmd) tell(e *env, r trail.Report) {
	fmt.Fprintf(e.stdout, "origin %s\nsize %d\nroot %s\ntiles %d\nentries %d\ncontinues %d checkpoints seen\nreceipts %d\n",
		r.Origin, r.Size, r.Root, r.Tiles, r.Entries, r.Seen, r.Receipts)
	tellWitnesses(e, r.Witness)
	if c.Records != "" {
		fmt.Fprintf(e.stdout, "private records %d\n", r.Records)
	}
	for _, f := range r.Findings {
		fmt.Fprintln(e.stdout, "finding:", f)
	}
	if r.Omitted > 0 {
		fmt.Fprintf(e.stdout, "and %d findings more\n", r.Omitted)
	}
}

func tellWitnesses(e *env, by []trail.Cosignature) {
	for _, w := range by {
		fmt.Fprintf(e.stdout, "witness %s at %s\n", w.Witness, w.At.Format(time.RFC3339))
	}
}

// receiptsAlone checks each receipt by the checkpoint that it carries.
func (c *logVerifyCmd) receiptsAlone(e *env, v *trail.Verifier, receipts []trail.Receipt) error {
	if len(receipts) == 0 || c.Seen != "" || c.Records != "" {
		return errors.New("give the log by --url or --dir; only receipts can be checked without it")
	}
	bad := false
	for i, r := range receipts {
		cp, err := r.Verify(v, r.Leaf)
		if err != nil {
			bad = true
			fmt.Fprintf(e.stdout, "finding: %s: %v\n", c.Receipt[i], err)
			continue
		}
		fmt.Fprintf(e.stdout, "%s: entry %d is in %s, by its checkpoint of %d entries\n", c.Receipt[i], r.Index, cp.Origin, cp.Size)
		tellWitnesses(e, cp.Witnessed)
	}
	if bad {
		return exitError(1)
	}
	return nil
}

// keyText is a key given as text or as the file that holds it.
func keyText(given string) string {
	if b, err := os.ReadFile(given); err == nil { //nolint:gosec // the file the operator names
		return string(b)
	}
	return given
}

// verifier knows the log's keys and what is asked of witnesses.
func (c *logVerifyCmd) verifier() (*trail.Verifier, error) {
	v, err := trail.ParseVerifier(keyText(c.Key))
	if err != nil {
		return nil, fmt.Errorf("--key: %w", err)
	}
	keys := make([]trail.WitnessKey, len(c.Witness))
	for i, w := range c.Witness {
		if keys[i], err = trail.ParseWitnessKey(keyText(w)); err != nil {
			return nil, fmt.Errorf("--witness: %w", err)
		}
	}
	need := len(keys)
	if c.Quorum != nil {
		need = *c.Quorum
	}
	q, err := trail.NewQuorum(need, keys...)
	if err != nil {
		return nil, fmt.Errorf("--quorum: %w", err)
	}
	return v.Requiring(q), nil
}

func (c *logVerifyCmd) log() (trail.Copy, error) {
	if c.URL == "" {
		return trail.Dir(os.DirFS(c.Dir)), nil
	}
	log, err := trail.URL(&http.Client{Timeout: time.Minute}, c.URL)
	if err != nil {
		return nil, fmt.Errorf("--url: %w", err)
	}
	return log, nil
}

// check is what is asked of the log beyond that it holds together; done closes
// what it reads from.
func (c *logVerifyCmd) check() (check trail.Check, done func(), err error) {
	done = func() {}
	if c.Seen != "" && exists(c.Seen) {
		seen, err := os.ReadFile(c.Seen)
		if err != nil {
			return check, done, fmt.Errorf("--seen: %w", err)
		}
		check.Seen = [][]byte{seen}
	}
	for _, file := range c.Receipt {
		text, err := os.ReadFile(file)
		if err != nil {
			return check, done, fmt.Errorf("--receipt: %w", err)
		}
		r, err := trail.ParseReceipt(text)
		if err != nil {
			return check, done, fmt.Errorf("--receipt %s: %w", file, err)
		}
		check.Receipts = append(check.Receipts, r)
	}
	if c.Records == "" && c.AuditKey == "" {
		return check, done, nil
	}
	return c.audit(check)
}

// audit adds the private records and what opens them.
func (c *logVerifyCmd) audit(check trail.Check) (trail.Check, func(), error) {
	done := func() {}
	if c.Records == "" || c.AuditKey == "" {
		return check, done, errors.New("--records and --audit-key go together")
	}
	text, err := os.ReadFile(c.AuditKey)
	if err != nil {
		return check, done, fmt.Errorf("--audit-key: %w", err)
	}
	key, err := suite.ParseDecryptKey(strings.TrimSpace(string(text)))
	if err != nil {
		return check, done, fmt.Errorf("--audit-key: %w", err)
	}
	f, err := os.Open(c.Records)
	if err != nil {
		return check, done, fmt.Errorf("--records: %w", err)
	}
	r := trail.NewRecordReader(f)
	check.Records = r.All()
	check.Auditor = trail.NewAuditor(key, func(_ context.Context, epoch string) ([]byte, error) { return r.Wrapped(epoch) })
	return check, func() { _ = f.Close() }, nil
}

// keepFile replaces a file whole, so that a run that is cut off leaves the old
// one.
func keepFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
