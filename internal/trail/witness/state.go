package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fengcun/fengcun/internal/trail"
)

// seen is the last checkpoint cosigned of one log; the zero one where none was.
type seen struct {
	size int64
	root trail.Hash
	at   int64 // seconds since 1970, of the cosignature
}

// State is what a witness must never forget: a witness that lost it could be
// led to cosign a fork. It lives in a file that is replaced whole and flushed
// before any signature leaves; a lock keeps a second witness off it.
type State struct {
	file string
	logs map[string]seen
	lock *os.File
	// write makes bytes durable under the name; tests fail it.
	write func(name string, data []byte) error
}

const stateTitle = "fengcun witness state 1"

// OpenState reads the state, or starts one: fresh says so. The directory must
// be there.
func OpenState(file string) (s *State, fresh bool, err error) {
	lock, err := lockFile(file + ".lock")
	if err != nil {
		return nil, false, fmt.Errorf("witness: the state %s is in use: %w", file, err)
	}
	s = &State{file: file, lock: lock, write: replace}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		s.logs = map[string]seen{}
		err = s.write(file, s.bytes(s.logs))
		fresh = true
	} else if err == nil {
		s.logs, err = parseState(string(data))
	}
	if err != nil {
		return nil, false, errors.Join(fmt.Errorf("witness: the state %s: %w", file, err), lock.Close())
	}
	return s, fresh, nil
}

// Close gives the state to another witness.
func (s *State) Close() error { return s.lock.Close() }

// Size is how many entries the last checkpoint cosigned of a log has.
func (s *State) Size(origin string) int64 { return s.logs[origin].size }

func (s *State) last(origin string) seen {
	l, ok := s.logs[origin]
	if !ok {
		l.root = trail.Head{}.Root()
	}
	return l
}

// keep makes the new last checkpoint durable. Where that fails the old one
// stands.
func (s *State) keep(origin string, l seen) error {
	next := maps.Clone(s.logs)
	next[origin] = l
	if err := s.write(s.file, s.bytes(next)); err != nil {
		return fmt.Errorf("witness: keeping the state: %w", err)
	}
	s.logs = next
	return nil
}

func (*State) bytes(logs map[string]seen) []byte {
	var b strings.Builder
	b.WriteString(stateTitle + "\n")
	for _, origin := range slices.Sorted(maps.Keys(logs)) {
		l := logs[origin]
		fmt.Fprintf(&b, "%s %d %s %d\n", origin, l.size, l.root, l.at)
	}
	return []byte(b.String())
}

var errState = errors.New("it is not a witness's state; restore it from a copy that is no older than the last cosignature, or retire the key")

// parseState reads the title and a line for each log: origin, size, root, time.
func parseState(text string) (map[string]seen, error) {
	body, ok := strings.CutPrefix(text, stateTitle+"\n")
	if !ok || body != "" && !strings.HasSuffix(body, "\n") {
		return nil, errState
	}
	logs := map[string]seen{}
	for line := range strings.Lines(body) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		if len(words) != 4 {
			return nil, errState
		}
		size, err1 := trail.ParseCount(words[1])
		root, err2 := trail.ParseHash(words[2])
		at, err3 := trail.ParseCount(words[3])
		if _, twice := logs[words[0]]; twice || words[0] == "" || errors.Join(err1, err2, err3) != nil {
			return nil, errState
		}
		logs[words[0]] = seen{size, root, at}
	}
	return logs, nil
}

// replace writes a file beside, flushes it, and puts it in place.
func replace(name string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
