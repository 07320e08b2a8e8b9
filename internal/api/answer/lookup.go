package answer

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// Bounds of lookups: lines of a question, and bytes of what is answered to
// them. An entry that does not fit any more is cut, and its line says so.
const (
	MostLookups     = 1000
	MostLookupBytes = 16 << 20
)

// LookupLine asks for one entry: by resource and key, or by what systems call
// it, as [Register.Resolve] reads it.
type LookupLine struct {
	// Resource is one of those of the paths, or atc.
	Resource fest.Resource `json:"resource"`
	// Key is the key or the entry id.
	Key    string `json:"key"`
	Code   string `json:"code"`
	System string `json:"system"`
}

// LookupOptions are what lookups are answered with.
type LookupOptions struct {
	// KnownSince is the HentetDato of the oldest release known (R26).
	KnownSince string
	// Hint says what was perhaps meant by a key that nothing has; nil is no
	// hint.
	Hint func(res fest.Resource, key string) string
	// Most bounds the bytes; zero means [MostLookupBytes].
	Most int64
}

// Status is that of one line, as HTTP would say it.
type Status int

// The states of a line.
const (
	StatusFound   Status = 200 // the entry follows
	StatusSeveral Status = 300 // choices has what the identifier names (R21)
	StatusInvalid Status = 400 // the line asks for nothing
	StatusUnknown Status = 404 // nothing known here ever had it (R26)
	StatusGone    Status = 410 // it is not in FEST any more (R25)
	StatusCut     Status = 413 // found; the answer is full
)

// Lookups are the answers to lines, in their order. What they hold of entries
// is where these stand in the snapshot: their bytes are written from there. So
// the snapshot must be held until they were written.
type Lookups struct {
	snap  *cache.Snapshot
	lines []lookedUp
	said  []byte // JSON of the lines that have no entry
	size  int64  // of all
	cut   int
	found []named
}

// lookedUp is a line: an item, or, of other states than found, a part of said.
type lookedUp struct {
	item     cache.Index
	status   Status
	way      Way
	from, to int
}

var lookups = sync.Pool{New: func() any { return new(Lookups) }}

// Lookup answers lines. The caller gives back what it returns with
// [Lookups.Release] and does not use it after that.
func Lookup(snap *cache.Snapshot, lines []LookupLine, o LookupOptions) *Lookups {
	l, _ := lookups.Get().(*Lookups)
	*l = Lookups{snap: snap, lines: l.lines[:0], said: l.said[:0], found: l.found[:0]}
	if o.Most == 0 {
		o.Most = MostLookupBytes
	}
	for i := range lines {
		l.line(&lines[i], &o)
		if i > 0 {
			l.size++ // the comma
		}
	}
	l.size += int64(len(`[]`))
	return l
}

// Release ends the use of the answers.
func (l *Lookups) Release() {
	const worthKeeping = 1 << 20
	l.snap = nil
	if cap(l.said) <= worthKeeping {
		lookups.Put(l)
	}
}

// Len is how many bytes WriteTo writes.
func (l *Lookups) Len() int64 { return l.size }

// Cut is how many lines have no entry because the answer was full.
func (l *Lookups) Cut() int { return l.cut }

// Count is how many lines have a status.
func (l *Lookups) Count(s Status) (n int) {
	for i := range l.lines {
		if l.lines[i].status == s {
			n++
		}
	}
	return n
}

func (l *Lookups) line(q *LookupLine, o *LookupOptions) {
	switch {
	case q.Code == "" && q.System == "" && (q.Resource != "" || q.Key != ""):
		l.byKey(q, o)
	case q.Resource == "" && q.Key == "" && (q.Code != "" || q.System != ""):
		l.byCode(q, o)
	default:
		l.say(saidLine{Status: StatusInvalid, Detail: "the line names nothing, or two things", Expected: "resource and key, or code with or without system"})
	}
}

