package answer

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// InteractionQuestion is what is to be checked: each line with each other.
type InteractionQuestion struct {
	Lines []Line
	// Audience is a code of list 7442, by which display rules thin out
	// warnings (R117); "" shows all.
	Audience string
	// ByComponent also asks for what the components of combinations interact
	// with, which is not FEST's rule (R113).
	ByComponent bool
	// KnownSince is the HentetDato of the oldest release known (R26).
	KnownSince string
}

// InteractionCheck is what FEST says of each pair of lines (R119).
type InteractionCheck struct {
	// Audience is the name of the one that display rules were applied for.
	Audience string        `json:"audience,omitempty"`
	Summary  CheckSummary  `json:"summary"`
	Lines    []CheckedLine `json:"lines"`
	// Interactions are those that warn, each once, the most serious first (R116).
	Interactions []CheckedInteraction `json:"interactions"`
	// Duplicates is left out where R115 is switched off.
	Duplicates []Duplicate `json:"duplicateTherapies,omitzero"`
	// Pairs are all pairs of lines, those with the most serious warnings first.
	Pairs []CheckedPair `json:"pairs"`
	Basis
}

// CheckSummary counts the pairs.
type CheckSummary struct {
	Pairs             int `json:"pairs"`
	Interaction       int `json:"interaction"`
	NoneFound         int `json:"noneFound"`
	NotAssessed       int `json:"notAssessed"`
	CouldNotBeChecked int `json:"couldNotBeChecked"`
	// HiddenByDisplayRules and NoActionNeeded count what is not shown: pairs
	// times interactions (R116, R117).
	HiddenByDisplayRules int `json:"hiddenByDisplayRules"`
	NoActionNeeded       int `json:"noActionNeeded"`
	// None is the one "none" for the whole list: every line was checkable and
	// assessed, and no pair interacts (R119).
	None bool `json:"noneFoundInList"`
}

// CheckedPair is what FEST says of two lines.
type CheckedPair struct {
	Lines [2]int          `json:"lines"`
	State rules.PairState `json:"state"`
	// Interactions are the ids of those that warn, the most serious first. An
	// interaction that is not shown makes the state, too.
	Interactions []string `json:"interactions,omitempty"`
	// ByComponent are those that hold for a component of a combination only.
	ByComponent          []string `json:"byComponent,omitempty"`
	HiddenByDisplayRules int      `json:"hiddenByDisplayRules,omitempty"`
	NoActionNeeded       int      `json:"noActionNeeded,omitempty"`
	// NotAssessed and NotChecked are the lines of which that is to be said,
	// whatever the state (R120).
	NotAssessed []int `json:"notAssessed,omitempty"`
	NotChecked  []int `json:"couldNotBeChecked,omitempty"`
	// Duplicate says that they stand among the duplicate therapies.
	Duplicate bool `json:"duplicateTherapy,omitempty"`

	relevance uint8 // of the most serious that warns
}

// CheckedInteraction is an interaction that warns, and for which lines.
type CheckedInteraction struct {
	ShownInteraction
	Applies []Applies `json:"applies"`
}

// ShownInteraction is an interaction with all that is to be shown of it (R118).
type ShownInteraction struct {
	Reference
	// Groups are what its groups are called.
	Groups               []string          `json:"groups"`
	Relevance            *Code             `json:"relevance"`
	SituationCriterion   string            `json:"situationCriterion,omitempty"`
	ClinicalConsequence  string            `json:"clinicalConsequence,omitempty"`
	InteractionMechanism string            `json:"interactionMechanism,omitempty"`
	Handling             []rules.Paragraph `json:"handling,omitempty"`
	SourceBasis          *Code             `json:"sourceBasis,omitempty"`
	References           []Source          `json:"references,omitempty"`
	DisplayRules         []Code            `json:"displayRules,omitempty"`
}

// Source is a source of an assessment.
type Source struct {
	Source string `json:"source"`
	URL    string `json:"url,omitempty"`
}

// Applies says why an interaction holds for two lines.
type Applies struct {
	Lines [2]int  `json:"lines"`
	Sides [2]Side `json:"sides"`
	// ByComponent: only by the code of a component of a combination (R113).
	ByComponent bool `json:"byComponent,omitempty"`
}

// Side is the group of an interaction that a line is in, and its substances
// that the line matched.
type Side struct {
	Group      string    `json:"group"`
	Substances []Matched `json:"substances"`
}

// Matched is a substance of an interaction: matched by its code, or by the
// ingredients that it refers to.
type Matched struct {
	Substance        string      `json:"substance"`
	Atc              *Code       `json:"atc,omitempty"`
	ActiveSubstances []Reference `json:"activeSubstances,omitempty"`
}

// Duplicate is a pair that is the same therapy twice (R115): by moieties, or by
// ATC level 4.
type Duplicate struct {
	Lines    [2]int      `json:"lines"`
	Moieties []Reference `json:"moieties,omitempty"`
	Atc      []Code      `json:"atc,omitempty"`
}

