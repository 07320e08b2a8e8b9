// Package festdb keeps releases: which contents were published under which
// serial (the ledger), and what each of them says (the content).
//
// [Store] is the whole interface; [Directory] implements it in a directory of
// the local file system, and the package postgres below this one in a
// database. [Disk] is the half that holds files and knows of no ledger: the
// store in the database uses it for its local copies. What follows is about the
// directory.
//
//	STREAM                     id of the store, minted at creation; layout version
//	CURRENT                    the release that is served; renamed into place last
//	ledger                     every release ever published, one line each
//	lock                       held for the moment of a change, by one process
//	content/<digest>           the entries' source slices, compressed: the truth
//	source/<digest>.<ext>      the file as it came; <digest> is the file's own
//	snapshot/<digest>.v<n>     derived from the content, format n
//	live/                      who is writing; what a killed writer left is swept
//
// A file is written aside under a name that begins with a dot, synced, and
// renamed into place; then its directory is synced. So a name without a dot is
// always a whole file, whenever the process was killed. What changes a store
// happens under the lock, after the ledger was read again, and only if the
// release that is served is still the one that the writer expected. A release
// is published at the instant when CURRENT is renamed, neither before nor
// after; ledger lines that CURRENT does not cover were never published.
//
// When a sync fails, the file that was being written is thrown away and the
// change is refused: the kernel may have dropped the pages, so a second sync
// that succeeds proves nothing. When only the sync of the directory after the
// last rename fails, the change is visible but may be lost in a power cut;
// that is [ErrNotDurable].
//
// Everything that is read from disk carries a SHA-256 and is used only after
// it was checked. Damage is an error ([ErrDamaged]) that names the file and
// the block; [Newest] then tries the release before. Nothing here ever makes
// up data: a store whose files are all damaged says so.
//
// All types are safe for concurrent use by many goroutines and processes,
// except [Stage], [Writer] and [Pending], which belong to one goroutine at a
// time. The package imports fest and nothing else of this module. The file
// system must be a local one: locks and renames of network file systems do not
// keep these promises.
package festdb