// byKey looks for a key or entry id of one resource, as its path does.
func (l *Lookups) byKey(q *LookupLine, o *LookupOptions) {
	key := tidy(q.Key)
	if res := q.Resource; !slices.Contains(lookupResources, res) {
		l.say(saidLine{Status: StatusInvalid, Member: "resource", Value: shortened(string(res)), Detail: "there is no such resource", Expected: "one of " + lookupResourceNames})
		return
	}
	if key == "" || len(key) > MostIdentifier {
		l.say(saidLine{Status: StatusInvalid, Member: "key", Value: shortened(q.Key), Detail: "it is no key", Expected: "the key or entry id of an entry, of at most 200 bytes"})
		return
	}
	var buf [4]cache.Index
	keys, n := keysOf(key)
	for _, k := range keys[:n] {
		found := l.snap.ByKey(buf[:0], q.Resource, k)
		switch len(found) {
		case 0:
			continue
		case 1:
			l.entry(found[0], keyWay(l.snap.Item(found[0]).Key, k), o)
		default:
			l.found = l.found[:0]
			for _, i := range found {
				l.found = append(l.found, named{item: i, way: keyWay(l.snap.Item(i).Key, k)})
			}
			l.several(l.found)
		}
		return
	}
	id := identifier{text: key, ways: waysID, resources: []fest.Resource{q.Resource}}
	l.missing(&id, o, q.Resource)
}

// byCode looks for what an identifier names.
func (l *Lookups) byCode(q *LookupLine, o *LookupOptions) {
	id, bad := readIdentifier(q.Code, q.System)
	if bad != nil {
		l.say(saidLine{Status: StatusInvalid, Member: bad.Member, Value: shortened(bad.Value), Detail: bad.Detail, Expected: bad.Expected})
		return
	}
	l.found = id.items(l.snap, l.found[:0])
	switch len(l.found) {
	case 0:
		l.missing(&id, o, "")
	case 1:
		l.entry(l.found[0].item, l.found[0].way, o)
	default:
		l.several(l.found)
	}
}

// missing answers what nothing in the release has: it was removed, or it is
// unknown.
func (l *Lookups) missing(id *identifier, o *LookupOptions, res fest.Resource) {
	gone := id.gone(l.snap, l.found[:0])
	l.found = gone[:0]
	together := 1
	for together < len(gone) && gone[together].gone.In == gone[0].gone.In && gone[together].gone.Since == gone[0].gone.Since {
		together++
	}
	switch {
	case len(gone) > 0 && together > 1:
		l.several(gone[:together])
	case len(gone) > 0:
		it := gone[0].gone
		l.say(saidLine{
			Status: StatusGone, Match: gone[0].way, Reference: &Reference{it.Resource, string(it.Key), it.Name}, EntryID: string(it.EntryID), Removed: goneOf(it),
		})
	case res != "":
		hint := ""
		if o.Hint != nil {
			hint = o.Hint(res, id.text)
		}
		l.say(saidLine{Status: StatusUnknown, Detail: "no entry of " + string(res) + " has the key or entry id", Value: id.text, KnownSince: o.KnownSince, Hint: hint})
	default:
		l.say(saidLine{
			Status: StatusUnknown, Detail: "nothing has this identifier", Value: id.text, Tried: id.ways, KnownSince: o.KnownSince,
			Hint: id.hint(l.snap, len(id.resources) > 0),
		})
	}
}

// several answers an identifier that is not unique (R21).
func (l *Lookups) several(found []named) {
	s := saidLine{Status: StatusSeveral, Detail: strconv.Itoa(len(found)) + " entries have this identifier; take one of choices"}
	for _, n := range found {
		m := Match{By: n.way}
		if n.gone != nil {
			m.Reference, m.EntryID, m.Removed = Reference{n.gone.Resource, string(n.gone.Key), n.gone.Name}, string(n.gone.EntryID), goneOf(n.gone)
		} else {
			it := l.snap.Item(n.item)
			m.Reference, m.EntryID = Reference{Resource: it.Resource, ID: string(it.Key)}, string(it.EntryID)
		}
		s.Choices = append(s.Choices, m)
	}
	l.say(s)
}

