package cache

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
	"github.com/festd/festd/internal/wire"
)

// Prepared is one entry, rendered, with its keys. It is spent by Add.
type Prepared struct {
	items         []draft
	buf           []byte // what goes to the spill
	names         []byte // what goes to the names
	strings       []byte // texts that JSON escapes
	keys          []preparedKey
	text          []byte // of the keys
	codes         []preparedCode
	holes         []wire.Hole
	texts         []preparedText
	commodityKind search.Kind // 0 for what is no commodity
}

// preparedKey is a key of an item in a relation.
type preparedKey struct {
	hash     uint64
	key      span // in text
	note     span // in text: display of an ATC code
	item     uint32
	relation relationNumber
}

// preparedCode is an element of the ATC code list.
type preparedCode struct{ code, parent, name, nameEnglish span }

func (p *Prepared) reset() {
	p.items, p.buf, p.names, p.strings = p.items[:0], p.buf[:0], p.names[:0], p.strings[:0]
	p.keys, p.text, p.codes, p.holes = p.keys[:0], p.text[:0], p.codes[:0], p.holes[:0]
	p.texts, p.commodityKind = p.texts[:0], 0
}

// Prepare renders an entry and collects its keys. It is pure and may be
// called from many goroutines; the entry is not kept. An entry without an
// object prepares to nothing.
func (b *Builder) Prepare(e *fest.Entry) (*Prepared, error) {
	var p *Prepared
	select {
	case p = <-b.free:
	default:
		p = &Prepared{}
	}
	p.reset()
	if e.Object == nil {
		return p, nil
	}
	for i, it := range e.Items() {
		if err := p.item(b.renderer, e, it); err != nil {
			return nil, fmt.Errorf("cache: %w", err)
		}
		p.collect(e, it, uint32(i))
		p.searchable(e, uint32(i))
	}
	return p, nil
}

func (p *Prepared) item(r *wire.Renderer, e *fest.Entry, it fest.Item) error {
	d := draft{at: uint64(len(p.buf)), names: uint32(len(p.names)), resource: wire.NumberOf(it.Resource)}
	var err error
	p.buf, p.holes, err = r.Append(p.buf, p.holes[:0], e, it)
	if err != nil {
		return err
	}
	json := p.buf[d.at:]
	if uint64(len(json)) >= inStrings {
		return fmt.Errorf("entry %s renders to %s bytes; an item has less than 2 GiB", e.EntryID, strconv.Itoa(len(json)))
	}
	d.json = uint32(len(json))
	const beforeKey, afterResource = `{"resource":"`, `","id":"`
	d.key = p.locate(json, len(beforeKey)+len(it.Resource)+len(afterResource), it.Key)
	d.keyHash = hashOf(d.resource, it.Key)
	if entry := string(e.EntryID); entry == "" || entry == it.Key {
		d.entry, d.noEntry = d.key, true
		if entry == "" {
			d.entry.len = 0
		}
	} else {
		d.entry = p.locate(json, after(json, `"entryId":"`), entry)
		d.entryHash = hashOf(d.resource, entry)
	}
	n := len(p.buf)
	p.buf = appendHoles(p.buf, p.holes)
	d.holes = uint32(len(p.buf) - n)
	var of fest.Ref
	p.names, of = wire.AppendDisplay(p.names, e, it)
	d.display = uint32(len(p.names)) - d.names
	p.names = append(p.names, of...)
	d.of = uint32(len(of))
	p.names = append(p.names, it.Key...)
	if !d.noEntry {
		p.names = append(p.names, e.EntryID...)
	}
	p.items = append(p.items, d)
	return nil
}

// after returns where what follows name starts in json, -1 if it is not near
// the start.
func after(json []byte, name string) int {
	for i := range min(len(json)-len(name), 1<<10) {
		if json[i] == '"' && string(json[i:i+len(name)]) == name {
			return i + len(name)
		}
	}
	return -1
}

// locate returns the span of text: at that place of json, or else in the
// strings.
func (p *Prepared) locate(json []byte, at int, text string) span {
	if at >= 0 && at+len(text) < len(json) && json[at+len(text)] == '"' && string(json[at:at+len(text)]) == text {
		return span{uint32(at), uint32(len(text))}
	}
	s := span{uint32(len(p.strings)) | inStrings, uint32(len(text))}
	p.strings = append(p.strings, text...)
	return s
}

// put adds text to the text of the keys.
func (p *Prepared) put(text string) span {
	s := span{uint32(len(p.text)), uint32(len(text))}
	p.text = append(p.text, text...)
	return s
}

func (p *Prepared) at(s span) []byte { return p.text[s.at : s.at+s.len] }

// key adds a key of an item; an empty one is none.
func (p *Prepared) key(r relationNumber, item uint32, key string) {
	if key != "" {
		p.keySpan(r, item, p.put(key), span{})
	}
}

func (p *Prepared) keySpan(r relationNumber, item uint32, key, note span) {
	p.keys = append(p.keys, preparedKey{xxhash.Sum64(p.at(key)), key, note, item, r})
}

// name adds a name in all its spellings, so that it is found however its
// letters are typed.
func (p *Prepared) name(r relationNumber, item uint32, prefix, name string) {
	if name == "" {
		return
	}
	for i, sp := range search.Spellings() {
		at := len(p.text)
		p.text = append(p.text, prefix...)
		if i == 0 {
			p.text = search.AppendFold(p.text, name)
		} else {
			var ok bool
			if p.text, ok = search.AppendVariant(p.text, name, sp); !ok {
				p.text = p.text[:at]
				continue
			}
		}
		p.keySpan(r, item, span{uint32(at), uint32(len(p.text) - at)}, span{})
		if i == 0 && ascii(name) {
			return
		}
	}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// atc adds an ATC code in upper case, with its display for codes that the
// code list lacks.
func (p *Prepared) atc(r relationNumber, item uint32, c *fest.CV) {
	if c == nil || c.Code == "" {
		return
	}
	code := p.put(c.Code)
	for i, b := range p.at(code) {
		if 'a' <= b && b <= 'z' {
			p.text[int(code.at)+i] = b - 'a' + 'A'
		}
	}
	p.keySpan(r, item, code, p.put(c.Display))
}
