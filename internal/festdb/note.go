package festdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A note is a small file of the directory that a store with its ledger
// elsewhere keeps for itself, such as what it last knew of that ledger. It is
// one line with a SHA-256, replaced whole.

// KnownNote is the note of what was last known of a ledger elsewhere. Where it
// is, the directory is no store of its own.
const KnownNote = "known"

// ReadNote reads a note into v. A note that is not there is
// [fs.ErrNotExist]; [ErrDamaged], [ErrNewer].
func (d *Disk) ReadNote(name string, v any) error {
	b, err := os.ReadFile(d.path(name))
	if err != nil {
		return err
	}
	if err := parseFileLine(b, v); err != nil {
		return fmt.Errorf("%s: %w", d.path(name), err)
	}
	return nil
}

// UpdateNote replaces a note under the lock of the directory: change is called
// after v was read anew, and says whether v is to be written. A note that is
// missing or damaged leaves v as it is.
func (d *Disk) UpdateNote(ctx context.Context, name string, v any, change func() (bool, error)) error {
	return d.locked(ctx, func() error {
		err := d.ReadNote(name, v)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrDamaged) {
			return err
		}
		write, err := change()
		if err != nil || !write {
			return err
		}
		line, err := appendLine(nil, v)
		if err != nil {
			return err
		}
		p, err := d.create("", name)
		if err != nil {
			return err
		}
		if _, err := p.Write(line); err != nil {
			return errors.Join(err, p.Discard())
		}
		return p.Commit()
	})
}
