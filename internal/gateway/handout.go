package gateway

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
)

// Receipt is one line of a receipts file: what became of one row.
type Receipt struct {
	Row     int64  `json:"row"`
	ID      string `json:"id,omitempty"`
	Outcome string `json:"outcome"` // accepted, repeated, refused, or faulty: not sent
	Case    string `json:"case,omitempty"`
	Leaf    *int64 `json:"leaf,omitempty"` // the entry in the trail; its proof is at /api/v1/receipts/LEAF
	Problem string `json:"problem,omitempty"`
}

// handOut writes the reports of a file that is answered beside it, moves it out
// of working and forgets it. Each step may be done again.
func (f *folder) handOut(ctx context.Context, l *lot, file string) error {
	dir := filepath.Join(f.Path, done)
	if l.refusal != "" {
		dir = filepath.Join(f.Path, failed)
	}
	to := filepath.Join(dir, l.name)
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) { // a file of this name was here before
		ext := filepath.Ext(to)
		to = strings.TrimSuffix(to, ext) + "." + strconv.FormatInt(l.id, 10) + ext
	}
	if l.refusal != "" {
		err := writeWhole(to+".error.txt", func(w io.Writer) error {
			_, err := fmt.Fprintln(w, l.refusal)
			return err
		})
		if err != nil {
			return err
		}
	}
	bad, err := writeReceipts(ctx, f.spool, l, to+".receipts.ndjson", nil)
	if err == nil && bad > 0 {
		err = f.corrections(ctx, l, file, to)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(file, to); err != nil {
		return err
	}
	if err := errors.Join(flush(dir), flush(filepath.Dir(file))); err != nil {
		return err
	}
	return f.spool.forget(ctx, l)
}

// corrections writes the rows that did not go in, as they were sent.
func (f *folder) corrections(ctx context.Context, l *lot, file, to string) error {
	if sheet.KindOf(file) == sheet.JSONLines {
		return f.badLines(ctx, l, file, to)
	}
	t, err := openTable(file, f.rule, f.from, f.spool.temporary())
	if err != nil {
		return err
	}
	defer t.Close()
	return writeWhole(to+".errors.csv", func(w io.Writer) error {
		out, err := newCorrections(w, f.rule, t.Header())
		if err != nil {
			return err
		}
		row := sheet.Row{Number: -1}
		err = eachBad(ctx, f.spool, l, func(it item) error {
			for int64(row.Number) < it.row {
				if row, err = t.Table.Next(); err != nil {
					return err
				}
			}
			return out.add(t.binding.Spelt(row), told(it.faults, t.binding.Told, it.row))
		})
		return errors.Join(err, out.flush())
	})
}

// badLines writes lines of JSON that did not go in, byte for byte, and beside
// them what is wrong with each.
func (f *folder) badLines(ctx context.Context, l *lot, file, to string) error {
	lines, err := sheet.OpenLines(file)
	if err != nil {
		return err
	}
	defer func() { _ = lines.Close() }()
	return writeWhole(to+".errors.ndjson", func(bad io.Writer) error {
		return writeWhole(to+".errors.csv", func(w io.Writer) error {
			out, err := newCorrections(w, mapping.Plain(), []string{"line", "id"})
			if err != nil {
				return err
			}
			n, line := 0, []byte(nil)
			err = eachBad(ctx, f.spool, l, func(it item) error {
				for int64(n) < it.row {
					if n, line, _, err = lines.Next(); err != nil {
						return err
					}
				}
				if line != nil {
					if _, err := bad.Write(append(line, '\n')); err != nil {
						return err
					}
				}
				return out.add([]string{strconv.FormatInt(it.row, 10), it.id}, told(it.faults, pointed, it.row))
			})
			return errors.Join(err, out.flush())
		})
	})
}

func pointed(pointer, message string) mapping.Problem {
	return mapping.Problem{Column: pointer, Message: message}
}

// told is what is wrong with a row in one line, by column.
func told(faults []fault, by func(pointer, message string) mapping.Problem, row int64) string {
	var out []string
	for _, x := range faults {
		p := mapping.Problem{Column: x.Column, Message: x.Message}
		if x.Pointer != "" {
			p = by(x.Pointer, x.Message)
		}
		out = append(out, p.String())
	}
	return "row " + strconv.FormatInt(row, 10) + ": " + strings.Join(out, "; ")
}

// corrections is a file of rows to correct and send again: CSV as Excel opens
// it, the columns as they were and a last one that says what is wrong. The
// header stands in the row in which the mapping looks for it.
type corrections struct {
	w       *csv.Writer
	columns int
}

func newCorrections(w io.Writer, m *mapping.Mapping, header []string) (*corrections, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := &corrections{w: csv.NewWriter(w), columns: len(header)}
	o := m.Options()
	if o.Comma != 0 {
		c.w.Comma = o.Comma
	}
	for range max(o.HeaderRow, 1) - 1 {
		if err := c.w.Write([]string{"更正后把本文件放回 correct the rows and send this file again"}); err != nil {
			return nil, err
		}
	}
	return c, c.w.Write(append(append([]string{}, header...), sheet.ErrorColumn))
}

func (c *corrections) add(cells []string, wrong string) error {
	row := make([]string, c.columns, c.columns+1)
	copy(row, cells)
	return c.w.Write(append(row, wrong))
}

func (c *corrections) flush() error {
	c.w.Flush()
	return c.w.Error()
}

// each gives a lot's rows in their order.
func each(ctx context.Context, s *spool, l *lot, f func(item) error) error {
	for after := int64(0); ; {
		items, err := s.items(ctx, l, after, 500)
		if err != nil || len(items) == 0 {
			return err
		}
		for _, it := range items {
			if err := f(it); err != nil {
				return err
			}
		}
		after = items[len(items)-1].row
	}
}

func eachBad(ctx context.Context, s *spool, l *lot, f func(item) error) error {
	return each(ctx, s, l, func(it item) error {
		if it.outcome != "refused" && it.outcome != faulty {
			return nil
		}
		return f(it)
	})
}

// writeReceipts writes what became of each row, and counts those that did not
// go in.
func writeReceipts(ctx context.Context, s *spool, l *lot, file string, by func(pointer, message string) mapping.Problem) (bad int, err error) {
	if by == nil {
		by = pointed
	}
	err = writeWhole(file, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		return each(ctx, s, l, func(it item) error {
			r := Receipt{Row: it.row, ID: it.id, Outcome: it.outcome, Case: it.code}
			if it.leaf.Valid {
				r.Leaf = &it.leaf.Int64
			}
			if it.outcome == "refused" || it.outcome == faulty {
				bad++
				r.Problem = told(it.faults, by, it.row)
			}
			return enc.Encode(r)
		})
	})
	return bad, err
}

// writeWhole writes a file so that it is there whole or not at all.
func writeWhole(name string, fill func(w io.Writer) error) error {
	part := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".part")
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 64<<10)
	err = fill(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, name)
}
