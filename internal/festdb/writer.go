package festdb

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/fest"
)

// Writer writes a content, and with it the file it came in, on a [Disk]. It
// belongs to one goroutine at a time and has goroutines of its own until Seal
// or Discard; Discard must be called in the end.
type Writer struct {
	d     *Disk
	ctx   context.Context
	owner *owner

	pack   *packer  // nil before the first Add and after Seal
	copy   *copying // of the source; nil: none
	file   *Pending // of the content
	index  contentIndex
	doc    fest.Document
	closed bool
	sealed fest.Digest // "": not yet
	claims []fest.Digest
	sums   []EntryDigest // of the entries, once sealed
}

// NewWriter begins a content. Nothing is written before the first Add or
// Source. ctx bounds everything until Seal.
func (d *Disk) NewWriter(ctx context.Context) (*Writer, error) {
	o, err := d.own()
	if err != nil {
		return nil, err
	}
	return &Writer{d: d, ctx: ctx, owner: o}, nil
}

// Add takes the next entry; see [Stage].
func (w *Writer) Add(s fest.Slice) error {
	if err := w.open(); err != nil {
		return err
	}
	if err := fits(s); err != nil {
		return err
	}
	if w.pack == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	return w.pack.add(s)
}

// fits refuses an entry that is too large for a block.
func fits(s fest.Slice) error {
	if len(s.XML) > maxSlice {
		return fmt.Errorf("%s entry at line %d has %d bytes: %w: want at most %d", s.Catalogue, s.Line, len(s.XML), ErrTooLarge, maxSlice)
	}
	return nil
}

// begin makes the file and starts the goroutines that compress into it.
func (w *Writer) begin() error {
	f, err := w.d.create(contentDir, "") // the name is known at Seal
	if err != nil {
		return err
	}
	w.file = f
	if _, err := f.Write([]byte(contentMagic)); err != nil {
		return err
	}
	w.pack, err = newPacker(w.ctx, f, &w.index)
	return err
}

// Seal ends the content and makes it durable under its digest; see [Stage].
func (w *Writer) Seal(doc fest.Document) (fest.Digest, error) { return w.SealAs(doc, "") }

// SealAs is Seal of a copy that must have the digest want: else nothing is
// kept, and the error is [ErrDamaged].
func (w *Writer) SealAs(doc fest.Document, want fest.Digest) (fest.Digest, error) {
	if err := w.open(); err != nil {
		return "", err
	}
	if w.pack == nil { // a document without entries is a content, too
		if err := w.begin(); err != nil {
			return "", err
		}
	}
	w.closed = true
	digest, err := w.pack.seal(w.file, doc, want)
	w.sums = w.pack.entries
	if err != nil {
		return "", err
	}
	w.file.final = w.d.path(contentDir, string(digest))
	return digest, w.place(digest, doc)
}

// place makes what was written durable, and gives it its names under the lock,
// claimed, so that no sweep takes it for a leftover. What was there under the
// same digest is replaced: that mends a damaged file.
func (w *Writer) place(digest fest.Digest, doc fest.Document) error {
	var sync errgroup.Group
	sync.Go(w.file.seal)
	if w.copy != nil {
		sync.Go(w.copy.wait)
	}
	if err := sync.Wait(); err != nil {
		return err
	}
	return w.d.locked(w.ctx, func() error {
		if err := w.claim(digest); err != nil {
			return err
		}
		if w.copy != nil {
			if err := w.claim(w.copy.digest); err != nil {
				return err
			}
			if err := w.copy.place(); err != nil {
				return err
			}
		}
		if err := w.file.place(); err != nil {
			return err
		}
		w.sealed, w.doc = digest, doc
		w.d.unmark(digest)
		var dirs errgroup.Group
		dirs.Go(func() error { return w.d.syncDir(contentDir) })
		if w.copy != nil {
			dirs.Go(func() error { return w.d.syncDir(sourceDir) })
		}
		return dirs.Wait()
	})
}

func (w *Writer) claim(digest fest.Digest) error {
	if err := w.owner.claim(digest); err != nil {
		return err
	}
	w.claims = append(w.claims, digest)
	return nil
}

// Entries gives the digests of the entries in file order, once Seal returned.
func (w *Writer) Entries() []EntryDigest { return w.sums }

// SourceDigest is that of the file that is kept with the content; "": none is.
func (w *Writer) SourceDigest() fest.Digest {
	if w.copy == nil {
		return ""
	}
	return w.copy.digest
}

// Sealed is the digest that Seal returned, and the document; "" before.
func (w *Writer) Sealed() (fest.Digest, fest.Document) { return w.sealed, w.doc }

// Publishable checks that a release of c from src is what this writer sealed,
// or that it sealed nothing: then c must be a content that is kept, which is
// the caller's to find out (sealed false).
func (w *Writer) Publishable(c fest.Content, src fest.Source) (sealed bool, err error) {
	if _, err := fest.ParseDigest(string(c.Digest)); err != nil {
		return false, fmt.Errorf("publishing: %w: %w", ErrState, err)
	}
	if w.sealed == "" {
		if w.pack != nil || w.closed {
			return false, fmt.Errorf("publishing content %s: %w: want Seal first", c.Digest.Short(), ErrState)
		}
		return false, nil
	}
	switch {
	case c.Digest != w.sealed:
		err = fmt.Errorf("%w: %s was sealed", ErrState, w.sealed.Short())
	case !SameDocument(c.Document, w.doc):
		err = fmt.Errorf("%w: its document is not the one that was sealed", ErrState)
	case w.copy != nil && src.Digest != w.copy.digest:
		err = fmt.Errorf("%w: its source is %s, %s was kept", ErrState, src.Digest.Short(), w.copy.digest.Short())
	}
	if err != nil {
		return true, fmt.Errorf("publishing content %s: %w", c.Digest.Short(), err)
	}
	return true, nil
}

// SameDocument reports whether two root elements say the same.
func SameDocument(a, b fest.Document) bool {
	x, y := a.ValidFromDateHelfo, b.ValidFromDateHelfo
	return a.RetrievalDate == b.RetrievalDate && (x == nil) == (y == nil) && (x == nil || *x == *y)
}

// Discard ends the writer. What it sealed stays where a release refers to it
// or another writer claims it, and is removed elsewhere.
func (w *Writer) Discard() error {
	w.closed = true
	var errs []error
	if w.pack != nil {
		w.pack.stop()
		w.pack = nil
	}
	if w.copy != nil {
		errs = append(errs, w.copy.discard())
		w.copy = nil
	}
	if w.file != nil {
		errs = append(errs, w.file.Discard())
		w.file = nil
	}
	for _, digest := range w.claims {
		errs = append(errs, w.owner.unclaim(digest))
	}
	if len(w.claims) > 0 {
		// The writer's context may have ended; the sweep is short.
		errs = append(errs, w.d.Sweep(context.WithoutCancel(w.ctx)))
		w.claims = nil
	}
	return errors.Join(errs...)
}

func (w *Writer) open() error {
	if w.closed {
		return fmt.Errorf("import in %s: %w: it was sealed or discarded before", w.d.opts.Dir, ErrState)
	}
	return context.Cause(w.ctx)
}
