package fetch

import (
	"io"
	"sync"
	"time"
)

// watchdog cuts a body that comes too slowly: each period must bring enough.
// That holds for one that hangs and for one that trickles alike.
type watchdog struct {
	every time.Duration
	need  int64 // bytes in each period
	cut   func()

	mu    sync.Mutex
	seen  int64 // in this period
	timer *time.Timer
	done  bool
}

// watch starts a watchdog, which must be stopped.
func watch(every time.Duration, rate int64, cut func()) *watchdog {
	w := &watchdog{every: every, need: max(1, int64(every.Seconds()*float64(rate))), cut: cut}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(every, w.check)
	return w
}

func (w *watchdog) check() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.done:
	case w.seen < w.need:
		w.done = true
		w.cut()
	default:
		w.seen = 0
		w.timer.Reset(w.every)
	}
}

func (w *watchdog) saw(n int) {
	w.mu.Lock()
	w.seen += int64(n)
	w.mu.Unlock()
}

func (w *watchdog) stop() {
	w.mu.Lock()
	w.done = true
	w.timer.Stop()
	w.mu.Unlock()
}

// meter shows a watchdog what is read. An error stays: some bodies give a
// plain end after having said that they were cut off.
type meter struct {
	from io.Reader
	dog  *watchdog
	err  error
}

// Read reads on.
func (m *meter) Read(b []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.from.Read(b)
	m.err = err
	m.dog.saw(n)
	return n, err
}
