package gate

import "math/bits"

// What a field says is compared by a signature that is the same on every
// machine and in every run, since facts are kept on disk. It is no protection
// against somebody who makes collisions on purpose: two contents of one object
// are compared, both from the same publisher, and shares of a class are
// judged.

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

// signature is a set of values: each sets three of 32 bits. A set that has
// all the bits of another has, but for one chance in some thousands, all its
// values: so filling a field that was empty and repeating one that was single
// are no changes (R144), whatever the order (a list's order is no content,
// R41), and losing or replacing a value is. Long lists fill up and show less;
// those of M30 that are long are classes of their own.
type signature uint32

func signatureOf(h uint64) signature {
	a := uint32(h) & 31
	b := (a + 1 + uint32(h>>8)%31) & 31 // another bit than a
	c := uint32(h>>16) & 31
	for c == a || c == b {
		c = (c + 1) & 31
	}
	return 1<<a | 1<<b | 1<<c
}

// lost: a value of s is not in t.
func (s signature) lost(t signature) bool { return s&^t != 0 }
