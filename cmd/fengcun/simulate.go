package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/policy"
	"github.com/fengcun/fengcun/internal/simulate"
)

type simulateCmd struct {
	Pack    []string `sep:"none" help:"Id or folder of a pack; repeat to compare. Default: those of the report's table. 政策包, 可多次给出."`
	Facts   string   `help:"NDJSON of facts, labelled convictions or dossiers; - is standard input. Default: the synthetic national year 2024. 统计事实文件."`
	On      string   `help:"Date to evaluate on, YYYY-MM-DD; default: the last day of the last year in the facts. 判断日期."`
	Layer   []string `help:"Lay over every pack: exclusions, first-offender, extra. 叠加: 排除范围, 初犯, 附加条件."`
	From    string   `default:"cn-adult-preferred" help:"The pack whose layers are laid over. 叠加条件所出的政策包."`
	Sweep   string   `help:"Turn the threshold, FROM..TO[/STEP] in months, or PARAMETER=FROM..TO[/STEP]. 刑期门槛的敏感性."`
	Report  bool     `help:"Only the report's table: our answers beside the report's numbers. 研究报告对照表."`
	Strict  bool     `help:"Unknown stays unknown: assume neither that sentences are served nor that who may apply does. 未知即未知."`
	Others  float64  `default:"20" help:"In the synthetic year, percent of adults with another conviction; negative: unknown. 另有前科的比例, 假定."`
	Workers int      `help:"Processors to use; default: all. 并行数."`
	Format  string   `enum:"table,json,csv" default:"table" help:"table, json or csv. 输出格式."`
}

// Run evaluates the packs over the facts and prints whom they reach.
func (c *simulateCmd) Run(e *env) error {
	packs, laid, err := c.packs()
	if err != nil {
		return err
	}
	facts, source, err := c.facts(e)
	if err != nil {
		return err
	}
	by, err := c.conventions(facts)
	if err != nil {
		return err
	}
	out := &simulate.Comparison{Facts: source, On: by.On, Strict: c.Strict}
	if !c.Report {
		out.Packs = facts.Compare(packs, laid, by, c.Workers)
	}
	if c.Report || c.asReported() {
		if out.Report, err = c.report(facts, source, by); err != nil {
			return err
		}
	}
	if c.Sweep != "" {
		if out.Sweeps, err = c.sweeps(facts, packs, by); err != nil {
			return err
		}
	}
	return c.print(e.stdout, out)
}

func (c *simulateCmd) print(w io.Writer, out *simulate.Comparison) error {
	switch c.Format {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(out)
	case "csv":
		return out.WriteCSV(w)
	}
	return out.WriteTable(w)
}

func (c *simulateCmd) packs() ([]*policy.Pack, [][]string, error) {
	if len(c.Pack) == 0 {
		c.Pack = simulate.ReportPacks()
	}
	var from *policy.Pack
	if len(c.Layer) > 0 {
		var err error
		if from, err = openPack(c.From); err != nil {
			return nil, nil, fmt.Errorf("--from: %w", err)
		}
	}
	out, laid := make([]*policy.Pack, len(c.Pack)), make([][]string, len(c.Pack))
	for i, id := range c.Pack {
		p, err := openPack(id)
		if err != nil {
			return nil, nil, err
		}
		if out[i], laid[i], err = simulate.Lay(p, from, c.Layer); err != nil {
			return nil, nil, fmt.Errorf("--layer: %w", err)
		}
	}
	return out, laid, nil
}

func (c *simulateCmd) facts(e *env) (*simulate.Facts, simulate.Source, error) {
	if c.Facts == "" {
		f, err := simulate.National(simulate.Assumptions{Others: c.Others})
		if err != nil {
			return nil, simulate.Source{}, err
		}
		return f, f.Source("synthetic national year 2024", ""), nil
	}
	in := e.stdin
	if c.Facts != "-" {
		file, err := os.Open(c.Facts)
		if err != nil {
			return nil, simulate.Source{}, err
		}
		defer file.Close()
		in = file
	}
	on, err := parseOn(c.On)
	if err != nil {
		return nil, simulate.Source{}, err
	}
	f := simulate.NewFacts()
	format, err := f.Read(in, on)
	if err != nil {
		return nil, simulate.Source{}, fmt.Errorf("%s: %w", c.Facts, err)
	}
	return f, f.Source(c.Facts, format), nil
}

// conventions: without a date, the last day of the last year that the facts
// know, or of the synthetic year.
func (c *simulateCmd) conventions(f *simulate.Facts) (simulate.Conventions, error) {
	on, err := parseOn(c.On)
	if err != nil {
		return simulate.Conventions{}, err
	}
	if on.IsZero() {
		last := f.LastYear()
		if last == 0 {
			last = simulate.NationalYear
		}
		on = civil.New(last, 12, 31)
	}
	return simulate.Conventions{On: on, Strict: c.Strict}, nil
}

// asReported says that the packs of the report's table are all there, as they
// are.
func (c *simulateCmd) asReported() bool {
	for _, id := range simulate.ReportPacks() {
		if !slices.Contains(c.Pack, id) {
			return false
		}
	}
	return len(c.Layer) == 0
}

func (c *simulateCmd) report(f *simulate.Facts, source simulate.Source, by simulate.Conventions) (*simulate.ReportTable, error) {
	var packs []*policy.Pack
	for _, id := range simulate.ReportPacks() {
		p, err := openPack(id)
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	return f.Report(source.Name, source.Synthetic, packs, by, c.Workers), nil
}

func (c *simulateCmd) sweeps(f *simulate.Facts, packs []*policy.Pack, by simulate.Conventions) ([]*simulate.Sweep, error) {
	name, from, to, step, err := parseSweep(c.Sweep)
	if err != nil {
		return nil, err
	}
	var out []*simulate.Sweep
	for _, p := range packs {
		param := name
		if param == "" {
			param = simulate.Threshold(p)
		}
		if param == "" || (name != "" && !simulate.HasParameter(p, name)) {
			continue // nothing to turn in this pack
		}
		s, err := f.Sweep(p, param, from, to, step, by, c.Workers)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if out == nil {
		return nil, fmt.Errorf("--sweep: none of the packs has such a parameter; fengcun pack list names packs, their policy.yaml the parameters")
	}
	return out, nil
}

// parseSweep reads [PARAMETER=]FROM..TO[/STEP].
func parseSweep(s string) (name string, from, to, step int64, err error) {
	name, span, named := strings.Cut(s, "=")
	if !named {
		name, span = "", s
	}
	span, by, stepped := strings.Cut(span, "/")
	low, high, ok := strings.Cut(span, "..")
	step = 1
	for _, n := range []struct {
		text string
		to   *int64
		read bool
	}{{low, &from, true}, {high, &to, true}, {by, &step, stepped}} {
		if !n.read {
			continue
		}
		v, bad := strconv.ParseInt(n.text, 10, 32)
		if bad != nil || !ok {
			return "", 0, 0, 0, fmt.Errorf("--sweep %s: write FROM..TO, FROM..TO/STEP or PARAMETER=FROM..TO", s)
		}
		*n.to = v
	}
	return name, from, to, step, nil
}
