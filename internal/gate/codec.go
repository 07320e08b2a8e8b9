package gate

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Format is the version of the serialised form of [Facts].
const Format = 1

// Errors of [DecodeFacts]. Both are mended by observing the content again.
var (
	// ErrOutdated: the facts were made by a program that looks at entries in
	// another way; comparing with them would find changes that are none.
	ErrOutdated = errors.New("facts were made by another version of the program: make them again from the content")
	// ErrDamaged: these are no facts, or not as they were written.
	ErrDamaged = errors.New("facts are damaged: make them again from the content")
)

const magic = "festfact"

// maxTextRatio is the most that texts unpack to; real ones less than double.
const maxTextRatio = 64

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MarshalBinary writes the facts so that they can be kept beside the content.
// Equal contents give equal bytes, in whatever order the entries came.
func (f *Facts) MarshalBinary() ([]byte, error) { return f.AppendBinary(nil) }

// AppendBinary is MarshalBinary into a buffer.
func (f *Facts) AppendBinary(dst []byte) ([]byte, error) {
	found, err := json.Marshal(f.Findings)
	if err != nil {
		return dst, fmt.Errorf("gate: findings: %w", err)
	}
	start := len(dst)
	w := writer{append(dst, magic...)}
	w.uint(Format)
	w.fixed(compiled().fingerprint)
	w.string(string(f.Filter))
	w.string(string(f.Document.RetrievalDate))
	helfo := f.Document.ValidFromDateHelfo
	w.bool(helfo != nil)
	if helfo != nil {
		w.string(string(*helfo))
	}
	w.string(string(found))
	w.int(f.expired)
	w.int(len(f.text))
	before := ""
	for _, s := range f.text { // ascending: neighbours begin alike
		n := common(before, s)
		w.int(n)
		w.string(s[n:])
		before = s
	}
	for c := range f.tables {
		f.tables[c].encode(&w)
		w.int(f.objects[c])
	}
	f.encodeLists(&w)
	w.b = binary.LittleEndian.AppendUint32(w.b, crc32.Checksum(w.b[start:], castagnoli))
	return w.b, nil
}

func (t *rows) encode(w *writer) {
	w.int(len(t.own))
	w.column(t.own)
	if t.parent != nil {
		w.column(t.parent)
	}
	for _, v := range t.values {
		w.column(v)
	}
	if t.name == nil {
		return
	}
	w.column(t.name)
	for _, b := range t.bits {
		w.fixed(b)
	}
	for _, s := range t.signs {
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(s))
	}
}

func (f *Facts) encodeLists(w *writer) {
	for i := range f.fields {
		d := &f.fields[i]
		w.int(d.having)
		w.int(d.total)
		w.bool(d.more)
		w.int(len(d.values))
		for _, v := range d.values {
			w.uint(uint64(v.value))
			w.int(v.n)
		}
	}
	w.int(len(f.dangling))
	for _, d := range f.dangling {
		w.numbers(uint32(d.class), d.row, d.slot, d.target)
	}
	w.int(len(f.duplicates))
	for _, d := range f.duplicates {
		w.numbers(d.id, d.name, uint32(d.class), uint32(order(d.entry)), d.n)
	}
	w.int(len(f.sameItem))
	for _, s := range f.sameItem {
		w.numbers(s.number, s.name, s.n)
	}
	w.int(len(f.prices))
	for _, p := range f.prices {
		w.numbers(uint32(p.class), p.row, p.typ, p.currency)
		w.uint(zigzag(p.amount))
	}
	w.int(len(f.below))
	for _, b := range f.below {
		w.numbers(b.row, b.aip, b.aup)
	}
	w.int(len(f.signs))
	for _, s := range f.signs {
		w.numbers(uint32(s.kind), s.row)
	}
	w.int(len(f.dates))
	for _, d := range f.dates {
		w.numbers(d.slot, d.date, d.n)
	}
}

