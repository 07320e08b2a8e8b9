package ingest

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/m30"
)

const (
	// A batch is handed to a worker when it holds this many entries or bytes:
	// large enough that handing over costs nothing, small enough that few
	// bytes wait.
	batchEntries = 128
	batchBytes   = 512 << 10
	// batchesPerWorker bounds what is under way, and with it memory.
	batchesPerWorker = 2
)

// prepared is one entry, decoded and rendered.
type prepared struct {
	slice fest.Slice
	entry *fest.Entry
	item  *cache.Prepared
}

type batch struct {
	slices []fest.Slice
	out    []prepared
	err    error
	done   chan struct{}
}

// pipeline decodes and renders slices on several goroutines and yields the
// results in the order of the input. It stops at the first error, that of the
// earliest entry. The tally holds the decoders' findings once the sequence is
// exhausted.
type pipeline struct {
	limits  m30.Limits
	workers int
	builder *cache.Builder
	observe bool // make facts for the gate

	mu       sync.Mutex
	tally    *m30.Tally
	observer *gate.Observer // of all workers, once the sequence is exhausted
}

func (p *pipeline) run(ctx context.Context, in iter.Seq2[fest.Slice, error]) iter.Seq2[prepared, error] {
	return func(yield func(prepared, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		work := make(chan *batch)
		order := make(chan *batch, p.workers*batchesPerWorker)
		var wg sync.WaitGroup
		defer wg.Wait() // after cancel: no goroutine outlives the call
		defer cancel()

		for range p.workers {
			wg.Go(func() { p.work(work) })
		}
		wg.Go(func() {
			defer close(order)
			defer close(work)
			cut(ctx, in, work, order)
		})
		for b := range order {
			select {
			case <-b.done:
			case <-ctx.Done():
				yield(prepared{}, ctx.Err())
				return
			}
			for i := range b.out {
				if !yield(b.out[i], nil) {
					return
				}
			}
			if b.err != nil {
				yield(prepared{}, b.err)
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(prepared{}, err)
		}
	}
}

// cut groups slices into batches and hands each to the workers and, in the
// same order, to the collector.
func cut(ctx context.Context, in iter.Seq2[fest.Slice, error], work, order chan<- *batch) {
	b, size := newBatch(), 0
	send := func() bool {
		select {
		case order <- b:
		case <-ctx.Done():
			return false
		}
		select {
		case work <- b:
		case <-ctx.Done():
			return false
		}
		b, size = newBatch(), 0
		return true
	}
	for s, err := range in {
		if err != nil {
			// The entries before the error go first: an earlier entry may be
			// the better explanation.
			b.err = err
			send()
			return
		}
		b.slices = append(b.slices, s)
		if size += len(s.XML); len(b.slices) == batchEntries || size >= batchBytes {
			if !send() {
				return
			}
		}
	}
	if len(b.slices) > 0 {
		send()
	}
}

func newBatch() *batch {
	return &batch{slices: make([]fest.Slice, 0, batchEntries), done: make(chan struct{})}
}

func (p *pipeline) work(in <-chan *batch) {
	d := m30.NewDecoder(p.limits)
	var o *gate.Observer
	if p.observe {
		o = gate.NewObserver()
	}
	for b := range in {
		p.prepare(d, o, b)
		close(b.done)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tally.Merge(d.Tally())
	switch {
	case p.observer == nil:
		p.observer = o
	default:
		p.observer.Merge(o)
	}
}

func (p *pipeline) prepare(d *m30.Decoder, o *gate.Observer, b *batch) {
	b.out = make([]prepared, 0, len(b.slices))
	for _, s := range b.slices {
		e, err := d.Decode(s)
		if err != nil {
			b.err = err
			return
		}
		if o != nil {
			o.Add(e)
		}
		it, err := p.builder.Prepare(e)
		if err != nil {
			b.err = fmt.Errorf("%s, entry %s, line %d: %w", s.Catalogue, e.EntryID, s.Line, err)
			return
		}
		b.out = append(b.out, prepared{s, e, it})
	}
}
