package m30

import (
	"errors"
	"strconv"
	"strings"
)

// The kinds of [Error], for errors.Is.
var (
	ErrNotFEST   = errors.New("not a FEST file")
	ErrTruncated = errors.New("cut off")
	ErrSyntax    = errors.New("not well-formed")
	ErrEncoding  = errors.New("not UTF-8")
	ErrDTD       = errors.New("document type declaration")
	ErrDepth     = errors.New("nested too deeply")
	ErrTooLarge  = errors.New("too large")
	ErrZip       = errors.New("unusable zip archive")
	ErrGzip      = errors.New("damaged gzip file")
	ErrChecksum  = errors.New("wrong checksum")
	ErrRead      = errors.New("cannot be read")
	// ErrNoRetrievalDate: HentetDato is absent, late or no date.
	ErrNoRetrievalDate = errors.New("no HentetDato")
	// ErrOrder: [Writer] was given an entry out of the order of the XSD, or
	// one that it cannot write.
	ErrOrder = errors.New("cannot be written")
)

// Error says what was wrong with a file, where, and what would be right.
type Error struct {
	Kind      error  // one of the Err… values
	Catalogue string // Kat… element; "" outside the catalogues
	EntryID   string // entry id; "" where it was not read yet
	Line      int    // from 1; 0 where a line means nothing
	Detail    string
	Cause     error // of the operating system or a decompressor; mostly nil
}

// Error is one line: place, kind, detail.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		b.WriteString("line " + strconv.Itoa(e.Line) + ": ")
	}
	if e.Catalogue != "" {
		b.WriteString(e.Catalogue + ": ")
	}
	if e.EntryID != "" {
		b.WriteString("entry " + e.EntryID + ": ")
	}
	b.WriteString(e.Kind.Error())
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives errors.Is and errors.As the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// quote shows foreign text in a message: short, and with nothing that could
// break a line of a log.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}
