// Package ingest runs one import: a FEST file is decoded, built into a
// snapshot beside the one that is served, judged, and published. All or
// nothing (P3): whatever fails, the release that is served is unchanged and
// nothing of the attempt is left behind.
//
// The file is read in one pass. A reader cuts it into entries, workers decode
// and render them on all processors, and a collector takes the results in the
// order of the file; only a bounded number of batches is under way at once.
//
// A [Run] may go beside a serving process, in it or in another one: the store
// orders publications. The package may import fest, m30, gate, cache and
// festdb (for the store's interface), and no HTTP.
package ingest
