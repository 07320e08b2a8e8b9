package reference

import (
	"slices"
	"strings"
	"unicode"

	"github.com/festd/festd/internal/fest"
)

// Interactions says what FEST has on two drugs taken together (R110–R122).
type Interactions struct {
	drugs        map[fest.ID]*fest.Drug
	packages     map[fest.ID]*fest.Package
	generics     map[fest.ID]*fest.Generic
	doses        map[fest.ID]*fest.Dose
	strengths    map[fest.ID]*fest.IngredientStrength
	ingredients  []*fest.Ingredient
	interactions []*fest.Interaction
	substances   []substance
	notAssessed  []string
	// What was found before.
	moietiesOf map[fest.ID][]fest.ID
	derivedFor map[fest.ID][]string
	products   []Subject // drugs and generics
}

// substance is one of a group of an interaction: with a code, or with
// references.
type substance struct {
	Side
	code string
	refs []fest.Ref
}

// NewInteractions takes all entries of a release, in any order.
func NewInteractions(entries []*fest.Entry) *Interactions {
	x := &Interactions{
		drugs: map[fest.ID]*fest.Drug{}, packages: map[fest.ID]*fest.Package{}, generics: map[fest.ID]*fest.Generic{},
		doses: map[fest.ID]*fest.Dose{}, strengths: map[fest.ID]*fest.IngredientStrength{},
		moietiesOf: map[fest.ID][]fest.ID{}, derivedFor: map[fest.ID][]string{},
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Drug:
			x.drugs[e.ObjectID()] = o
		case *fest.Package:
			x.packages[e.ObjectID()] = o
		case *fest.Generic:
			x.generics[o.ID] = o
		case *fest.Dose:
			x.doses[o.ID] = o
		case *fest.IngredientStrength:
			x.strengths[o.ID] = o
		case *fest.Ingredient:
			x.ingredients = append(x.ingredients, o)
		case *fest.Interaction:
			x.interactions = append(x.interactions, o)
			for g := range o.SubstanceGroups {
				for _, s := range o.SubstanceGroups[g].Substances {
					x.substances = append(x.substances, substance{Side{o, g}, codeText(s.Atc), s.ActiveSubstances})
				}
			}
		case *fest.InteractionNotAssessed:
			x.notAssessed = append(x.notAssessed, o.Atc.Code)
		}
	}
	return x
}

// Subject is one thing that is checked against others. A combination is one:
// its substances are no pair among themselves.
type Subject struct {
	// Codes are the ATC codes it is matched by; WITHOUT is none (R115).
	Codes []string
	// Substances are the ingredients that it holds, as FEST refers to them.
	Substances []fest.ID
	// Open says that it is more than this: its code stands for all drugs below
	// it, or it is a mixture.
	Open bool
}

// Drug is the subject that a drug is: its own code (R113), and its substances
// with and without strength (R35).
func (x *Interactions) Drug(id fest.ID) Subject {
	d := x.drugs[id]
	if d == nil {
		return Subject{}
	}
	return Subject{
		Codes: realCodes(codeText(d.Atc)), Substances: x.held(d.SortedActiveSubstancesWithStrength, d.SortedActiveSubstancesWithoutStrength), Open: mixture(&d.Medicine),
	}
}

// Generic is the subject that a generic is.
func (x *Interactions) Generic(id fest.ID) Subject {
	g := x.generics[id]
	if g == nil {
		return Subject{}
	}
	return Subject{
		Codes: realCodes(codeText(g.Atc)), Substances: x.held(g.SortedActiveSubstancesWithStrength, g.SortedActiveSubstancesWithoutStrength), Open: mixture(&g.Medicine),
	}
}

// Package is the subject that a package is: its own code, else those of its
// drugs; the substances of all its drugs (R47, R56).
func (x *Interactions) Package(id fest.ID) Subject {
	p := x.packages[id]
	if p == nil {
		return Subject{}
	}
	s := Subject{Open: mixture(&p.Medicine)}
	for _, i := range p.PackageInformation {
		of := x.Drug(fest.ID(i.Drug))
		s.Codes = append(s.Codes, of.Codes...)
		s.Substances = append(s.Substances, of.Substances...)
		s.Open = s.Open || of.Open
	}
	if own := codeText(p.Atc); own != "" {
		s.Codes = realCodes(own)
	}
	return s
}