// checking is a check under way.
type checking struct {
	*Register
	question *InteractionQuestion
	table    *interactionTable
	lines    []checkingLine
	audience string
	answer   *InteractionCheck
	shown    map[int]int // number of an interaction → place in the answer
	own, all []meeting   // of the pair at hand
}

// CheckInteractions checks each line with each other. It is an error only
// where the content of the release cannot be read.
func (r *Register) CheckInteractions(q *InteractionQuestion) (*InteractionCheck, error) {
	t, err := r.interactions()
	if err != nil {
		return nil, err
	}
	c := &checking{Register: r, question: q, table: t, shown: map[int]int{}, answer: &InteractionCheck{
		Lines: []CheckedLine{}, Interactions: []CheckedInteraction{}, Pairs: make([]CheckedPair, 0, len(q.Lines)*(len(q.Lines)-1)/2),
	}}
	if r.On("R117") {
		c.audience = q.Audience
		c.answer.Audience = rules.AudienceName(q.Audience)
	}
	if r.On("R115") {
		c.answer.Duplicates = []Duplicate{}
	}
	clear := true
	for i := range q.Lines {
		l := c.line(i, &q.Lines[i])
		clear = clear && l.standing.Checkable && l.standing.Assessed
		c.lines = append(c.lines, l)
		c.answer.Lines = append(c.answer.Lines, l.answer)
	}
	for i := range c.lines {
		for j := i + 1; j < len(c.lines); j++ {
			c.pair(i, j)
		}
	}
	c.answer.Summary.None = clear && c.answer.Summary.Interaction == 0
	c.order()
	c.cite()
	return c.answer, nil
}

// pair checks two lines.
func (c *checking) pair(i, j int) {
	a, b := &c.lines[i], &c.lines[j]
	p := CheckedPair{Lines: [2]int{i, j}, relevance: noRelevance}
	c.own = meet(c.own[:0], a.postings, b.postings)
	for _, m := range c.own {
		c.meeting(&p, m, false)
	}
	if len(a.byComponent) > 0 || len(b.byComponent) > 0 {
		c.all = meet(c.all[:0], a.withComponents(), b.withComponents())
		for _, m := range c.all {
			known := func(o meeting) bool { return o.interaction() == m.interaction() }
			if !slices.ContainsFunc(c.own, known) {
				c.meeting(&p, m, true)
			}
		}
	}
	p.State = rules.PairStateOf(len(c.own) > 0, a.standing, b.standing)
	for _, k := range p.Lines {
		l := &c.lines[k]
		if !l.standing.Checkable {
			p.NotChecked = append(p.NotChecked, k)
		}
		if !l.standing.Assessed && (p.State != rules.PairInteraction || c.On("R120")) {
			p.NotAssessed = append(p.NotAssessed, k)
		}
	}
	c.duplicate(&p, a, b)
	c.count(&p)
	c.answer.Pairs = append(c.answer.Pairs, p)
}

// noRelevance is behind all that there are.
const noRelevance = 255

// meeting adds an interaction of a pair, or says that it is not shown.
func (c *checking) meeting(p *CheckedPair, m meeting, byComponent bool) {
	n := m.interaction()
	f := c.table.facts[n]
	switch {
	case !rules.Warns(int(f.relevance)):
		if !byComponent {
			p.NoActionNeeded++
		}
		return
	case !f.shownTo(c.audience):
		if !byComponent {
			p.HiddenByDisplayRules++
		}
		return
	}
	o, _ := c.Object(c.table.items[n]).(*fest.Interaction)
	if o == nil { // Err says why
		return
	}
	at, ok := c.shown[n]
	if !ok {
		at = len(c.answer.Interactions)
		c.shown[n] = at
		c.answer.Interactions = append(c.answer.Interactions, CheckedInteraction{ShownInteraction: c.shownInteraction(o)})
	}
	shown := &c.answer.Interactions[at]
	shown.Applies = append(shown.Applies, Applies{Lines: p.Lines, Sides: [2]Side{c.side(o, m.a), c.side(o, m.b)}, ByComponent: byComponent})
	if byComponent {
		p.ByComponent = append(p.ByComponent, shown.ID)
		return
	}
	p.Interactions = append(p.Interactions, shown.ID)
	p.relevance = min(p.relevance, f.relevance)
}

// shownInteraction is an interaction as it is shown.
func (r *Register) shownInteraction(o *fest.Interaction) ShownInteraction {
	out := ShownInteraction{
		Reference: r.Reference(o), Relevance: CodeOfList(&o.Relevance, "7483"), SituationCriterion: TextOf(o.SituationCriterion),
		ClinicalConsequence: string(o.ClinicalConsequence), InteractionMechanism: TextOf(o.InteractionMechanism),
		Handling: rules.Paragraphs(TextOf(o.Handling)), SourceBasis: CodeOfList(&o.SourceBasis, "7485"), DisplayRules: CodesOf(o.DisplayRules),
	}
	for i := range o.SubstanceGroups {
		out.Groups = append(out.Groups, groupLabel(&o.SubstanceGroups[i]))
	}
	for i := range o.References {
		s := Source{Source: string(o.References[i].Source)}
		if u := o.References[i].URL; u != nil {
			s.URL = u.Value
		}
		out.References = append(out.References, s)
	}
	return out
}

