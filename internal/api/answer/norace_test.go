//go:build !race

package answer_test

// every is how many of all there are one is compared with the reference; see
// race_test.go.
const every = 1
