package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// Build makes the index of the documents. It keeps nothing of the input.
func Build(in *Input) ([]byte, error) {
	if len(in.TextEnds) >= maxTexts || len(in.Documents) > math.MaxUint32>>flagBits || len(in.Forms) >= math.MaxUint16 || len(in.Groups) >= math.MaxUint16 {
		return nil, errors.New("search: more texts, documents or codes than an index can number")
	}
	b := builder{in: in, texts: string(in.Texts), keys: make(map[string]uint32, len(in.TextEnds)), names: make([]string, 0, len(in.TextEnds)), words: make([]uint64, 0, len(in.Texts)/5)}
	b.order()
	b.cutTexts()
	b.collect()
	return b.write(), nil
}

// builder holds what Build makes on its way.
type builder struct {
	in    *Input
	texts string
	sorts []uint32 // documents in the order they are numbered in
	keys  map[string]uint32
	names []string
	// words of each text: key << flagBits | flags, without flagPrimary
	wordEnds []uint32
	words    []uint64
	// postings of each key, from its start on: document << flagBits | flags
	starts, ends []uint32
	postings     []uint32
}

func (b *builder) text(i uint32) string {
	var from uint32
	if i > 0 {
		from = b.in.TextEnds[i-1]
	}
	return b.texts[from:b.in.TextEnds[i]]
}

// fieldsOf returns the fields of a document.
func (in *Input) fieldsOf(doc uint32) []Text {
	var from uint32
	if doc > 0 {
		from = in.Documents[doc-1].FieldsEnd
	}
	return in.Fields[from:in.Documents[doc].FieldsEnd]
}

func (in *Input) offersOf(doc uint32) []uint32 {
	var from uint32
	if doc > 0 {
		from = in.Documents[doc-1].OffersEnd
	}
	return in.DocOffers[from:in.Documents[doc].OffersEnd]
}

// order numbers the documents: by kind, then by name, so that what is equal
// otherwise is answered alphabetically.
func (b *builder) order() {
	docs := b.in.Documents
	type sortKey struct {
		prefix uint64
		from   uint32
		to     uint32
		doc    uint32
		rank   uint8
	}
	list := make([]sortKey, len(docs))
	var folded []byte
	for i := range docs {
		at := len(folded)
		folded = AppendFold(folded, b.text(docs[i].Name))
		var first [8]byte
		copy(first[:], folded[at:])
		list[i] = sortKey{binary.BigEndian.Uint64(first[:]), uint32(at), uint32(len(folded)), uint32(i), docs[i].Kind.rank()} //nolint:gosec // bounded by Build
	}
	slices.SortFunc(list, func(x, y sortKey) int {
		if c := cmp.Compare(x.rank, y.rank); c != 0 {
			return c
		}
		if c := cmp.Compare(x.prefix, y.prefix); c != 0 {
			return c
		}
		if c := bytes.Compare(folded[x.from:x.to], folded[y.from:y.to]); c != 0 {
			return c
		}
		return cmp.Compare(x.doc, y.doc)
	})
	b.sorts = make([]uint32, len(list))
	for i := range list {
		b.sorts[i] = list[i].doc
	}
}

// key numbers a word.
func (b *builder) key(word []byte) uint32 {
	if n, ok := b.keys[string(word)]; ok {
		return n
	}
	n := uint32(len(b.names)) //nolint:gosec // fewer than bytes of texts
	s := string(word)
	b.keys[s] = n
	b.names = append(b.names, s)
	return n
}

// cutTexts cuts every text that a document has, once.
func (b *builder) cutTexts() {
	in := b.in
	used := make([]uint8, len(in.TextEnds))
	for _, f := range in.Fields {
		if f.Field.code() {
			used[f.Number] |= 2
		} else {
			used[f.Number] |= 1
		}
	}
	b.wordEnds = make([]uint32, 2*len(in.TextEnds)) // as text, as code
	var t tokens
	var variant []byte
	for i, u := range used {
		if u&1 != 0 {
			text := b.text(uint32(i)) //nolint:gosec // bounded by Build
			t.cut(text, false)
			for k := range t.list {
				variant = b.word(&t, k, text, variant)
			}
		}
		b.wordEnds[2*i] = uint32(len(b.words)) //nolint:gosec // bounded by Build
		if u&2 != 0 {
			text := b.text(uint32(i)) //nolint:gosec // bounded by Build
			for code := true; ; code = false {
				t.cut(text, code)
				for k := range t.list {
					variant = b.word(&t, k, text, variant)
				}
				if !code || !hasPoint(text) {
					break
				}
				// Who types 43.10 for such a code has typed a number.
			}
		}
		b.wordEnds[2*i+1] = uint32(len(b.words)) //nolint:gosec // bounded by Build
	}
}

// word adds a token under its form and under the other spellings of it.
func (b *builder) word(t *tokens, k int, text string, variant []byte) []byte {
	tok := &t.list[k]
	if tok.inner {
		return variant
	}
	flags := uint64(0)
	if tok.first {
		flags |= flagFirst
	}
	if tok.alias { // what it is written as is found, too
		spelt := uint64(flagPlain)
		if !plain(text[tok.start:tok.end]) {
			spelt = flagSpecial
		}
		variant = AppendFold(variant[:0], text[tok.start:tok.end])
		b.words = append(b.words, uint64(b.key(variant))<<flagBits|flags|spelt)
	}
	if tok.kind != tokenWord || plain(text[tok.start:tok.end]) {
		b.words = append(b.words, uint64(b.key(t.form(k)))<<flagBits|flags|flagPlain)
		return variant
	}
	b.words = append(b.words, uint64(b.key(t.form(k)))<<flagBits|flags|flagSpecial)
	for _, sp := range Spellings() {
		var ok bool
		if variant, ok = AppendVariant(variant[:0], text[tok.start:tok.end], sp); ok {
			b.words = append(b.words, uint64(b.key(variant))<<flagBits|flags|flagSpecial)
		}
	}
	return variant
}

