package search

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The parts of an index. All numbers are little-endian, uint32 unless
// something else is said.
const (
	partTexts     = iota // all texts, one after the other
	partTextEnds         // end of each text
	partKeys             // the folded words, sorted
	partKeyEnds          // end of each key
	partShared           // uint8: how many bytes a key shares with the one before, 255 at most
	partPostings         // of each key: its documents, ascending, as uvarint of distance << 4 | flags
	partPostEnds         // end of each key's postings, in bytes
	partDocuments        // documentSize bytes each
	partFields           // field << 27 | text
	partDocOffers        // number of an offer
	partOffers           // marketing, link, group: text plus 1
	partATC              // code, display: texts; sorted by code
	partForms            // code, display: texts
	partGroups           // code, display: texts
	numParts
)

// Flags of a posting: how a document has a word.
const (
	flagPrimary = 1 << iota // in what it is called
	flagFirst               // at the start of that
	flagPlain               // spelt as the key is
	flagSpecial             // spelt with letters that the key has not
	flagBits    = 4
)

const (
	fieldShift   = 27
	maxTexts     = 1 << fieldShift
	documentSize = 32
	headerSize   = 8 + 8*numParts
	valueSize    = 8
	offerSize    = 12
)

// magic starts an index; its last byte is the version of the layout.
const magic = "FESTFTS\x01"

// ErrDamaged is bytes that are no index.
var ErrDamaged = errors.New("search: damaged index")

// document is one of partDocuments:
//
//	 0  item
//	 4  text of the name
//	 8  text of the item number, plus 1
//	12  number in the ATC codes, plus 1
//	16  end of its fields
//	20  end of its offers
//	24  uint16: number in the forms, plus 1
//	26  uint16: number in the groups, plus 1
//	28  uint8: kind
type document []byte

func (d document) u32(at int) uint32  { return binary.LittleEndian.Uint32(d[at:]) }
func (d document) item() uint32       { return d.u32(0) }
func (d document) name() uint32       { return d.u32(4) }
func (d document) itemNumber() uint32 { return d.u32(8) }
func (d document) atc() uint32        { return d.u32(12) }
func (d document) form() uint32       { return uint32(binary.LittleEndian.Uint16(d[24:])) }
func (d document) group() uint32      { return uint32(binary.LittleEndian.Uint16(d[26:])) }
func (d document) kind() Kind         { return Kind(d[28]) }

func appendDocument(dst []byte, d *Document) []byte {
	for _, v := range [...]uint32{d.Item, d.Name, d.ItemNumber, d.ATC, d.FieldsEnd, d.OffersEnd} {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	dst = binary.LittleEndian.AppendUint16(dst, uint16(d.Form))  //nolint:gosec // checked by Build
	dst = binary.LittleEndian.AppendUint16(dst, uint16(d.Group)) //nolint:gosec // checked by Build
	return append(dst, byte(d.Kind), 0, 0, 0)
}

func at32(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

// from is where part i of parts that follow each other starts.
func from(ends []byte, i int) uint32 {
	if i == 0 {
		return 0
	}
	return at32(ends, i-1)
}

// assemble puts the parts together.
func assemble(parts *[numParts][]byte) []byte {
	size := headerSize
	for _, p := range parts {
		size += len(p)
	}
	out := append(make([]byte, 0, size), magic...)
	for _, p := range parts {
		out = binary.LittleEndian.AppendUint64(out, uint64(len(p)))
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// take takes the parts apart.
func take(b []byte) (parts [numParts][]byte, err error) {
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return parts, fmt.Errorf("%w: no mark at the start", ErrDamaged)
	}
	rest := b[headerSize:]
	for i := range parts {
		n := binary.LittleEndian.Uint64(b[len(magic)+8*i:])
		if n > uint64(len(rest)) {
			return parts, fmt.Errorf("%w: part %d is out of range", ErrDamaged, i)
		}
		parts[i], rest = rest[:n], rest[n:]
	}
	if len(rest) > 0 {
		return parts, fmt.Errorf("%w: %d bytes too many", ErrDamaged, len(rest))
	}
	return parts, nil
}
