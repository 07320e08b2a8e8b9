package fest

import "bytes"

// Slice is one entry as it stands in the source: the truth that everything
// else is derived from.
type Slice struct {
	// Catalogue is the Kat… element that the entry stood in.
	Catalogue string
	// Context holds the namespace declarations in scope that the entry's own
	// start tag lacks, ready to insert: ` xmlns="…" xmlns:xsi="…"`.
	Context string
	// XML runs from the start tag of the Oppf… element to the end of its end
	// tag, byte for byte. It is never changed after it was made.
	XML []byte
	// Line is the line of the start tag in the source, from 1.
	Line int
}

// Standalone appends the entry with its namespaces declared, so that it means
// the same outside its document. All bytes of the source stay.
func (s Slice) Standalone(dst []byte) []byte {
	if s.Context == "" {
		return append(dst, s.XML...)
	}
	end := bytes.IndexAny(s.XML, " \t\r\n/>")
	if end < 0 {
		return append(dst, s.XML...)
	}
	dst = append(dst, s.XML[:end]...)
	dst = append(dst, s.Context...)
	return append(dst, s.XML[end:]...)
}
