package main

import "github.com/festd/festd/internal/app"

// limitFlags are the decoder's guards against hostile and broken files. The
// defaults are those of app.DefaultLimits; a test compares them.
type limitFlags struct {
	MaxFileBytes   int64 `help:"Largest file, as it lies on disk." default:"536870912" placeholder:"BYTES"`
	MaxXMLBytes    int64 `name:"max-xml-bytes" help:"Most XML a file may unpack to." default:"2147483648" placeholder:"BYTES"`
	MaxRatio       int   `help:"Most bytes of XML per compressed byte." default:"100" placeholder:"N"`
	MaxEntryBytes  int   `help:"Largest entry." default:"33554432" placeholder:"BYTES"`
	MaxMarkupBytes int   `help:"Largest piece of markup or text between entries." default:"1048576" placeholder:"BYTES"`
	MaxDepth       int   `help:"Deepest nesting of elements." default:"64" placeholder:"N"`
	MaxElements    int   `help:"Most elements in one entry." default:"2000000" placeholder:"N"`
	MaxAttributes  int   `help:"Most attributes on one element." default:"64" placeholder:"N"`
	MaxNamespaces  int   `help:"Most namespace declarations in scope." default:"64" placeholder:"N"`
	MaxNameBytes   int   `help:"Longest name with its prefix." default:"256" placeholder:"BYTES"`
}

func (f *limitFlags) limits() app.Limits {
	l := app.DefaultLimits()
	l.FileBytes, l.XMLBytes, l.Ratio = f.MaxFileBytes, f.MaxXMLBytes, f.MaxRatio
	l.EntryBytes, l.MarkupBytes, l.Depth = f.MaxEntryBytes, f.MaxMarkupBytes, f.MaxDepth
	l.Elements, l.Attributes, l.Namespaces, l.NameBytes = f.MaxElements, f.MaxAttributes, f.MaxNamespaces, f.MaxNameBytes
	return l
}
