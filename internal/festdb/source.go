package festdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Source keeps the file as it came; see [Stage].
func (w *Writer) Source(path string, src fest.Source) error {
	if err := w.open(); err != nil {
		return err
	}
	if w.copy != nil {
		return fmt.Errorf("source %s: %w: the import has a source already", path, ErrState)
	}
	digest, err := fest.ParseDigest(string(src.Digest))
	if err != nil {
		return fmt.Errorf("source %s: %w: %w", path, ErrState, err)
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	to, err := w.d.create(sourceDir, string(digest)+"."+extensionOf(path))
	if err != nil {
		_ = from.Close() // read only
		return err
	}
	ctx, cancel := context.WithCancel(w.ctx)
	c := &copying{digest: digest, to: to, cancel: cancel, done: make(chan struct{})}
	w.copy = c
	go func() {
		defer close(c.done)
		defer func() { _ = from.Close() }() // read only
		c.err = c.run(ctx, from)
	}()
	return nil
}

// copying is the copy of a source, made in the background. A hard link would
// be cheaper and would change when somebody writes to the file.
type copying struct {
	digest fest.Digest
	to     *Pending
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func (c *copying) run(ctx context.Context, from *os.File) error {
	h := sha256.New()
	// The writer's context ends a copy between two reads.
	r := io.TeeReader(contextReader{ctx, from}, h)
	if _, err := io.CopyBuffer(c.to, r, make([]byte, 256<<10)); err != nil {
		return fmt.Errorf("keeping source %s: %w", from.Name(), err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != string(c.digest) {
		return fmt.Errorf("%s: %w: its SHA-256 is %s, want %s", from.Name(), ErrSource, got, c.digest)
	}
	return c.to.seal()
}

// wait says how the copy went. It is durable then, without a name yet.
func (c *copying) wait() error {
	<-c.done
	return c.err
}

// place names the copy. A source of the same digest under another extension
// stays the one that is kept.
func (c *copying) place() error {
	if _, err := c.to.d.findSource(c.digest); err == nil {
		c.to.final, err = c.to.d.findSource(c.digest)
		if err != nil {
			return err
		}
	}
	return c.to.place()
}

func (c *copying) discard() error {
	c.cancel()
	<-c.done
	return c.to.Discard()
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// extensionOf is the source's own, as far as it is fit for a file name.
func extensionOf(path string) string {
	name := strings.ToLower(filepath.Base(path))
	if strings.HasSuffix(name, ".xml.gz") {
		return "xml.gz"
	}
	ext := strings.TrimPrefix(filepath.Ext(name), ".")
	if ext == "" || len(ext) > 8 || strings.Trim(ext, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return "bin"
	}
	return ext
}

// Source opens a file as it came, by its own digest, after its bytes were
// verified. [ErrNotKept], [ErrDamaged]. The caller closes it; its name has the
// original extension.
func (d *Disk) Source(ctx context.Context, digest fest.Digest) (*os.File, error) {
	path, err := d.findSource(digest)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	_, err = io.CopyBuffer(struct{ io.Writer }{h}, contextReader{ctx, f}, make([]byte, 256<<10))
	if got := hex.EncodeToString(h.Sum(nil)); err == nil && got != string(digest) {
		err = fmt.Errorf("%s: %w: its SHA-256 is %s", path, ErrDamaged, got)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // read only
		return nil, err
	}
	return f, nil
}

// HasSource reports whether a file is there, by its own digest, not whether it
// is whole.
func (d *Disk) HasSource(digest fest.Digest) bool {
	_, err := d.findSource(digest)
	return err == nil
}

// KeepSource keeps a file that a release refers to and that came another way
// than by an import. write writes its bytes, which must have the digest:
// [ErrSource].
func (d *Disk) KeepSource(ctx context.Context, digest fest.Digest, extension string, write func(io.Writer) error) error {
	if _, err := fest.ParseDigest(string(digest)); err != nil {
		return err
	}
	to, err := d.create(sourceDir, string(digest)+"."+extensionOf("x."+extension))
	if err != nil {
		return err
	}
	h := sha256.New()
	if err := write(io.MultiWriter(to, h)); err != nil {
		return errors.Join(err, to.Discard())
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != string(digest) {
		return errors.Join(fmt.Errorf("source %s: %w: what came has the SHA-256 %s", digest, ErrSource, got), to.Discard())
	}
	if err := to.seal(); err != nil {
		return err
	}
	return d.locked(ctx, func() error {
		if err := to.place(); err != nil {
			return err
		}
		return d.syncDir(sourceDir)
	})
}

// findSource is the path of a source that is kept.
func (d *Disk) findSource(digest fest.Digest) (string, error) {
	if _, err := fest.ParseDigest(string(digest)); err != nil {
		return "", err
	}
	names, err := filepath.Glob(filepath.Join(globEscape(d.path(sourceDir)), string(digest)+".*"))
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", fmt.Errorf("source %s: %w", digest, ErrNotKept)
	}
	return names[0], nil
}

// globEscape makes a path match itself.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
