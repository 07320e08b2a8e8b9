// Package postgres is a festdb.Store whose ledger and contents are in
// PostgreSQL, for several servers that share one truth. Every server keeps
// recent contents, and what it last knew of the ledger, in a directory of its
// own ([festdb.Disk]), and can be started and serve without the database.
//
// # What is where
//
// Schema fest: store (one row: the stream and the serial that is served),
// release (the ledger), audit, content (a list of entries), entry (each entry
// once, by the digest of what it says), frame. docs/adr/0006 says why.
// The tables hold the sources' bytes; a function per class, such as
// fest.drugs(serial), and a view of the same name for the served release show
// them as columns.
//
// # Who may do what
//
// An import seals its content first: what the database lacks of it is copied
// into temporary tables and then inserted by one transaction. A publication is
// one short transaction more: it moves the serial from the one that the import
// began with, adds to ledger and audit, and notifies. Transactions that write
// take one advisory lock, so they come one after the other. A content that
// was sealed and not published yet is claimed by an advisory lock of its
// import's session; when the session ends, however it ends, the next writer
// removes what was left. So there is nothing to clean up by hand after a kill.
//
// # When the database is not there
//
// Every statement has a deadline, on the server and here. Where the database
// cannot be asked, Current and Releases answer at once from memory (see
// [Store.Status]), Content from the local disk, and imports are refused. After
// a failure the database is left alone for a moment, whoever asks.
//
// A database that went back, or is another one, is not followed:
// [festdb.ErrStream], until [Store.Adopt].
//
// All types are safe for concurrent use by many goroutines, except stages. The
// package imports fest and festdb.
package postgres