// entry answers with an entry, as long as it fits.
func (l *Lookups) entry(i cache.Index, way Way, o *LookupOptions) {
	it := l.snap.Item(i)
	size := int64(len(entryHead)+len(way)+len(entryMiddle)+len(entryTail)) + int64(len(bytes.TrimRight(it.JSON, "\n")))
	if l.size+size > o.Most {
		l.cut++
		l.say(saidLine{
			Status: StatusCut, Match: way, Reference: &Reference{Resource: it.Resource, ID: string(it.Key)}, EntryID: string(it.EntryID),
			Detail: "the answer is full", Expected: "the line in another request, or GET " + pathOf(l.snap, i),
		})
		return
	}
	l.size += size
	l.lines = append(l.lines, lookedUp{item: i, status: StatusFound, way: way})
}

// saidLine is a line without an entry.
type saidLine struct {
	Status Status `json:"status"`
	Match  Way    `json:"match,omitempty"`
	*Reference
	EntryID string `json:"entryId,omitempty"`
	Detail  string `json:"detail,omitempty"`
	// Member, Value and Expected say what of the line is wrong, what it was and
	// what would be right.
	Member     string  `json:"member,omitempty"`
	Value      string  `json:"value,omitempty"`
	Expected   string  `json:"expected,omitempty"`
	Tried      []Way   `json:"tried,omitempty"`
	Choices    []Match `json:"choices,omitempty"`
	Removed    *Gone   `json:"removed,omitempty"`
	KnownSince string  `json:"knownSince,omitempty"`
	Hint       string  `json:"hint,omitempty"`
}

func (l *Lookups) say(s saidLine) {
	from := len(l.said)
	js, err := json.Marshal(&s)
	if err != nil { // texts and numbers only: cannot be
		js = []byte(`{"status":` + strconv.Itoa(int(s.Status)) + `}`)
	}
	l.said = append(l.said, js...)
	l.size += int64(len(js))
	l.lines = append(l.lines, lookedUp{status: s.Status, from: from, to: len(l.said)})
}

// What stands around an entry.
const (
	entryHead   = `{"status":200,"match":"`
	entryMiddle = `","entry":`
	entryTail   = `}`
)

// writeFrom is the size from which an entry is written by itself rather than
// gathered with others.
const writeFrom = 16 << 10

var gathered = sync.Pool{New: func() any { b := make([]byte, 0, 2*writeFrom); return &b }}

// WriteTo writes the lines as a JSON array. Entries are their very bytes; no
// more than some kilobytes are gathered before they are written.
func (l *Lookups) WriteTo(w io.Writer) (int64, error) {
	pooled, _ := gathered.Get().(*[]byte)
	g := gathering{w: w, buf: append((*pooled)[:0], '[')}
	for i := range l.lines {
		if i > 0 {
			g.buf = append(g.buf, ',')
		}
		if line := &l.lines[i]; line.status != StatusFound {
			g.add(l.said[line.from:line.to])
		} else {
			g.buf = append(append(append(g.buf, entryHead...), line.way...), entryMiddle...)
			g.add(bytes.TrimRight(l.snap.Item(line.item).JSON, "\n"))
			g.buf = append(g.buf, entryTail...)
		}
	}
	g.buf = append(g.buf, ']')
	g.flush()
	*pooled = g.buf[:0]
	gathered.Put(pooled)
	return g.n, g.err
}

// gathering writes parts, small ones together. After an error it writes no
// more.
type gathering struct {
	w   io.Writer
	buf []byte
	n   int64
	err error
}

func (g *gathering) add(part []byte) {
	if len(g.buf)+len(part) > writeFrom {
		g.flush()
		if len(part) >= writeFrom {
			g.write(part)
			return
		}
	}
	g.buf = append(g.buf, part...)
}

func (g *gathering) flush() {
	g.write(g.buf)
	g.buf = g.buf[:0]
}

func (g *gathering) write(part []byte) {
	if g.err == nil && len(part) > 0 {
		var n int
		n, g.err = g.w.Write(part)
		g.n += int64(n)
	}
}

// lookupResources are the resources that a line may name.
var lookupResources = append(fest.Resources(), cache.ResourceATC)

var lookupResourceNames = func() string {
	var b strings.Builder
	for i, r := range lookupResources {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(r))
	}
	return b.String()
}()

// shortened keeps what clients send from making an answer long, and from
// making it no JSON.
func shortened(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), MostIdentifier)], "")
}

var _ io.WriterTo = (*Lookups)(nil)
