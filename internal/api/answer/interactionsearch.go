package answer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/search"
)

// InteractionSearch is a free search over interactions (R121): for a code of
// any level, or for what a group or substance is called. Display rules do not
// filter it, and interactions that need no action are in it (R116, R117).
type InteractionSearch struct {
	Query string
	// Relevances are codes of list 7483 to leave; nil leaves all.
	Relevances    []string
	Offset, Limit int
}

// FoundInteractions is a page of what was found, the most serious first, then
// the closest, then in the order of the file.
type FoundInteractions struct {
	Query string `json:"query"`
	// TakenAs is what the query was taken as: a code, or what is called so. At
	// most [mostTakenAs] of each kind are named.
	TakenAs     []TakenAs `json:"takenAs"`
	Total       int       `json:"total"`
	ByRelevance []Count   `json:"byRelevance"`
	// NotAssessed are codes, of those in the query, that FEST lists as not
	// assessed (R119).
	NotAssessed []Code             `json:"notAssessed,omitempty"`
	Note        string             `json:"note,omitempty"`
	Items       []FoundInteraction `json:"items"`
	Basis
}

// TakenAs is a reading of a query.
type TakenAs struct {
	Kind string `json:"kind"` // atc, group, substance, ingredient
	Name string `json:"name,omitempty"`
	Atc  []Code `json:"atc,omitempty"`
	// Ingredients are those that are called so, or that a substance of an
	// interaction refers to.
	Ingredients []Reference `json:"ingredients,omitempty"`
}

// The kinds of readings.
const (
	takenATC        = "atc"
	takenGroup      = "group"
	takenSubstance  = "substance"
	takenIngredient = "ingredient"
)

// mostTakenAs bounds the readings of a kind that are named.
const mostTakenAs = 20

// Count is a number of what has a code.
type Count struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// FoundInteraction is an interaction with what the query found in it.
type FoundInteraction struct {
	ShownInteraction
	// Match is how the closest substance was found.
	Match string `json:"match"`
	// Matched are, for each group, the substances that were found.
	Matched []FoundGroup `json:"matched"`
}

// FoundGroup are the substances of a group that a query found.
type FoundGroup struct {
	Group      string           `json:"group"`
	Substances []FoundSubstance `json:"substances"`
}

// FoundSubstance is a substance that a query found, and how.
type FoundSubstance struct {
	Matched
	Match string `json:"match"`
}

// closeness is how a substance was found, the closest first.
type closeness uint8

const (
	notFound closeness = iota
	itself             // the code, or what is called so
	above              // a group that the code is below: its interactions hold for it (R111)
	within             // below the code, or within the group that is called so (R121)
)

func (c closeness) String() string { return [...]string{"", "itself", "above", "within"}[c] }

// closer is the closer of two.
func closer(a, b closeness) closeness {
	if a == notFound || b != notFound && b < a {
		return b
	}
	return a
}

// searching is what a query finds by.
type searching struct {
	*Register
	table *interactionTable
	codes map[string]closeness // of the table
	refs  map[fest.ID]closeness
	posts map[posting]closeness // substances with neither
}

// SearchInteractions finds interactions. It is an error only where the content
// of the release cannot be read.
func (r *Register) SearchInteractions(q *InteractionSearch) (*FoundInteractions, error) {
	t, err := r.interactions()
	if err != nil {
		return nil, err
	}
	s := &searching{Register: r, table: t, codes: map[string]closeness{}, refs: map[fest.ID]closeness{}, posts: map[posting]closeness{}}
	out := &FoundInteractions{Query: q.Query, TakenAs: []TakenAs{}, Items: []FoundInteraction{}}
	s.read(out, q.Query)
	best := s.interactions()
	order, counts := t.ordered(best, q.Relevances)
	out.Total = len(order)
	out.ByRelevance = counts
	from := min(q.Offset, len(order))
	for _, n := range order[from:min(from+q.Limit, len(order))] {
		if o, ok := r.Object(t.items[n]).(*fest.Interaction); ok {
			out.Items = append(out.Items, s.found(o, n, best[n]))
		}
	}
	if len(out.TakenAs) == 0 {
		out.Note = "no ATC code of this release, no group or substance of an interaction and no ingredient is called so; every word must be the beginning of one of its words"
	}
	r.Cite(&out.Basis, "R34", "R111", "R112", "R116", "R117", "R121")
	return out, nil
}

