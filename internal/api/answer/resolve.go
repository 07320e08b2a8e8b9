package answer

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// Resolution is what an identifier names, in FEST and among what was removed.
type Resolution struct {
	// Code is the identifier as it was read.
	Code string `json:"code"`
	// System and Family are those that were asked for, left out where none was.
	System string `json:"system,omitempty"`
	Family string `json:"family,omitempty"`
	// Tried are the ways in which it was looked for.
	Tried []Way `json:"tried"`
	// Matches are all things that it names (R21), those in FEST first, then what
	// left last; none is that nothing known here ever had it.
	Matches []Match `json:"matches"`
	// KnownSince says, where there is no match, since when that can be known (R26).
	KnownSince string `json:"knownSince,omitempty"`
	// Hint says what was perhaps meant.
	Hint string `json:"hint,omitempty"`
	Basis
}

// Match is something that an identifier names.
type Match struct {
	Reference
	// EntryID tells apart what has one id; left out of what has none (ATC).
	EntryID string `json:"entryId,omitempty"`
	// By is in which way it was found.
	By Way `json:"match"`
	// Removed is said of what is no longer in FEST under the identifier (R25).
	Removed *Gone `json:"removed,omitempty"`
}

// named is something that an identifier names: an item, or what is gone.
type named struct {
	item cache.Index
	gone *cache.RemovedItem
	way  Way
}

// Resolve says what an identifier names. The system is a URI of [Systems], or
// "": then what the form allows is tried. The error is a [Malformed]. The day
// of the register does not matter.
func (r *Register) Resolve(code, system, knownSince string) (*Resolution, error) {
	id, bad := readIdentifier(code, system)
	if bad != nil {
		return nil, bad
	}
	out := &Resolution{Code: id.text, Tried: id.ways, Matches: []Match{}, Basis: r.Basis("R21")}
	if s, ok := systemOf(system); ok {
		out.System, out.Family = s.URI, s.Family
	}
	for _, n := range id.gone(r.snap, id.items(r.snap, nil)) {
		out.Matches = append(out.Matches, r.matchOf(n))
		switch n.way {
		case WayOutgoingItemNumber:
			r.Cite(&out.Basis, "R18")
		case WayGTIN:
			r.Cite(&out.Basis, "R22")
		case WayEntryID:
			r.Cite(&out.Basis, "R14")
		}
		if n.gone != nil {
			r.Cite(&out.Basis, "R25")
		}
	}
	if len(out.Matches) == 0 {
		out.KnownSince, out.Hint = knownSince, id.hint(r.snap, system != "")
		r.Cite(&out.Basis, "R26")
	}
	return out, nil
}

func (r *Register) matchOf(n named) Match {
	if n.gone != nil {
		return Match{Reference{n.gone.Resource, string(n.gone.Key), n.gone.Name}, string(n.gone.EntryID), n.way, goneOf(n.gone)}
	}
	it := r.snap.Item(n.item)
	m := Match{Reference: Reference{Resource: it.Resource, ID: string(it.Key)}, EntryID: string(it.EntryID), By: n.way}
	if it.Ordinal < 0 {
		m.Display = displayOfATC(it.JSON)
	} else if e := r.Entry(n.item); e != nil {
		m.Display = r.display(e)
	}
	return m
}

// displayOfATC reads the display of an ATC item, which is no entry.
func displayOfATC(js []byte) string {
	var of struct {
		Display string `json:"display"`
	}
	_ = json.Unmarshal(js, &of) // what cannot be read has no name
	return of.Display
}

// items appends what is in the snapshot, each thing once.
func (id *identifier) items(snap *cache.Snapshot, dst []named) []named {
	var buf [4]cache.Index
	for _, way := range id.ways {
		switch way {
		case WayGTIN:
			dst = numbered(snap, dst, way, fest.ResourcePackages, "gtin", id.gtin)
		case WayItemNumber:
			if guidID(id.text) {
				continue
			}
			dst = numbered(snap, dst, way, fest.ResourcePackages, "itemNumber", id.text)
			dst = numbered(snap, dst, way, fest.ResourceCommodities, "itemNumber", id.text)
		case WayLMRNumber:
			dst = numbered(snap, dst, way, fest.ResourceDoses, "lmrNumber", id.text)
		case WayGroupCode:
			dst = numbered(snap, dst, way, fest.ResourceSubstitutionGroups, "code", id.text)
		case WayGroupNumber:
			dst = numbered(snap, dst, way, fest.ResourceReimbursements, "groupNumber", id.text)
		case WayATC:
			for _, i := range snap.ByKey(buf[:0], cache.ResourceATC, id.text) {
				dst = addNamed(dst, named{item: i, way: way})
			}
		case WayID:
			keys, n := keysOf(id.text)
			for _, key := range keys[:n] {
				for _, i := range snap.ByKeyAmong(buf[:0], id.keyed(), key) {
					dst = addNamed(dst, named{item: i, way: keyWay(snap.Item(i).Key, key)})
				}
			}
		case WayEntryID, WayOutgoingItemNumber: // what others turn out to be
		}
	}
	return dst
}

