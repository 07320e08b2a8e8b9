//go:build race

package answer_test

// every is how many of all there are one is compared with the reference:
// everything, but under the race detector, which makes it take many times as
// long.
const every = 6
