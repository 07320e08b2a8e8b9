package gate

import (
	"reflect"

	"github.com/festd/festd/internal/fest"
)

// Observer takes note of the entries of one content as they stream by, in any
// order. It keeps what [Facts] needs and no entry.
//
// An Observer is for one goroutine. Several may each take a part of the
// entries and be merged at the end: the facts do not depend on who saw what.
type Observer struct {
	plans  *plans
	text   *interner
	tables [numClasses]rows
	seen   []seen // per slot, of the object under way
	stamp  uint32
	buf    []byte

	tally   tally
	refs    []ref
	defined []definition
	entries []entryID
	items   []item
	prices  []price
	below   []below // AUP below AIP
	signs   signs
	// substances of drugs and generics: strengths have to be looked up, which
	// may stand further on in the file.
	substances []substance
	expired    int
}

// tally is what is counted and nothing else.
type tally struct {
	objects [numClasses]int // denominators of the fields
	fields  []fieldTally
	dates   map[dateKey]int
}

// fieldTally counts a field. Runs of one value are counted before they go to
// the map.
type fieldTally struct {
	having int
	total  int // of values, each once per object
	run    int
	value  uint32
	values map[uint32]int
}

func (t *fieldTally) count(value uint32, n int) {
	if value != t.value {
		t.flush()
		t.value = value
	}
	t.run += n
	t.total += n
}

func (t *fieldTally) flush() {
	if t.run == 0 {
		return
	}
	if t.values == nil {
		t.values = map[uint32]int{}
	}
	t.values[t.value] += t.run
	t.run = 0
}

type dateKey struct{ slot, date uint32 }

// seen is what the object under way had of a field, and the value last met.
type seen struct {
	stamp     uint32
	number    uint32
	signature signature
	text      string
	values    []uint32
}

// ref is a reference and where it stands; the slot knows its class and what
// it may name.
type ref struct {
	row    uint32
	target uint32
	slot   uint16
}

// definition is an object id that references can name.
type definition struct {
	id       uint32
	class    class
	row      uint32
	resource uint32
}

// entryID is an entry id by its hash, and whose it is: ids are only looked at
// to see whether one stands twice.
type entryID struct {
	hash  uint64
	row   uint32
	class class
}

// substance is one row's link to a strength, or to an ingredient without.
type substance struct {
	class    class
	row      uint32
	target   uint32
	strength bool
}

// signs are what an entry says of the extract it came from (R27, R52, R88).
type signs struct {
	unitDose   []uint32          // rows of packages with OmpakkerAvEndose
	hospital   []uint32          // rows of packages with a price of H-prescriptions
	conditions map[uint32]string // id → 40 or 41
}

// NewObserver returns an observer that has seen nothing.
func NewObserver() *Observer {
	p := compiled()
	o := &Observer{plans: p, text: newInterner(), seen: make([]seen, len(p.slots))}
	o.tally.fields = make([]fieldTally, len(p.slots))
	o.tally.dates = map[dateKey]int{}
	o.signs.conditions = map[uint32]string{}
	for c := range o.tables {
		o.tables[c].init(class(c), p)
	}
	return o
}

// Add takes note of an entry. The entry is not kept.
func (o *Observer) Add(e *fest.Entry) {
	if e.Object == nil || !e.Class.Valid() {
		o.expired++
		return
	}
	c := class(e.Class)
	v := reflect.ValueOf(e.Object)
	if v.Type() != reflect.PointerTo(e.Class.Type().Go) || v.IsNil() {
		o.expired++ // not an entry that the decoder makes
		return
	}
	row := o.identify(c, e)
	if e.EntryID != "" {
		o.entries = push(o.entries, entryID{mixString(0, string(e.EntryID)), row, c})
	}
	weight := 1
	if r, ok := e.Object.(*fest.Reimbursement); ok {
		// Groups move between the entries of one authority (R144): its own
		// fields count once per group, however they are packed.
		weight = len(r.ReimbursementGroups)
	}
	o.object(c, row, o.plans.class[c], v.Elem(), weight)
}

// nested takes note of an object that has a class of its own within an entry.
func (o *Observer) nested(f *frame, s *step, v reflect.Value) {
	parent := o.tables[f.class].own[f.row]
	t := &o.tables[s.nested]
	var row uint32
	switch x := v.Addr().Interface().(type) {
	case *fest.ReimbursementGroup:
		row = t.add(0, o.text.of(string(x.ID)), o.text.of(orElse(x.GroupNumber.Display, x.GroupNumber.Code)))
		t.set(row, 0, o.code(x.Atc))
		o.define(classGroups, row, string(x.ID), fest.ResourceReimbursements)
	case *fest.ReimbursementCode:
		o.buf = appendCode(o.buf[:0], &x.Code)
		row = t.add(parent, o.text.bytes(o.buf), o.text.of(x.Code.Display))
	case *fest.CodeSystemElement:
		row = t.add(parent, o.text.of(string(x.Code)), o.text.of(firstTerm(x)))
		o.define(classElements, row, string(x.ID), fest.ResourceCodeSystemElements)
	case *fest.Substance:
		own := string(x.Substance)
		if own == "" && x.Atc != nil {
			own = x.Atc.Code
		}
		row = t.add(parent, o.text.of(own), 0)
		t.set(row, 0, o.code(x.Atc))
	default:
		return
	}
	o.object(s.nested, row, s.object, v, 1)
}

// define makes an object id known to references.
func (o *Observer) define(c class, row uint32, id string, r fest.Resource) {
	if id == "" {
		return
	}
	o.defined = push(o.defined, definition{o.text.of(id), c, row, o.plans.resource[r]})
}

func (o *Observer) code(c *fest.CV) uint32 {
	if c == nil {
		return 0
	}
	return o.text.of(c.Code)
}

func firstTerm(e *fest.CodeSystemElement) string {
	if len(e.Terms) == 0 {
		return ""
	}
	return string(e.Terms[0].Term)
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
