package m30

// Limits bound what a hostile or broken file can cost. They are checked on
// bytes before anything is decoded. A field that is zero or negative means its
// default, the value in [DefaultLimits].
type Limits struct {
	// FileBytes bounds the file as it lies on disk: compressed, or plain XML.
	FileBytes int64
	// XMLBytes bounds the XML after inflating.
	XMLBytes int64
	// Ratio bounds XML bytes per compressed byte. It is checked from 8 MiB of
	// XML on; FEST itself compresses about 8:1, DEFLATE reaches 1032:1.
	Ratio int
	// EntryBytes bounds one entry, and with it the memory of [Reader].
	EntryBytes int
	// MarkupBytes bounds one piece of markup or text between the entries.
	MarkupBytes int
	// Depth bounds nested elements, counted from the root of the document.
	Depth int
	// Elements bounds the elements of one entry.
	Elements int
	// Attributes bounds the attributes of one element.
	Attributes int
	// Namespaces bounds the namespace declarations in scope.
	Namespaces int
	// NameBytes bounds a name with its prefix.
	NameBytes int
	// Paths bounds the distinct paths of a [Tally]; Affected the entries that
	// it names. What is above is counted, but not told apart or named.
	Paths, Affected int
}

// DefaultLimits suit a full extract (118 MB of XML in 15 MB of zip) with room
// for a tenfold. The largest entries of FEST are its code lists: some MB.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:   512 << 20,
		XMLBytes:    2 << 30,
		Ratio:       100,
		EntryBytes:  32 << 20,
		MarkupBytes: 1 << 20,
		Depth:       64,
		Elements:    2_000_000,
		Attributes:  64,
		Namespaces:  64,
		NameBytes:   256,
		Paths:       1000,
		Affected:    200_000,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	return Limits{
		FileBytes: or(l.FileBytes, d.FileBytes), XMLBytes: or(l.XMLBytes, d.XMLBytes), Ratio: or(l.Ratio, d.Ratio),
		EntryBytes: or(l.EntryBytes, d.EntryBytes), MarkupBytes: or(l.MarkupBytes, d.MarkupBytes), Depth: or(l.Depth, d.Depth),
		Elements: or(l.Elements, d.Elements), Attributes: or(l.Attributes, d.Attributes), Namespaces: or(l.Namespaces, d.Namespaces),
		NameBytes: or(l.NameBytes, d.NameBytes), Paths: or(l.Paths, d.Paths), Affected: or(l.Affected, d.Affected),
	}
}

func or[T int | int64](n, def T) T {
	if n <= 0 {
		return def
	}
	return n
}