// side is the group that the postings are of.
func (r *Register) side(o *fest.Interaction, matched []posting) Side {
	g := &o.SubstanceGroups[matched[0].group()]
	s := Side{Group: groupLabel(g)}
	for _, p := range matched {
		s.Substances = append(s.Substances, r.matched(&g.Substances[p.substance()]))
	}
	return s
}

func (r *Register) matched(sub *fest.Substance) Matched {
	m := Matched{Substance: string(sub.Substance), Atc: CodeOf(sub.Atc)}
	if rules.ATC(sub.Atc) != "" {
		return m
	}
	for _, ref := range sub.ActiveSubstances {
		m.ActiveSubstances = append(m.ActiveSubstances, r.ReferenceTo(fest.ResourceIngredients, ref))
	}
	return m
}

// groupLabel is what people call a group: by its name, else by its substance
// that is a group of codes, else by its first.
func groupLabel(g *fest.SubstanceGroup) string {
	if name := TextOf(g.Name); name != "" {
		return name
	}
	for i := range g.Substances {
		if rules.IsATCGroup(rules.ATC(g.Substances[i].Atc)) {
			return string(g.Substances[i].Substance)
		}
	}
	if len(g.Substances) == 0 {
		return ""
	}
	return string(g.Substances[0].Substance)
}

// duplicate says why a pair is the same therapy twice (R115).
func (c *checking) duplicate(p *CheckedPair, a, b *checkingLine) {
	if !c.On("R115") {
		return
	}
	d := Duplicate{Lines: p.Lines}
	for _, id := range rules.SameMoieties(&a.Subject, &b.Subject) {
		d.Moieties = append(d.Moieties, c.ReferenceTo(fest.ResourceIngredients, fest.Ref(id)))
	}
	for _, code := range rules.SameATCGroups(&a.Subject, &b.Subject) {
		d.Atc = append(d.Atc, c.atcCode(code))
	}
	if p.Duplicate = len(d.Moieties) > 0 || len(d.Atc) > 0; p.Duplicate {
		c.answer.Duplicates = append(c.answer.Duplicates, d)
	}
}

func (c *checking) count(p *CheckedPair) {
	s := &c.answer.Summary
	s.Pairs++
	s.HiddenByDisplayRules += p.HiddenByDisplayRules
	s.NoActionNeeded += p.NoActionNeeded
	switch p.State {
	case rules.PairInteraction:
		s.Interaction++
	case rules.PairNone:
		s.NoneFound++
	case rules.PairNotAssessed:
		s.NotAssessed++
	case rules.PairNotCheckable:
		s.CouldNotBeChecked++
	}
}

// stateOrder is the order of pairs without a warning.
var stateOrder = map[rules.PairState]int{rules.PairInteraction: 0, rules.PairNotCheckable: 1, rules.PairNotAssessed: 2, rules.PairNone: 3}

// order puts the most serious first (R116): interactions in all places, and
// pairs. What is equally serious stays in the order of the file and the lines.
func (c *checking) order() {
	relevance := map[string]uint8{}
	number := map[string]int{}
	for n, at := range c.shown {
		id := c.answer.Interactions[at].ID
		relevance[id], number[id] = c.table.facts[n].relevance, n
	}
	byID := func(a, b string) int {
		return cmp.Or(cmp.Compare(relevance[a], relevance[b]), cmp.Compare(number[a], number[b]))
	}
	slices.SortFunc(c.answer.Interactions, func(a, b CheckedInteraction) int { return byID(a.ID, b.ID) })
	for i := range c.answer.Pairs {
		slices.SortFunc(c.answer.Pairs[i].Interactions, byID)
		slices.SortFunc(c.answer.Pairs[i].ByComponent, byID)
	}
	slices.SortStableFunc(c.answer.Pairs, func(a, b CheckedPair) int {
		return cmp.Or(cmp.Compare(a.relevance, b.relevance), cmp.Compare(stateOrder[a.State], stateOrder[b.State]))
	})
}

// cite says which rules the check rests on.
func (c *checking) cite() {
	b := &c.answer.Basis
	c.Cite(b, "R34", "R110", "R111", "R112")
	if c.question.ByComponent {
		c.Cite(b, "R113")
	}
	for i := range c.lines {
		if c.lines[i].bare {
			c.Cite(b, "R43", "R114")
		}
	}
	c.Cite(b, "R115", "R116")
	if c.question.Audience != "" {
		c.Cite(b, "R117")
	}
	c.Cite(b, "R118", "R119", "R120")
}