// numbered appends what has a number.
func numbered(snap *cache.Snapshot, dst []named, way Way, res fest.Resource, filter, value string) []named {
	page, err := snap.List(res, []cache.Query{{Filter: filter, Value: value}}, 0, wholeList)
	if err != nil {
		return dst // the filters are the tables' own: cannot be
	}
	for _, i := range page.Items {
		found := way
		if way == WayItemNumber && res == fest.ResourcePackages && !says(snap.Item(i).JSON, "itemNumber", value) {
			found = WayOutgoingItemNumber
		}
		dst = addNamed(dst, named{item: i, way: found})
	}
	return dst
}

// says whether an item has a text property of that name and value. Only a
// package's own item number is called itemNumber.
func says(js []byte, property, value string) bool {
	var buf [64]byte
	for _, v := range [...]string{value, strings.ToUpper(value)} {
		member := append(append(append(buf[:0], '"'), property...), `":`...)
		if bytes.Contains(js, wire.AppendString(member, v)) {
			return true
		}
	}
	return false
}

// addNamed appends an item unless it is there: found in two ways it is one.
func addNamed(dst []named, n named) []named {
	for i := range dst {
		if dst[i].gone == nil && dst[i].item == n.item {
			return dst
		}
	}
	return append(dst, n)
}

// keyWay tells whether a text was the key or the entry id.
func keyWay(key []byte, text string) Way {
	if string(key) == text || strings.EqualFold(string(key), text) { // the first costs no memory
		return WayID
	}
	return WayEntryID
}

// everywhere are the resources that an id may be of, in the order of answers.
// The key of an interaction not assessed is an ATC code, and found as one.
var everywhere = slices.DeleteFunc(fest.Resources(), func(r fest.Resource) bool { return r == fest.ResourceNotAssessed })

func (id *identifier) keyed() []fest.Resource {
	if id.resources != nil {
		return id.resources
	}
	return everywhere
}

// gone appends what left under the identifier, what left last first.
func (id *identifier) gone(snap *cache.Snapshot, dst []named) []named {
	if snap.Graveyard() == nil {
		return dst
	}
	from := len(dst)
	add := func(way Way, items []cache.RemovedItem) {
		for i := range items {
			it := &items[i]
			if !slices.ContainsFunc(dst[from:], func(n named) bool { return sameGone(n.gone, it) }) {
				dst = append(dst, named{gone: it, way: way})
			}
		}
	}
	number := func(way Way, res fest.Resource, filter, value string) {
		add(way, snap.DepartedNumber(res, cache.Query{Filter: filter, Value: value}))
	}
	for _, way := range id.ways {
		switch way {
		case WayGTIN:
			number(way, fest.ResourcePackages, "gtin", id.gtin)
		case WayItemNumber:
			number(way, fest.ResourcePackages, "itemNumber", id.text)
			number(way, fest.ResourceCommodities, "itemNumber", id.text)
		case WayLMRNumber:
			number(way, fest.ResourceDoses, "lmrNumber", id.text)
		case WayGroupCode:
			number(way, fest.ResourceSubstitutionGroups, "code", id.text)
		case WayID:
			keys, n := keysOf(id.text)
			for _, res := range id.keyed() {
				for _, key := range keys[:n] {
					for _, it := range snap.Departed(res, key) {
						add(keyWay(it.Key, key), []cache.RemovedItem{it})
					}
				}
			}
		case WayATC, WayGroupNumber, WayEntryID, WayOutgoingItemNumber: // nothing is known of what they once were
		}
	}
	slices.SortStableFunc(dst[from:], func(a, b named) int { return leftLast(a.gone, b.gone) })
	return dst
}

func sameGone(a, b *cache.RemovedItem) bool {
	return a.Resource == b.Resource && a.In == b.In && a.Since == b.Since && bytes.Equal(a.Key, b.Key) && bytes.Equal(a.EntryID, b.EntryID)
}

// leftLast orders what left later before what left earlier.
func leftLast(a, b *cache.RemovedItem) int {
	switch {
	case a.In != b.In && a.In > b.In:
		return -1
	case a.In != b.In:
		return 1
	}
	return strings.Compare(string(b.Last), string(a.Last))
}
