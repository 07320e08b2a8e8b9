package festdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// actsFile holds the acts, a line each, only ever appended to. A line counts
// when it is whole: one that a killed writer left torn is passed over, and the
// next writer begins a new one.
const actsFile = "acts"

// Record implements [Store].
func (s *Directory) Record(ctx context.Context, a fest.Act) (fest.Act, error) {
	if err := s.usable(ctx); err != nil {
		return fest.Act{}, err
	}
	err := s.disk.locked(ctx, func() (err error) {
		a, err = s.record(a)
		return err
	})
	if err != nil {
		return fest.Act{}, fmt.Errorf("recording %s in %s: %w", a.Kind, s.disk.Dir(), err)
	}
	return a, nil
}

// record is Record under the lock.
func (s *Directory) record(a fest.Act) (fest.Act, error) {
	l, err := s.readActs(true)
	if err != nil {
		return a, err
	}
	st, err := s.read(true)
	if err != nil {
		return a, err
	}
	cur, _ := st.current()
	a.ID, a.After = l.last+1, cur.Serial
	if a.At.IsZero() {
		a.At = s.now().UTC().Round(0)
	}
	var lines []byte
	if l.torn {
		lines = append(lines, '\n')
	}
	if lines, err = appendLine(lines, a); err != nil {
		return a, err
	}
	fresh := l.size == 0
	if err := s.append(actsFile, lines, l.size); err != nil {
		return a, err
	}
	if fresh {
		return a, s.disk.syncDir("")
	}
	return a, nil
}

// append writes bytes behind what a file has, and syncs.
func (s *Directory) append(name string, b []byte, at int64) (err error) {
	path := s.disk.path(name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := s.disk.opts.fault.before(opWrite, path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if _, err := f.WriteAt(b, at); err != nil {
		return err
	}
	if err := s.disk.opts.fault.before(opSync, path); err != nil {
		return fmt.Errorf("syncing %s: %w", path, err)
	}
	return f.Sync()
}

// actsLog is what the file of acts says.
type actsLog struct {
	acts   []fest.Act
	last   uint64 // the highest ID
	size   int64
	torn   bool // the last line was not written to its end
	damage []error
}

// parseActs never fails: it says what it could not use.
func parseActs(b []byte) actsLog {
	l := actsLog{size: int64(len(b))}
	for n := 1; len(b) > 0; n++ {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		b = rest
		if len(line) == 0 {
			continue
		}
		var a fest.Act
		err := parseLine(line, &a)
		l.torn = !whole
		switch {
		case err == nil:
			l.acts = append(l.acts, a)
			l.last = max(l.last, a.ID)
		case whole:
			// A torn line that was ended by the next writer, or damage: either
			// way its number was given.
			l.last++
			l.damage = append(l.damage, fmt.Errorf("line %d: %w", n, err))
		}
	}
	return l
}

// readActs gives the acts. It reads the file only if it changed; fresh reads
// it in any case, with all that is in it, and keeps nothing.
func (s *Directory) readActs(fresh bool) (*actsLog, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.versionOf(actsFile)
	if !fresh && s.acts != nil && now.same(s.actsSeen) {
		return s.acts, nil
	}
	b, err := os.ReadFile(s.disk.path(actsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("store %s: %w", s.disk.Dir(), err)
	}
	l := parseActs(b)
	if fresh {
		return &l, nil
	}
	if s.acts == nil || len(s.acts.damage) != len(l.damage) {
		for _, err := range l.damage {
			s.log.Warn("an act in the audit log cannot be read and is passed over", "dir", s.disk.Dir(), "error", err)
		}
	}
	s.acts, s.actsSeen = &l, now
	return &l, nil
}

// Acts implements [Store].
func (s *Directory) Acts(ctx context.Context) ([]fest.Act, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	l, err := s.readActs(false)
	if err != nil {
		return nil, err
	}
	var releases []fest.Release
	if st, err := s.read(false); err == nil { // or nobody decided about anything
		releases = st.releases
	}
	lean := *l
	lean.acts = Lean(releases, l.acts, s.now())
	s.mu.Lock()
	if s.acts == l {
		s.acts = &lean
	}
	s.mu.Unlock()
	return slices.Clone(lean.acts), nil
}

// Act implements [Store].
func (s *Directory) Act(ctx context.Context, id uint64) (fest.Act, error) {
	if err := s.usable(ctx); err != nil {
		return fest.Act{}, err
	}
	l, err := s.readActs(true)
	if err != nil {
		return fest.Act{}, err
	}
	for _, a := range l.acts {
		if a.ID == id {
			return a, nil
		}
	}
	return fest.Act{}, fmt.Errorf("act %d of the audit log: %w", id, ErrNotKept)
}

// held is what the disk asks before it removes anything: what the candidates
// that wait for a person need.
func (s *Directory) held() ([]fest.Digest, error) {
	l, err := s.readActs(true)
	if err != nil {
		return nil, err
	}
	st, err := s.read(true)
	if err != nil {
		return nil, err
	}
	return HeldDigests(st.releases, l.acts, s.now()), nil
}
