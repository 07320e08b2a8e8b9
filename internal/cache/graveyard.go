package cache

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
)

// RemovedSet is what left with one release, or what a history told, as
// [Leaving] and [LeavingHistory] encode it.
type RemovedSet struct {
	Serial        fest.Serial   // of the release it left with; 0: a history told
	RetrievalDate fest.DateTime // of that release, or of the history
	Data          []byte
}

// Graveyard has everything that ever left the register, with its last content
// (P10). It is immutable and safe for concurrent use. Only keys are in memory
// besides the sets' own bytes.
type Graveyard struct {
	graves  []grave
	byKey   map[graveKey][]int32 // by resource and key or entry id
	byNames map[graveName][]int32
	byRes   map[fest.Resource][]int32
	renewed map[fest.Resource][]*renewals // in the order of the sets
	objects objects                       // that renewals lead to
	known   fest.DateTime
	dec     sync.Pool // of *zstd.Decoder
}

type graveKey struct {
	resource fest.Resource
	key      string
}

type graveName struct {
	resource    fest.Resource
	filter, key string
}

// grave is a burial in its set.
type grave struct {
	burial
	in       fest.Serial
	since    fest.DateTime
	contents []byte
}

// RemovedItem is an item that left.
type RemovedItem struct {
	// Item is the last content; Ordinal is -1. JSON is empty where none was
	// kept: of entry ids that an edit superseded.
	Item
	XML   []byte        // with its namespaces declared
	Name  string        // for people
	In    fest.Serial   // the first release without it; 0: gone before the first one
	Since fest.DateTime // HentetDato of the first release or file known without it
	Last  fest.DateTime // HentetDato of the last release or file that had it
	// Reason: "deleted" (gone from the file), "identifier-changed" (the object
	// lives on under another item number, GTIN, LMR number or entry id).
	Reason     string
	Successors []Successor
}

// Successor is what FEST names in the place of something that left.
type Successor struct {
	Resource fest.Resource `json:"resource"`
	ID       string        `json:"id"`
	Display  string        `json:"display,omitempty"`
	// Reason: "same-object", or "item-number-replaced" (R18).
	Reason string `json:"reason"`
}

// OpenGraveyard reads sets, histories first, then by serial. It keeps Data,
// which must not change. [ErrDamaged] names the set that cannot be read.
func OpenGraveyard(sets []RemovedSet) (*Graveyard, error) {
	g := &Graveyard{
		byNames: map[graveName][]int32{}, byRes: map[fest.Resource][]int32{},
		renewed: map[fest.Resource][]*renewals{}, objects: objects{known: map[string]int32{}},
	}
	var histories []fest.DateTime
	for _, s := range sets {
		if s.Serial == 0 {
			histories = append(histories, s.RetrievalDate)
		}
	}
	slices.Sort(histories)
	if len(histories) > 0 {
		g.known = histories[0]
	}
	parsed := make([]parsedGrave, len(sets))
	burials := 0
	for i, s := range sets {
		var err error
		if parsed[i], err = parseGrave(s.Data); err != nil {
			return nil, fmt.Errorf("cache: what left with release %d of %s: %w", s.Serial, s.RetrievalDate, err)
		}
		burials += len(parsed[i].burials)
	}
	g.graves = make([]grave, 0, burials)
	g.byKey = make(map[graveKey][]int32, 2*burials) // key and entry id
	for i, s := range sets {
		p := parsed[i]
		since := func(last, known fest.DateTime) fest.DateTime {
			if s.Serial != 0 {
				return s.RetrievalDate
			}
			// The next file that is known did not have it, or it would have
			// told; else what was served then.
			if at, _ := slices.BinarySearch(histories, last+"\x00"); at < len(histories) && (known == "" || histories[at] < known) {
				return histories[at]
			}
			return known
		}
		for _, b := range p.burials {
			g.add(grave{burial: b, in: s.Serial, since: since(b.last, b.known), contents: p.contents})
		}
		if p.renewed.s == "" {
			continue
		}
		if p.renewed.renewed(g, s.Serial, since); p.renewed.bad {
			return nil, fmt.Errorf("cache: what left with release %d of %s: %w", s.Serial, s.RetrievalDate, errGrave)
		}
	}
	g.objects.known = nil
	newestFirst := func(a, b int32) int {
		x, y := &g.graves[a], &g.graves[b]
		return cmp.Or(cmp.Compare(y.in, x.in), cmp.Compare(y.last, x.last), cmp.Compare(a, b))
	}
	for _, list := range g.byKey {
		slices.SortFunc(list, newestFirst)
	}
	for _, list := range g.byNames {
		slices.SortFunc(list, newestFirst)
	}
	return g, nil
}

