package api

import (
	"bytes"
	"strconv"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// paramInclude asks for more than is in force; its one value is removed.
const (
	paramInclude   = "include"
	includeRemoved = "removed"
)

// Removal is what is known of an entry that is no longer in FEST (R25).
type Removal struct {
	// RemovedIn is the first release, or the first file known, without it.
	RemovedIn ReleaseRef `json:"removedIn"`
	// LastRetrievalDate is the HentetDato of the last one that had it.
	LastRetrievalDate fest.DateTime `json:"lastRetrievalDate,omitempty"`
	// Reason is deleted, or identifier-changed: the object lives on under
	// another number.
	Reason     string              `json:"reason"`
	Successors []RemovalsSuccessor `json:"successors,omitempty"`
}

// RemovalsSuccessor is what FEST names in the place of a removed entry.
type RemovalsSuccessor struct {
	cache.Successor
	Href string `json:"href"`
}

func removalOf(it *cache.RemovedItem) *Removal {
	r := &Removal{
		RemovedIn: ReleaseRef{RetrievalDate: it.Since}, LastRetrievalDate: it.Last, Reason: it.Reason,
	}
	if it.In != 0 {
		r.RemovedIn.Serial = &it.In
	}
	for _, s := range it.Successors {
		r.Successors = append(r.Successors, RemovalsSuccessor{s, href(s.Resource, s.ID)})
	}
	return r
}

// marked is the last content of a removed entry with the member removed in
// front, so that nobody takes it for one that is in FEST.
func marked(it *cache.RemovedItem) []byte {
	content := bytes.TrimSpace(it.JSON)
	if len(content) < 2 || content[0] != '{' { // nothing was kept of it
		content = mustJSON(struct {
			Resource fest.Resource `json:"resource"`
			ID       string        `json:"id"`
		}{it.Resource, string(it.Key)})
	}
	mark := mustJSON(removalOf(it))
	out := make([]byte, 0, len(mark)+len(content)+12)
	out = append(append(out, `{"removed":`...), mark...)
	return append(append(out, ','), content[1:]...)
}

// missing answers a key that nothing in the release has: it was removed (P10),
// or it is unknown.
func (a *API) missing(c *call, v *view, res fest.Resource, include bool) error {
	gone := v.snap.Removed(res, c.key)
	if len(gone) == 0 {
		return a.unknown(v, res, c.key)
	}
	if together := leftTogether(gone); len(together) > 1 {
		// The groups of one reimbursement entry differ in JSON; its XML is one
		// and the same.
		if m, err := c.media(offerEntry...); !include || err != nil || m != mediaXML || !bytes.Equal(gone[0].EntryID, together[len(together)-1].EntryID) {
			return severalRemoved(res, together, include)
		}
	}
	it := &gone[0]
	content := bytes.TrimSpace(it.JSON)
	if include && len(content) > 0 {
		return a.sendRemoved(c, it)
	}
	return removed(res, it, true)
}

// unknown answers a key that nothing is known to have had.
func (a *API) unknown(v *view, res fest.Resource, key string) error {
	err := a.notFound(v, "no entry of "+string(res)+" has the key or entry id "+strconv.Quote(clip(key)))
	if f, ok := asFailure(err); ok {
		f.problem.Hint = hintForKey(res, key)
	}
	return err
}

// removed answers a key of what was removed. included says that the route
// takes include=removed.
func removed(res fest.Resource, it *cache.RemovedItem, included bool) error {
	content := bytes.TrimSpace(it.JSON)
	f := fail(errRemoved, removedDetail(res, it, included && len(content) > 0))
	f.problem.Removal = removalOf(it)
	if len(content) > 0 {
		f.problem.LastContent = content
	}
	return f
}

// reasonIdentifier is that of an object which lives on under another id or
// number.
const reasonIdentifier = "identifier-changed"

func removedDetail(res fest.Resource, it *cache.RemovedItem, kept bool) string {
	name := it.Name
	if name == "" {
		name = string(it.Key)
	}
	since := string(it.Since)
	if it.In != 0 {
		since = "release " + serialText(it.In) + " of " + since
	}
	if it.Reason == reasonIdentifier {
		return name + " (" + string(res) + ") is in FEST under another id since " + since + "; see successors"
	}
	s := name + " (" + string(res) + ") is not in FEST any more since " + since
	if kept {
		s += "; include=removed gives its last content"
	}
	return s
}

// leftTogether are the entries of one key or entry id that left with the same
// release: nothing promises that keys are unique (R21). What left before under
// the same key is history.
func leftTogether(gone []cache.RemovedItem) []cache.RemovedItem {
	n := 1
	for n < len(gone) && gone[n].In == gone[0].In && gone[n].Since == gone[0].Since &&
		!(bytes.Equal(gone[n].Key, gone[n-1].Key) && bytes.Equal(gone[n].EntryID, gone[n-1].EntryID)) {
		n++
	}
	return gone[:n]
}

func severalRemoved(res fest.Resource, gone []cache.RemovedItem, include bool) error {
	f := fail(errSeveral, strconv.Itoa(len(gone))+" entries of "+string(res)+" had this key until they were removed; take one of choices")
	query := ""
	if include {
		query = "?" + paramInclude + "=" + includeRemoved
	}
	byEntry := map[string]int{}
	for i := range gone {
		byEntry[string(gone[i].EntryID)]++
	}
	for i := range gone {
		id := string(gone[i].EntryID)
		if byEntry[id] > 1 {
			id = string(gone[i].Key)
		}
		f.problem.Choices = append(f.problem.Choices, Choice{
			Resource: string(res), ID: string(gone[i].Key), EntryID: string(gone[i].EntryID), Href: href(res, id) + query,
		})
	}
	return f
}

// sendRemoved sends the last content: JSON that is marked, or the source's own
// text, with the header FEST-Removed.
func (a *API) sendRemoved(c *call, it *cache.RemovedItem) error {
	offers := offerEntry
	if len(it.XML) == 0 {
		offers = offerJSON
	}
	media, err := c.media(offers...)
	if err != nil {
		return err
	}
	c.Header()[headerRemoved] = []string{headerText(string(it.Since))}
	if media == mediaXML {
		return a.send(c, &representation{contentType: typeXML, etag: withSuffix(tagOf(it.XML), "-xml"), body: it.XML})
	}
	body := append(marked(it), '\n')
	return a.send(c, &representation{contentType: typeJSON, etag: tagOf(body), body: body})
}
