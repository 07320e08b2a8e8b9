// Package fullsize holds tests that need a file of full size: completeness
// (P7), proven over HTTP and without the decoder. They run without the race
// detector, which would make them take minutes; the same code runs under it
// with smaller files in the packages' own tests.
package fullsize