// read finds what the query names: a code that the release has, else names.
func (s *searching) read(out *FoundInteractions, query string) {
	if code := rules.ATCCode(query); rules.ATCLevel(code) > 0 {
		if _, ok := s.snap.ATC(code); ok {
			s.addCode(code, itself)
			out.TakenAs = append(out.TakenAs, TakenAs{Kind: takenATC, Atc: []Code{s.atcCode(code)}})
			s.unassessed(out, []string{code})
			return
		}
	}
	words := strings.FieldsFunc(search.Fold(query), notInWord)
	if len(words) == 0 {
		return
	}
	var codes []string
	var named [nameKinds]int
	for i := range s.table.names {
		n := &s.table.names[i]
		if !called(n.folded, words) {
			continue
		}
		how, of := itself, n.codes
		switch {
		case n.kind == groupName:
			how = within
		case n.kind == ingredientName && len(of) > 0:
			s.Cite(&out.Basis, "R43", "R114")
			if !s.On("R114") {
				of = nil
			}
		}
		for _, code := range of {
			s.addCode(code, how)
		}
		s.addRefs(n.refs, how)
		for _, p := range n.posts {
			s.posts[p] = closer(s.posts[p], how)
		}
		codes = append(codes, of...)
		if named[n.kind]++; named[n.kind] <= mostTakenAs {
			out.TakenAs = append(out.TakenAs, s.takenAs(n, of))
		}
	}
	slices.Sort(codes)
	s.unassessed(out, slices.Compact(codes))
}

// takenAs is a name with what is called so; what is in a group is left to its
// interactions.
func (s *searching) takenAs(n *interactionName, codes []string) TakenAs {
	t := TakenAs{Kind: [nameKinds]string{takenGroup, takenSubstance, takenIngredient}[n.kind], Name: n.text}
	if n.kind == groupName {
		return t
	}
	for _, code := range codes {
		t.Atc = append(t.Atc, s.atcCode(code))
	}
	for _, id := range n.refs {
		t.Ingredients = append(t.Ingredients, s.ReferenceTo(fest.ResourceIngredients, fest.Ref(id)))
	}
	return t
}

// called says whether each word is the beginning of a word of the name.
func called(name string, words []string) bool {
	for _, w := range words {
		if !startsWord(name, w) {
			return false
		}
	}
	return true
}

func startsWord(name, w string) bool {
	for from := 0; ; {
		i := strings.Index(name[from:], w)
		if i < 0 {
			return false
		}
		at := from + i
		if before, _ := utf8.DecodeLastRuneInString(name[:at]); at == 0 || notInWord(before) {
			return true
		}
		from = at + 1
	}
}

// notInWord says whether a character ends a word.
func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// addCode finds by a code: by itself, those above and those below it.
func (s *searching) addCode(code string, how closeness) {
	mark := func(c string, how closeness) {
		if s.table.codes[c] != nil {
			s.codes[c] = closer(s.codes[c], how)
		}
	}
	var buf [8]string
	for _, c := range rules.ATCCovering(buf[:0], code) {
		if c == code {
			mark(c, how)
		} else {
			mark(c, above)
		}
	}
	if !rules.IsATCGroup(code) {
		return
	}
	sorted := s.table.sorted
	at, _ := slices.BinarySearch(sorted, code)
	for ; at < len(sorted) && strings.HasPrefix(sorted[at], code); at++ {
		if sorted[at] != code {
			mark(sorted[at], within)
		}
	}
}

