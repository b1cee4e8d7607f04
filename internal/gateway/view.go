package gateway

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/gateway/mapping"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
	"github.com/fengcun/fengcun/internal/suite"
)

// view is a SQL view (or table) that is polled.
type view struct {
	*View
	d       dialect
	db      *sql.DB
	spool   *spool
	overlap overlap
	columns []string // read: those of the mapping, then those of the cursor
	binding *mapping.Binding
	polls   int64
}

func openView(c *View, s *spool, from string) (*view, error) {
	d, err := dialectOf(c.Driver)
	if err != nil {
		return nil, err
	}
	back, err := readOverlap(c.Overlap)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Reports, 0o700); err != nil {
		return nil, fmt.Errorf("views: reports: %w", err)
	}
	info, err := os.Stat(c.DSNFile)
	if err != nil {
		return nil, fmt.Errorf("views: dsn_file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("views: dsn_file: %s can be read by others; run chmod 600 on it", c.DSNFile)
	}
	dsn, err := os.ReadFile(c.DSNFile)
	if err != nil {
		return nil, fmt.Errorf("views: dsn_file: %w", err)
	}
	v := &view{View: c, d: d, spool: s, overlap: back, columns: c.rule.Columns()}
	for _, column := range c.Cursor {
		if !slices.Contains(v.columns, column) {
			v.columns = append(v.columns, column)
		}
	}
	if v.binding, err = c.rule.Bind(v.columns, mapping.Workbook{}, from); err != nil {
		return nil, err
	}
	if v.db, err = sql.Open(d.driver, strings.TrimSpace(string(dsn))); err != nil {
		return nil, fmt.Errorf("views: %s: dsn_file: it is no address of a %s database", c.Name, c.Driver)
	}
	v.db.SetMaxOpenConns(1)
	v.db.SetConnMaxIdleTime(time.Minute)
	return v, nil
}

func (v *view) name() string { return "view:" + v.Name }
func (v *view) Close() error { return v.db.Close() }

// collect hands out the polls that are answered, then reads the view on.
func (v *view) collect(ctx context.Context, today civil.Date) error {
	if err := v.handOut(ctx); err != nil {
		return err
	}
	return v.poll(ctx, today)
}

// poll reads from a little before the last row read to the last there is, a
// page at a time. A row that was read before is known by its content.
func (v *view) poll(ctx context.Context, today civil.Date) error {
	last, err := v.position(ctx)
	if err != nil {
		return err
	}
	from, backed := last, false
	if len(last) > 0 {
		var first mark
		if first, backed = v.overlap.back(last[0]); backed {
			from = []mark{first}
		}
	}
	v.polls++
	for {
		if err := v.spool.room(); err != nil {
			return err
		}
		p, err := v.page(ctx, from, backed)
		if err != nil {
			return err
		}
		if len(p.rows) == 0 {
			break
		}
		if err := v.keep(ctx, p, last, today); err != nil {
			return err
		}
		from, backed = p.last, false
		if last == nil || after(p.last, last) {
			last = p.last
		}
		if len(p.rows) < v.Page {
			break
		}
	}
	return v.unlearn(ctx)
}

// after compares positions of one view.
func after(a, b []mark) bool {
	for i := range a {
		if i >= len(b) || a[i] == b[i] {
			continue
		}
		x, y := a[i], b[i]
		if m, err := strconv.ParseInt(x.Text, 10, 64); err == nil && x.Kind == "number" && y.Kind == "number" {
			n, err := strconv.ParseInt(y.Text, 10, 64)
			return err == nil && m > n
		}
		s, _, err1 := readMoment(x.Text)
		t, _, err2 := readMoment(y.Text)
		if err1 == nil && err2 == nil {
			return s.After(t)
		}
		return x.Text > y.Text
	}
	return false
}

func (v *view) position(ctx context.Context) ([]mark, error) {
	var text []byte
	err := v.spool.db.QueryRowContext(ctx, "SELECT at FROM position WHERE source = ?1", v.name()).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, spoolError(err)
	}
	var out []mark
	if err := json.Unmarshal(text, &out); err != nil || len(out) != len(v.Cursor) {
		return nil, errors.New("the cursor was changed in the configuration; give the view another name to read it from the start (what went in is only acknowledged again)")
	}
	return out, nil
}

// page is some rows of a view as text, and where they end.
type page struct {
	rows [][]string
	last []mark
}

