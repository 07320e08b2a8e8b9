package answer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// interactionTable is what the interactions of a content are matched by: for
// each code and ingredient that they name, where. It is made once per content
// (cache.Once), immutable, and keeps no text of the interactions.
type interactionTable struct {
	items      []cache.Index // of the interactions, in file order
	facts      []interactionFacts
	codes      map[string][]posting  // ATC codes of substances (R111)
	sorted     []string              // the keys of codes, for what is below a group
	refs       map[fest.ID][]posting // ingredients of substances without a code (R112)
	unassessed map[string]bool       // codes that nobody has assessed (R119)
	moieties   *rules.Moieties
	strengths  map[fest.ID]strengthFacts
	names      []interactionName // what groups and substances are called (R121)
}

// interactionFacts are what decides whether an interaction is shown, and where.
type interactionFacts struct {
	relevance uint8
	audiences uint8 // a bit for each code of list 7442; 0 is all (R117)
}

// strengthFacts are what a substance with strength is matched by.
type strengthFacts struct {
	substance fest.ID
	component string // its code in combinations (R113); "" for none
}

func strengthFactsOf(o *fest.IngredientStrength) strengthFacts {
	return strengthFacts{fest.ID(o.ActiveSubstance), rules.ATC(o.AtcOfCombinationComponent)}
}

// otherAudience is the bit of codes that list 7442 does not have.
const otherAudience = 1 << 7

// posting is a substance's place: number of the interaction, of the group in
// it, of the substance in that. Postings sort in this order.
type posting uint64

// The bits of the numbers in a posting.
const (
	groupBits     = 20
	substanceBits = 20
	mostNumber    = 1<<20 - 1
)

func newPosting(interaction, group, substance int) posting {
	return posting(interaction)<<(groupBits+substanceBits) | posting(group)<<substanceBits | posting(substance) //nolint:gosec // bounded by the caller
}

func (p posting) interaction() int { return int(p >> (groupBits + substanceBits)) } //nolint:gosec // 24 bits
func (p posting) group() int       { return int(p>>substanceBits) & mostNumber }    //nolint:gosec // 20 bits
func (p posting) substance() int   { return int(p) & mostNumber }                   //nolint:gosec // 20 bits

// interactions is the table of the register's content.
func (r *Register) interactions() (*interactionTable, error) {
	return cache.Once(r.snap, newInteractionTable)
}

