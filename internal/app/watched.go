package app

import (
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// lookEvery is how often a watched file is looked at, when somebody asks: what
// is replaced counts within a second, without a restart.
const lookEvery = 500 * time.Millisecond

// watched are files that are read again when they change. Nothing runs in the
// background: whoever wants what they say calls look first. Files that cannot
// be used any more leave what was read before, which is logged once and shown
// by fest_reload_failed for as long as it lasts. Safe for concurrent use.
type watched struct {
	name  string // for logs and metrics: api_keys, …
	paths []string
	read  func() error // takes what the files say, or leaves what it had
	log   *slog.Logger

	due    atomic.Int64 // when the files are looked at next, in Unix nanoseconds
	failed atomic.Bool

	mu   sync.Mutex
	seen []os.FileInfo // as they were just before they were read
	told string        // the last failure that was logged
}

// watch reads the files for the first time; then a failure is the caller's.
func watch(name string, log *slog.Logger, read func() error, paths ...string) (*watched, error) {
	w := &watched{name: name, paths: paths, read: read, log: log}
	seen, err := w.stat()
	if err != nil {
		return nil, err
	}
	if err := read(); err != nil {
		return nil, err
	}
	w.seen = seen
	w.due.Store(time.Now().Add(lookEvery).UnixNano())
	return w, nil
}

// look reads the files again if they are others than before. Of those who ask
// at once one looks, and the others go on with what there is.
func (w *watched) look() {
	now, due := time.Now().UnixNano(), w.due.Load()
	if now < due || !w.due.CompareAndSwap(due, now+int64(lookEvery)) {
		return
	}
	if !w.mu.TryLock() { // one looks still, at a disk that hangs maybe: nobody waits for it
		return
	}
	defer w.mu.Unlock()
	seen, err := w.stat()
	if err == nil && w.same(seen) {
		w.failed.Store(false) // what could not be used is gone again
		w.told = ""
		return
	}
	if err == nil {
		err = w.read()
	}
	w.failed.Store(err != nil)
	if err != nil { // it is tried again at the next look: two files may be replaced one after the other
		if w.told != err.Error() {
			w.told = err.Error()
			w.log.Error("a changed file was not taken: what it said before still counts", "file", w.name, "error", err)
		}
		return
	}
	w.seen, w.told = seen, ""
	w.log.Info("file read again", "file", w.name)
}

func (w *watched) stat() ([]os.FileInfo, error) {
	out := make([]os.FileInfo, len(w.paths))
	for i, p := range w.paths {
		var err error
		if out[i], err = os.Stat(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (w *watched) same(now []os.FileInfo) bool {
	for i, b := range w.seen {
		if a := now[i]; !a.ModTime().Equal(b.ModTime()) || a.Size() != b.Size() || !os.SameFile(a, b) {
			return false
		}
	}
	return true
}

// warnOfReaders tells of a secret that others than its owner can read.
func warnOfReaders(log *slog.Logger, path string) {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o007 != 0 {
		log.Warn("everybody on this machine can read a secret", "file", path, "mode", info.Mode().Perm().String(), "want", "0600, or 0640 with a group of its own")
	}
}
