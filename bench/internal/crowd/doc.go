// Package crowd plays the consumers of a server: a crowd that lost its
// connections at one instant and comes back the way real ones do, each from an
// address of its own in 127.0.0.0/8, and beside it a quiet probe, a process of
// its own, that goes on looking things up at a fixed rate whatever the answers
// take (an open model: each lookup counts from when it was due).
package crowd
