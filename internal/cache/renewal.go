package cache

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// renewal is an entry id that an edit took from an object (R14). DMP now and
// then issues most entries anew (R142), so there are many: they are kept apart
// from what left, an id and a key each.
type renewal struct {
	resource   fest.Resource
	entry, key string
}

// renewals are those of a resource in one set, as they are looked up: by entry
// id, ids that are GUIDs as such. An entry id of several objects is there
// several times.
type renewals struct {
	in          fest.Serial
	since, last fest.DateTime
	guids       []guid // sorted
	guidKeys    []int32
	texts       []string // sorted; the others
	textKeys    []int32
}

// objects are the keys that renewals lead to, each once for all sets: from 0
// on those that are GUIDs, from -1 down the others.
type objects struct {
	guids []guid
	texts []string
	known map[string]int32 // while opening
}

func (o *objects) add(key string) int32 {
	if n, ok := o.known[key]; ok {
		return n
	}
	var n int32
	if g, ok := parseGUID(key); ok {
		n = int32(len(o.guids))
		o.guids = append(o.guids, g)
	} else {
		o.texts = append(o.texts, key)
		n = -int32(len(o.texts))
	}
	o.known[key] = n
	return n
}

func (o *objects) key(n int32) string {
	if n >= 0 {
		return o.guids[n].String()
	}
	return o.texts[-n-1]
}

// find returns the numbers of the objects that had the entry id.
func (r *renewals) find(entry string) []int32 {
	if g, ok := parseGUID(entry); ok {
		from, found := slices.BinarySearchFunc(r.guids, g, func(a, b guid) int { return bytes.Compare(a[:], b[:]) })
		to := from
		for found && to < len(r.guids) && r.guids[to] == g {
			to++
		}
		return r.guidKeys[from:to]
	}
	from, found := slices.BinarySearch(r.texts, entry)
	to := from
	for found && to < len(r.texts) && r.texts[to] == entry {
		to++
	}
	return r.textKeys[from:to]
}

func (r *renewals) len() int { return len(r.guids) + len(r.texts) }

// appendRenewals encodes what one set has of them, all of which have its dates:
// resource by resource a count, then for each in the order of entry ids a byte
// that says which of its two ids are GUIDs, and the two ids.
func appendRenewals(dst []byte, all []renewal, last, known fest.DateTime) []byte {
	text := func(s string) { dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...) }
	text(string(last))
	text(string(known))
	slices.SortFunc(all, func(a, b renewal) int {
		return cmp.Or(cmp.Compare(a.resource, b.resource), cmp.Compare(a.entry, b.entry), cmp.Compare(a.key, b.key))
	})
	all = slices.Compact(all)
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].resource == all[0].resource {
			n++
		}
		text(string(all[0].resource))
		dst = binary.AppendUvarint(dst, uint64(n))
		for _, r := range all[:n] {
			at := len(dst)
			dst = append(dst, 0)
			for i, id := range []string{r.entry, r.key} {
				if g, ok := parseGUID(id); ok {
					dst[at] |= 1 << i
					dst = append(dst, g[:]...)
				} else {
					text(id)
				}
			}
		}
		all = all[n:]
	}
	return dst
}

// renewed reads what appendRenewals wrote, into the graveyard.
func (r *graveReader) renewed(g *Graveyard, in fest.Serial, since func(last, known fest.DateTime) fest.DateTime) {
	// Texts are copied, else each would hold all that was read.
	last, known := fest.DateTime(strings.Clone(r.text())), fest.DateTime(strings.Clone(r.text()))
	for r.s != "" && !r.bad {
		resource := fest.Resource(strings.Clone(r.text()))
		list := &renewals{in: in, last: last, since: since(last, known)}
		for range r.count() {
			if r.s == "" {
				r.bad = true
				return
			}
			flags := r.s[0]
			r.s = r.s[1:]
			r.pair(list, &g.objects, flags)
			if r.bad {
				return
			}
		}
		list.guids, list.guidKeys = slices.Clip(list.guids), slices.Clip(list.guidKeys)
		g.renewed[resource] = append(g.renewed[resource], list)
	}
}

func (r *graveReader) pair(list *renewals, o *objects, flags byte) {
	if flags&1 != 0 {
		id := r.guid()
		if n := len(list.guids); n > 0 && bytes.Compare(id[:], list.guids[n-1][:]) < 0 {
			r.bad = true // lookups need the order
		}
		list.guids = append(list.guids, id)
	} else {
		id := strings.Clone(r.text())
		if n := len(list.texts); n > 0 && id < list.texts[n-1] {
			r.bad = true
		}
		list.texts = append(list.texts, id)
	}
	var key string
	if flags&2 != 0 {
		key = r.guid().String()
	} else {
		key = strings.Clone(r.text())
	}
	if r.bad {
		return
	}
	if n := o.add(key); flags&1 != 0 {
		list.guidKeys = append(list.guidKeys, n)
	} else {
		list.textKeys = append(list.textKeys, n)
	}
}

func (r *graveReader) guid() (g guid) {
	if len(r.s) < len(g) {
		r.bad = true
		return g
	}
	copy(g[:], r.s)
	r.s = r.s[len(g):]
	return g
}

// superseded are the objects that had an entry id before an edit took it, the
// last edit first. What an object left behind that is gone itself by now is
// answered with it.
func (s *Snapshot) superseded(r fest.Resource, entry string, read exhumation) (out []RemovedItem) {
	var buf [4]Index
	if len(s.ByKey(buf[:0], r, entry)) > 0 {
		return nil
	}
	for _, list := range slices.Backward(s.graves.renewed[r]) {
		if list.in > s.release.Serial && s.release.Serial != 0 {
			continue
		}
		for _, n := range list.find(entry) {
			key := s.graves.objects.key(n)
			if len(s.ByKey(buf[:0], r, key)) == 0 {
				if gone := s.buried(r, key, read); len(gone) > 0 {
					out = append(out, gone...)
					continue
				}
			}
			out = append(out, RemovedItem{
				Item: Item{Resource: r, Key: []byte(key), EntryID: []byte(entry), Ordinal: -1},
				In:   list.in, Since: list.since, Last: list.last, Reason: reasonIdentifier,
				Successors: []Successor{{Resource: r, ID: key, Reason: successorSame}},
			})
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// hadEntry says whether the graveyard has an entry id, of whatever date.
func (s *Snapshot) hadEntry(r fest.Resource, entry string) bool {
	if s.graves == nil {
		return false
	}
	return len(s.graves.byKey[graveKey{r, entry}]) > 0 ||
		slices.ContainsFunc(s.graves.renewed[r], func(list *renewals) bool { return len(list.find(entry)) > 0 })
}
