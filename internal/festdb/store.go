package festdb

import (
	"context"
	"iter"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Store keeps releases. Errors wrap the sentinels of this package and say
// what, where and what would be right. A context that ends makes a call return
// its error; a change is then either wholly made or not at all.
type Store interface {
	// Stream is the random id minted with the store. Serials grow within a
	// stream; serials of different streams do not compare.
	Stream() string

	// Current is the release that is to be served. [ErrNoRelease]: nothing was
	// ever published; [ErrDamaged]: something was, and it cannot be told what.
	Current(ctx context.Context) (fest.Release, error)

	// Releases lists everything that was ever published, newest first, and
	// says of each whether its content is still kept.
	Releases(ctx context.Context) ([]Record, error)

	// Stage begins an import. It takes no lock: several may be under way, and
	// Publish decides. ctx bounds the whole stage. The caller must call
	// Discard in the end, whatever happened.
	Stage(ctx context.Context) (Stage, error)

	// Record adds an act to the audit log, durably, and returns it with ID, At
	// (where it is zero) and After. Changed tells of it. The content of a held
	// candidate is kept from then on; see [Retention].
	Record(ctx context.Context, a fest.Act) (fest.Act, error)

	// Acts lists the audit log, oldest first, without the verdicts that nobody
	// needs at hand: see [Lean]. Where a database cannot be asked it is what the
	// node knew when it last could.
	Acts(ctx context.Context) ([]fest.Act, error)

	// Act is a row of the audit log, all of it. [ErrNotKept]: no act has the ID.
	Act(ctx context.Context, id uint64) (fest.Act, error)

	// Removed lists what left the register: first what histories told, oldest
	// first, then what left with each release, by serial. All of it is on the local
	// disk when Removed returns; Data is opaque here.
	Removed(ctx context.Context) ([]Removal, error)

	// AddHistory keeps what an older file had that no release has, durably.
	// The same Content again replaces what was kept of it. Changed tells of it.
	AddHistory(ctx context.Context, r Removal) error

	// AddRemoved keeps, durably, what left the register with a release, where
	// nothing was said of that when it was published. What is kept of it stays as
	// it is. [ErrState]: no such release. Changed tells of it.
	AddRemoved(ctx context.Context, r Removal) error

	// Lead waits until this process alone leads among those that use the
	// store, and returns a context that ends when it no longer does: the
	// caller stops leading then. release gives it up. Errors: those of ctx.
	Lead(ctx context.Context) (leading context.Context, release func(), err error)

	// Content opens what a release says, after all of it was verified.
	// [ErrNotKept], [ErrDamaged], [ErrNewer]. The caller must close it; it holds
	// one file open, and stays readable when retention removes the content.
	Content(ctx context.Context, digest fest.Digest) (Content, error)

	// Changed gives a value soon after Current may have moved (the directory:
	// within 250 ms). It is a hint: several moves may give one value, and a
	// value may come for nothing. The channel is closed when ctx ends or the
	// store is closed; its goroutines live that long. Call it before Current,
	// so that no move falls between the two.
	Changed(ctx context.Context) <-chan struct{}

	// Close frees what the store holds. Contents and stages that are open
	// should be closed before. Calling it again does nothing.
	Close() error
}

// Record is a release in the ledger.
type Record struct {
	fest.Release
	// Kept: the content is still there, so the release can be served.
	Kept bool `json:"kept"`
	// Damaged: the content is there and was found damaged. Importing the same
	// source again mends it.
	Damaged bool `json:"damaged,omitempty"`
	// Recalled: the database could not be asked; this is what the node knew
	// when it last could. Kept then speaks of the node's own disk.
	Recalled bool `json:"recalled,omitempty"`
}

// Removal is what left the register with a release, or what a history told.
type Removal struct {
	// Serial is that of the release it left with; 0: a history told.
	Serial fest.Serial `json:"serial"`
	// Content is that release's, or the history's.
	Content fest.Digest `json:"content"`
	// RetrievalDate is that of the content.
	RetrievalDate fest.DateTime `json:"retrievalDate"`
	// Data says what left, as the room that serves it encodes it.
	Data []byte `json:"-"`
}

// Actor is who publishes, and why, for the ledger and the audit log.
type Actor struct {
	Who, Why string
	// Cause is how the release comes to be served; "": an import. With
	// [fest.CauseRollback] the content that was served until now is noted as
	// left. With another cause than an import, Who and Why are noted in the
	// release.
	Cause fest.Cause
}

// Note writes into a release how it came to be served in the place of cur.
func (a Actor) Note(r *fest.Release, cur fest.Release) {
	r.Cause = a.Cause
	if r.Cause == "" {
		r.Cause = fest.CauseImport
	}
	if r.Cause == fest.CauseImport {
		return
	}
	r.By, r.Reason = a.Who, a.Why
	if r.Cause == fest.CauseRollback && cur.Serial != 0 && cur.Content.Digest != r.Content.Digest {
		r.Left = cur.Content.Digest
	}
}

type actorKey struct{}

// WithActor says who does what the context is handed to.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf is who was said to act; without Who it is the program itself.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// Stage is an import under way: Add… Source, Seal, Publish, Discard. Nothing
// of it is visible to others before Seal, nothing is served before Publish. It
// belongs to one goroutine at a time. After an error only Discard makes sense.
type Stage interface {
	// Add takes the next entry, in file order. It keeps the slice's bytes
	// without copying them until they are compressed by other goroutines, so
	// they must not change. An error may be that of an earlier slice.
	Add(s fest.Slice) error

	// Source keeps the file as it came. src.Digest must be that of the file.
	// The file is opened before Source returns and copied in the background;
	// Seal waits for it and reports its errors, also that the bytes did not
	// have this digest ([ErrSource]).
	Source(path string, src fest.Source) error

	// Seal ends the entries. Content with the returned digest is then durable
	// and can be opened by digest, but belongs to no release. The digest is
	// that of [Digester]: the same entries always give the same, whatever the
	// container they came in.
	Seal(doc fest.Document) (fest.Digest, error)

	// Remove says what leaves the register with the content that is about to
	// be published: it is published in the same step. At most once, before
	// Publish; without it nothing leaves.
	Remove(data []byte) error

	// Publish makes c the release to be served, under the next serial, if the
	// release served until now still has the serial expect (0: there is none);
	// else [ErrConflict]: an importer that was overtaken never overwrites what
	// is newer. c.Digest is what Seal returned, or, on a stage that sealed
	// nothing, a content that the store keeps (going back): else [ErrNotKept].
	//
	// An error means that nothing was published, except [ErrNotDurable], which
	// comes with the release.
	Publish(ctx context.Context, c fest.Content, src fest.Source, expect fest.Serial) (fest.Release, error)

	// Discard ends the stage and frees its goroutines. What was sealed and
	// belongs to no release is removed. Calling it again does nothing.
	Discard() error
}

// Content is what one imported file says: its entries' slices as they stood in
// the source. All methods are safe for concurrent use.
type Content interface {
	// Digest is what the content is known by.
	Digest() fest.Digest
	// Document is what the root element said.
	Document() fest.Document
	// Len is the number of entries.
	Len() int
	// Slice gives the i-th entry in file order, from 0. Its bytes must not be
	// changed. What was read from disk is verified again: [ErrDamaged].
	Slice(i int) (fest.Slice, error)
	// Slices gives all entries in file order, reading ahead in the background;
	// it stops after the first error. The goroutines end with the loop.
	Slices() iter.Seq2[fest.Slice, error]
	// Close frees the file. Slice then fails with [fs.ErrClosed].
	Close() error
}

// Retention says what is kept. What the served release refers to is always
// kept, and so is whatever a release that is kept refers to.
type Retention struct {
	// Age: contents of releases published within it are kept. Zero: 400 days.
	Age time.Duration
	// Contents is how many contents, the newest undamaged ones, are kept
	// however old. Zero: 7.
	Contents int
	// Snapshots is for how many of the newest contents snapshots are kept;
	// they are derived and can be made again. Zero: 3.
	Snapshots int
	// Sources is for how many of the newest contents the file as it came is
	// kept. Zero: 3.
	Sources int
}
