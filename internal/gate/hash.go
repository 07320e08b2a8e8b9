package gate

import "math/bits"

// Contents are compared by a 64-bit hash that is the same on every machine and
// in every run, since facts are kept on disk. It is no protection against
// somebody who makes collisions on purpose: two contents of one object are
// compared, both from the same publisher.

const (
	hashSeed = 0x6c62272e07bb0142
	hashMul  = 0x9e3779b97f4a7c15
	hashTail = 0xd6e8feb86659fd93
)

// mix folds x into h: the two halves of a 128-bit product, so that every bit
// of both reaches every bit of the result.
func mix(h, x uint64) uint64 {
	hi, lo := bits.Mul64(h^hashSeed, x^hashMul)
	return hi ^ lo ^ bits.RotateLeft64(x, 29)
}

// mixString folds the text and its length into h, eight bytes at a time.
func mixString(h uint64, s string) uint64 {
	h = mix(h, uint64(len(s))^hashTail)
	for len(s) >= 8 {
		h = mix(h, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|
			uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
		s = s[8:]
	}
	if len(s) == 0 {
		return h
	}
	var last uint64
	for i := range len(s) {
		last |= uint64(s[i]) << (8 * i)
	}
	return mix(h, last)
}
