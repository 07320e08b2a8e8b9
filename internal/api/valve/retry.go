package valve

import (
	"math/rand/v2"
	"time"
)

// RetryAfter is when to come back, in whole seconds, drawn evenly from least to
// least plus spread, so that those who were refused together do not come back
// together. It is at least 1.
func RetryAfter(least, spread time.Duration) int {
	lo := max(1, int((least+time.Second-1)/time.Second))
	return lo + rand.IntN(int(spread/time.Second)+1)
}