// DecodeFacts reads what MarshalBinary wrote. Errors wrap [ErrOutdated] or
// [ErrDamaged]. Whatever the bytes, memory stays in proportion to them.
func DecodeFacts(data []byte) (*Facts, error) {
	p := compiled()
	if len(data) < len(magic)+4 || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("gate: %w", ErrDamaged)
	}
	r := reader{b: data[len(magic) : len(data)-4]}
	if r.uint() != Format || r.fixed() != p.fingerprint {
		if r.err != nil {
			return nil, fmt.Errorf("gate: %w", ErrDamaged)
		}
		return nil, fmt.Errorf("gate: %w", ErrOutdated)
	}
	if crc32.Checksum(data[:len(data)-4], castagnoli) != binary.LittleEndian.Uint32(data[len(data)-4:]) {
		return nil, fmt.Errorf("gate: checksum: %w", ErrDamaged)
	}
	f := &Facts{}
	f.Filter = fest.Filter(r.string())
	f.Document.RetrievalDate = fest.DateTime(r.string())
	if r.bool() {
		d := fest.Date(r.string())
		f.Document.ValidFromDateHelfo = &d
	}
	if err := json.Unmarshal([]byte(r.string()), &f.Findings); err != nil && r.err == nil {
		r.fail()
	}
	f.expired = r.int()
	n := r.len(2)
	f.text = make([]string, 0, n)
	before, total := "", 0
	for range n {
		k := r.int()
		if k > len(before) {
			r.fail()
			break
		}
		s := before[:k] + r.string()
		if total += len(s); total > maxTextRatio*len(data) {
			r.fail() // shared beginnings must not unpack without bound
			break
		}
		if len(f.text) > 0 && s <= before || len(f.text) == 0 && s != "" {
			r.fail()
			break
		}
		f.text = append(f.text, s)
		before = s
	}
	if len(f.text) == 0 {
		r.fail()
	}
	for c := range f.tables {
		f.tables[c].init(class(c), p)
		f.tables[c].decode(&r, len(f.text))
		f.objects[c] = r.int()
	}
	f.decodeLists(&r, p)
	if r.err == nil && len(r.b) > 0 {
		r.fail()
	}
	if r.err != nil {
		return nil, fmt.Errorf("gate: %w", r.err)
	}
	return f, nil
}

func (t *rows) decode(r *reader, texts int) {
	n := r.len(1)
	if !t.class.valid() && n > 0 {
		r.fail()
		return
	}
	t.own = r.column(n, texts)
	if t.parent != nil {
		t.parent = r.column(n, texts)
	}
	for i := range t.values {
		t.values[i] = r.column(n, texts)
	}
	if t.name == nil {
		return
	}
	t.name = r.column(n, texts)
	if n*t.words > len(r.b)/8 {
		r.fail()
		n = 0
	}
	t.bits = make([]uint64, n*t.words)
	for i := range t.bits {
		t.bits[i] = r.fixed()
	}
	t.start = make([]uint32, n)
	signs := 0
	for row := range n {
		t.start[row] = uint32(signs)
		for w, word := range t.presence(uint32(row)) {
			signs += bits.OnesCount64(word & t.signed[w])
		}
	}
	if signs > len(r.b)/4 {
		r.fail()
		return
	}
	t.signs = make([]signature, signs)
	for i := range t.signs {
		t.signs[i] = signature(binary.LittleEndian.Uint32(r.b[4*i:]))
	}
	r.b = r.b[4*signs:]
}

func (f *Facts) decodeLists(r *reader, p *plans) {
	texts, slots := len(f.text), len(p.slots)
	f.fields = make([]field, slots)
	for i := range f.fields {
		d := &f.fields[i]
		d.having, d.total, d.more = r.int(), r.int(), r.bool()
		n := r.len(2)
		if d.more && n == 0 {
			r.fail()
		}
		for range n {
			d.values = append(d.values, valueCount{r.below(texts), r.int()})
		}
	}
	row := func(c uint32) (class, uint32) {
		if !class(c).valid() || c >= uint32(numClasses) {
			r.fail()
			return 0, 0
		}
		return class(c), r.below(len(f.tables[c].own))
	}
	for range r.len(4) {
		var d dangling
		d.class, d.row = row(r.below(int(numClasses)))
		d.slot, d.target = r.below(slots), r.below(texts)
		f.dangling = append(f.dangling, d)
	}
	for range r.len(5) {
		d := duplicate{id: r.below(texts), name: r.below(texts), class: class(r.below(int(numClasses)))}
		d.entry, d.n = r.below(2) == 1, r.number()
		f.duplicates = append(f.duplicates, d)
	}
	for range r.len(3) {
		f.sameItem = append(f.sameItem, sameItem{r.below(texts), r.below(texts), r.number()})
	}
	for range r.len(5) {
		var v price
		v.class, v.row = row(r.below(int(numClasses)))
		v.typ, v.currency, v.amount = r.below(texts), r.below(texts), unzigzag(r.uint())
		f.prices = append(f.prices, v)
	}
	packages := len(f.tables[packageClass].own)
	for range r.len(3) {
		f.below = append(f.below, below{r.below(packages), r.below(texts), r.below(texts)})
	}
	for range r.len(2) {
		f.signs = append(f.signs, sign{signKind(r.below(int(numSigns))), r.below(packages)})
	}
	for range r.len(3) {
		f.dates = append(f.dates, dateCount{r.below(slots), r.below(texts), r.number()})
	}
	f.dangling, f.duplicates, f.prices = slices.Clip(f.dangling), slices.Clip(f.duplicates), slices.Clip(f.prices)
}

// common is the length of the beginning that two texts share.
func common(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
