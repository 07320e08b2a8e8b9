package festdb

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/fest"
)

// Writer writes a content, and with it the file it came in, on a [Disk]. It
// belongs to one goroutine at a time and has goroutines of its own until Seal
// or Discard; Discard must be called in the end.
type Writer struct {
	d     *Disk
	ctx   context.Context
	owner *owner

	pack   *packer  // nil before the first Add and after Seal
	copy   *copying // of the source; nil: none
	file   *Pending // of the content
	index  contentIndex
	doc    fest.Document
	closed bool
	sealed fest.Digest // "": not yet
	claims []fest.Digest
}

// NewWriter begins a content. Nothing is written before the first Add or
// Source. ctx bounds everything until Seal.
func (d *Disk) NewWriter(ctx context.Context) (*Writer, error) {
	o, err := d.own()
	if err != nil {
		return nil, err
	}
	return &Writer{d: d, ctx: ctx, owner: o}, nil
}

// Add takes the next entry; see [Stage].
func (w *Writer) Add(s fest.Slice) error {
	if err := w.open(); err != nil {
		return err
	}
	if len(s.XML) > maxSlice {
		return fmt.Errorf("%s entry at line %d has %d bytes: %w: want at most %d", s.Catalogue, s.Line, len(s.XML), ErrTooLarge, maxSlice)
	}
	if w.pack == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	return w.pack.add(s)
}

// begin makes the file and starts the goroutines that compress into it.
func (w *Writer) begin() error {
	f, err := w.d.create(contentDir, "") // the name is known at Seal
	if err != nil {
		return err
	}
	w.file = f
	if _, err := f.Write([]byte(contentMagic)); err != nil {
		return err
	}
	w.pack, err = newPacker(w.ctx, f, &w.index)
	return err
}

// Seal ends the content and makes it durable under its digest; see [Stage].
func (w *Writer) Seal(doc fest.Document) (fest.Digest, error) {
	if err := w.open(); err != nil {
		return "", err
	}
	if w.pack == nil { // a document without entries is a content, too
		if err := w.begin(); err != nil {
			return "", err
		}
	}
	w.closed = true
	digests, err := w.pack.finish()
	if err != nil {
		return "", err
	}
	digest := digests.Sum(doc)
	w.index.digest, w.index.doc = digest, doc
	index, err := w.index.append(nil)
	if err != nil {
		return "", err
	}
	if len(index) > maxIndex {
		return "", fmt.Errorf("content %s: %w: its index has %d bytes, want at most %d", digest, ErrTooLarge, len(index), maxIndex)
	}
	offset := w.file.size
	if _, err := w.file.Write(append(index, footer(index, offset)...)); err != nil {
		return "", err
	}
	w.file.final = w.d.path(contentDir, string(digest))
	return digest, w.place(digest, doc)
}

// place makes what was written durable, and gives it its names under the lock,
// claimed, so that no sweep takes it for a leftover. What was there under the
// same digest is replaced: that mends a damaged file.
func (w *Writer) place(digest fest.Digest, doc fest.Document) error {
	var sync errgroup.Group
	sync.Go(w.file.seal)
	if w.copy != nil {
		sync.Go(w.copy.wait)
	}
	if err := sync.Wait(); err != nil {
		return err
	}
	return w.d.locked(w.ctx, func() error {
		if err := w.claim(digest); err != nil {
			return err
		}
		if w.copy != nil {
			if err := w.claim(w.copy.digest); err != nil {
				return err
			}
			if err := w.copy.place(); err != nil {
				return err
			}
		}
		if err := w.file.place(); err != nil {
			return err
		}
		w.sealed, w.doc = digest, doc
		w.d.unmark(digest)
		var dirs errgroup.Group
		dirs.Go(func() error { return w.d.syncDir(contentDir) })
		if w.copy != nil {
			dirs.Go(func() error { return w.d.syncDir(sourceDir) })
		}
		return dirs.Wait()
	})
}

func (w *Writer) claim(digest fest.Digest) error {
	if err := w.owner.claim(digest); err != nil {
		return err
	}
	w.claims = append(w.claims, digest)
	return nil
}

// Discard ends the writer. What it sealed stays where a release refers to it
// or another writer claims it, and is removed elsewhere.
func (w *Writer) Discard() error {
	w.closed = true
	var errs []error
	if w.pack != nil {
		w.pack.stop()
		w.pack = nil
	}
	if w.copy != nil {
		errs = append(errs, w.copy.discard())
		w.copy = nil
	}
	if w.file != nil {
		errs = append(errs, w.file.Discard())
		w.file = nil
	}
	for _, digest := range w.claims {
		errs = append(errs, w.owner.unclaim(digest))
	}
	if len(w.claims) > 0 {
		// The writer's context may have ended; the sweep is short.
		errs = append(errs, w.d.Sweep(context.WithoutCancel(w.ctx)))
		w.claims = nil
	}
	return errors.Join(errs...)
}

func (w *Writer) open() error {
	if w.closed {
		return fmt.Errorf("import in %s: %w: it was sealed or discarded before", w.d.opts.Dir, ErrState)
	}
	return context.Cause(w.ctx)
}

// packer gathers slices into blocks, which its goroutines hash and compress,
// and one of them writes in order.
type packer struct {
	index  *contentIndex
	tables [2]table // catalogues, contexts
	now    *packing // the block that is being filled

	group *errgroup.Group
	ctx   context.Context
	end   context.CancelFunc
	jobs  chan *packing // to the compressors
	order chan *packing // to the writer
	spare chan *packing // from the writer

	digests *Digester
}

