// Package cache builds an immutable, indexed snapshot of a release, maps it
// from disk, swaps it whole by one atomic pointer, and refreshes it.
//
// It must not import m30, festdb, ingest or api.
package cache