// plain reports whether a word has none but plain letters.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// collect lists the documents of all words.
func (b *builder) collect() {
	in := b.in
	b.starts = make([]uint32, len(b.names)+1)
	for _, f := range in.Fields {
		for _, w := range b.wordsOf(f) {
			b.starts[w>>flagBits+1]++
		}
	}
	for i := 1; i < len(b.starts); i++ {
		b.starts[i] += b.starts[i-1]
	}
	b.postings, b.ends = make([]uint32, b.starts[len(b.names)]), slices.Clone(b.starts[:len(b.names)])
	for num, doc := range b.sorts { // ascending within a key
		kind := in.Documents[doc].Kind
		for _, f := range in.fieldsOf(doc) {
			flags, mask := uint32(num)<<flagBits, uint32(1<<flagBits-1) //nolint:gosec // bounded by Build
			if primary(kind, f.Field) {
				flags |= flagPrimary
			}
			if !first(kind, f.Field) {
				mask &^= flagFirst
			}
			for _, w := range b.wordsOf(f) {
				b.post(uint32(w>>flagBits), flags|uint32(w)&mask) //nolint:gosec // a number of a key
			}
		}
	}
}

// post adds a posting; one of a document that has the word already adds to it.
func (b *builder) post(key, posting uint32) {
	end := b.ends[key]
	if end > b.starts[key] && b.postings[end-1]>>flagBits == posting>>flagBits {
		b.postings[end-1] |= posting
		return
	}
	b.postings[end] = posting
	b.ends[key]++
}

func (b *builder) wordsOf(f Text) []uint64 {
	i := 2 * int(f.Number)
	if f.Field.code() {
		i++
	}
	var from uint32
	if i > 0 {
		from = b.wordEnds[i-1]
	}
	return b.words[from:b.wordEnds[i]]
}

// sortedKeys returns the keys in the order of the dictionary. Most are told
// apart by how they start.
func (b *builder) sortedKeys() []uint32 {
	type sortKey struct {
		prefix uint64
		key    uint32
	}
	list := make([]sortKey, len(b.names))
	for i, name := range b.names {
		var first [8]byte
		copy(first[:], name)
		list[i] = sortKey{binary.BigEndian.Uint64(first[:]), uint32(i)} //nolint:gosec // bounded by Build
	}
	slices.SortFunc(list, func(x, y sortKey) int {
		if c := cmp.Compare(x.prefix, y.prefix); c != 0 {
			return c
		}
		return cmp.Compare(b.names[x.key], b.names[y.key])
	})
	order := make([]uint32, len(list))
	for i := range list {
		order[i] = list[i].key
	}
	return order
}

// write sorts the keys and lays out the parts.
func (b *builder) write() []byte {
	in := b.in
	var parts [numParts][]byte
	u32 := func(part int, v uint32) { parts[part] = binary.LittleEndian.AppendUint32(parts[part], v) }

	order := b.sortedKeys()
	room := func(part, n int) { parts[part] = make([]byte, 0, n) }
	letters := 0
	for _, name := range b.names {
		letters += len(name)
	}
	room(partKeys, letters)
	room(partKeyEnds, 4*len(b.names))
	room(partShared, len(b.names))
	room(partPostings, 3*len(b.postings)) // rarely more
	room(partPostEnds, 4*len(b.names))
	room(partTextEnds, 4*len(in.TextEnds))
	room(partDocuments, documentSize*len(b.sorts))
	room(partFields, 4*len(in.Fields))
	room(partDocOffers, 4*len(in.DocOffers))
	before := ""
	for _, num := range order {
		name := b.names[num]
		shared := 0
		for shared < min(len(name), len(before), math.MaxUint8) && name[shared] == before[shared] {
			shared++
		}
		before = name
		parts[partKeys] = append(parts[partKeys], name...)
		u32(partKeyEnds, uint32(len(parts[partKeys]))) //nolint:gosec // bounded by Build
		parts[partShared] = append(parts[partShared], byte(shared))
		last := uint32(0)
		for _, p := range b.postings[b.starts[num]:b.ends[num]] {
			doc := p >> flagBits
			parts[partPostings] = binary.AppendUvarint(parts[partPostings], uint64(doc-last)<<flagBits|uint64(p&(1<<flagBits-1)))
			last = doc
		}
		u32(partPostEnds, uint32(len(parts[partPostings]))) //nolint:gosec // bounded by Build
	}

	parts[partTexts] = in.Texts
	for _, end := range in.TextEnds {
		u32(partTextEnds, end)
	}
	for _, doc := range b.sorts {
		d := in.Documents[doc]
		for _, f := range in.fieldsOf(doc) {
			u32(partFields, uint32(f.Field)<<fieldShift|f.Number)
		}
		for _, o := range in.offersOf(doc) {
			u32(partDocOffers, o)
		}
		d.FieldsEnd, d.OffersEnd = uint32(len(parts[partFields])/4), uint32(len(parts[partDocOffers])/4) //nolint:gosec // bounded by Build
		parts[partDocuments] = appendDocument(parts[partDocuments], &d)
	}
	for _, o := range in.Offers {
		u32(partOffers, o.Marketing)
		u32(partOffers, o.Link)
		u32(partOffers, o.Group)
	}
	for part, values := range map[int][]Value{partATC: in.ATC, partForms: in.Forms, partGroups: in.Groups} {
		for _, v := range values {
			u32(part, v.Code)
			u32(part, v.Display)
		}
	}
	return assemble(&parts)
}