// Dose is the subject that a dose is: its own code, else that of its drug, and
// the substances of its drug (R56).
func (x *Interactions) Dose(id fest.ID) Subject {
	d := x.doses[id]
	if d == nil {
		return Subject{}
	}
	s := x.Drug(fest.ID(d.Drug))
	s.Open = s.Open || mixture(&d.Medicine)
	if own := codeText(d.Atc); own != "" {
		s.Codes = realCodes(own)
	}
	return s
}

// mixture says that a pharmacy makes it (list 7424).
func mixture(m *fest.Medicine) bool { return m.MedicationType != nil && m.MedicationType.Code == "10" }

// Ingredient is the subject that a bare substance is: all codes that can be
// derived for it (R43, R114).
func (x *Interactions) Ingredient(id fest.ID) Subject {
	return Subject{Codes: x.Derived(id), Substances: []fest.ID{id}}
}

// Code is the subject that an ATC code is.
func (x *Interactions) Code(code string) Subject {
	return Subject{Codes: realCodes(code), Open: covers(code)}
}

// Derived are the ATC codes of the drugs and generics that hold only this
// substance, as moiety or salt (R43), sorted.
func (x *Interactions) Derived(id fest.ID) []string {
	if out, ok := x.derivedFor[id]; ok {
		return out
	}
	var out []string
	add := func(s Subject) {
		only := len(s.Substances) > 0
		for _, h := range s.Substances {
			only = only && x.related(h, id)
		}
		if only {
			out = append(out, s.Codes...)
		}
	}
	if x.products == nil {
		for d := range x.drugs {
			x.products = append(x.products, x.Drug(d))
		}
		for g := range x.generics {
			x.products = append(x.products, x.Generic(g))
		}
	}
	for _, p := range x.products {
		add(p)
	}
	slices.Sort(out)
	x.derivedFor[id] = slices.Compact(out)
	return x.derivedFor[id]
}

// held are the substances of a product, with and without strength (R35).
func (x *Interactions) held(with []fest.SortedStrength, without []fest.SortedSubstance) []fest.ID {
	var out []fest.ID
	for _, s := range with {
		if strength := x.strengths[fest.ID(s.ActiveSubstanceWithStrength)]; strength != nil {
			out = append(out, fest.ID(strength.ActiveSubstance))
		}
	}
	for _, s := range without {
		out = append(out, fest.ID(s.ActiveSubstance))
	}
	return out
}

// moieties are the therapeutic moieties of a substance: those that name it as
// one of their salts and esters, else itself (R34).
func (x *Interactions) moieties(id fest.ID) []fest.ID {
	out, ok := x.moietiesOf[id]
	if ok {
		return out
	}
	for _, i := range x.ingredients {
		if i.ID != id && slices.Contains(i.FullActiveSubstances, fest.Ref(id)) {
			out = append(out, i.ID)
		}
	}
	if out == nil {
		out = []fest.ID{id}
	}
	x.moietiesOf[id] = out
	return out
}

// related says that two substances are moiety and salt, or salts of one
// moiety, or the same (R34).
func (x *Interactions) related(a, b fest.ID) bool {
	of := x.moieties(a)
	for _, m := range x.moieties(b) {
		if slices.Contains(of, m) {
			return true
		}
	}
	return false
}

// Side is a group of an interaction that a subject matches.
type Side struct {
	Interaction *fest.Interaction
	Group       int
}

// Sides are all groups that a subject matches (R111, R112), in the order of the
// file.
func (x *Interactions) Sides(s Subject) []Side {
	var out []Side
	for i := range x.substances {
		sub := &x.substances[i]
		if len(out) > 0 && out[len(out)-1] == sub.Side {
			continue // by a substance before
		}
		if x.matches(s, sub.code, sub.refs) {
			out = append(out, sub.Side)
		}
	}
	return out
}

// Matches says that a subject is, or holds, a substance of a group.
func (x *Interactions) Matches(s Subject, sub *fest.Substance) bool {
	return x.matches(s, codeText(sub.Atc), sub.ActiveSubstances)
}

