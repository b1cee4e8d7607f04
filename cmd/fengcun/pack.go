package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/packs"
)

// PackCmd is the commands about policy packs.
type PackCmd struct {
	List packListCmd `cmd:"" help:"The packs and which are in force. 列出政策包."`
	Test packTestCmd `cmd:"" help:"Run the worked cases of packs. 运行政策包的示例案件."`
	Eval packEvalCmd `cmd:"" help:"Decide dossiers read from standard input. 对卷宗作出判断."`
	Diff packDiffCmd `cmd:"" help:"Whom two packs treat differently, and why. 比较两个政策包."`
}

// failed is the status of a command that has told what is wrong.
const failed = exitError(1)

// openPack loads a pack by its id or from its folder.
func openPack(idOrDir string) (*policy.Pack, error) {
	if _, err := os.Stat(filepath.Join(idOrDir, "policy.yaml")); err == nil {
		p, err := policy.Load(os.DirFS(idOrDir))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", idOrDir, err)
		}
		return p, nil
	}
	p, err := packs.Open(idOrDir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, fmt.Errorf("%s is neither a pack (see fengcun pack list) nor a folder with policy.yaml", idOrDir)
	}
	return p, err
}

type packListCmd struct {
	Format string `enum:"table,json" default:"table" help:"table or json. 输出格式."`
}

type packLine struct {
	ID       string          `json:"id"`
	Version  string          `json:"version"`
	Regime   policy.Regime   `json:"regime"`
	Standing policy.Standing `json:"standing"`
	Cases    int             `json:"cases"`
	From     string          `json:"from,omitempty"` // in force
	To       string          `json:"to,omitempty"`
	Title    policy.Text     `json:"title"`
	Digest   string          `json:"digest"`
}

// Run prints the packs that come with the program.
func (c *packListCmd) Run(e *env) error {
	all, err := packs.Load()
	if err != nil {
		return err
	}
	enacted, err := packs.Enacted()
	if err != nil {
		return err
	}
	lines := make([]packLine, len(all))
	for i, p := range all {
		lines[i] = packLine{
			ID: p.ID, Version: p.Version, Regime: p.Regime, Standing: p.Standing, Cases: len(p.Cases), Title: p.Title, Digest: p.Digest,
		}
		for _, in := range enacted {
			if in.Pack == p.ID {
				lines[i].From, lines[i].To = in.From.String(), in.To.String()
			}
		}
	}
	if c.Format == "json" {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(lines)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "PACK\tVERSION\tREGIME\tSTANDING\tCASES\tIN FORCE FROM\tTITLE")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", l.ID, l.Version, l.Regime, l.Standing, l.Cases, l.From, l.Title.Zh)
	}
	return w.Flush()
}

type packTestCmd struct {
	Dirs []string `arg:"" optional:"" name:"dir" help:"Folders of packs, or folders of such folders, or ids; default: all packs. 政策包目录."`
}

// Run runs the worked cases and tells every one that fails.
func (c *packTestCmd) Run(e *env) error {
	folders, err := packFolders(c.Dirs)
	if err != nil {
		return err
	}
	cases, bad := 0, 0
	for _, f := range folders {
		p, err := policy.Parse(f.files)
		if err != nil {
			fmt.Fprintf(e.stderr, "%s: %v\n", f.name, err)
			bad++
			continue
		}
		failures := p.RunCases()
		for _, failure := range failures {
			fmt.Fprintf(e.stderr, "%s/%v\n", f.name, failure)
		}
		cases, bad = cases+len(p.Cases), bad+len(failures)
		fmt.Fprintf(e.stdout, "%-28s %4d cases, %d failed\n", p.ID, len(p.Cases), len(failures))
	}
	fmt.Fprintf(e.stdout, "%d packs, %d cases, %d failed\n", len(folders), cases, bad)
	if bad > 0 {
		return failed
	}
	return nil
}

