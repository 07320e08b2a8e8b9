package cache

import (
	"context"
	"io"

	"github.com/festd/festd/internal/fest"
)

// Format is the version of the file: it changes when its layout, the keys of
// its tables or the renderer change. A file of another format is rebuilt.
const Format = 1

// Options of a Builder.
type Options struct {
	// Sample marks every item as made up: not for clinical use.
	Sample bool
	// TempDir holds the spill file (unlinked while in use); empty means the
	// system's.
	TempDir string
}

// Builder builds a snapshot file from decoded entries.
type Builder struct{ o Options }

// Prepared is one entry, rendered. It is spent by Add.
type Prepared struct{}

// NewBuilder returns an empty builder.
func NewBuilder(o Options) *Builder { return &Builder{o} }

// Prepare renders an entry. It is pure and may be called from many goroutines.
func (b *Builder) Prepare(e *fest.Entry) (*Prepared, error) { return nil, errStub }

// Add adds the entry with that ordinal, in file order, from one goroutine.
func (b *Builder) Add(p *Prepared, ordinal int) error { return errStub }

// Finish writes the snapshot of the content. The builder is spent.
func (b *Builder) Finish(ctx context.Context, c fest.Content, w io.Writer) error { return errStub }

// Discard gives back what the builder holds. It may be called at any time,
// also after Finish.
func (b *Builder) Discard() {}
