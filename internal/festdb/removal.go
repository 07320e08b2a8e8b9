package festdb

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// removedDir holds what left the register: a file for each release that
// something left with, and for each history. It is never removed.
const removedDir = "removed"

// removalLine is the first line of such a file; the data follow.
type removalLine struct {
	Removal
	Sum  string `json:"sum"` // SHA-256 of the data
	Size int    `json:"size"`
}

func removalName(serial fest.Serial, content fest.Digest) string {
	return strconv.FormatUint(uint64(serial), 10) + "." + string(content)
}

// PutRemoval writes a removal durably, over one of the same serial and
// content. It takes no lock.
func (d *Disk) PutRemoval(r Removal) error {
	if _, err := fest.ParseDigest(string(r.Content)); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	if err := os.MkdirAll(d.path(removedDir), 0o755); err != nil {
		return err
	}
	sum := sha256.Sum256(r.Data)
	head, err := appendLine(nil, removalLine{Removal: r, Sum: hex.EncodeToString(sum[:]), Size: len(r.Data)})
	if err != nil {
		return err
	}
	p, err := d.create(removedDir, removalName(r.Serial, r.Content))
	if err != nil {
		return err
	}
	for _, b := range [][]byte{head, r.Data} {
		if _, err := p.Write(b); err != nil {
			return errors.Join(err, p.Discard())
		}
	}
	return p.Commit()
}

// Removals reads all removals on the disk: histories first, by HentetDato,
// then by serial. What is damaged is passed over, and the second result says so.
func (d *Disk) Removals() ([]Removal, []error) {
	entries, err := os.ReadDir(d.path(removedDir))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, []error{err}
	}
	var list []Removal
	var damaged []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		r, err := d.readRemoval(e.Name())
		if err != nil {
			damaged = append(damaged, fmt.Errorf("%s: %w", d.path(removedDir, e.Name()), err))
			continue
		}
		list = append(list, r)
	}
	SortRemovals(list)
	return list, damaged
}

// SortRemovals puts histories first, by HentetDato, then what left by serial.
func SortRemovals(list []Removal) {
	slices.SortStableFunc(list, func(a, b Removal) int {
		c := cmp.Compare(a.Serial, b.Serial)
		if c == 0 {
			c = cmp.Or(cmp.Compare(a.RetrievalDate, b.RetrievalDate), cmp.Compare(a.Content, b.Content))
		}
		return c
	})
}

func (d *Disk) readRemoval(name string) (Removal, error) {
	b, err := os.ReadFile(d.path(removedDir, name))
	if err != nil {
		return Removal{}, err
	}
	head, data, _ := bytes.Cut(b, []byte("\n"))
	var l removalLine
	if err := parseLine(head, &l); err != nil {
		return Removal{}, err
	}
	if sum := sha256.Sum256(data); len(data) != l.Size || hex.EncodeToString(sum[:]) != l.Sum || removalName(l.Serial, l.Content) != name {
		return Removal{}, fmt.Errorf("%w: its %d bytes are not those that were written", ErrDamaged, len(data))
	}
	l.Data = data
	return l.Removal, nil
}

// PublishedRemovals are the histories, and of the others those whose release
// was published: a killed publication leaves one that never counted.
func PublishedRemovals(list []Removal, releases []fest.Release) []Removal {
	digest := make(map[fest.Serial]fest.Digest, len(releases))
	for i := range releases {
		digest[releases[i].Serial] = releases[i].Content.Digest
	}
	return slices.DeleteFunc(list, func(r Removal) bool { return r.Serial != 0 && digest[r.Serial] != r.Content })
}

// Removed implements [Store].
func (s *Directory) Removed(ctx context.Context) ([]Removal, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	st, err := s.read(false)
	if err != nil {
		return nil, err
	}
	list, damaged := s.disk.Removals()
	for _, err := range damaged {
		s.log.Error("what left the register cannot be read in part; those ids answer as unknown", "error", err)
	}
	return PublishedRemovals(list, st.releases), nil
}

// AddHistory implements [Store].
func (s *Directory) AddHistory(ctx context.Context, r Removal) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if r.Serial != 0 {
		return fmt.Errorf("history %s: %w: it has serial %d, want 0", r.Content.Short(), ErrState, r.Serial)
	}
	return s.disk.locked(ctx, func() error { return s.disk.PutRemoval(r) })
}

// AddRemoved implements [Store].
func (s *Directory) AddRemoved(ctx context.Context, r Removal) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	return s.disk.locked(ctx, func() error {
		st, err := s.read(true)
		if err != nil {
			return err
		}
		if len(PublishedRemovals([]Removal{r}, st.releases)) == 0 || r.Serial == 0 {
			return fmt.Errorf("what left with release %d: %w: no release has that serial and content %s", r.Serial, ErrState, r.Content.Short())
		}
		if _, err := s.disk.readRemoval(removalName(r.Serial, r.Content)); err == nil {
			return nil
		}
		return s.disk.PutRemoval(r)
	})
}

// Remove implements [Stage].
func (g *stage) Remove(data []byte) error {
	if g.removed != nil || g.published {
		return fmt.Errorf("import in %s: %w: what leaves was said before", g.s.disk.Dir(), ErrState)
	}
	g.removed = append([]byte{}, data...)
	return nil
}
