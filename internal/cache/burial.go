package cache

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/festd/festd/internal/fest"
)

// A removed set is, one after the other: the magic; the lengths of the index and
// of the renewals as eight bytes each, little-endian; the index, a zstd frame;
// the renewals (see appendRenewals), a zstd frame; the contents, a zstd frame
// for each, which the index points into. Frames have check sums. The index is a
// count and for each burial its fields, texts with their length before them,
// numbers as varints. Sets of the first form have no renewals.
const (
	graveMagic1 = "FESTGRV1"
	graveMagic  = "FESTGRV2"
)

// burial is one thing that left.
type burial struct {
	resource    fest.Resource
	key, entry  string
	name        string
	reason      string
	last, known fest.DateTime
	number      bool // only the numbers in keys left: the object lives on
	successors  []Successor
	keys        []Query // of filters, as their key tables have them
	json, xml   []byte  // while encoding

	at, size, jsonSize uint64 // in the contents; size 0: there is none
}

var errGrave = fmt.Errorf("%w: not what was noted of what left", ErrDamaged)

func (l *departure) encode() ([]byte, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, err
	}
	defer enc.Close() //nolint:errcheck // it has no output of its own
	var index, contents, both []byte
	index = binary.AppendUvarint(index, uint64(len(l.gone)))
	for i := range l.gone {
		b := &l.gone[i]
		b.at, b.jsonSize = uint64(len(contents)), uint64(len(b.json))
		if both = append(append(both[:0], b.json...), b.xml...); len(both) > 0 {
			contents = enc.EncodeAll(both, contents)
		}
		b.size = uint64(len(contents)) - b.at
		index = b.append(index)
	}
	packed := enc.EncodeAll(index, nil)
	renewed := enc.EncodeAll(appendRenewals(nil, l.renewed, l.last, l.known), nil)
	out := make([]byte, 0, len(graveMagic)+16+len(packed)+len(renewed)+len(contents))
	out = append(out, graveMagic...)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(packed)))
	out = binary.LittleEndian.AppendUint64(out, uint64(len(renewed)))
	out = append(out, packed...)
	out = append(out, renewed...)
	return append(out, contents...), nil
}

func (b *burial) append(dst []byte) []byte {
	text := func(s string) { dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...) }
	for _, s := range []string{string(b.resource), b.key, b.entry, b.name, b.reason, string(b.last), string(b.known)} {
		text(s)
	}
	flag := byte(0)
	if b.number {
		flag = 1
	}
	dst = append(dst, flag)
	dst = binary.AppendUvarint(dst, uint64(len(b.successors)))
	for _, s := range b.successors {
		for _, t := range []string{string(s.Resource), s.ID, s.Display, s.Reason} {
			text(t)
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(b.keys)))
	for _, q := range b.keys {
		text(q.Filter)
		text(q.Value)
	}
	for _, n := range []uint64{b.at, b.size, b.jsonSize} {
		dst = binary.AppendUvarint(dst, n)
	}
	return dst
}

// reader reads an index. Its texts share the index's memory.
type graveReader struct {
	s   string
	bad bool
}

func (r *graveReader) number() uint64 {
	var n uint64
	for shift := 0; shift < 64 && len(r.s) > 0; shift += 7 {
		c := r.s[0]
		r.s = r.s[1:]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	r.bad = true
	return 0
}

// count reads a number of things that take a byte each at least.
func (r *graveReader) count() int {
	n := r.number()
	if n > uint64(len(r.s)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *graveReader) text() string {
	n := r.count()
	if r.bad {
		return ""
	}
	t := r.s[:n]
	r.s = r.s[n:]
	return t
}

func (r *graveReader) burial() burial {
	b := burial{
		resource: fest.Resource(r.text()), key: r.text(), entry: r.text(), name: r.text(), reason: r.text(),
		last: fest.DateTime(r.text()), known: fest.DateTime(r.text()),
	}
	b.number = r.number() == 1
	for range r.count() {
		b.successors = append(b.successors, Successor{Resource: fest.Resource(r.text()), ID: r.text(), Display: r.text(), Reason: r.text()})
		if r.bad {
			return b
		}
	}
	for range r.count() {
		b.keys = append(b.keys, Query{Filter: r.text(), Value: r.text()})
		if r.bad {
			return b
		}
	}
	b.at, b.size, b.jsonSize = r.number(), r.number(), r.number()
	return b
}

// maxGraveIndex bounds what an index may unpack to.
const maxGraveIndex = 256 << 20

// parsedGrave is a set: contents is beside the index, renewed for renewals.
type parsedGrave struct {
	burials  []burial
	contents []byte
	renewed  graveReader
}

// parseGrave reads the index of a set.
func parseGrave(data []byte) (p parsedGrave, err error) {
	magic, rest := string(data[:min(len(graveMagic), len(data))]), data[min(len(graveMagic), len(data)):]
	frames := 2
	switch magic {
	case graveMagic:
	case graveMagic1:
		frames = 1
	default:
		return p, errGrave
	}
	if len(rest) < 8*frames {
		return p, errGrave
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxGraveIndex))
	if err != nil {
		return p, err
	}
	defer dec.Close()
	lengths, rest := rest[:8*frames], rest[8*frames:]
	var texts [2]string
	for i := range frames {
		n := binary.LittleEndian.Uint64(lengths[8*i:])
		if n > uint64(len(rest)) {
			return p, errGrave
		}
		text, err := dec.DecodeAll(rest[:n], nil)
		if err != nil {
			return p, errors.Join(errGrave, err)
		}
		texts[i], rest = string(text), rest[n:]
	}
	p.contents, p.renewed = rest, graveReader{s: texts[1]}
	r := graveReader{s: texts[0]}
	count := r.count()
	p.burials = make([]burial, 0, min(count, 1<<16))
	for range count {
		b := r.burial()
		if r.bad || b.at > uint64(len(p.contents)) || b.size > uint64(len(p.contents))-b.at {
			return p, errGrave
		}
		p.burials = append(p.burials, b)
	}
	if r.bad || r.s != "" {
		return p, errGrave
	}
	return p, nil
}
