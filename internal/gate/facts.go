package gate

import (
	"sort"

	"github.com/festd/festd/internal/fest"
)

// Facts is what the gate knows of one content: enough to compare it with any
// other, a tenth of its size, and made once (MarshalBinary, Decode). Immutable;
// safe for concurrent use.
type Facts struct {
	// Filter is which of DMP's extracts the content is said to be (R27).
	Filter fest.Filter
	// Document is what the root element says, above all HentetDato.
	Document fest.Document
	// Findings are the decoder's.
	Findings []fest.Finding

	text    []string         // ascending; 0 is ""
	tables  [numClasses]rows // ascending by key
	objects [numClasses]int  // denominators of fields
	fields  []field          // per slot of the plans
	expired int              // entries with Status U

	dangling   []dangling
	duplicates []duplicate
	sameItem   []sameItem
	prices     []price // ascending by class, row and type
	below      []below
	signs      []sign
	dates      []dateCount // after HentetDato
}

// field is how a field is filled over its class.
type field struct {
	having int
	total  int          // of values, each once per object
	values []valueCount // the commonest first
	more   bool         // there were rarer values, not kept
}

type valueCount struct {
	value uint32
	n     int
}

// keptValues is how many of a field's values are kept. What is rarer than the
// 64th cannot be the commonest of a class.
const keptValues = 64

// dangling is a reference to an id that is not in the content (R145).
type dangling struct {
	class  class
	row    uint32
	slot   uint32
	target uint32
}

// duplicate is an id that stands more than once; of an entry, the key of its
// object.
type duplicate struct {
	id, name uint32
	class    class
	entry    bool // the id of an entry, not of an object
	n        uint32
}

// sameItem is an item number that stands more than once (R21).
type sameItem struct {
	number, name uint32
	n            uint32
}

// signKind is what a package says of the extract it came from.
type signKind uint8

const (
	signRepackager signKind = iota // OmpakkerAvEndose
	signUnitDose                   // condition 41
	signBulk                       // condition 40
	signHospital                   // price of an H-prescription
	numSigns
)

type sign struct {
	kind signKind
	row  uint32
}

// dateCount is how often a date after HentetDato stands in a field.
type dateCount struct {
	slot, date uint32
	n          uint32
}

// Count is the number of objects of a class, by its name as in [fest.Counts].
// Statutory authorities (reimbursements) are counted once each, however many
// entries their groups are packed in (R144).
func (f *Facts) Count(name string) int {
	for _, c := range allClasses() {
		if c.String() == name {
			return f.count(c)
		}
	}
	return 0
}

// Counts is the number of objects of every class that has any.
func (f *Facts) Counts() fest.Counts {
	n := fest.Counts{}
	for _, c := range allClasses() {
		if k := f.count(c); k > 0 {
			n[c.String()] = k
		}
	}
	return n
}

func (f *Facts) count(c class) int { return len(f.tables[c].own) }

// key and the rest name the row of a class for people.
func (f *Facts) key(c class, row uint32) string {
	t := &f.tables[c]
	own := f.text[t.own[row]]
	if t.parent == nil {
		return own
	}
	return f.text[t.parent[row]] + "/" + own
}

func (f *Facts) name(c class, row uint32) string {
	if n := f.tables[c].name; n != nil {
		return f.text[n[row]]
	}
	return ""
}

func (f *Facts) value(c class, column int, row uint32) string {
	return f.text[f.tables[c].values[column][row]]
}

func (f *Facts) affected(c class, row uint32) fest.Affected {
	return fest.Affected{ID: f.key(c, row), Name: f.name(c, row)}
}

// has says whether the row has the field of that bit.
func (f *Facts) has(c class, row uint32, bit int) bool {
	return f.tables[c].presence(row)[bit>>6]&(1<<(bit&63)) != 0
}

// lookup finds a text's number; false if the content does not have it.
func (f *Facts) lookup(s string) (uint32, bool) {
	i := sort.SearchStrings(f.text, s)
	return uint32(i), i < len(f.text) && f.text[i] == s
}

// share is the part of the class's objects whose field has the value, of
// those that have the field. exact is false where the value was too rare to be
// kept; n is then the most it can be.
func (d *field) count(value uint32, known bool) int {
	if known {
		for _, v := range d.values {
			if v.value == value {
				return v.n
			}
		}
	}
	if d.more {
		return d.values[len(d.values)-1].n
	}
	return 0
}