// matches is by the code, or where that is none, by the references.
func (x *Interactions) matches(s Subject, code string, refs []fest.Ref) bool {
	if len(realCodes(code)) > 0 {
		for _, c := range s.Codes {
			if within(c, code) {
				return true
			}
		}
		return false
	}
	for _, r := range refs {
		for _, h := range s.Substances {
			if x.related(fest.ID(r), h) {
				return true
			}
		}
	}
	return false
}

// Meeting is an interaction of two subjects, and the first groups, in the
// order of the file, that each matches.
type Meeting struct {
	Interaction    *fest.Interaction
	GroupA, GroupB int
}

// Between are the interactions of two subjects by the sides that each matches:
// one matches a group, the other another one (R110). In the order of the file.
func Between(a, b []Side) []Meeting {
	var out []Meeting
	for _, l := range a {
		for _, r := range b {
			known := func(m Meeting) bool { return m.Interaction == l.Interaction }
			if l.Interaction == r.Interaction && l.Group != r.Group && !slices.ContainsFunc(out, known) {
				out = append(out, Meeting{l.Interaction, l.Group, r.Group})
			}
		}
	}
	return out
}

// Substances are those of a group that a subject matches, from 0.
func (x *Interactions) Substances(s Subject, g *fest.SubstanceGroup) []int {
	var out []int
	for i := range g.Substances {
		if x.Matches(s, &g.Substances[i]) {
			out = append(out, i)
		}
	}
	return out
}

// Standing is what the state of a pair takes from one of the two (R119).
type Standing struct {
	Checkable   bool
	NotAssessed []string // codes
}

// Standing says whether there is something to compare, a code or a substance
// that an interaction refers to, so that it matches a group, and nothing beyond
// that: a code that stands for a group cannot be found free, for the drugs below
// it have not been looked at, and what is in a mixture is not known.
func (x *Interactions) Standing(s Subject, sides []Side) Standing {
	return Standing{Checkable: (len(s.Codes) > 0 || len(sides) > 0) && !s.Open, NotAssessed: x.notAssessedOf(s)}
}

