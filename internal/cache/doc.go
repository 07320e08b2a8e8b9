// Package cache builds an immutable, indexed snapshot of a release, maps it
// from disk, swaps it whole by one atomic pointer, and refreshes it.
//
// # Building
//
// [Builder.Prepare] renders entries, from many goroutines; [Builder.Add] takes
// them in file order; [Builder.Finish] fills in what references name, derives
// what FEST has no link for, and writes one flat file. Rendered entries wait
// in an unlinked spill file, which is read once; what stays in memory has no
// pointers.
//
// # Serving
//
// [OpenFile] verifies the digest (XXH64) of every 4 MiB chunk, maps the file read
// only and checks every number in it once, so that lookups need no checks and
// even a file that was made wrong leads nowhere. Nothing is kept per entry on
// the heap. A [Snapshot] belongs to one release; [Served] holds the one that
// is served, in one atomic pointer, and counts readers, so that a file is
// unmapped when its last reader is done. Lookups do not allocate.
//
// # Keys and filters
//
// Items are found by their key (object id, item number, OID, code: see
// fest.Entry.Items) and by entry id, exactly, else in upper case. Lists are
// filtered by the filters that [Filters] names; several filters must all
// match. The order of a list is that of the file.
//
// Names are indexed in all spellings of search.Spellings and looked up folded.
// Where a filter takes an ingredient, its moiety and all salts and esters of
// that moiety count as the same substance (R34). ATC codes of ingredients are
// derived (R43): those of drugs and generics that hold one substance only.
//
// # Refreshing
//
// A [Refresher] loads the newest release, one load at a time whatever the
// number of triggers and waiters, on a context and timeout of its own, paced
// by a token bucket and, after failures, by a jittered backoff.
//
// # Concurrency
//
// Snapshot, Served and Refresher are safe for concurrent use. Of a Builder,
// Prepare is; Add, Finish and Discard belong to one goroutine.
//
// The package needs mmap (Unix). It may import fest, wire and search; it must
// not import m30, festdb, ingest or api.
package cache
