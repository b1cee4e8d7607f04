package backfill

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/fengcun/fengcun/internal/registry"
	"github.com/fengcun/fengcun/internal/simulate"
)

// Report is what a wave did, or would do, as it is handed out: numbers alone.
type Report struct {
	Wave    string           `json:"wave,omitempty"` // id; none in a dry run
	Over    string           `json:"over"`           // waiting, open
	DryRun  bool             `json:"dry_run"`
	On      string           `json:"on"`    // day on which policy decided
	Packs   []string         `json:"packs"` // in force on it, with their digests
	Persons int64            `json:"persons"`
	Records int64            `json:"records"`
	All     map[string]int64 `json:"outcomes"`
	Crimes  []Row            `json:"by_crime"`
	Regions []Row            `json:"by_region"`
	Penalty []Row            `json:"by_penalty"`
	Letters []Mail           `json:"letters"`
	Files   []File           `json:"files"`
	Notes   []string         `json:"notes,omitempty"` // what these numbers cannot say
}

// Row is one value of a dimension with its outcomes.
type Row struct {
	Value    string           `json:"value"`
	Outcomes map[string]int64 `json:"outcomes"`
}

// Mail is what one agency is written.
type Mail struct {
	Agency  string `json:"agency"`
	Records int64  `json:"records"`
	Letters int64  `json:"letters"`
}

// File is how far a file of history is in.
type File struct {
	ID       string     `json:"id"` // beginning of its keyed digest
	Agency   string     `json:"agency"`
	Began    time.Time  `json:"began"`
	Finished *time.Time `json:"finished"` // null: lines are still to be read
	Line     int64      `json:"line"`
	Accepted int64      `json:"accepted"`
	Repeated int64      `json:"repeated"`
	Refused  int64      `json:"refused"`
}

// FileOf is a file as it is shown.
func FileOf(f *registry.HistoryFile) File {
	out := File{ID: f.Digest[:min(12, len(f.Digest))], Agency: f.Agency, Began: f.Began, Line: f.Line, Accepted: f.Accepted, Repeated: f.Repeated, Refused: f.Refused}
	if !f.Finished.IsZero() {
		out.Finished = &f.Finished
	}
	return out
}

// other stands for what a record does not say, or says as nobody else does.
const other = "other or not stated 其他或未载明"

// NewReport renders the counts of a wave.
func NewReport(counts *registry.Report, files []registry.HistoryFile) *Report {
	r := &Report{
		Persons: counts.Persons, Records: counts.Records, All: counts.All, Packs: []string{}, Letters: []Mail{}, Files: []File{},
		Crimes: rows(counts, registry.ByCrime, nil), Regions: rows(counts, registry.ByRegion, simulate.RegionName), Penalty: rows(counts, registry.ByPenalty, nil),
	}
	for _, id := range slices.Sorted(maps.Keys(counts.Letters)) {
		n := counts.Letters[id]
		r.Letters = append(r.Letters, Mail{Agency: id, Records: n, Letters: registry.LettersFor(n)})
	}
	for i := range files {
		r.Files = append(r.Files, FileOf(&files[i]))
	}
	r.note()
	return r
}

func rows(counts *registry.Report, dimension string, name func(string) string) []Row {
	out := []Row{}
	for _, v := range counts.Values(dimension) {
		shown := v
		if name != nil && v != "" {
			shown = name(v)
		}
		out = append(out, Row{cmp.Or(shown, other), counts.By[dimension][v]})
	}
	return out
}

// note says what the numbers cannot know.
func (r *Report) note() {
	r.Notes = append(r.Notes, "files that are not taken in yet are not in these numbers: a record in them may bar the sealing of one here 未导入的文件不在统计之内")
	var refused int64
	for _, f := range r.Files {
		refused += f.Refused
		if f.Finished == nil {
			r.Notes = append(r.Notes, fmt.Sprintf("file %s of %s is in up to line %d only; a wave that seals waits for the rest 文件未导入完毕", f.ID, f.Agency, f.Line))
		}
	}
	if refused > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d lines of the files were refused and count nowhere; mend them and take them in first 被拒绝的行不在统计之内", refused))
	}
}

// Suppress takes counts below least out of the breakdowns, so that a report that
// is passed on points at nobody; totals stay.
func (r *Report) Suppress(least int64) {
	if least <= 1 {
		return
	}
	hidden := false
	for _, list := range [][]Row{r.Crimes, r.Regions, r.Penalty} {
		for i := range list {
			kept := map[string]int64{}
			for outcome, n := range list[i].Outcomes {
				if n >= least {
					kept[outcome] = n
				} else if n > 0 {
					hidden = true
				}
			}
			list[i].Outcomes = kept
		}
	}
	if hidden {
		r.Notes = append(r.Notes, fmt.Sprintf("counts below %d are left out of the breakdowns 小于%d的数不列出", least, least))
	}
}

// WriteJSON writes the report as one object.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// WriteCSV writes one line a number: dimension, value, outcome, records.
func (r *Report) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	line := func(dimension, value, outcome string, n int64) { // an error comes with Flush
		_ = c.Write([]string{dimension, value, outcome, strconv.FormatInt(n, 10)})
	}
	_ = c.Write([]string{"dimension", "value", "outcome", "records"})
	for _, o := range registry.Outcomes() {
		line("all", "", o, r.All[o])
	}
	for _, d := range r.dimensions() {
		for _, row := range d.rows {
			for _, o := range registry.Outcomes() {
				if n, ok := row.Outcomes[o]; ok {
					line(d.name, row.Value, o, n)
				}
			}
		}
	}
	for _, m := range r.Letters {
		line("letters", m.Agency, "seal", m.Records)
	}
	c.Flush()
	return c.Error()
}

type dimension struct {
	name, title string
	rows        []Row
}

func (r *Report) dimensions() []dimension {
	return []dimension{
		{registry.ByCrime, "by crime 罪名", r.Crimes}, {registry.ByRegion, "by region 地区", r.Regions}, {registry.ByPenalty, "by penalty 刑罚", r.Penalty},
	}
}

// WriteTable writes the report for reading.
func (r *Report) WriteTable(w io.Writer) error {
	what := "sealed 已处理"
	if r.DryRun {
		what = "dry run 试算, nothing was written"
	}
	fmt.Fprintf(w, "%s: persons %d, records %d, on %s\n", what, r.Persons, r.Records, r.On)
	for _, p := range r.Packs {
		fmt.Fprintf(w, "pack %s\n", p)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\n")
	for _, o := range registry.Outcomes() {
		fmt.Fprintf(t, "%s\t", o)
	}
	fmt.Fprint(t, "  outcome\n")
	outcomes(t, r.All, "all 合计")
	for _, d := range r.dimensions() {
		if len(d.rows) == 0 {
			continue
		}
		fmt.Fprintf(t, "\n%s\n", d.title)
		for _, row := range d.rows {
			outcomes(t, row.Outcomes, row.Value)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(r.Letters) > 0 {
		fmt.Fprint(w, "\nletters 通知书\n")
	}
	for _, m := range r.Letters {
		fmt.Fprintf(w, "  %s: records %d, letters %d\n", m.Agency, m.Records, m.Letters)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
	return nil
}

func outcomes(t io.Writer, of map[string]int64, label string) {
	for _, o := range registry.Outcomes() {
		if n, ok := of[o]; ok {
			fmt.Fprintf(t, "%d\t", n)
		} else {
			fmt.Fprint(t, "·\t")
		}
	}
	fmt.Fprintf(t, "  %s\n", label)
}
