package sample

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zip"

	"github.com/festd/festd/internal/m30"
)

// Mark is what a made-up file says of itself in its prolog.
const Mark = "not for clinical use"

// FileInZip is the name of the one file in a zip, as DMP names it.
const FileInZip = "fest251.xml"

const prologComment = "<!-- Made-up data. The substances and codes are real; everything said of them is invented. Not for clinical use. -->\n"

// WriteXML writes the release as one M30 document, indented as DMP's are. The
// memory it needs does not depend on the size of the release.
func (d *Data) WriteXML(w io.Writer) error {
	b := bufio.NewWriterSize(&prolog{w: w}, 256<<10)
	x := m30.NewWriter(b, d.Document(), m30.WriterOptions{Indent: true, Sample: Mark})
	for e := range d.Entries() {
		if err := x.Entry(e); err != nil {
			return fmt.Errorf("sample: %w", err)
		}
	}
	if err := x.Close(); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	return nil
}

// prolog puts a comment for people before the root element, which stands in
// the first write.
type prolog struct {
	w    io.Writer
	done bool
}

func (p *prolog) Write(b []byte) (int, error) {
	if p.done {
		return p.w.Write(b)
	}
	p.done = true
	at := max(0, bytes.Index(b, []byte("<FEST")))
	for _, part := range [][]byte{b[:at], []byte(prologComment), b[at:]} {
		if _, err := p.w.Write(part); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// WriteFile writes the release to a file: plain, gzip or zip by its extension
// (.xml, .xml.gz, .gz, .zip). The file appears when it is complete.
func (d *Data) WriteFile(path string) (err error) {
	write, err := container(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(d, f); err != nil {
		return err
	}
	for _, step := range []func() error{func() error { return f.Chmod(0o644) }, f.Sync, f.Close, func() error { return os.Rename(f.Name(), path) }} {
		if err := step(); err != nil {
			return fmt.Errorf("sample: %w", err)
		}
	}
	return nil
}

func container(path string) (func(*Data, io.Writer) error, error) {
	switch name := strings.ToLower(path); {
	case strings.HasSuffix(name, ".zip"):
		return (*Data).writeZip, nil
	case strings.HasSuffix(name, ".gz"):
		return (*Data).writeGzip, nil
	case strings.HasSuffix(name, ".xml"):
		return (*Data).WriteXML, nil
	default:
		return nil, fmt.Errorf("sample: %s: the name must end in .xml, .xml.gz or .zip", path)
	}
}

func (d *Data) writeZip(w io.Writer) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
	f, err := z.CreateHeader(&zip.FileHeader{Name: FileInZip, Method: zip.Deflate, Modified: d.retrieved})
	if err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	if err := d.WriteXML(f); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	return nil
}

func (d *Data) writeGzip(w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, 6)
	if err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	if err := d.WriteXML(z); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	return nil
}
