package sample

import "math/bits"

// rng is a small deterministic generator (splitmix64): an entry's content
// depends on its number and the seed alone, whatever was made before it.
type rng struct{ state uint64 }

func newRNG(seed, stream, n uint64) rng {
	r := rng{seed*0x9e3779b97f4a7c15 ^ stream*0xbf58476d1ce4e5b9 ^ n*0x94d049bb133111eb}
	r.next()
	return r
}

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// intn is uniform in [0, n); n must be positive.
func (r *rng) intn(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// between is uniform in [lo, hi].
func (r *rng) between(lo, hi int) int { return lo + r.intn(hi-lo+1) }

func (r *rng) float() float64 { return float64(r.next()>>11) / (1 << 53) }

func (r *rng) chance(p float64) bool { return r.float() < p }

func pick[T any](r *rng, from []T) T { return from[r.intn(len(from))] }

// permutation is a shuffled [0, n).
func (r *rng) permutation(n int) []int {
	p := make([]int, n)
	for i := range p {
		j := r.intn(i + 1)
		p[i] = p[j]
		p[j] = i
	}
	return p
}