type packFolder struct {
	name  string
	files fs.FS
}

func packFolders(names []string) ([]packFolder, error) {
	if len(names) == 0 {
		return foldersIn("packs", packs.FS())
	}
	var out []packFolder
	for _, name := range names {
		root := os.DirFS(name)
		if _, err := fs.Stat(root, "policy.yaml"); err == nil {
			out = append(out, packFolder{name, root})
			continue
		}
		if sub, err := fs.Sub(packs.FS(), name); err == nil {
			if _, err := fs.Stat(sub, "policy.yaml"); err == nil {
				out = append(out, packFolder{name, sub})
				continue
			}
		}
		inside, err := foldersIn(name, root)
		if err != nil {
			return nil, err
		}
		out = append(out, inside...)
	}
	return out, nil
}

func foldersIn(name string, root fs.FS) ([]packFolder, error) {
	files, err := fs.Glob(root, "*/policy.yaml")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no policy.yaml there nor one folder below", name)
	}
	var out []packFolder
	for _, file := range files {
		sub, err := fs.Sub(root, filepath.ToSlash(filepath.Dir(file)))
		if err != nil {
			return nil, err
		}
		out = append(out, packFolder{name + "/" + filepath.Dir(file), sub})
	}
	return out, nil
}

type packEvalCmd struct {
	Pack string `help:"Id or folder of the pack; default: the packs in force, by regime. 政策包."`
	On   string `help:"Date to evaluate on, YYYY-MM-DD; default: that of each dossier. 判断日期."`
}

// Run writes one decision for each dossier, in the order of the input. A line
// that cannot be decided is told on standard error, and the rest goes on.
func (c *packEvalCmd) Run(e *env) error {
	decide, err := c.decider()
	if err != nil {
		return err
	}
	on, err := parseOn(c.On)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(e.stdout, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bad, err := eachDossier(e, on, func(d *policy.Dossier, on civil.Date) error {
		decision, err := decide(d, on)
		if err != nil {
			return err
		}
		return enc.Encode(decision)
	})
	if err := errors.Join(err, out.Flush()); err != nil {
		return err
	}
	if bad > 0 {
		return failed
	}
	return nil
}

func (c *packEvalCmd) decider() (func(*policy.Dossier, civil.Date) (*policy.Decision, error), error) {
	if c.Pack == "" {
		set, err := packs.Set()
		if err != nil {
			return nil, err
		}
		return set.Decide, nil
	}
	p, err := openPack(c.Pack)
	if err != nil {
		return nil, err
	}
	return func(d *policy.Dossier, on civil.Date) (*policy.Decision, error) {
		decision := p.Decide(d, on)
		return &decision, nil
	}, nil
}

func parseOn(s string) (civil.Date, error) {
	if s == "" {
		return civil.Date{}, nil
	}
	on, err := civil.Parse(s)
	if err != nil {
		return on, fmt.Errorf("--on: %w", err)
	}
	return on, nil
}

// eachDossier reads standard input to its end and counts the lines it could
// not use; each is told with line and field. The date on the command line goes
// before that of the dossier; without either a dossier cannot be decided.
func eachDossier(e *env, on civil.Date, use func(*policy.Dossier, civil.Date) error) (bad int, err error) {
	r := policy.NewReader(e.stdin)
	for e.ctx.Err() == nil {
		d, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return bad, nil
		case errors.Is(err, policy.ErrTooLong):
			return bad, err
		case err != nil:
			fmt.Fprintln(e.stderr, err)
			bad++
			continue
		}
		day := on
		if day.IsZero() {
			day = d.On
		}
		if day.IsZero() {
			fmt.Fprintf(e.stderr, "line %d: field /on: missing; give the date there or with --on\n", r.Line())
			bad++
			continue
		}
		if err := use(d, day); err != nil {
			return bad, fmt.Errorf("line %d: %w", r.Line(), err)
		}
	}
	return bad, e.ctx.Err()
}