func newInteractionTable(s *cache.Snapshot) (*interactionTable, error) {
	t := &interactionTable{codes: map[string][]posting{}, refs: map[fest.ID][]posting{}, unassessed: map[string]bool{}, strengths: map[fest.ID]strengthFacts{}}
	names := newNameCollector()
	err := each(s, fest.ResourceInteractions, func(i cache.Index, o *fest.Interaction) error {
		n := len(t.items)
		t.items, t.facts = append(t.items, i), append(t.facts, factsOf(o))
		return t.add(n, o, names)
	})
	if err != nil {
		return nil, err
	}
	err = each(s, fest.ResourceNotAssessed, func(_ cache.Index, o *fest.InteractionNotAssessed) error {
		if code := rules.ATC(&o.Atc); code != "" {
			t.unassessed[strings.Clone(code)] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = each(s, fest.ResourceIngredientStrengths, func(_ cache.Index, o *fest.IngredientStrength) error {
		f := strengthFactsOf(o)
		if _, first := t.strengths[o.ID]; !first { // of several with one id the first counts, as with Find
			t.strengths[fest.ID(strings.Clone(string(o.ID)))] = strengthFacts{fest.ID(strings.Clone(string(f.substance))), strings.Clone(f.component)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var substances []*fest.Ingredient
	err = each(s, fest.ResourceIngredients, func(_ cache.Index, o *fest.Ingredient) error {
		if len(o.FullActiveSubstances) > 0 { // the others say nothing of families
			substances = append(substances, o)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.moieties = rules.NewMoieties(substances)
	err = each(s, fest.ResourceIngredients, func(_ cache.Index, o *fest.Ingredient) error {
		if derived := s.DerivedATC(nil, string(o.ID)); len(derived) > 0 || t.referred(o.ID) {
			names.ingredient(o, derived)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for code := range t.codes {
		t.sorted = append(t.sorted, code)
	}
	slices.Sort(t.sorted)
	t.names = names.sorted()
	return t, nil
}

// each decodes the entries of a resource, in file order. None is kept.
func each[T any](s *cache.Snapshot, res fest.Resource, f func(cache.Index, *T) error) error {
	page, err := s.List(res, nil, 0, wholeList)
	if err != nil {
		return err
	}
	for _, i := range page.Items {
		e, err := s.Entry(i)
		if err != nil {
			return err
		}
		if o, ok := e.Object.(*T); ok {
			if err := f(i, o); err != nil {
				return err
			}
		}
	}
	return nil
}

func factsOf(o *fest.Interaction) interactionFacts {
	f := interactionFacts{relevance: uint8(rules.Relevance(o))} //nolint:gosec // 1 to 9
	for i := range o.DisplayRules {
		f.audiences |= audienceBit(o.DisplayRules[i].Code)
	}
	return f
}

// audienceBit is the bit of a code of list 7442.
func audienceBit(code string) uint8 {
	if rules.AudienceName(code) == "" {
		return otherAudience
	}
	return 1 << (code[0] - '0')
}

// shownTo is rules.ShownTo of the interaction (R117).
func (f interactionFacts) shownTo(audience string) bool {
	return audience == "" || f.audiences == 0 || f.audiences&audienceBit(audience) != 0
}

// add files the substances of an interaction. Texts are copied: the entry's
// are parts of one long one.
func (t *interactionTable) add(n int, o *fest.Interaction, names *nameCollector) error {
	if len(o.SubstanceGroups) > mostNumber || n >= 1<<24 {
		return fmt.Errorf("answer: interaction %s: %d groups are more than can be numbered", o.ID, len(o.SubstanceGroups))
	}
	for g := range o.SubstanceGroups {
		group := &o.SubstanceGroups[g]
		if len(group.Substances) > mostNumber {
			return fmt.Errorf("answer: interaction %s: %d substances of a group are more than can be numbered", o.ID, len(group.Substances))
		}
		for k := range group.Substances {
			sub, p := &group.Substances[k], newPosting(n, g, k)
			if code := rules.ATC(sub.Atc); code != "" {
				if t.codes[code] == nil {
					code = strings.Clone(code)
				}
				t.codes[code] = append(t.codes[code], p)
				continue
			}
			for _, ref := range sub.ActiveSubstances { // only without a code (R112)
				id := fest.ID(ref)
				if t.refs[id] == nil {
					id = fest.ID(strings.Clone(string(id)))
				}
				t.refs[id] = append(t.refs[id], p)
			}
		}
		names.group(group, newPosting(n, g, 0))
	}
	return nil
}

// find appends the postings of a subject: of its codes and the groups above
// them (R111), and of its substances (R112); sorted, each once.
func (t *interactionTable) find(dst []posting, s *rules.Subject) []posting {
	from := len(dst)
	var buf [16][]posting
	lists := buf[:0]
	var codes [8]string
	for _, code := range s.ATC {
		for _, c := range rules.ATCCovering(codes[:0], code) {
			lists = append(lists, t.codes[c])
		}
	}
	for _, id := range s.Substances {
		lists = append(lists, t.refs[id])
	}
	n := 0
	for _, l := range lists {
		n += len(l)
	}
	dst = slices.Grow(dst, n)
	for _, l := range lists {
		dst = append(dst, l...)
	}
	slices.Sort(dst[from:])
	return dst[:from+len(slices.Compact(dst[from:]))]
}

// notAssessed is the code that is listed as not assessed and is one of the
// subject's or above it (R119); "" if there is none.
func (t *interactionTable) notAssessed(s *rules.Subject) string {
	var buf [8]string
	for _, code := range s.ATC {
		for _, c := range rules.ATCCovering(buf[:0], code) {
			if t.unassessed[c] {
				return c
			}
		}
	}
	return ""
}

// referred says whether an interaction refers to the substance or one of its
// family (R34, R112).
func (t *interactionTable) referred(id fest.ID) bool {
	var buf [8]fest.ID
	return slices.ContainsFunc(t.moieties.AppendFamily(buf[:0], id), func(id fest.ID) bool { return t.refs[id] != nil })
}

// meeting is an interaction that applies to two subjects (R110), by two of its
// groups: the postings of what each matches there.
type meeting struct{ a, b []posting }

func (m meeting) interaction() int { return m.a[0].interaction() }

// meet appends the interactions that two subjects meet in, by their postings:
// in file order, each once, by the first groups that will do.
func meet(dst []meeting, a, b []posting) []meeting {
	for len(a) > 0 && len(b) > 0 {
		i, j := a[0].interaction(), b[0].interaction()
		switch {
		case i < j:
			a = a[run(a, posting.interaction):]
		case i > j:
			b = b[run(b, posting.interaction):]
		default:
			m, n := run(a, posting.interaction), run(b, posting.interaction)
			if at, ok := across(a[:m], b[:n]); ok {
				dst = append(dst, at)
			}
			a, b = a[m:], b[n:]
		}
	}
	return dst
}

// run is how many postings at the beginning are of one number.
func run(p []posting, number func(posting) int) int {
	n, first := 1, number(p[0])
	for n < len(p) && number(p[n]) == first {
		n++
	}
	return n
}

// across finds two groups of one interaction, one for each subject (R110).
func across(a, b []posting) (meeting, bool) {
	for len(a) > 0 {
		m := run(a, posting.group)
		for rest := b; len(rest) > 0; {
			n := run(rest, posting.group)
			if a[0].group() != rest[0].group() {
				return meeting{a[:m], rest[:n]}, true
			}
			rest = rest[n:]
		}
		a = a[m:]
	}
	return meeting{}, false
}