// packing is a block on its way to the file.
type packing struct {
	slices []fest.Slice
	refs   [][2]int // catalogue and context of each
	size   int      // about the bytes of the block

	done    chan struct{} // receives one value when the rest is set
	digests []EntryDigest
	frame   []byte
	raw     int
	sum     [sha256.Size]byte
}

func newPacker(ctx context.Context, to *Pending, x *contentIndex) (*packer, error) {
	n := runtime.GOMAXPROCS(0)
	// The file has a SHA-256 for each block, so the frames need no checksum.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false),
		zstd.WithSingleSegment(true), zstd.WithWindowSize(2*blockSize), zstd.WithEncoderConcurrency(n))
	if err != nil {
		return nil, err
	}
	p := &packer{
		index:   x,
		now:     &packing{done: make(chan struct{}, 1)},
		jobs:    make(chan *packing, n),
		order:   make(chan *packing, 2*n),
		spare:   make(chan *packing, 4*n),
		digests: NewDigester(),
	}
	ctx, p.end = context.WithCancel(ctx)
	p.group, p.ctx = errgroup.WithContext(ctx)
	for range n {
		p.group.Go(func() error { return p.compress(enc) })
	}
	p.group.Go(func() error { return p.write(to) })
	return p, nil
}

func (p *packer) add(s fest.Slice) error {
	k := p.now
	k.slices = append(k.slices, s)
	k.refs = append(k.refs, [2]int{
		p.tables[0].number(&p.index.catalogues, s.Catalogue),
		p.tables[1].number(&p.index.contexts, s.Context),
	})
	if k.size += len(s.XML) + 8; k.size < blockSize { // 8: what stands before the XML
		return nil
	}
	return p.flush()
}

// flush sends the block off. It waits while all goroutines are busy.
func (p *packer) flush() error {
	k := p.now
	for _, c := range []chan *packing{p.order, p.jobs} {
		select {
		case c <- k:
		case <-p.ctx.Done():
			return p.failed()
		}
	}
	select {
	case p.now = <-p.spare:
	default:
		p.now = &packing{done: make(chan struct{}, 1)}
	}
	return nil
}

// failed is why the goroutines ended.
func (p *packer) failed() error {
	p.end()
	if err := p.group.Wait(); err != nil {
		return err
	}
	return context.Cause(p.ctx)
}

// finish writes the last block and waits until everything is in the file.
func (p *packer) finish() (*Digester, error) {
	if len(p.now.slices) > 0 {
		if err := p.flush(); err != nil {
			return nil, err
		}
	}
	close(p.jobs)
	close(p.order)
	defer p.end()
	return p.digests, p.group.Wait()
}

// stop ends the goroutines, whatever they were at, and waits for them.
func (p *packer) stop() {
	p.end()
	_ = p.group.Wait() // nobody wants to know any more
}

func (p *packer) compress(enc *zstd.Encoder) error {
	hasher := NewEntryHasher()
	var raw []byte
	for {
		var k *packing
		var more bool
		select {
		case k, more = <-p.jobs:
		case <-p.ctx.Done():
			return context.Cause(p.ctx)
		}
		if !more {
			return nil
		}
		raw = raw[:0]
		line := 0
		for i := range k.slices {
			s := &k.slices[i]
			raw = appendEntry(raw, k.refs[i][0], k.refs[i][1], s.Line-line, len(s.XML))
			line = s.Line
		}
		for i := range k.slices {
			raw = append(raw, k.slices[i].XML...)
			k.digests = append(k.digests, hasher.Sum(k.slices[i]))
		}
		k.raw = len(raw)
		k.frame = enc.EncodeAll(raw, k.frame[:0])
		k.sum = sha256.Sum256(k.frame)
		if cap(raw) > 8*blockSize {
			raw = nil // one huge entry should not stay
		}
		k.done <- struct{}{}
	}
}

// write puts the blocks into the file in order.
func (p *packer) write(to *Pending) error {
	first := 0
	for {
		var k *packing
		var more bool
		select {
		case k, more = <-p.order:
		case <-p.ctx.Done():
			return context.Cause(p.ctx)
		}
		if !more {
			return nil
		}
		select {
		case <-k.done:
		case <-p.ctx.Done():
			return context.Cause(p.ctx)
		}
		p.index.blocks = append(p.index.blocks, blockInfo{
			offset: to.size, length: len(k.frame), raw: k.raw, first: first, slices: len(k.slices), sum: k.sum,
		})
		if _, err := to.Write(k.frame); err != nil {
			return err
		}
		for _, d := range k.digests {
			p.digests.Add(d)
		}
		first += len(k.slices)
		p.index.slices = first
		p.recycle(k)
	}
}

// recycle lets the block be filled again. It must not keep the slices alive.
func (p *packer) recycle(k *packing) {
	if cap(k.frame) > 4*blockSize {
		return
	}
	clear(k.slices)
	k.slices, k.refs, k.size, k.digests = k.slices[:0], k.refs[:0], 0, k.digests[:0]
	select {
	case p.spare <- k:
	default:
	}
}

// table numbers strings in the order in which they come first.
type table struct {
	numbers map[string]int
	last    string
	lastNo  int
}

func (t *table) number(all *[]string, s string) int {
	if s == t.last && t.numbers != nil {
		return t.lastNo
	}
	n, ok := t.numbers[s]
	if !ok {
		if t.numbers == nil {
			t.numbers = map[string]int{}
		}
		n = len(*all)
		s = strings.Clone(s) // s may be part of a big buffer
		*all = append(*all, s)
		t.numbers[s] = n
	}
	t.last, t.lastNo = s, n
	return n
}