func (g *Graveyard) add(gr grave) {
	n := int32(len(g.graves))
	g.graves = append(g.graves, gr)
	if !gr.number {
		for _, key := range []string{gr.key, gr.entry} {
			if key != "" {
				k := graveKey{gr.resource, key}
				if list := g.byKey[k]; len(list) == 0 || list[len(list)-1] != n {
					g.byKey[k] = append(list, n)
				}
			}
		}
	}
	if gr.key == "" {
		return // a superseded entry id: no list has it
	}
	for _, q := range gr.keys {
		if identifying[q.Filter] {
			k := graveName{gr.resource, q.Filter, q.Value}
			g.byNames[k] = append(g.byNames[k], n)
		}
	}
	g.byRes[gr.resource] = append(g.byRes[gr.resource], n)
}

// Len is how many things left, each time counted, without the entry ids that
// edits superseded.
func (g *Graveyard) Len() int { return len(g.graves) }

// Superseded is how many entry ids edits superseded.
func (g *Graveyard) Superseded() (n int) {
	for _, lists := range g.renewed {
		for _, list := range lists {
			n += list.len()
		}
	}
	return n
}

// KnownSince is the HentetDato of the oldest history; "" without one.
func (g *Graveyard) KnownSince() fest.DateTime { return g.known }

// facts are what is known of an item without its content.
func (g *Graveyard) facts(gr *grave) RemovedItem {
	it := RemovedItem{
		Item: Item{Resource: gr.resource, Key: []byte(gr.key), EntryID: []byte(gr.entry), Ordinal: -1},
		Name: gr.name, In: gr.in, Since: gr.since, Last: gr.last, Reason: gr.reason, Successors: gr.successors,
	}
	if gr.key == "" && len(gr.successors) > 0 {
		it.Key = []byte(gr.successors[0].ID)
	}
	return it
}

// item reads the content.
func (g *Graveyard) item(gr *grave) RemovedItem {
	it := g.facts(gr)
	if gr.size == 0 {
		return it
	}
	dec, _ := g.dec.Get().(*zstd.Decoder)
	if dec == nil {
		var err error
		if dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxGraveIndex)); err != nil {
			return it // options that are wrong: cannot be
		}
	}
	defer g.dec.Put(dec)
	both, err := dec.DecodeAll(gr.contents[gr.at:gr.at+gr.size], nil)
	if err != nil || gr.jsonSize > uint64(len(both)) {
		return it // damaged in memory: what is known without it is answered
	}
	it.JSON, it.XML = both[:gr.jsonSize:gr.jsonSize], both[gr.jsonSize:]
	if len(it.XML) == 0 {
		it.XML = nil
	}
	it.ETag = AppendETag(nil, it.JSON)
	return it
}

// SetRemoved gives the snapshot its graveyard, before it is served. What left
// after the snapshot's serial is not seen through it.
func (s *Snapshot) SetRemoved(g *Graveyard) { s.graves = g }

// Graveyard is the one that was set; nil: none.
func (s *Snapshot) Graveyard() *Graveyard { return s.graves }

// Removed returns what had that key or entry id, exactly or, where none has,
// in upper case, and is not in the snapshot: what left last first.
func (s *Snapshot) Removed(r fest.Resource, key string) []RemovedItem {
	return s.removed(r, key, (*Graveyard).item)
}

// removed reads the items by read.
func (s *Snapshot) removed(r fest.Resource, key string, read exhumation) []RemovedItem {
	if s.graves == nil {
		return nil
	}
	for _, k := range []string{key, strings.ToUpper(key)} {
		out := s.buried(r, k, read)
		if len(out) == 0 {
			out = s.superseded(r, k, read)
		}
		if len(out) > 0 || k == strings.ToUpper(key) {
			return out
		}
	}
	return nil
}

// buried is what left under a key or its last entry id.
func (s *Snapshot) buried(r fest.Resource, key string, read exhumation) (out []RemovedItem) {
	for _, n := range s.graves.byKey[graveKey{r, key}] {
		if gr := &s.graves.graves[n]; s.sees(gr) {
			out = append(out, read(s.graves, gr))
		}
	}
	return out
}

// sees says whether something had left by the snapshot's release, and is not
// back in it.
func (s *Snapshot) sees(gr *grave) bool {
	if gr.in > s.release.Serial && s.release.Serial != 0 {
		return false
	}
	var buf [4]Index
	switch {
	case gr.number:
		for _, q := range gr.keys {
			if i := tableOf(gr.resource, q.Filter); i >= 0 {
				if _, lives := s.contents.tables[i].find(q.Value); lives {
					return false
				}
			}
		}
		return true
	case gr.key != "":
		return len(s.ByKey(buf[:0], gr.resource, gr.key)) == 0
	default:
		return len(s.ByKey(buf[:0], gr.resource, gr.entry)) == 0
	}
}

