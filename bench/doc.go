// Command bench measures festd against what it has to reach (the table of
// targets is that of the design: import, start, lookup, memory) and writes
// docs/PERFORMANCE.md:
//
//	go run ./bench            everything, at full size: some minutes
//	go run ./bench --quick    the small sample, one run each: does the harness work?
//	go run ./bench --only lookup,ready --runs 9
//
// It measures the real binary from outside, as a user would: processes are
// started, files imported, HTTP spoken over loopback; but for the search, the
// interaction checks and the lookups of many ids, whose snapshot is mapped and
// asked in process. A figure never stands alone: what it is
// compared with runs in the same round, in turns (A B A B), and a ratio is the
// median of the rounds' ratios with their least and greatest. What cannot be
// measured is shown as not measured, with the reason.
//
// A measurement is a file of its own that declares its rows and fills them; it
// is entered in [measurements]. What limits a missed target is written by hand
// in notes.md, under the row's id, and survives being generated anew.
//
// Nothing outlives a run: children get deadlines and are killed with their
// parent, ports are free ones on loopback, files are under --dir. Linux only.
// Of the module it may import fest (the resources' names), what lies under
// bench/internal, and, for what is asked in process, cache, search, rules and
// api/answer.
package main
