package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/gateway/sheet"
)

// The folders inside a watched one. A file is moved to working, so that nobody
// writes to it any more, and from there to done or failed.
const (
	working = "working"
	done    = "done"
	failed  = "failed"
)

// folder is a watched folder.
type folder struct {
	*Folder
	spool *spool
	from  string // the events' source
	now   func() time.Time
	log   *slog.Logger
	sizes map[string]size // of files, when last looked
	told  map[string]bool // files that stay where they are
}

type size struct {
	bytes    int64
	modified time.Time
}

func openFolder(c *Folder, s *spool, from string, now func() time.Time, log *slog.Logger) (*folder, error) {
	f := &folder{Folder: c, spool: s, from: from, now: now, log: log, sizes: make(map[string]size), told: make(map[string]bool)}
	for _, sub := range []string{working, done, failed} {
		if err := os.MkdirAll(filepath.Join(c.Path, sub), 0o700); err != nil {
			return nil, fmt.Errorf("folders: %w", err)
		}
	}
	return f, nil
}

func (f *folder) name() string { return f.Path }
func (f *folder) Close() error { return nil }

// collect goes on with what is in working, and then moves new files there.
func (f *folder) collect(ctx context.Context, today civil.Date) error {
	if err := f.work(ctx, today); err != nil {
		return err
	}
	claimed, err := f.claim(ctx)
	if err != nil || claimed == 0 {
		return err
	}
	return f.work(ctx, today)
}

// work reads and hands out what has been claimed. A file that fails does not
// stop the others.
func (f *folder) work(ctx context.Context, today civil.Date) error {
	lots, err := f.spool.lots(ctx, f.Path)
	if err != nil {
		return err
	}
	known := make(map[string]bool)
	for _, l := range lots {
		known[l.name] = true
	}
	files, err := os.ReadDir(filepath.Join(f.Path, working))
	if err != nil {
		return err
	}
	for _, file := range files {
		if known[file.Name()] {
			continue
		}
		l, err := f.spool.begin(ctx, f.Path, file.Name())
		if err != nil {
			return err
		}
		lots = append(lots, l)
	}
	var errs []error
	for _, l := range lots {
		err := f.proceed(ctx, l, today)
		if errors.Is(err, errFull) || ctx.Err() != nil {
			return errors.Join(append(errs, err)...)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", l.name, err))
		}
	}
	return errors.Join(errs...)
}

// proceed does for one file what can be done now.
func (f *folder) proceed(ctx context.Context, l *lot, today civil.Date) error {
	file := filepath.Join(f.Path, working, l.name)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if !l.complete {
			return fmt.Errorf("it was taken out of %s before it was read; put it back or into the watched folder", filepath.Dir(file))
		}
		return f.spool.forget(ctx, l) // handed out, and killed just then
	}
	if !l.complete {
		if err := f.read(ctx, l, file, today); err != nil {
			return err
		}
	}
	open, err := f.spool.open(ctx, l)
	if err != nil || open {
		return err
	}
	return f.handOut(ctx, l, file)
}

// read brings a file's rows into the spool, a few hundred at a time; it goes on
// after the last that is there.
func (f *folder) read(ctx context.Context, l *lot, file string, today civil.Date) error {
	feed, err := OpenFeed(file, f.rule, f.from, f.spool.temporary(), today)
	if errors.Is(err, sheet.ErrFile) {
		l.complete, l.refusal = true, err.Error()
		return f.spool.add(ctx, l, nil)
	}
	if err != nil {
		return err
	}
	defer feed.Close()
	for !l.complete {
		if err := f.spool.room(); err != nil {
			return err
		}
		items, err := some(feed, l)
		if err != nil {
			return err
		}
		if err := f.spool.add(ctx, l, items); err != nil {
			return err
		}
	}
	return nil
}

// some takes the next rows off a feed that the lot has not got.
func some(feed Feed, l *lot) ([]item, error) {
	var items []item
	for size := 0; len(items) < 500 && size < 4<<20; {
		e, err := feed.Next()
		switch {
		case errors.Is(err, io.EOF):
			l.complete = true
			return items, nil
		case errors.Is(err, sheet.ErrFile):
			l.complete, l.refusal = true, err.Error()
			return items, nil
		case err != nil:
			return nil, err
		case e.Row <= l.readTo:
			continue
		}
		items = append(items, e.item())
		l.readTo = e.Row
		size += len(e.Event)
	}
	return items, nil
}

func (e Entry) item() item {
	it := item{row: e.Row, raw: e.Event, id: e.ID}
	if len(e.Faults) > 0 {
		it.outcome, it.raw = faulty, nil
	}
	for _, p := range e.Faults {
		it.faults = append(it.faults, fault{Column: p.Column, Message: p.Message})
	}
	return it
}

// claim moves files into working that have not changed since the last look and
// for the time to settle: one that is still being written is left.
func (f *folder) claim(ctx context.Context) (n int, err error) {
	files, err := os.ReadDir(f.Path)
	if err != nil {
		return 0, err
	}
	sizes := make(map[string]size)
	for _, file := range files {
		if file.IsDir() || passing(file.Name()) {
			continue
		}
		info, err := file.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // gone again, or no file
		}
		name := file.Name()
		if sheet.KindOf(name) == sheet.Unknown {
			f.stays(ctx, name)
			continue
		}
		sizes[name] = size{info.Size(), info.ModTime()}
		if f.sizes[name] != sizes[name] || f.now().Sub(info.ModTime()).Abs() < f.Settle {
			continue
		}
		moved, err := f.take(name)
		if err != nil {
			return n, err
		}
		if moved {
			delete(sizes, name)
			n++
		}
	}
	f.sizes = sizes
	return n, nil
}

// passing are names that programs give to files while they write them.
func passing(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") {
		return true
	}
	for _, end := range []string{".tmp", ".part", ".filepart", ".crdownload", ".partial"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

func (f *folder) stays(ctx context.Context, name string) {
	if !f.told[name] {
		f.told[name] = true
		f.log.WarnContext(ctx, "a file is left where it is: its name ends in none of .ndjson, .jsonl, .csv, .tsv, .xlsx, .xlsm", "folder", f.Path, "file", name)
	}
}

// take moves a file into working, unless one of its name is still there.
func (f *folder) take(name string) (bool, error) {
	to := filepath.Join(f.Path, working, name)
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if err := os.Rename(filepath.Join(f.Path, name), to); err != nil {
		return false, err
	}
	return true, errors.Join(flush(filepath.Join(f.Path, working)), flush(f.Path))
}

// flush makes a folder's entries durable.
func flush(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// idle is true when nothing is in working and no file here is one to be read.
func (f *folder) idle(ctx context.Context) (bool, error) {
	lots, err := f.spool.lots(ctx, f.Path)
	if err != nil || len(lots) > 0 {
		return false, err
	}
	files, err := os.ReadDir(f.Path)
	for _, file := range files {
		if !file.IsDir() && !passing(file.Name()) && sheet.KindOf(file.Name()) != sheet.Unknown {
			return false, err
		}
	}
	return true, err
}
