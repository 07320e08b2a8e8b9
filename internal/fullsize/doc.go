// Package fullsize holds tests that need files of full size: completeness
// (P7), proven over HTTP and without the decoder; thirty ordinary fortnights
// that the gate lets pass; and damaged files that it holds, through the
// importer. They run without the race detector, which would make them take
// minutes; the same code runs under it with smaller files in the packages' own
// tests.
package fullsize
