package cache

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"github.com/festd/festd/internal/wire"
)

// draft is an item while the snapshot is built. What it renders to lies in
// the spill, to be read once more in order: JSON, holes. What other items look
// up lies in the names: display, the id of the ingredient whose display goes
// before, key, entry id (unless noEntry).
type draft struct {
	at        uint64 // in the spill (in a Prepared: in its buffer)
	keyHash   uint64
	entryHash uint64
	json      uint32 // lengths, in bytes
	holes     uint32
	names     uint32 // in the names (in a Prepared: in its names)
	display   uint32 // lengths
	of        uint32
	ordinal   uint32
	key       span
	entry     span
	resource  wire.Number
	noEntry   bool // the entry id is the key, or there is none: not looked up by it
}

// span is a text: part of the item's JSON, or, where JSON had to escape it,
// of the strings of the snapshot.
type span struct{ at, len uint32 }

// inStrings marks a span of the strings.
const inStrings = 1 << 31

// holeSize is the size of an encoded hole.
const holeSize = 12

func appendHoles(dst []byte, holes []wire.Hole) []byte {
	for _, h := range holes {
		dst = binary.LittleEndian.AppendUint32(dst, h.Offset)
		dst = binary.LittleEndian.AppendUint32(dst, h.Len)
		for _, t := range h.Targets {
			dst = append(dst, byte(t))
		}
	}
	return dst
}

// decodeHoles appends the holes in b to dst.
func decodeHoles(dst []wire.Hole, b []byte) []wire.Hole {
	for ; len(b) >= holeSize; b = b[holeSize:] {
		h := wire.Hole{Offset: u32(b, 0), Len: u32(b, 1)}
		for i := range h.Targets {
			h.Targets[i] = wire.Number(b[8+i])
		}
		dst = append(dst, h)
	}
	return dst
}

// keyHash is the hash of a key or entry id under a resource, in the hash
// table of the file.
func keyHash(r wire.Number, key uint64) uint64 {
	h := key + uint64(r)*0x9e3779b97f4a7c15
	return h ^ h>>32
}

func hashOf(r wire.Number, key string) uint64 { return keyHash(r, xxhash.Sum64String(key)) }

func hashOfBytes(r wire.Number, key []byte) uint64 { return keyHash(r, xxhash.Sum64(key)) }
