package gate

import (
	"encoding/binary"
	"math"
)

// writer appends numbers and texts.
type writer struct{ b []byte }

func (w *writer) uint(v uint64)  { w.b = binary.AppendUvarint(w.b, v) }
func (w *writer) int(v int)      { w.uint(uint64(v)) } // counts, never negative
func (w *writer) fixed(v uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, v) }
func (w *writer) bool(v bool)    { w.uint(uint64(order(v))) }

func (w *writer) string(s string) {
	w.int(len(s))
	w.b = append(w.b, s...)
}

func (w *writer) numbers(vs ...uint32) {
	for _, v := range vs {
		w.uint(uint64(v))
	}
}

// column writes each number as its difference from the one before: keys
// ascend, and what stands beside them often does.
func (w *writer) column(vs []uint32) {
	before := int64(0)
	for _, v := range vs {
		w.uint(zigzag(int64(v) - before))
		before = int64(v)
	}
}

func zigzag(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) }
func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// reader is the reverse. After the first fault everything reads as zero and
// every list as empty.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = ErrDamaged
	}
	r.b = nil
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int {
	v := r.uint()
	if v > math.MaxInt32 {
		r.fail()
		return 0
	}
	return int(v)
}

func (r *reader) number() uint32 { return uint32(r.int()) }
func (r *reader) bool() bool     { return r.uint() == 1 }

// below reads a number that must be less than n; 0 on a fault.
func (r *reader) below(n int) uint32 {
	v := r.uint()
	if v >= uint64(n) {
		r.fail()
		return 0
	}
	return uint32(v)
}

// len reads the length of a list whose elements take at least so many bytes
// each: a length that the bytes left cannot hold is a fault, not an
// allocation.
func (r *reader) len(each int) int {
	n := r.int()
	if n > len(r.b)/each {
		r.fail()
		return 0
	}
	return n
}

func (r *reader) fixed() uint64 {
	if len(r.b) < 8 {
		r.fail()
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

func (r *reader) string() string {
	n := r.len(1)
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

// column reads n numbers, each less than limit.
func (r *reader) column(n, limit int) []uint32 {
	if n > len(r.b) {
		r.fail()
		n = 0
	}
	out := make([]uint32, n)
	before := int64(0)
	for i := range out {
		v := before + unzigzag(r.uint())
		if v < 0 || v >= int64(limit) {
			r.fail()
			return out
		}
		out[i], before = uint32(v), v
	}
	return out
}
