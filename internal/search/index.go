package search

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"sort"
	"strings"
)

// Index is a text index, used where its bytes lie: a dictionary of folded
// words, sorted, each with the documents that have it and how; the documents
// with what they are ranked, filtered and shown by; and their texts.
type Index struct {
	parts [numParts][]byte
	docs  int
	keys  int
	atcs  int
	works chan *work // to be used again
}

// Open reads an index and checks everything that a search relies on. It keeps
// b, which must not change.
func Open(b []byte) (*Index, error) {
	parts, err := take(b)
	if err != nil {
		return nil, err
	}
	x := &Index{parts: parts, docs: len(parts[partDocuments]) / documentSize, keys: len(parts[partKeyEnds]) / 4, atcs: len(parts[partATC]) / valueSize}
	x.works = make(chan *work, min(runtime.GOMAXPROCS(0), mostWorks))
	for _, check := range []func() error{x.checkSizes, x.checkTexts, x.checkKeys, x.checkPostings, x.checkDocuments} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// mostWorks is how many are kept: one has 3 MB once it was asked the most.
const mostWorks = 8

// borrow takes memory for a search that is not in use. In a sync.Pool it would
// be lost with each collection of garbage, and be made again in the middle of a
// search.
func (x *Index) borrow() *work {
	select {
	case w := <-x.works:
		return w
	default:
		return new(work)
	}
}

func (x *Index) giveBack(w *work) {
	select {
	case x.works <- w:
	default:
	}
}

// Len is the number of documents.
func (x *Index) Len() int { return x.docs }

// Keys is the number of words in the dictionary.
func (x *Index) Keys() int { return x.keys }

func (x *Index) text(i uint32) []byte {
	ends := x.parts[partTextEnds]
	return x.parts[partTexts][from(ends, int(i)):at32(ends, int(i))]
}

func (x *Index) texts() uint32 { return uint32(len(x.parts[partTextEnds]) / 4) } //nolint:gosec // checked by Open

func (x *Index) key(i int) []byte {
	ends := x.parts[partKeyEnds]
	return x.parts[partKeys][from(ends, i):at32(ends, i)]
}

func (x *Index) document(i uint32) document {
	return document(x.parts[partDocuments][int(i)*documentSize : (int(i)+1)*documentSize])
}

// fields are those of a document, as encoded.
func (x *Index) fields(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = x.document(i - 1).u32(16)
	}
	return x.parts[partFields][4*start : 4*x.document(i).u32(16)]
}

// offers are the numbers of a document's, as encoded.
func (x *Index) offers(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = x.document(i - 1).u32(20)
	}
	return x.parts[partDocOffers][4*start : 4*x.document(i).u32(20)]
}

// value is a code of one of the lists with its display.
func (x *Index) value(part int, i uint32) (code, display []byte) {
	b := x.parts[part][int(i)*valueSize:]
	return x.text(at32(b, 0)), x.text(at32(b, 1))
}

// find returns where a key stands, or would stand.
func (x *Index) find(word []byte) (int, bool) {
	i := sort.Search(x.keys, func(i int) bool { return bytes.Compare(x.key(i), word) >= 0 })
	return i, i < x.keys && bytes.Equal(x.key(i), word)
}

// starting returns where the keys that start with a word end; they start at
// i, which find gave.
func (x *Index) starting(i int, word []byte) int {
	return i + sort.Search(x.keys-i, func(k int) bool { return !bytes.HasPrefix(x.key(i+k), word) })
}

// atcRange is where the codes that start with a prefix stand among the ATC
// codes.
func (x *Index) atcRange(prefix string) (lo, hi uint32) {
	code := func(i int) string { c, _ := x.value(partATC, uint32(i)); return string(c) } //nolint:gosec // checked by Open
	l := sort.Search(x.atcs, func(i int) bool { return code(i) >= prefix })
	n := sort.Search(x.atcs-l, func(i int) bool { return !strings.HasPrefix(code(l+i), prefix) })
	return uint32(l), uint32(l + n) //nolint:gosec // checked by Open
}

