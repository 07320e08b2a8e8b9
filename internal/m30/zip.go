package m30

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// openZip opens the one XML file of an archive. Nothing is ever written under
// a name of the archive; one that tries to leave its folder is refused all the
// same, as no honest archive has it.
func (f *File) openZip(r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return f.problem(err)
	}
	// Faster than the standard library's, with the same checks around it.
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser {
		return flate.NewReader(f.guard.count(r))
	})
	member, err := oneXML(z.File)
	if err != nil {
		return err
	}
	f.name = member.Name
	l := f.guard.limits
	switch {
	case member.Flags&1 != 0:
		return &Error{Kind: ErrZip, Detail: fmt.Sprintf("%s is encrypted", quote(member.Name))}
	case member.Method != zip.Deflate && member.Method != zip.Store:
		return &Error{Kind: ErrZip, Detail: fmt.Sprintf("%s is compressed by method %d; only deflate and store are read", quote(member.Name), member.Method)}
	case member.UncompressedSize64 > uint64(l.XMLBytes):
		return tooLarge(l.XMLBytes)
	case member.CompressedSize64 > uint64(size):
		return &Error{Kind: ErrZip, Detail: fmt.Sprintf("%s is said to be larger than the archive", quote(member.Name))}
	}
	body, err := member.Open()
	if err != nil {
		return f.problem(err)
	}
	f.r, f.close = body, append(f.close, body)
	return nil
}

// oneXML is the only file of an archive. Folders count for nothing.
func oneXML(files []*zip.File) (*zip.File, error) {
	var found []*zip.File
	for _, f := range files {
		if escapes(f.Name) {
			return nil, &Error{Kind: ErrZip, Detail: fmt.Sprintf("it holds %s, a name outside its folder", quote(f.Name))}
		}
		if !strings.HasSuffix(f.Name, "/") {
			found = append(found, f)
		}
	}
	switch {
	case len(found) == 0:
		return nil, &Error{Kind: ErrZip, Detail: "it holds no file; it must hold exactly one XML file"}
	case len(found) > 1:
		return nil, &Error{Kind: ErrZip, Detail: fmt.Sprintf("it holds %d files (%s, %s …); it must hold exactly one XML file",
			len(found), quote(found[0].Name), quote(found[1].Name))}
	case !strings.EqualFold(found[0].Name[max(0, len(found[0].Name)-4):], ".xml"):
		return nil, &Error{Kind: ErrZip, Detail: fmt.Sprintf("it holds %s; it must hold exactly one XML file", quote(found[0].Name))}
	}
	return found[0], nil
}

// escapes reports whether a name could lead out of the folder that an archive
// is unpacked in, on any operating system.
func escapes(name string) bool {
	if name == "" || strings.ContainsAny(name, "\\:\x00") || strings.HasPrefix(name, "/") {
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// problem says what a decompressor's error means.
func (f *File) problem(err error) error {
	var e *Error
	var corrupt flate.CorruptInputError
	bad := ErrGzip
	if f.format == FormatZip {
		bad = ErrZip
	}
	switch {
	case errors.As(err, &e):
		return err
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, gzip.ErrChecksum):
		return &Error{Kind: ErrChecksum, Detail: fmt.Sprintf("the %s file is damaged: its XML is not what was put in", f.format)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: ErrTruncated, Detail: fmt.Sprintf("the %s file ends before its end", f.format)}
	case errors.Is(err, zip.ErrFormat):
		return &Error{Kind: ErrTruncated, Detail: "the zip archive has no directory at its end"}
	case errors.Is(err, zip.ErrAlgorithm), errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt):
		return &Error{Kind: bad, Cause: err}
	default:
		return &Error{Kind: ErrRead, Cause: err}
	}
}