func (v *view) page(ctx context.Context, from []mark, backed bool) (*page, error) {
	query, args := v.d.page(v.View, v.columns, from, backed)
	rows, err := v.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	p := &page{}
	values := make([]any, len(v.columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		cells := make([]string, len(values))
		for i := range values {
			cells[i] = cellOf(values[i], types[i].DatabaseTypeName())
		}
		p.rows = append(p.rows, cells)
		p.last = p.last[:0]
		for _, c := range v.Cursor {
			m, err := markOf(values[slices.Index(v.columns, c)])
			if err != nil {
				return nil, err
			}
			p.last = append(p.last, m)
		}
	}
	return p, rows.Err()
}

// keep brings a page's new rows into the spool as one lot, and with them how
// far the view has been read.
func (v *view) keep(ctx context.Context, p *page, last []mark, today civil.Date) error {
	at := p.last
	if last != nil && !after(p.last, last) {
		at = last
	}
	text, err := json.Marshal(at)
	if err != nil {
		return err
	}
	var items []item
	var digests [][]byte
	for _, cells := range p.rows {
		digest := suite.Intl().Digest(framed(cells))
		known, err := v.known(ctx, digest[:16])
		if err != nil {
			return err
		}
		if digests = append(digests, digest[:16]); known || len(items) > 0 && contains(digests[:len(digests)-1], digest[:16]) {
			continue
		}
		if it, skipped := v.item(cells, int64(len(items)+1), today); !skipped {
			items = append(items, it)
		}
	}
	remember := func(tx *sql.Tx) error {
		for _, d := range digests {
			if _, err := tx.ExecContext(ctx, "INSERT INTO seen (source, digest, poll) VALUES (?1, ?2, ?3) ON CONFLICT (source, digest) DO UPDATE SET poll = ?3", v.name(), d, v.polls); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO position (source, at) VALUES (?1, ?2) ON CONFLICT (source) DO UPDATE SET at = ?2", v.name(), text)
		return err
	}
	if len(items) == 0 {
		return v.spool.transact(ctx, remember)
	}
	return v.spool.addNew(ctx, v.name(), items, remember)
}

func contains(all [][]byte, d []byte) bool {
	return slices.ContainsFunc(all, func(b []byte) bool { return string(b) == string(d) })
}

func framed(cells []string) []byte {
	parts := make([][]byte, len(cells))
	for i, c := range cells {
		parts[i] = []byte(c)
	}
	return suite.Frame("fengcun/view-row/1", parts...)
}

func (v *view) known(ctx context.Context, digest []byte) (known bool, err error) {
	err = v.spool.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM seen WHERE source = ?1 AND digest = ?2)", v.name(), digest).Scan(&known)
	return known, spoolError(err)
}

// unlearn forgets the rows that this poll did not meet: they lie before the
// overlap and are not read again.
func (v *view) unlearn(ctx context.Context) error {
	_, err := v.spool.db.ExecContext(ctx, "DELETE FROM seen WHERE source = ?1 AND poll <> ?2", v.name(), v.polls)
	return spoolError(err)
}

func (v *view) item(cells []string, row int64, today civil.Date) (it item, skipped bool) {
	r := sheet.Row{Number: int(row)}
	for _, c := range cells {
		r.Cells = append(r.Cells, sheet.Cell{Text: c})
	}
	got := v.binding.Event(r, today)
	it = Entry{Row: row, ID: got.ID, Event: got.Raw, Faults: got.Problems}.item()
	it.cells = cells
	return it, got.Skipped
}

// handOut writes the reports of the polls that are answered.
func (v *view) handOut(ctx context.Context) error {
	lots, err := v.spool.lots(ctx, v.name())
	if err != nil {
		return err
	}
	for _, l := range lots {
		open, err := v.spool.open(ctx, l)
		if err != nil || open {
			return err
		}
		if err := v.report(ctx, l); err != nil {
			return err
		}
		if err := v.spool.forget(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) report(ctx context.Context, l *lot) error {
	to := filepath.Join(v.Reports, v.Name+"."+strconv.FormatInt(l.id, 10))
	bad, err := writeReceipts(ctx, v.spool, l, to+".receipts.ndjson", v.binding.Told)
	if err != nil || bad == 0 {
		return err
	}
	err = writeWhole(to+".errors.csv", func(w io.Writer) error {
		out, err := newCorrections(w, v.rule, v.columns)
		if err != nil {
			return err
		}
		err = eachBad(ctx, v.spool, l, func(it item) error {
			return out.add(it.cells, told(it.faults, v.binding.Told, it.row))
		})
		return errors.Join(err, out.flush())
	})
	return errors.Join(err, flush(v.Reports))
}

// idle is true when all polls have been handed out.
func (v *view) idle(ctx context.Context) (bool, error) {
	lots, err := v.spool.lots(ctx, v.name())
	return len(lots) == 0, err
}
