// Package fest is the vocabulary of festd: the entry types of every M30 class,
// their codes and ids, and what a release, a finding and a verdict are.
//
// The struct types of this package with their tags are the one description of
// M30 (element, namespace, property, kind, cardinality, code list, reference
// target). Decoding, JSON, XML, the field table of the docs and the OpenAPI
// check all derive from it through [TypeOf]; no other place in the program
// says which element meets which property. A test compares it with the
// published schemas of 2014-12-01.
//
// The tags of a field:
//
//	fest:"fs:Varenr"     element name with its namespace prefix (fs, m30)
//	json:"itemNumber"    property name (docs/FIELDS.md)
//	list:"7421"          code list, 2.16.578.1.12.4.1.1.N; the system of a CS
//	ref:"generics|drugs" resources that a reference may name
//	choice:"value"       member of an XSD choice of that name
//	card:"1..*"          cardinality, where the Go type does not say it:
//	                     a value is 1, a pointer 0..1, a slice 0..*
//
// and of the kith types, whose values stand in attributes ([Kind.Attributes]):
//
//	fest:"@DN"           attribute name, in no namespace
//	json:"display"       property name; "" = the value itself
//
// The order of the fields is the order of the XSD sequence.
//
// Everything here is a pure value: no I/O, no clock, no goroutines, and no
// imports from this module. Values are safe for concurrent reading.
package fest