// CheckItems checks that documents name items below n.
func (x *Index) CheckItems(n uint32) error {
	for i := range x.docs {
		if x.document(uint32(i)).item() >= n { //nolint:gosec // a count of what is in memory
			return damaged("document %d names no item", i)
		}
	}
	return nil
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

func (x *Index) checkSizes() error {
	for part, size := range map[int]int{
		partTextEnds: 4, partKeyEnds: 4, partPostEnds: 4, partDocuments: documentSize, partFields: 4, partDocOffers: 4,
		partOffers: offerSize, partATC: valueSize, partForms: valueSize, partGroups: valueSize,
	} {
		if len(x.parts[part])%size != 0 {
			return damaged("part %d has %d bytes", part, len(x.parts[part]))
		}
	}
	if len(x.parts[partPostEnds])/4 != x.keys || len(x.parts[partShared]) != x.keys {
		return damaged("%d keys do not fit their postings", x.keys)
	}
	return nil
}

// checkEnds checks that ends grow and stay inside.
func checkEnds(ends []byte, size int, what string) error {
	before := uint32(0)
	for i := range len(ends) / 4 {
		end := at32(ends, i)
		if end < before || uint64(end) > uint64(size) {
			return damaged("%s %d is out of range", what, i)
		}
		before = end
	}
	return nil
}

func (x *Index) checkTexts() error {
	if err := checkEnds(x.parts[partTextEnds], len(x.parts[partTexts]), "text"); err != nil {
		return err
	}
	for _, part := range [...]int{partATC, partForms, partGroups} {
		for i := range len(x.parts[part]) / 4 {
			if at32(x.parts[part], i) >= x.texts() {
				return damaged("part %d names no text", part)
			}
		}
	}
	for i := range len(x.parts[partOffers]) / 4 {
		if at32(x.parts[partOffers], i) > x.texts() {
			return damaged("an offer names no text")
		}
	}
	for i := 1; i < x.atcs; i++ {
		a, _ := x.value(partATC, uint32(i-1)) //nolint:gosec // a count of what is in memory
		b, _ := x.value(partATC, uint32(i))   //nolint:gosec // a count of what is in memory
		if bytes.Compare(a, b) >= 0 {
			return damaged("ATC code %d is out of order", i)
		}
	}
	return nil
}

func (x *Index) checkKeys() error {
	if err := checkEnds(x.parts[partKeyEnds], len(x.parts[partKeys]), "key"); err != nil {
		return err
	}
	for i := range x.keys {
		key, shared := x.key(i), int(x.parts[partShared][i])
		switch {
		case len(key) == 0:
			return damaged("key %d is empty", i)
		case i == 0:
			if shared != 0 {
				return damaged("key %d shares with none", i)
			}
		default:
			before := x.key(i - 1)
			n := 0
			for n < min(len(key), len(before)) && key[n] == before[n] {
				n++
			}
			if min(n, 255) != shared || n == len(key) || n < len(before) && key[n] < before[n] {
				return damaged("key %d is out of order", i)
			}
		}
	}
	return nil
}

func (x *Index) checkPostings() error {
	ends, postings := x.parts[partPostEnds], x.parts[partPostings]
	if err := checkEnds(ends, len(postings), "postings"); err != nil {
		return err
	}
	for i := range x.keys {
		list := postings[from(ends, i):at32(ends, i)]
		doc, first := uint64(0), true
		for len(list) > 0 {
			v, n := uint64(list[0]), 1
			if v >= 0x80 {
				if v, n = binary.Uvarint(list); n <= 0 {
					return damaged("the postings of key %d are cut off", i)
				}
			}
			if v>>flagBits == 0 && !first || v>>flagBits >= uint64(x.docs) { //nolint:gosec // not negative
				return damaged("the postings of key %d are out of order", i)
			}
			if doc += v >> flagBits; doc >= uint64(x.docs) { //nolint:gosec // not negative
				return damaged("key %d names no document", i)
			}
			first, list = false, list[n:]
		}
	}
	return nil
}

func (x *Index) checkDocuments() error {
	texts := x.texts()
	fields, offers := uint32(0), uint32(0)
	numFields, numOffers := uint32(len(x.parts[partFields])/4), uint32(len(x.parts[partDocOffers])/4)      //nolint:gosec // within the file
	forms, groups := uint32(len(x.parts[partForms])/valueSize), uint32(len(x.parts[partGroups])/valueSize) //nolint:gosec // within the file
	for i := range x.docs {
		d := x.document(uint32(i)) //nolint:gosec // a count of what is in memory
		if d.u32(16) < fields || d.u32(16) > numFields || d.u32(20) < offers || d.u32(20) > numOffers ||
			d.name() >= texts || d.itemNumber() > texts || int(d.atc()) > x.atcs || d.form() > forms || d.group() > groups || d.kind() >= NumKinds {
			return damaged("document %d", i)
		}
		fields, offers = d.u32(16), d.u32(20)
	}
	for i := range len(x.parts[partFields]) / 4 {
		if v := at32(x.parts[partFields], i); v&(maxTexts-1) >= texts || v>>fieldShift >= uint32(NumFields) {
			return damaged("field %d names no text", i)
		}
	}
	all := uint32(len(x.parts[partOffers]) / offerSize) //nolint:gosec // within the file
	for i := range len(x.parts[partDocOffers]) / 4 {
		if at32(x.parts[partDocOffers], i) >= all {
			return damaged("an offer that is none")
		}
	}
	return nil
}
