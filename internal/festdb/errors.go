package festdb

import "errors"

// The kinds of failure. Every error of this package that a caller could act
// upon wraps one of them; others are errors of the operating system, wrapped
// with what was being done to which file.
var (
	// ErrNoRelease: the store is whole and nothing was ever published in it.
	ErrNoRelease = errors.New("no release was published yet")
	// ErrConflict: another importer published in between. The one who was
	// overtaken starts again from the release that is served now.
	ErrConflict = errors.New("another release was published meanwhile")
	// ErrDamaged: bytes on disk are not those that were written. The release
	// before may be served, and importing the source again mends it.
	ErrDamaged = errors.New("damaged on disk")
	// ErrNotKept: there is no such file: never was, or retention removed it.
	ErrNotKept = errors.New("not kept")
	// ErrNewer: written by a newer festd, which this one cannot read.
	ErrNewer = errors.New("written by a newer version of festd")
	// ErrLocked: another process held the store's lock for too long.
	ErrLocked = errors.New("the store is locked by another process")
	// ErrNotDurable: the change was made and is visible, but the directory
	// could not be synced: after a power cut the state before may be back.
	ErrNotDurable = errors.New("done, but may not survive a power cut")
	// ErrReadOnly: the store was opened for reading only.
	ErrReadOnly = errors.New("the store was opened read-only")
	// ErrNoStore: the directory holds no store, and none was to be made.
	ErrNoStore = errors.New("no store here")
	// ErrSource: the source file's bytes do not have the digest that was given.
	ErrSource = errors.New("source file changed or misnamed")
	// ErrState: calls in the wrong order, or arguments that contradict each
	// other: a fault of the program.
	ErrState = errors.New("wrong order of calls")
	// ErrTooLarge: an entry or a file is beyond what the content file holds.
	ErrTooLarge = errors.New("too large for the content file")
	// ErrStream: the store is not the one that was followed until now, or it
	// has gone back: another stream, a serial that fell, or another release
	// under a known serial. What is served stays until a person decides.
	ErrStream = errors.New("the store went back or is another one")
	// ErrUnavailable: the database cannot be reached, or did not answer in time.
	ErrUnavailable = errors.New("the database cannot be reached")
	// ErrSchema: the database lacks tables that this version needs.
	ErrSchema = errors.New("the database has no schema for this version: run `server migrate` with an account that may create it")
)