// known says whether the graveyard has something of a key that was there
// later than a date.
func (s *Snapshot) known(r fest.Resource, key string, later fest.DateTime) bool {
	if s.graves == nil {
		return false
	}
	return slices.ContainsFunc(s.graves.byKey[graveKey{r, key}], func(n int32) bool { return s.graves.graves[n].last > later })
}

func (s *Snapshot) knownNumber(r fest.Resource, q Query, later fest.DateTime) bool {
	if s.graves == nil {
		return false
	}
	return slices.ContainsFunc(s.graves.byNames[graveName{r, q.Filter, q.Value}], func(n int32) bool { return s.graves.graves[n].last > later })
}

// ListRemoved returns a page of what left and matches all queries, with the
// filters of [Snapshot.List], in the order in which it left; after 0 is the
// first page, next 0 the end. Of what left several times the last counts.
func (s *Snapshot) ListRemoved(r fest.Resource, q []Query, after, limit int) (page []RemovedItem, next, total int, err error) {
	matchers := make([]func(string) bool, len(q))
	for i := range q {
		t := tableOf(r, q[i].Filter)
		if t < 0 {
			return nil, 0, 0, fmt.Errorf("%w: %s of %s", ErrUnknownFilter, q[i].Filter, r)
		}
		matchers[i] = matcher(filterTable[t].filter.Match, q[i].Value)
	}
	if s.graves == nil {
		return nil, 0, 0, nil
	}
	found := s.left(r, q, matchers)
	total = len(found)
	for i := max(after, 0); i < total; i++ {
		if len(page) >= max(limit, 1) {
			return page, i, total, nil
		}
		page = append(page, s.graves.item(&s.graves.graves[found[i]]))
	}
	return page, 0, total, nil
}

// left are the graves that match all queries, in the order in which they left.
func (s *Snapshot) left(r fest.Resource, q []Query, matchers []func(string) bool) []int32 {
	g := s.graves
	type left struct {
		key    string
		number Query // of what lives on
	}
	seen := map[left]fest.Serial{}
	var found []int32
	for _, n := range slices.Backward(g.candidates(r, q)) { // what left last first
		gr := &g.graves[n]
		if !gr.matches(q, matchers) || !s.sees(gr) {
			continue
		}
		id := left{key: gr.key}
		if gr.number {
			id.number = gr.keys[0]
		}
		if in, again := seen[id]; again && in != gr.in { // several of one key that left together all count (R21)
			continue
		}
		seen[id] = gr.in
		found = append(found, n)
	}
	slices.Reverse(found)
	return found
}

// candidates are the graves that may match: by number where one is asked for.
func (g *Graveyard) candidates(r fest.Resource, q []Query) []int32 {
	for _, f := range q {
		if !identifying[f.Filter] {
			continue
		}
		t := tableOf(r, f.Filter)
		value := strings.TrimSpace(f.Value)
		if filterTable[t].filter.Match == MatchGTIN {
			value = gtinOf(value)
		}
		list := g.byNames[graveName{r, f.Filter, value}]
		if len(list) == 0 {
			list = g.byNames[graveName{r, f.Filter, strings.ToUpper(value)}]
		}
		list = slices.Clone(list)
		slices.Sort(list)
		return list
	}
	return g.byRes[r]
}

// matches says whether each query is met by one of the keys.
func (b *burial) matches(q []Query, matchers []func(string) bool) bool {
	for i := range q {
		if !slices.ContainsFunc(b.keys, func(k Query) bool { return k.Filter == q[i].Filter && matchers[i](k.Value) }) {
			return false
		}
	}
	return true
}

// matcher is how a filter compares its value with a key; see keyTable.match.
func matcher(m Match, value string) func(key string) bool {
	value = strings.TrimSpace(value)
	upper := strings.ToUpper(value)
	switch m {
	case MatchName:
		folded := search.Fold(value)
		return func(key string) bool { return strings.HasPrefix(key, folded) }
	case MatchCodeOrName:
		folded := nameKey + search.Fold(value)
		return func(key string) bool {
			return key == codeKey+value || key == codeKey+upper || strings.HasPrefix(key, folded)
		}
	case MatchATC, MatchATCBothWays:
		level := atcLevel(upper)
		return func(key string) bool {
			return key == upper || level >= 1 && level < 5 && strings.HasPrefix(key, upper) ||
				m == MatchATCBothWays && atcLevel(key) > 0 && atcLevel(key) < 5 && strings.HasPrefix(upper, key)
		}
	case MatchGTIN:
		code := gtinOf(value)
		return func(key string) bool { return key == code }
	case MatchCodePrefix:
		return func(key string) bool { return value != "" && strings.HasPrefix(key, value) }
	default:
		return func(key string) bool { return key == value || key == upper }
	}
}
