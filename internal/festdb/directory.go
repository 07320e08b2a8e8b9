package festdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/festd/festd/internal/fest"
)

const (
	streamFile  = "STREAM"
	currentFile = "CURRENT"
	ledgerFile  = "ledger"

	// layoutVersion changes when an older festd could no longer read the
	// directory.
	layoutVersion = 1
)

// streamLine is STREAM.
type streamLine struct {
	Stream string `json:"stream"`
	Layout int    `json:"layout"`
}

// Options configures a [Directory].
type Options struct {
	// Dir is the directory; it is made if it is missing. Mandatory.
	Dir string
	// ReadOnly: the store is there already and nothing of it is changed;
	// leftovers are not swept. Imports are refused.
	ReadOnly bool
	// Retention says what is kept after a publication.
	Retention Retention
	// Poll is how often Changed looks. Zero: 200 ms.
	Poll time.Duration
	// LockTimeout is how long a change waits for another process. Zero: 10 s.
	LockTimeout time.Duration
	// Now is the clock of publications and retention. Nil: [time.Now].
	Now func() time.Time
	// Logger hears of what went on although something was wrong: damage,
	// leftovers that could not be swept. Nil: nobody.
	Logger *slog.Logger

	fault fault
}

// Directory is a store in a directory of a local file system.
type Directory struct {
	disk   *Disk
	poll   time.Duration
	now    func() time.Time
	log    *slog.Logger
	stream string
	closed context.Context
	close  context.CancelFunc

	mu    sync.Mutex
	seen  [2]version // of CURRENT and the ledger when state was read
	state *state
	// The acts, and the version of their file when they were read.
	actsSeen version
	acts     *actsLog
}

var _ Store = (*Directory)(nil)

// Open opens the store, makes it if there is none, and sweeps what killed
// imports left. [ErrNoStore], [ErrNewer], [ErrDamaged].
func Open(opts Options) (*Directory, error) {
	s := &Directory{poll: opts.Poll, now: opts.Now, log: opts.Logger}
	if s.poll == 0 {
		s.poll = 200 * time.Millisecond
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	d, err := OpenDisk(DiskOptions{
		Dir: opts.Dir, ReadOnly: opts.ReadOnly, LockTimeout: opts.LockTimeout, Retention: opts.Retention,
		Released: s.released, Held: s.held, Now: opts.Now, Logger: opts.Logger, fault: opts.fault,
	})
	if err != nil {
		return nil, fmt.Errorf("opening store %s: %w", opts.Dir, err)
	}
	s.disk = d
	s.closed, s.close = context.WithCancel(context.Background())
	if err := s.readStream(); err != nil {
		s.close()
		return nil, errors.Join(fmt.Errorf("opening store %s: %w", opts.Dir, err), d.Close())
	}
	if !opts.ReadOnly {
		s.sweep()
	}
	for _, p := range s.Problems() {
		s.log.Warn("store has a problem", "dir", opts.Dir, "error", p)
	}
	return s, nil
}

// sweep clears leftovers, unless somebody is changing the store right now: it
// is not worth the wait.
func (s *Directory) sweep() {
	ctx, cancel := context.WithTimeout(s.closed, 100*time.Millisecond)
	defer cancel()
	if err := s.disk.Sweep(ctx); err != nil {
		s.log.Warn("leftovers not swept", "dir", s.disk.Dir(), "error", err)
	}
}

// readStream reads the id of the store or, where the store is new, mints it.
func (s *Directory) readStream() error {
	err := s.loadStream()
	if err == nil || errors.Is(err, ErrNewer) {
		return err
	}
	if s.disk.opts.ReadOnly {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %w", ErrNoStore, err)
		}
		return err
	}
	return s.disk.locked(s.closed, func() error {
		err := s.loadStream() // another process may have been first
		if err == nil || errors.Is(err, ErrNewer) {
			return err
		}
		return s.mint(err)
	})
}

func (s *Directory) loadStream() error {
	b, err := os.ReadFile(s.disk.path(streamFile))
	if err != nil {
		return err
	}
	var l streamLine
	if err := parseFileLine(b, &l); err != nil {
		return fmt.Errorf("%s: %w", streamFile, err)
	}
	if l.Layout > layoutVersion {
		return fmt.Errorf("%s: %w: layout %d, want at most %d", streamFile, ErrNewer, l.Layout, layoutVersion)
	}
	s.stream = l.Stream
	return nil
}

// mint makes what a store consists of, STREAM last. Where STREAM was lost but
// releases were published, their stream goes on: its serials are known outside.
func (s *Directory) mint(lost error) error {
	if _, err := os.Stat(s.disk.path(KnownNote)); err == nil {
		return fmt.Errorf("%w: the directory holds local copies of a database, which has its own ledger: want another directory", ErrState)
	}
	ledgerBytes, err := os.ReadFile(s.disk.path(ledgerFile))
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return err
	}
	s.stream = s.oldStream(ledgerBytes)
	if s.stream == "" {
		if len(ledgerBytes) > 0 {
			return fmt.Errorf("%w: %w, and neither %s nor the ledger gives the id of the stream", ErrDamaged, lost, currentFile)
		}
		s.stream = randomID()
	} else {
		s.log.Error("stream id taken from the releases", "stream", s.stream, "error", lost)
	}
	if fresh {
		if err := s.makeLedger(); err != nil {
			return err
		}
	}
	if _, err := os.Stat(s.disk.path(currentFile)); errors.Is(err, fs.ErrNotExist) && len(ledgerBytes) == 0 {
		if err := s.writeLine(currentFile, currentLine{Stream: s.stream}); err != nil {
			return err
		}
	}
	return s.writeLine(streamFile, streamLine{Stream: s.stream, Layout: layoutVersion})
}

