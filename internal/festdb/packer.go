package festdb

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/fest"
)

// sink takes the bytes of a content file.
type sink interface {
	io.Writer
	// end is where Write appends.
	end() int64
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
	entries []EntryDigest // all of them, in order
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

func newPacker(ctx context.Context, to sink, x *contentIndex) (*packer, error) {
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

// seal ends the file behind the last block. A content that should have the
// digest want and has another is [ErrDamaged]; want "": any is right.
func (p *packer) seal(to sink, doc fest.Document, want fest.Digest) (fest.Digest, error) {
	digests, err := p.finish()
	if err != nil {
		return "", err
	}
	digest := digests.Sum(doc)
	if want != "" && digest != want {
		return "", fmt.Errorf("content %s: %w: the copy has the digest %s", want, ErrDamaged, digest)
	}
	p.index.digest, p.index.doc = digest, doc
	index, err := p.index.append(nil)
	if err != nil {
		return "", err
	}
	if len(index) > maxIndex {
		return "", fmt.Errorf("content %s: %w: its index has %d bytes, want at most %d", digest, ErrTooLarge, len(index), maxIndex)
	}
	_, err = to.Write(append(index, footer(index, to.end())...))
	return digest, err
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
func (p *packer) write(to sink) error {
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
			offset: to.end(), length: len(k.frame), raw: k.raw, first: first, slices: len(k.slices), sum: k.sum,
		})
		if _, err := to.Write(k.frame); err != nil {
			return err
		}
		for _, d := range k.digests {
			p.digests.Add(d)
		}
		p.entries = append(p.entries, k.digests...)
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
