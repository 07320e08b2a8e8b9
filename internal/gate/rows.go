package gate

// rows is a class's table while it is filled, a column per fact. Texts are
// numbers of the interner.
type rows struct {
	class   class
	words   int      // presence words per row
	parent  []uint32 // key of the object it is nested in; nil for top-level classes
	own     []uint32
	name    []uint32 // nil where the key is the name
	content []uint64 // nil where there is none but the key
	bits    []uint64
	values  [][]uint32 // a column per mapping of the class
}

func (t *rows) init(c class, p *plans) {
	if !c.valid() {
		return
	}
	t.class = c
	t.values = make([][]uint32, len(c.mappings()))
	if !c.keyOnly() {
		t.words = p.words(c)
		t.content = []uint64{}
		t.name = []uint32{}
	}
	if c.isNested() {
		t.parent = []uint32{}
	}
}

// add adds a row and returns its number.
func (t *rows) add(parent, own, name uint32) uint32 {
	row := uint32(len(t.own))
	t.own = append(t.own, own)
	if t.parent != nil {
		t.parent = append(t.parent, parent)
	}
	if t.content != nil {
		t.name = append(t.name, name)
		t.content = append(t.content, 0)
		for range t.words {
			t.bits = append(t.bits, 0)
		}
	}
	for i := range t.values {
		t.values[i] = append(t.values[i], 0)
	}
	return row
}

func (t *rows) set(row uint32, column int, value uint32) { t.values[column][row] = value }

// adopt appends the rows of another table; to translates its texts.
func (t *rows) adopt(o *rows, to []uint32) {
	translate := func(dst, src []uint32) []uint32 {
		for _, n := range src {
			dst = append(dst, to[n])
		}
		return dst
	}
	t.own = translate(t.own, o.own)
	if t.parent != nil {
		t.parent = translate(t.parent, o.parent)
	}
	if t.content != nil {
		t.name = translate(t.name, o.name)
		t.content = append(t.content, o.content...)
		t.bits = append(t.bits, o.bits...)
	}
	for i := range t.values {
		t.values[i] = translate(t.values[i], o.values[i])
	}
}
