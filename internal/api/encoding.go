package api

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// coding is a content coding. Each is a representation of its own, with an
// ETag of its own.
type coding uint8

const (
	identity coding = iota
	gzipped
	zstandard
	noCoding // none is acceptable
)

// compressFrom is the size from which compressing is worth it: less fits one
// packet anyhow.
const compressFrom = 1400

// codings is what a request accepts.
type codings struct{ identity, gzip, zstd int } // weights in thousandths

func acceptedCodings(header []string) codings {
	if len(header) == 0 {
		return codings{identity: 1}
	}
	identity, gzipQ, zstdQ, rest := -1, -1, -1, -1
	for item := range elements(header) {
		name, params := cutParams(item)
		q := weight(params)
		switch {
		case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
			gzipQ = q
		case strings.EqualFold(name, "zstd"):
			zstdQ = q
		case strings.EqualFold(name, "identity"):
			identity = q
		case name == "*":
			rest = q
		}
	}
	// identity is acceptable unless ruled out (RFC 9110 §12.5.3), at less than
	// any weight that can be stated.
	if identity < 0 {
		if identity = rest; rest != 0 {
			identity = 1
		}
	}
	if gzipQ < 0 {
		gzipQ = max(rest, 0)
	}
	if zstdQ < 0 {
		zstdQ = max(rest, 0)
	}
	return codings{identity, gzipQ, zstdQ}
}

// choose picks the coding for a body of that size; at equal weights the one
// with the smallest result.
func (c codings) choose(size int) coding {
	if size < compressFrom && c.identity > 0 {
		return identity
	}
	switch {
	case c.zstd > 0 && c.zstd >= c.gzip && c.zstd >= c.identity:
		return zstandard
	case c.gzip > 0 && c.gzip >= c.identity:
		return gzipped
	case c.identity > 0:
		return identity
	case c.zstd > 0:
		return zstandard
	case c.gzip > 0:
		return gzipped
	}
	return noCoding
}

// suffix marks the ETag of an encoded representation.
func (c coding) suffix() string {
	switch c {
	case gzipped:
		return "-gz"
	case zstandard:
		return "-zst"
	default:
		return ""
	}
}

// header is the value of Content-Encoding.
func (c coding) header() []string {
	switch c {
	case gzipped:
		return gzipCoding
	case zstandard:
		return zstdCoding
	default:
		return nil
	}
}

// compressors are pools: an encoder holds up to a megabyte.
type compressors struct {
	gzip, zstd, buffers sync.Pool
}

type encoder interface {
	io.WriteCloser
	Reset(w io.Writer)
}

func newCompressors() *compressors {
	return &compressors{
		gzip: sync.Pool{New: func() any {
			w, err := kgzip.NewWriterLevel(io.Discard, kgzip.DefaultCompression)
			if err != nil {
				panic("api: " + err.Error()) // the level is a constant
			}
			return w
		}},
		zstd: sync.Pool{New: func() any {
			// One goroutine and a window of 512 KiB bound what a request holds.
			w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
			if err != nil {
				panic("api: " + err.Error()) // the options are constants
			}
			return w
		}},
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
}

// compress writes the body to w in a coding that is one.
func (p *compressors) compress(c coding, w io.Writer, body []byte) error {
	var failed error
	err := p.written(c, w, func(to io.Writer) { _, failed = to.Write(body) })
	return errors.Join(failed, err)
}

// written writes to w, in a coding that is one, what write writes.
func (p *compressors) written(c coding, w io.Writer, write func(w io.Writer)) error {
	pool := &p.gzip
	if c == zstandard {
		pool = &p.zstd
	}
	e := pool.Get().(encoder) //nolint:forcetypeassert // the pool's own
	e.Reset(w)
	defer func() { e.Reset(io.Discard); pool.Put(e) }()
	write(e)
	return e.Close()
}

// buffer lends a buffer.
func (p *compressors) buffer() *bytes.Buffer {
	b := p.buffers.Get().(*bytes.Buffer) //nolint:forcetypeassert // the pool's own
	b.Reset()
	return b
}

// giveBack ends the loan, unless the buffer has grown beyond what is worth
// keeping.
func (p *compressors) giveBack(b *bytes.Buffer) {
	if b.Cap() <= 1<<20 {
		p.buffers.Put(b)
	}
}