// notAssessedOf are the codes of the subject that nobody has assessed, by
// themselves or by one above (R119).
func (x *Interactions) notAssessedOf(s Subject) []string {
	var out []string
	for _, c := range s.Codes {
		for _, n := range x.notAssessed {
			if within(c, n) {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// The states of a pair (R119).
const (
	StateInteraction       = "interaction"
	StateNoneFound         = "noneFound"
	StateNotAssessed       = "notAssessed"
	StateCouldNotBeChecked = "couldNotBeChecked"
)

// State is that of a pair with those interactions between them. None is only
// said of two that could be checked and were assessed.
func State(a, b Standing, between []Meeting) string {
	switch {
	case len(between) > 0:
		return StateInteraction
	case !a.Checkable, !b.Checkable:
		return StateCouldNotBeChecked
	case len(a.NotAssessed) > 0, len(b.NotAssessed) > 0:
		return StateNotAssessed
	}
	return StateNoneFound
}

// Duplicate says why two subjects are the same therapy twice: the moieties
// that both hold, and the codes of ATC level 4 that both are of (R115). Codes
// that are not WHO's are none.
func (x *Interactions) Duplicate(a, b Subject) (moieties []fest.ID, level4 []string) {
	for _, s := range a.Substances {
		for _, t := range b.Substances {
			for _, m := range x.moieties(s) {
				if slices.Contains(x.moieties(t), m) && !slices.Contains(moieties, m) {
					moieties = append(moieties, m)
				}
			}
		}
	}
	for _, c := range a.Codes {
		for _, d := range b.Codes {
			if four := levelFour(c); four != "" && four == levelFour(d) && !slices.Contains(level4, four) {
				level4 = append(level4, four)
			}
		}
	}
	slices.Sort(moieties)
	slices.Sort(level4)
	return moieties, level4
}

// SearchCode are the interactions of a code of any level: of it, of what is
// below it, and of what is above it and so holds for it (R121).
func (x *Interactions) SearchCode(code string) []*fest.Interaction {
	var out []*fest.Interaction
	for _, i := range x.interactions {
		if slices.ContainsFunc(codesOf(i), func(c string) bool { return within(c, code) || within(code, c) }) {
			out = append(out, i)
		}
	}
	return out
}

// SearchName are the interactions of what has a name: of groups and substances
// so called, and of what is in the groups (R121). Each word of the query is the
// beginning of a word of the name; case does not count, nor how æ, ø and å are
// written in English.
func (x *Interactions) SearchName(name string) []*fest.Interaction {
	var codes []string
	var refs []fest.ID
	add := func(s *fest.Substance) {
		if own := realCodes(codeText(s.Atc)); len(own) > 0 {
			codes = append(codes, own...)
			return
		}
		for _, r := range s.ActiveSubstances {
			refs = append(refs, fest.ID(r))
		}
	}
	for _, i := range x.ingredients {
		if called(string(i.Name), name) || i.NameEnglish != nil && called(string(*i.NameEnglish), name) {
			codes, refs = append(codes, x.Derived(i.ID)...), append(refs, i.ID)
		}
	}
	named := map[*fest.Interaction]bool{}
	for _, i := range x.interactions {
		for _, g := range i.SubstanceGroups {
			whole := g.Name != nil && called(string(*g.Name), name)
			for _, s := range g.Substances {
				if whole || called(string(s.Substance), name) || s.Atc != nil && called(s.Atc.Display, name) {
					named[i] = true
					add(&s)
				}
			}
		}
	}
	var out []*fest.Interaction
	for _, i := range x.interactions {
		hit := named[i]
		for _, c := range codesOf(i) {
			hit = hit || slices.ContainsFunc(codes, func(q string) bool { return within(c, q) || within(q, c) })
		}
		for _, g := range i.SubstanceGroups {
			for _, s := range g.Substances {
				hit = hit || x.Matches(Subject{Substances: refs}, &s)
			}
		}
		if hit {
			out = append(out, i)
		}
	}
	return out
}

// codesOf are all codes of an interaction's substances.
func codesOf(i *fest.Interaction) []string {
	var out []string
	for _, g := range i.SubstanceGroups {
		for _, s := range g.Substances {
			out = append(out, realCodes(codeText(s.Atc))...)
		}
	}
	return out
}

func called(name, query string) bool {
	wanted := words(query)
	for _, w := range wanted {
		if !slices.ContainsFunc(words(name), func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return len(wanted) > 0
}

var plainLetters = strings.NewReplacer("æ", "ae", "ø", "o", "å", "a", "é", "e", "ü", "u", "ö", "o", "ä", "a")

func words(s string) []string {
	s = plainLetters.Replace(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func codeText(cv *fest.CV) string {
	if cv == nil {
		return ""
	}
	return strings.ToUpper(strings.TrimSpace(cv.Code))
}

// realCodes leaves out WITHOUT, which is one code for products that have
// nothing in common (R115).
func realCodes(code string) []string {
	if code == "" || code == "WITHOUT" {
		return nil
	}
	return []string{code}
}

// within says that code is covering, or, where that is of levels 1–4, below it
// (R111).
func within(code, covering string) bool {
	if code == "" || covering == "" || code == "WITHOUT" || covering == "WITHOUT" {
		return false
	}
	return code == covering || covers(covering) && strings.HasPrefix(code, covering)
}

// covers says that a code is of levels 1–4: the lengths of R136, one more with
// the Q of veterinary codes (R65); ZV80AA… has a level between (R115).
func covers(code string) bool {
	n := len(code)
	switch {
	case code == "WITHOUT":
		return false
	case strings.HasPrefix(code, "Q"):
		return n == 2 || n == 4 || n == 5 || n == 6
	case strings.HasPrefix(code, "ZV"):
		return n == 2 || n == 4 || n == 5 || n == 6
	}
	return n == 1 || n == 3 || n == 4 || n == 5
}

// levelFour is the code of level 4 that a code is or is below; "" for those
// above it and for codes that are not WHO's (R115).
func levelFour(code string) string {
	n := 5
	switch {
	case code == "WITHOUT", strings.HasPrefix(code, "Z"):
		return ""
	case strings.HasPrefix(code, "Q"):
		n = 6
	}
	if len(code) < n {
		return ""
	}
	return code[:n]
}
