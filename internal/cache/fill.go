package cache

import (
	"bytes"
	"context"
	"encoding/binary"
	"runtime"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/wire"
)

// batchSize is about how much JSON a worker fills at once.
const batchSize = 512 << 10

// bulky is the size from which an item is kept compressed too: compressing it
// at every request would cost more than a request should.
const bulky = 64 << 10

// batch is a run of drafts and what they are filled to.
type batch struct {
	from, to int
	out      []byte
	bulk     []bulkItem
	done     chan struct{}
}

type bulkItem struct {
	draft      int
	at         uint64 // of the gzip form in out
	gzip, zstd uint32
}

// writeItems fills the holes of all items and writes them in file order:
// workers fill batches, this goroutine writes and digests them in turn.
func (f *finisher) writeItems(ctx context.Context, out *fileWriter) error {
	workers := runtime.GOMAXPROCS(0)
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan *batch)
	ordered := make(chan *batch, 2*workers)
	free := make(chan []byte, 2*workers+2)
	g.Go(func() error {
		defer close(work)
		defer close(ordered)
		return f.cut(ctx, work, ordered, free)
	})
	for range workers {
		g.Go(func() error {
			var fl filler
			defer fl.close()
			for b := range work {
				if err := fl.fill(f, b); err != nil {
					return err
				}
				close(b.done)
			}
			return nil
		})
	}
	g.Go(func() error {
		for b := range ordered {
			select {
			case <-b.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			f.place(b, out.at)
			if _, err := out.Write(b.out); err != nil {
				return err
			}
			select {
			case free <- b.out[:0]:
			default:
			}
		}
		return nil
	})
	return g.Wait()
}

// cut hands out the drafts in batches, the same to workers and writer.
func (f *finisher) cut(ctx context.Context, work, ordered chan<- *batch, free <-chan []byte) error {
	drafts := f.b.drafts
	for from := 0; from < len(drafts); {
		to, size := from, uint32(0)
		for to < len(drafts) && size < batchSize {
			size += min(drafts[to].json, batchSize)
			to++
		}
		b := &batch{from: from, to: to, done: make(chan struct{})}
		select {
		case b.out = <-free:
		default:
			b.out = make([]byte, 0, 2*batchSize)
		}
		for _, c := range []chan<- *batch{ordered, work} {
			select {
			case c <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		from = to
	}
	return nil
}

// place turns the offsets of a batch into those of the file.
func (f *finisher) place(b *batch, at uint64) {
	for i := b.from; i < b.to; i++ {
		rec := recordAt(f.items, int(f.index[i]))
		rec.setJSON(rec.jsonAt() + at)
	}
	for _, k := range b.bulk {
		f.bulk = binary.LittleEndian.AppendUint64(f.bulk, k.at+at)
		f.bulk = binary.LittleEndian.AppendUint32(f.bulk, k.gzip)
		f.bulk = binary.LittleEndian.AppendUint32(f.bulk, k.zstd)
		recordAt(f.items, int(f.index[k.draft])).setBulk(uint32(len(f.bulk) / bulkSize))
	}
}

// filler is one worker's tools.
type filler struct {
	in    []byte // what the drafts rendered to
	holes []wire.Hole
	buf   bytes.Buffer
	gzip  *gzip.Writer
	zstd  *zstd.Encoder
}

func (fl *filler) fill(f *finisher, b *batch) error {
	// The drafts follow each other in the spill as here.
	first, last := &f.b.drafts[b.from], &f.b.drafts[b.to-1]
	in, err := f.b.spill.read(fl.in, first.at, last.at+uint64(last.json)+uint64(last.holes))
	if err != nil {
		return err
	}
	fl.in = in
	for i := b.from; i < b.to; i++ {
		d := &f.b.drafts[i]
		js := in[d.at-first.at:]
		js, holes := js[:d.json], js[d.json:d.json+d.holes]
		fl.holes = decodeHoles(fl.holes[:0], holes)
		at := len(b.out)
		b.out = wire.Fill(b.out, js, fl.holes, &f.resolver)
		body := b.out[at:]
		rec := recordAt(f.items, int(f.index[i]))
		rec.setJSON(uint64(at)) // from the start of the batch; place moves it
		rec.setJSONLen(uint32(len(body)))
		AppendETag(rec.etag()[:0], body)
		if len(body) >= bulky {
			if err := fl.compress(b, i, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// compress appends both compressed forms of the item at b.out[at:].
func (fl *filler) compress(b *batch, draft, at int) error {
	if fl.zstd == nil {
		var err error
		fl.gzip, err = gzip.NewWriterLevel(&fl.buf, gzip.DefaultCompression)
		if err != nil {
			return err
		}
		fl.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
		if err != nil {
			return err
		}
	}
	fl.buf.Reset()
	fl.gzip.Reset(&fl.buf)
	body := b.out[at:]
	if _, err := fl.gzip.Write(body); err != nil {
		return err
	}
	if err := fl.gzip.Close(); err != nil {
		return err
	}
	k := bulkItem{draft: draft, at: uint64(len(b.out)), gzip: uint32(fl.buf.Len())}
	packed := fl.zstd.EncodeAll(body, nil)
	k.zstd = uint32(len(packed))
	b.out = append(append(b.out, fl.buf.Bytes()...), packed...)
	b.bulk = append(b.bulk, k)
	return nil
}

func (fl *filler) close() {
	if fl.zstd != nil {
		_ = fl.zstd.Close() // it has no output of its own
	}
}
