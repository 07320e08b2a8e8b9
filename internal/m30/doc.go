// Package m30 reads FEST files in the M30 format (FEST 2.5.1, schemas of
// 2014-12-01) and writes them.
//
// Reading is done in three steps that a caller can put on different cores:
//
//	[Open]    file → XML bytes: plain, gzip or a zip with one XML file, known by
//	          their first bytes; sizes capped before anything is decoded
//	[Reader]  XML bytes → source slices of the entries, in one pass
//	[Decoder] slice → *fest.Entry, with the inside of the entry checked
//
// and [AppendEntry] and [Writer] go the other way. All of it is driven by the
// description in package fest.
//
// A file is good only when it was read to its end without an error and every
// slice decoded: the Reader cuts entries out without looking at all they hold,
// and the checksum of a container is known at its end. So decode before you
// publish.
//
// # What counts as an error and what as a finding
//
// An error ([Error]) is what makes a file unusable: it is not FEST, cut off,
// not well-formed, not UTF-8, has a DTD, no HentetDato, or passes one of the
// [Limits]. Everything that is well-formed but not in the schemas is read past,
// counted by path in a [Tally], and reported as findings: unknown, missing and
// repeated elements, unknown attributes (not xsi: and not xmlns), text between
// elements, entries without an object, retired entries (an increment).
//
// Elements are matched by parent type, namespace and name, never by name alone
// (Refusjonshjemmel stands in Refusjonshjemmel). Extracts in the wild lose
// their namespaces: an element that stands in no namespace, or in the other one
// of the two, is matched by parent type and name, with a finding. An element
// in any other namespace is unknown. The order of elements of different names
// within their parent is not checked and not kept; [AppendEntry] writes that of
// the schemas.
//
// # The tokenizer
//
// It is our own, as encoding/xml is several times slower than all the rest of
// an import. It asks for everything that XML 1.0 (fifth edition) and
// Namespaces in XML 1.0 ask of a document without DTD. A fuzz target compares
// it with encoding/xml. The intended differences are:
//
//   - refused here, accepted there: an attribute twice in an element (by its
//     raw or its expanded name), attributes with no white space between them,
//     undeclared, reserved or emptied prefixes, a prefix or local part that is
//     no name, a processing instruction <?xml in the middle, with a colon in
//     its target or with no white space after it, invalid UTF-8 and control
//     characters in comments and instructions, any <!…> but comments and CDATA,
//     a second root element, text outside the root;
//   - accepted here, refused there: name characters above ASCII that the fifth
//     edition of XML 1.0 allows and the fourth did not;
//   - attribute values: tabs and line ends are read as spaces (XML 1.0 §3.3.3),
//     there they are kept. Written as references (&#10;) they stay in both.
//
// # Concurrency
//
// File, Reader, Decoder, Writer and Tally are for one goroutine at a time.
// Slices and entries are values that nobody changes after they were given out;
// they may go to any goroutine. Functions have no state.
//
// The package imports fest and nothing else of this module.
package m30
