package answer

import (
	"bytes"
	"slices"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/wire"
)

// Line names one thing that is asked about, by one of its members; Resource
// goes with ID. It is also how an answer echoes it.
type Line struct {
	// ID is an object id, an entry id, or another key of a resource.
	ID string `json:"id,omitempty"`
	// Resource narrows ID; "" looks in all.
	Resource fest.Resource `json:"resource,omitempty"`
	// ATC is a code of any level, also one of ZV80AA (R115).
	ATC string `json:"atc,omitempty"`
	// ItemNumber is that of a package, also its outgoing one (R18), or of a
	// commodity (R21).
	ItemNumber string `json:"itemNumber,omitempty"`
	// GTIN is a bar code, also a scanned GS1 string (R22).
	GTIN string `json:"gtin,omitempty"`
	// LMRNumber is that of a dose (R23).
	LMRNumber string `json:"lmrNumber,omitempty"`
	// Text is something that FEST does not have: a mixture, a local product.
	Text string `json:"text,omitempty"`
}

// LineState is what became of a line.
type LineState string

// The states of a line. What a line was taken as says [TakenAs].
const (
	LineFound     LineState = "found"
	LineRemoved   LineState = "removed"   // gone from FEST (R25); its last content is looked at
	LineUnknown   LineState = "unknown"   // in no release known here (R26)
	LineSeveral   LineState = "several"   // several things have the number (R21)
	LineNotInFEST LineState = "notInFest" // named by a text only
)

// found is what a line names.
type found struct {
	state   LineState
	objects []any // decoded; several of LineSeveral
	items   []Reference
	code    string // of an ATC line
	gone    *Gone
}

// look finds what a line names.
func (r *Register) look(l *Line) found {
	switch {
	case l.ATC != "":
		return r.lookATC(l.ATC)
	case l.ID != "":
		return r.lookKey(l.Resource, strings.TrimSpace(l.ID))
	case l.ItemNumber != "":
		return r.lookNumber("itemNumber", strings.TrimSpace(l.ItemNumber), fest.ResourcePackages, fest.ResourceCommodities)
	case l.GTIN != "":
		return r.lookNumber("gtin", strings.TrimSpace(l.GTIN), fest.ResourcePackages)
	case l.LMRNumber != "":
		return r.lookNumber("lmrNumber", strings.TrimSpace(l.LMRNumber), fest.ResourceDoses)
	}
	return found{state: LineNotInFEST}
}

// lookATC takes a code of the code list, of products or of interactions.
func (r *Register) lookATC(text string) found {
	code := strings.ToUpper(strings.TrimSpace(text))
	f := found{state: LineUnknown, code: code}
	if _, ok := r.snap.ATC(code); ok {
		f.state = LineFound
	}
	return f
}

// lookedIn are the resources that an id is looked for in, those that are
// checked first.
var lookedIn = func() []fest.Resource {
	first := []fest.Resource{
		fest.ResourceDrugs, fest.ResourceGenerics, fest.ResourcePackages, fest.ResourceDoses, fest.ResourceIngredients,
		fest.ResourceIngredientStrengths, fest.ResourceCommodities,
	}
	for _, res := range fest.Resources() {
		if !slices.Contains(first, res) {
			first = append(first, res)
		}
	}
	return first
}()

// lookKey finds a key or entry id, in FEST or, where nothing there has it,
// among what was removed.
func (r *Register) lookKey(res fest.Resource, key string) found {
	among := lookedIn
	if res != "" {
		among = []fest.Resource{res}
	}
	for _, res := range among {
		var buf [4]cache.Index
		if items := r.snap.ByKey(buf[:0], res, key); len(items) > 0 {
			return r.foundItems(items)
		}
	}
	for _, res := range among {
		if gone := r.snap.Removed(res, key); len(gone) > 0 {
			return r.foundGone(gone)
		}
	}
	return found{state: LineUnknown}
}

// lookNumber finds a number that the resources have a filter for.
func (r *Register) lookNumber(filter, value string, among ...fest.Resource) found {
	q := []cache.Query{{Filter: filter, Value: value}}
	var items []cache.Index
	for _, res := range among {
		items = append(items, r.indexes(res, filter, value)...)
	}
	if len(items) > 0 {
		return r.foundItems(items)
	}
	for _, res := range among {
		gone, _, _, err := r.snap.ListRemoved(res, q, 0, wholeList)
		if err != nil && r.err == nil {
			r.err = err
		}
		if len(gone) > 0 {
			return r.foundGone([]cache.RemovedItem{gone[len(gone)-1]}) // what left last
		}
	}
	return found{state: LineUnknown}
}

func (r *Register) foundItems(items []cache.Index) found {
	f := found{state: LineFound}
	for _, i := range items {
		o := r.Object(i)
		if o == nil {
			continue // r.err says why
		}
		f.objects, f.items = append(f.objects, o), append(f.items, r.Reference(o))
	}
	if len(items) > 1 {
		f.state = LineSeveral
	}
	return f
}

// foundGone takes what lives on under another id for that, and the last
// content of what does not.
func (r *Register) foundGone(gone []cache.RemovedItem) found {
	it := &gone[0]
	if it.Reason == reasonIdentifier {
		for _, s := range it.Successors {
			if s.Reason != reasonSameObject {
				continue
			}
			if i, ok := r.Find(s.Resource, s.ID); ok {
				f := r.foundItems([]cache.Index{i})
				f.gone = goneOf(it)
				return f
			}
		}
	}
	f := found{state: LineRemoved, gone: goneOf(it), items: []Reference{{it.Resource, string(it.Key), it.Name}}}
	if e := r.lastContent(it); e != nil {
		f.objects = []any{e.Object}
	}
	return f
}

// lastContent decodes what was kept of a removed item; nil where nothing was,
// or where it was written by a version that wrote otherwise.
func (r *Register) lastContent(it *cache.RemovedItem) *fest.Entry {
	if len(it.JSON) == 0 {
		return nil
	}
	e, err := wire.Decode(bytes.TrimSpace(it.JSON))
	if err != nil {
		return nil
	}
	return e
}

// everHad is the object that a reference names, in FEST or, as it was last,
// among what was removed: what was removed often refers to what was, too.
func everHad[T any](r *Register, res fest.Resource, id fest.Ref) (*T, bool) {
	if o, ok := get[T](r, res, id); ok {
		return o, true
	}
	for _, gone := range r.snap.Removed(res, string(id)) {
		if e := r.lastContent(&gone); e != nil {
			o, ok := e.Object.(*T)
			return o, ok
		}
	}
	return nil, false
}

// atcOfLine is the code of an ATC line as a subject; WITHOUT and what is no
// code are none (R115).
func (r *Register) atcOfLine(code string) (subject, bool) {
	if rules.ATCCode(code) == "" {
		return subject{}, false
	}
	return subjectOfATC(code, r.snap.ATCName(code)), true
}