// oldStream is the stream of what was published; "": nothing was, or it is lost.
func (s *Directory) oldStream(ledgerBytes []byte) string {
	if b, err := os.ReadFile(s.disk.path(currentFile)); err == nil {
		var l currentLine
		if parseFileLine(b, &l) == nil {
			return l.Stream
		}
	}
	if l := parseLedger(ledgerBytes, int64(len(ledgerBytes))); len(l.releases) > 0 {
		return l.releases[len(l.releases)-1].Stream
	}
	return ""
}

func (s *Directory) makeLedger() error {
	path := s.disk.path(ledgerFile)
	if err := s.disk.opts.fault.before(opCreate, path); err != nil {
		return fmt.Errorf("creating %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// writeLine replaces a file of one line.
func (s *Directory) writeLine(name string, v any) error {
	line, err := appendLine(nil, v)
	if err != nil {
		return err
	}
	p, err := s.disk.create("", name)
	if err != nil {
		return err
	}
	if _, err := p.Write(line); err != nil {
		return errors.Join(err, p.Discard())
	}
	return p.Commit()
}

// version tells a file from one that replaced it or was added to.
type version struct {
	info fs.FileInfo
}

func (s *Directory) versionOf(name string) version {
	info, err := os.Stat(s.disk.path(name))
	if err != nil {
		return version{}
	}
	return version{info}
}

func (v version) same(o version) bool {
	if v.info == nil || o.info == nil {
		return v.info == o.info
	}
	return os.SameFile(v.info, o.info) && v.info.Size() == o.info.Size() && v.info.ModTime().Equal(o.info.ModTime())
}

// read gives the state. It reads the files only if they changed; fresh reads
// them in any case.
func (s *Directory) read(fresh bool) (*state, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// CURRENT first: the ledger only grows, so it has at least what that
	// CURRENT counts.
	now := [2]version{s.versionOf(currentFile), s.versionOf(ledgerFile)}
	if !fresh && s.state != nil && now[0].info != nil && now[0].same(s.seen[0]) && now[1].same(s.seen[1]) {
		return s.state, nil
	}
	cur, curErr := os.ReadFile(s.disk.path(currentFile))
	led, ledErr := os.ReadFile(s.disk.path(ledgerFile))
	st, err := combine(s.stream, cur, curErr, led, ledErr)
	if err != nil {
		s.state = nil
		return nil, fmt.Errorf("store %s: %w", s.disk.Dir(), err)
	}
	s.seen, s.state = now, st
	return st, nil
}

// released is what the disk asks before it removes anything.
func (s *Directory) released() ([]fest.Release, bool, error) {
	st, err := s.read(true)
	if err != nil {
		return nil, false, err
	}
	newest := slices.Clone(st.releases)
	slices.Reverse(newest)
	return newest, !st.lost, nil
}

// Disk is where the store keeps files; it hands out snapshot files.
func (s *Directory) Disk() *Disk { return s.disk }

// Stream implements [Store].
func (s *Directory) Stream() string { return s.stream }

// Current implements [Store].
func (s *Directory) Current(ctx context.Context) (fest.Release, error) {
	if err := s.usable(ctx); err != nil {
		return fest.Release{}, err
	}
	st, err := s.read(false)
	if err != nil {
		return fest.Release{}, err
	}
	r, ok := st.current()
	if !ok {
		return fest.Release{}, fmt.Errorf("store %s: %w", s.disk.Dir(), ErrNoRelease)
	}
	return r, nil
}

// Releases implements [Store].
func (s *Directory) Releases(ctx context.Context) ([]Record, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	st, err := s.read(false)
	if err != nil {
		return nil, err
	}
	records := make([]Record, 0, len(st.releases))
	for _, r := range slices.Backward(st.releases) {
		kept, damaged := s.disk.Kept(r.Content.Digest)
		records = append(records, Record{Release: r, Kept: kept, Damaged: damaged})
	}
	return records, nil
}

// Problems lists what is not as it should be in CURRENT and the ledger, and
// was passed over. The next publication mends it as far as it can be.
func (s *Directory) Problems() []error {
	st, err := s.read(false)
	if err != nil {
		return []error{err}
	}
	return slices.Clone(st.problems)
}

// Content implements [Store].
func (s *Directory) Content(ctx context.Context, digest fest.Digest) (Content, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return s.disk.Content(ctx, digest)
}

// Close implements [Store].
func (s *Directory) Close() error {
	s.close()
	return s.disk.Close()
}

func (s *Directory) usable(ctx context.Context) error {
	if s.closed.Err() != nil {
		return fmt.Errorf("store %s: %w", s.disk.Dir(), fs.ErrClosed)
	}
	return context.Cause(ctx)
}
