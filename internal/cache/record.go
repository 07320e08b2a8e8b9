package cache

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// record is an item of the file: recordSize bytes, numbers little-endian.
//
//	 0  uint64  JSON, offset in the file
//	 8  uint32  JSON, length
//	12  uint32  key, length
//	16  uint32  key, offset in the JSON, or in the strings if bit 31 is set
//	20  uint32  entry id, offset, likewise
//	24  uint32  entry id, length
//	28  uint32  ordinal of the entry in the content; noOrdinal for none
//	32  uint32  next item with the same key, plus 1
//	36  uint32  next item with the same entry id, plus 1
//	40  uint32  number in the bulk table, plus 1
//	44  uint8   resource
//	45  uint8   zero
//	46  18 bytes of ETag, with its quotes
type record []byte

const (
	recordSize = 64
	etagSize   = 18
	noOrdinal  = 1<<32 - 1
)

func (r record) u32(at int) uint32        { return binary.LittleEndian.Uint32(r[at:]) }
func (r record) put(at int, v uint32)     { binary.LittleEndian.PutUint32(r[at:], v) }
func (r record) jsonAt() uint64           { return binary.LittleEndian.Uint64(r) }
func (r record) setJSON(at uint64)        { binary.LittleEndian.PutUint64(r, at) }
func (r record) jsonLen() uint32          { return r.u32(8) }
func (r record) key() span                { return span{r.u32(16), r.u32(12)} }
func (r record) entry() span              { return span{r.u32(20), r.u32(24)} }
func (r record) ordinal() uint32          { return r.u32(28) }
func (r record) nextKey() uint32          { return r.u32(32) }
func (r record) nextEntry() uint32        { return r.u32(36) }
func (r record) bulk() uint32             { return r.u32(40) }
func (r record) resource() wire.Number    { return wire.Number(r[44]) }
func (r record) etag() []byte             { return r[46 : 46+etagSize] }
func (r record) setNextKey(i uint32)      { r.put(32, i) }
func (r record) setNextEntry(i uint32)    { r.put(36, i) }
func (r record) setBulk(i uint32)         { r.put(40, i) }
func (r record) setJSONLen(n uint32)      { r.put(8, n) }
func recordAt(items []byte, i int) record { return record(items[i*recordSize : (i+1)*recordSize]) }

func (r record) describe(key, entry span, ordinal uint32, n wire.Number) {
	r.put(12, key.len)
	r.put(16, key.at)
	r.put(20, entry.at)
	r.put(24, entry.len)
	r.put(28, ordinal)
	r[44] = byte(n)
}

// AppendETag appends the strong ETag of a body, with its quotes, as the items
// of a snapshot have it: XXH64 and length of the body.
//
// An ETag is compared with those of other versions of one URL only. With 64
// bits, a register that changes every one of its 70,000 items every day meets
// a pair of consecutive versions of one ETag once in 700 billion years;
// the length is there for what no test of hashes thought of. It is no
// protection against design, and need not be one: who can write the bodies can
// do worse than keep a client from seeing one of them, and in return an import
// hashes at ten times the speed of SHA-256.
func AppendETag(dst, body []byte) []byte {
	var sum [12]byte
	binary.LittleEndian.PutUint64(sum[:], xxhash.Sum64(body))
	binary.LittleEndian.PutUint32(sum[8:], uint32(len(body)))
	dst = append(dst, '"')
	dst = base64.RawURLEncoding.AppendEncode(dst, sum[:])
	return append(dst, '"')
}

// resourceRanges are where the items of each resource stand, by its number.
type resourceRanges struct{ first, n []uint32 }

func (r *resourceRanges) of(num wire.Number) (first, n uint32) {
	if int(num) >= len(r.first) {
		return 0, 0
	}
	return r.first[num], r.n[num]
}

func resourceOf(n wire.Number) fest.Resource {
	if n == atcNumber {
		return ResourceATC
	}
	return n.Resource()
}

func numberOf(r fest.Resource) wire.Number {
	if r == ResourceATC {
		return atcNumber
	}
	return wire.NumberOf(r)
}
