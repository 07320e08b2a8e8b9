// Package search folds text so that what people type meets what FEST says, and
// has the index that /v1/search is answered from.
//
// # The index
//
// [Build] makes it from documents: an item of a snapshot with the texts that it
// is found by, its own and those that follow from references. [Open] reads it
// back: one flat run of bytes, used where it lies, checked once, so that even
// bytes that were made wrong lead nowhere. How it is laid out stands with
// [Index]; why it is so, in docs/adr/0009.
//
// # The answer
//
// [Parse] makes words of what people typed, [Index.Search] finds the documents
// that have them all, in the documented order (docs/SEARCH.md): how well the
// words match, generics first (R59), what can be had before what cannot, then
// alphabetical. What can be had depends on a day, and on rules which are not
// for this package to know: [Index.On] takes them as states of the offers.
//
// # Concurrency
//
// Functions are pure; an Index, a Day and a Query are immutable and safe for
// concurrent use. The package may import fest only.
package search