// addRefs finds by substances, their moieties and salts (R34).
func (s *searching) addRefs(ids []fest.ID, how closeness) {
	for _, id := range ids {
		for _, one := range s.table.moieties.AppendFamily(nil, id) {
			s.refs[one] = closer(s.refs[one], how)
		}
	}
}

// unassessed names the codes of a query that nobody has assessed.
func (s *searching) unassessed(out *FoundInteractions, codes []string) {
	for _, code := range codes {
		if c := s.table.notAssessed(&rules.Subject{ATC: []string{code}}); c != "" {
			code := s.atcCode(c)
			if !slices.Contains(out.NotAssessed, code) && len(out.NotAssessed) < mostTakenAs {
				out.NotAssessed = append(out.NotAssessed, code)
			}
		}
	}
	if len(out.NotAssessed) > 0 {
		s.Cite(&out.Basis, "R119")
	}
}

// interactions are how close the closest substance of each interaction is.
func (s *searching) interactions() []closeness {
	best := make([]closeness, len(s.table.items))
	note := func(posts []posting, how closeness) {
		for _, p := range posts {
			best[p.interaction()] = closer(best[p.interaction()], how)
		}
	}
	for code, how := range s.codes {
		note(s.table.codes[code], how)
	}
	for id, how := range s.refs {
		note(s.table.refs[id], how)
	}
	for p, how := range s.posts {
		note([]posting{p}, how)
	}
	return best
}

// ordered are the numbers of the interactions that were found and are of the
// relevances, in order, and how many there are of each relevance (R116).
func (t *interactionTable) ordered(best []closeness, relevances []string) (order []int, counts []Count) {
	counts = []Count{}
	for n, how := range best {
		if how == notFound {
			continue
		}
		code := relevanceCode(t.facts[n].relevance)
		if len(relevances) > 0 && !slices.Contains(relevances, code) {
			continue
		}
		order = append(order, n)
		at := slices.IndexFunc(counts, func(c Count) bool { return c.Code == code })
		if at < 0 {
			at, counts = len(counts), append(counts, Count{Code: code})
		}
		counts[at].Count++
	}
	slices.SortFunc(counts, func(a, b Count) int { return strings.Compare(a.Code, b.Code) })
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.facts[a].relevance, t.facts[b].relevance), cmp.Compare(best[a], best[b]), cmp.Compare(a, b))
	})
	return order, counts
}

// relevanceCode is the code of list 7483; "other" of one that it does not have.
func relevanceCode(relevance uint8) string {
	if relevance == rules.RelevanceUnknown {
		return "other"
	}
	return string(rune('0' + relevance))
}

// found is an interaction with the substances that were found in it.
func (s *searching) found(o *fest.Interaction, n int, best closeness) FoundInteraction {
	out := FoundInteraction{ShownInteraction: s.shownInteraction(o), Match: best.String(), Matched: []FoundGroup{}}
	for i := range o.SubstanceGroups {
		g := &o.SubstanceGroups[i]
		f := FoundGroup{Group: groupLabel(g)}
		for k := range g.Substances {
			sub := &g.Substances[k]
			if how := s.how(sub, newPosting(n, i, k)); how != notFound {
				f.Substances = append(f.Substances, FoundSubstance{s.matched(sub), how.String()})
			}
		}
		if f.Substances != nil {
			out.Matched = append(out.Matched, f)
		}
	}
	return out
}

// how says how a substance was found: by its code, or where it has none by its
// references, or by its name alone.
func (s *searching) how(sub *fest.Substance, p posting) closeness {
	if code := rules.ATC(sub.Atc); code != "" {
		return s.codes[code]
	}
	how := s.posts[p]
	for _, ref := range sub.ActiveSubstances {
		how = closer(how, s.refs[fest.ID(ref)])
	}
	return how
}
