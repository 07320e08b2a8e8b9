package api

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"sort"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// cursorVersion is the first byte of every cursor.
const cursorVersion = 1

// cursor is where the next page of a list starts. It is bound to the release
// that the list was begun in and to the list: a page of other filters would
// start at a place that means nothing.
type cursor struct {
	stream   uint32 // hash of the release's stream
	serial   fest.Serial
	list     uint32 // hash of resource and filters
	position uint64 // never 0; see place
}

// Places of a list: those of the entries in the release, then, from
// firstRemoved on, those of the removed ones.
const (
	firstRemoved = uint64(1) << 32
	maxPosition  = firstRemoved<<1 - 1
)

// encode returns the opaque form: base64url of version, fields and a check
// sum, which tells damage from age.
func (c cursor) encode() string {
	b := make([]byte, 0, 32)
	b = append(b, cursorVersion)
	b = binary.BigEndian.AppendUint32(b, c.stream)
	b = binary.BigEndian.AppendUint32(b, c.list)
	b = binary.AppendUvarint(b, uint64(c.serial))
	b = binary.AppendUvarint(b, c.position)
	b = binary.BigEndian.AppendUint32(b, hash32(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads what encode wrote, and nothing else.
func decodeCursor(s string) (cursor, error) {
	bad := func(detail string) (cursor, error) {
		return cursor{}, &failure{kind: errInvalidCursor, problem: Problem{
			Detail: detail, Parameter: paramCursor, Value: clip(s), Expected: "the cursor of a link next, unchanged",
		}}
	}
	const head, tail, most = 9, 4, 64
	if len(s) > most {
		return bad("the cursor is too long")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < head+tail+2 {
		return bad("the cursor is not one of this API's")
	}
	if b[0] != cursorVersion {
		return bad("the cursor is of another version of this API")
	}
	fields, sum := b[:len(b)-tail], binary.BigEndian.Uint32(b[len(b)-tail:])
	if hash32(fields) != sum {
		return bad("the cursor is damaged")
	}
	c := cursor{stream: binary.BigEndian.Uint32(b[1:]), list: binary.BigEndian.Uint32(b[5:])}
	serial, n := binary.Uvarint(fields[head:])
	if n <= 0 {
		return bad("the cursor is damaged")
	}
	position, m := binary.Uvarint(fields[head+n:])
	if m <= 0 || head+n+m != len(fields) || position == 0 || position > maxPosition {
		return bad("the cursor is damaged")
	}
	c.serial, c.position = fest.Serial(serial), position
	if c.encode() != s { // one place has one cursor
		return bad("the cursor is damaged")
	}
	return c, nil
}

// cursorFor is the cursor of a list of this release, at a position.
func cursorFor(v *view, res fest.Resource, q *listQuery, at uint64) cursor {
	return cursor{stream: hash32([]byte(v.rel.Stream)), serial: v.rel.Serial, list: hashList(res, q.bound()), position: at}
}

// of checks that the cursor belongs to the list it came with.
func (c cursor) of(list uint32) error {
	if c.list == list {
		return nil
	}
	return c.misplaced("the cursor belongs to a list with other filters", "the filters of the first page, unchanged")
}

func (c cursor) misplaced(detail, expected string) error {
	return &failure{kind: errInvalidCursor, problem: Problem{Detail: detail, Parameter: paramCursor, Expected: expected, Value: c.encode()}}
}

// in reports whether the cursor is of the release.
func (c cursor) in(rel *fest.Release) bool {
	return c.serial == rel.Serial && c.stream == hash32([]byte(rel.Stream))
}

// begun is the view of the release that the cursor's list was begun in: a walk
// is of one release, to its end, while that can be read here.
func (a *API) begun(c *call, v *view, cur cursor, named bool) (*view, error) {
	if cur.in(&v.rel) {
		return v, nil
	}
	if named {
		return nil, cur.misplaced("the cursor belongs to a list of release "+serialText(cur.serial), "the same parameter release as on the first page")
	}
	all := a.releases(v)
	for i := range all {
		if !cur.in(&all[i].Release) || !all[i].OnDisk {
			continue
		}
		then, err := a.open(c, v, &all[i], serialText(cur.serial))
		if errors.Is(err, ErrNotKept) {
			break
		}
		return then, err
	}
	return nil, fail(errCursorExpired, "the list was begun in release "+serialText(cur.serial)+", which is not kept here; release "+v.release[0]+" is served now")
}

// hashList is the same for the same filters in any order.
func hashList(res fest.Resource, filters []cache.Query) uint32 {
	sorted := append([]cache.Query(nil), filters...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Filter < sorted[j].Filter })
	h := fnv.New32a()
	put := func(s string) {
		_, _ = h.Write(binary.AppendUvarint(nil, uint64(len(s)))) // a hash never fails
		_, _ = h.Write([]byte(s))
	}
	put(string(res))
	for _, f := range sorted {
		put(f.Filter)
		put(f.Value)
	}
	return h.Sum32()
}

func hash32(b []byte) uint32 {
	h := fnv.New32a()
	_, _ = h.Write(b) // a hash never fails
	return h.Sum32()
}
