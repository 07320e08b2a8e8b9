// Package sample makes M30 files that are made up: a small realistic one that
// holds every edge case of the rules, and one of full size for measuring; and
// from either the releases that would follow it.
//
// Nothing of it is for clinical use, and every file says so in its prolog
// (<?festd-sample …?>). Names of substances, ATC codes and terms of code lists
// are true; what is said of them is invented: who makes a product, its item
// number, bar code, size, price, reimbursement and interactions. Object ids
// are UUIDs of version 8 and bar codes lie in GS1's range for use inside one
// company, so that neither can be taken for a real one. Item numbers have no
// such range: they look like real ones and mean nothing. docs/SAMPLE.md has
// the catalogue of edge cases.
//
// Everything follows from [Options] and the sequence of [Change]s: the same
// input gives the same bytes, on every machine. Nothing reads the clock.
//
// A [Data] is immutable and safe for concurrent use; [Data.Next] returns a new
// one that shares what did not change. Its entries are made when they are
// asked for, one at a time, so that a full file needs little memory.
//
// May import fest and m30, nothing else of this module.
package sample
