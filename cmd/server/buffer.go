package main

import (
	"bufio"
	"io"
	"sync"
	"time"
)

// flushEvery is how long a line may wait in a buffer.
const flushEvery = 200 * time.Millisecond

// buffered gathers lines into few writes: at thousands of requests a second a
// write per access line would cost as much as the request. Write is safe for
// concurrent use.
type buffered struct {
	mu   sync.Mutex
	w    *bufio.Writer
	stop chan struct{}
	done chan struct{}
}

// newBuffered starts a goroutine that close ends.
func newBuffered(w io.Writer) *buffered {
	b := &buffered{w: bufio.NewWriterSize(w, 64<<10), stop: make(chan struct{}), done: make(chan struct{})}
	go b.flush()
	return b
}

func (b *buffered) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.w.Write(p)
}

func (b *buffered) flush() {
	defer close(b.done)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-b.stop:
			return
		}
		b.mu.Lock()
		_ = b.w.Flush() // nobody is there to be told that the log cannot be written
		b.mu.Unlock()
	}
}

// close writes what waits.
func (b *buffered) close() error {
	close(b.stop)
	<-b.done
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.w.Flush()
}
