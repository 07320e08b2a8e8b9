package reference

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// document is what a search can find.
type document struct {
	resource fest.Resource
	key      string
	kind     int    // place of the kind in the order
	market   int    // how it can be had: the best of its packages (R62)
	sort     string // its name, folded
	number   int    // among the entries
	texts    []text
	words    []occurrence
}

// text is one that a document is found by.
type text struct {
	s     string
	code  bool
	main  bool // it is called so
	start bool // and starts so
}

// occurrence is how a document has a word: all places together.
type occurrence struct {
	form           int
	plain, special bool // how it is spelt there
	main, first    bool
}

// collector makes documents of entries.
type collector struct {
	market      func(*fest.MarketingInformation) int
	ingredients map[fest.Ref]*fest.Ingredient
	moieties    map[fest.Ref][]*fest.Ingredient // by salt
	strengths   map[fest.Ref]*fest.IngredientStrength
	drugs       map[fest.Ref]*fest.Drug
	packages    map[fest.Ref]*fest.Package
	packagesOf  map[fest.Ref][]*fest.Package // by drug
	codes       map[string]*atcCode
	docs        []*document
	forms       map[string]int
}

// atcCode is an ATC code with what it is called: by the code list, else where
// it is used first.
type atcCode struct{ listed, used, english string }

// notStated is the place of a package of which FEST does not say whether it is
// marketed, if the caller does not say either.
const notStated = 0

func newCollector(entries []*fest.Entry, market func(*fest.MarketingInformation) int) *collector {
	c := &collector{
		market: market, ingredients: map[fest.Ref]*fest.Ingredient{}, moieties: map[fest.Ref][]*fest.Ingredient{}, strengths: map[fest.Ref]*fest.IngredientStrength{},
		drugs: map[fest.Ref]*fest.Drug{}, packages: map[fest.Ref]*fest.Package{}, packagesOf: map[fest.Ref][]*fest.Package{},
		codes: map[string]*atcCode{}, forms: map[string]int{},
	}
	if market == nil {
		c.market = func(*fest.MarketingInformation) int { return notStated }
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Ingredient:
			c.ingredients[fest.Ref(o.ID)] = o
			for _, salt := range o.FullActiveSubstances {
				if fest.ID(salt) != o.ID {
					c.moieties[salt] = append(c.moieties[salt], o)
				}
			}
		case *fest.IngredientStrength:
			c.strengths[fest.Ref(o.ID)] = o
			c.used(o.AtcOfCombinationComponent)
		case *fest.Drug:
			if o.ID != nil {
				c.drugs[fest.Ref(*o.ID)] = o
			}
			c.used(o.Atc)
		case *fest.Package:
			if o.ID != nil {
				c.packages[fest.Ref(*o.ID)] = o
			}
			for i := range o.PackageInformation {
				drug := o.PackageInformation[i].Drug
				c.packagesOf[drug] = append(c.packagesOf[drug], o)
			}
			c.used(o.Atc)
		case *fest.Generic:
			c.used(o.Atc)
		case *fest.Dose:
			c.used(o.Atc)
		case *fest.OrderingSubstance:
			c.used(o.Atc)
		case *fest.InteractionNotAssessed:
			c.used(&o.Atc)
		case *fest.Reimbursement:
			for i := range o.ReimbursementGroups {
				c.used(o.ReimbursementGroups[i].Atc)
			}
		case *fest.Interaction:
			for i := range o.SubstanceGroups {
				for k := range o.SubstanceGroups[i].Substances {
					c.used(o.SubstanceGroups[i].Substances[k].Atc)
				}
			}
		case *fest.CodeSystem:
			c.listed(o)
		}
	}
	return c
}

// code returns that ATC code, noted if it was not.
func (c *collector) code(code string) *atcCode {
	if c.codes[code] == nil {
		c.codes[code] = &atcCode{}
	}
	return c.codes[code]
}

var (
	atcFormed = regexp.MustCompile(`^[QZ]?[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$`)
	atcLevels = regexp.MustCompile(`^([QZ]?[A-Z])(\d\d)?([A-Z])?([A-Z])?(\d\d)?$`)
)

// used notes an ATC code with those above it (R136). What is not formed as one,
// such as WITHOUT, has nothing above it.
func (c *collector) used(v *fest.CV) {
	if v == nil || v.Code == "" {
		return
	}
	code := strings.ToUpper(v.Code)
	if a := c.code(code); a.used == "" {
		a.used = v.Display
	}
	if atcFormed.MatchString(code) {
		above := ""
		for _, level := range atcLevels.FindStringSubmatch(code)[1:] {
			above += level
			c.code(above)
		}
	}
}

// listed notes the code list of ATC: its names go before those where a code is
// used.
func (c *collector) listed(l *fest.CodeSystem) {
	if string(l.Info.OID) != fest.OIDRoot+"7180" {
		return
	}
	codes := map[fest.Ref]string{}
	for i := range l.Elements {
		codes[fest.Ref(l.Elements[i].ID)] = strings.ToUpper(string(l.Elements[i].Code))
	}
	for i := range l.Elements {
		e := &l.Elements[i]
		if e.Code == "" {
			continue
		}
		code := strings.ToUpper(string(e.Code))
		c.used(&fest.CV{Code: code})
		if e.Parent != nil && codes[*e.Parent] != "" {
			c.used(&fest.CV{Code: codes[*e.Parent]})
		}
		a := c.code(code)
		a.listed, a.english = "", ""
		for _, term := range e.Terms {
			switch l := term.Language; {
			case l != nil && strings.HasPrefix(strings.ToLower(cmp.Or(l.Code, l.Display)), "en"):
				a.english = cmp.Or(a.english, string(term.Term))
			default:
				a.listed = cmp.Or(a.listed, string(term.Term))
			}
		}
	}
}

// substances are the names of each substance, and of each moiety of one (R34);
// with strength and without (R35).
func (c *collector) substances(with []fest.SortedStrength, without []fest.SortedSubstance) (names [][]string) {
	var refs []fest.Ref
	for i := range with {
		if s := c.strengths[with[i].ActiveSubstanceWithStrength]; s != nil {
			refs = append(refs, s.ActiveSubstance)
		}
	}
	for i := range without {
		refs = append(refs, without[i].ActiveSubstance)
	}
	for _, ref := range refs {
		all := slices.Clone(c.moieties[ref])
		if i := c.ingredients[ref]; i != nil {
			all = append(all, i)
		}
		for _, i := range all {
			one := []string{string(i.Name)}
			if i.NameEnglish != nil {
				one = append(one, string(*i.NameEnglish))
			}
			names = append(names, one)
		}
	}
	return names
}

func (d *document) text(s string, main, start bool) {
	d.texts = append(d.texts, text{s, false, main, start})
}

func (d *document) code(s string, main bool) { d.texts = append(d.texts, text{s, true, main, main}) }

// add makes the document of an item, if it is one that is searched.
func (c *collector) add(e *fest.Entry, it fest.Item, number int) {
	d := &document{resource: it.Resource, key: it.Key, number: number}
	var name string
	switch o := e.Object.(type) {
	case *fest.Generic:
		d.kind, name = 0, string(o.NameFormStrength)
		c.generic(d, o)
	case *fest.Drug:
		d.kind, name = 1, cmp.Or(string(o.NameFormStrength), string(o.BrandName))
		c.drug(d, o)
	case *fest.Ingredient:
		d.kind, name = 2, string(o.Name)
		d.text(name, true, true)
		if o.NameEnglish != nil {
			d.text(string(*o.NameEnglish), true, true)
		}
	case *fest.Package:
		d.kind, name = 4, string(o.NameFormStrength)
		c.pack(d, o)
	case *fest.BreastProsthesis:
		d.kind, name = 5, string(o.Name)
		d.commodity(&o.Commodity)
	case *fest.MedicalConsumable:
		d.kind, name = 5, string(o.Name)
		d.commodity(&o.Commodity)
	case *fest.Nutrient:
		d.kind, name = 5, string(o.Name)
		d.commodity(&o.Commodity)
	case *fest.Notification:
		d.kind, name = 6, string(o.Headline)
		d.text(name, true, true)
		d.text(string(o.Text), false, false)
	default:
		return
	}
	c.keep(d, name)
}

// keep keeps a document that has something to be found by.
func (c *collector) keep(d *document, name string) {
	d.texts = slices.DeleteFunc(d.texts, func(t text) bool { return t.s == "" })
	if len(d.texts) > 0 {
		d.sort = spaced(name)
		c.docs = append(c.docs, d)
	}
}

// form adds a pharmaceutical form.
func (d *document) form(v *fest.CV) {
	if v != nil {
		d.text(v.Display, false, false)
	}
}

// atc adds an ATC code and its name.
func (c *collector) atc(d *document, v *fest.CV) {
	if v == nil || v.Code == "" {
		return
	}
	code := strings.ToUpper(v.Code)
	d.code(code, false)
	d.text(c.codes[code].name(), false, false)
}

func (a *atcCode) name() string { return cmp.Or(a.listed, a.used, a.english) }

// generic is called by its name, by the brands of its drugs (R59), and by all
// names of the substances that its name has.
func (c *collector) generic(d *document, o *fest.Generic) {
	d.text(string(o.NameFormStrength), true, true)
	for _, ref := range o.Drugs {
		if drug := c.drugs[ref]; drug != nil {
			d.text(string(drug.BrandName), true, false)
		}
	}
	d.form(o.PharmaceuticalFormShort)
	c.atc(d, o.Atc)
	for _, names := range c.substances(o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength) {
		called, starts := namedAfter(string(o.NameFormStrength), names)
		for _, n := range names {
			d.text(n, called, starts)
		}
	}
	var packs []*fest.Package
	for _, ref := range o.Packages {
		if p := c.packages[ref]; p != nil {
			packs = append(packs, p)
		}
	}
	c.best(d, packs)
}

// namedAfter says whether a name has one of the names of a substance, as whole
// words, and whether it starts with one.
func namedAfter(name string, names []string) (called, starts bool) {
	for _, n := range names {
		if n = spaced(n); n == "" {
			continue
		}
		word := regexp.MustCompile(`(?:^|[^\p{L}\p{N}])(` + regexp.QuoteMeta(n) + `)(?:$|[^\p{L}\p{N}])`)
		if at := word.FindStringSubmatchIndex(spaced(name)); at != nil {
			called, starts = true, starts || at[2] == 0
		}
	}
	return called, starts
}

func (c *collector) drug(d *document, o *fest.Drug) {
	d.text(string(o.NameFormStrength), true, true)
	d.text(string(o.BrandName), true, true)
	d.form(o.PharmaceuticalFormShort)
	c.atc(d, o.Atc)
	if o.ProductInformation != nil && o.ProductInformation.Manufacturer != nil {
		d.text(string(*o.ProductInformation.Manufacturer), false, false)
	}
	for _, s := range slices.Concat(c.substances(o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength)...) {
		d.text(s, false, false)
	}
	if o.ID != nil {
		c.best(d, c.packagesOf[fest.Ref(*o.ID)])
	} else {
		c.best(d, nil)
	}
}

// pack takes from its drugs what a package does not state.
func (c *collector) pack(d *document, o *fest.Package) {
	d.text(string(o.NameFormStrength), true, true)
	d.code(string(o.ItemNumber), true)
	if m := o.MarketingInformation; m != nil && m.DiscontinuedItemNumber != nil {
		d.code(string(*m.DiscontinuedItemNumber), true) // R18
	}
	for _, b := range o.BarCodes {
		d.code(string(b), true)
		if len(b) < 14 && b != "" && strings.Trim(string(b), "0123456789") == "" {
			d.code(strings.Repeat("0", 14-len(b))+string(b), true) // R22
		}
	}
	code, form := o.Atc, o.PharmaceuticalFormShort
	d.form(form)
	for i := range o.PackageInformation {
		p := &o.PackageInformation[i]
		d.text(string(p.PackageSize)+" "+p.PackageUnit.Code+" "+p.PackageType.Display, false, false)
		drug := c.drugs[p.Drug]
		if drug == nil {
			continue
		}
		if code == nil || code.Code == "" {
			code = drug.Atc
		}
		if f := drug.PharmaceuticalFormShort; (form == nil || form.Code == "") && f != nil && f.Code != "" {
			form = f
			d.form(f)
		}
		for _, s := range slices.Concat(c.substances(drug.SortedActiveSubstancesWithStrength, drug.SortedActiveSubstancesWithoutStrength)...) {
			d.text(s, false, false)
		}
	}
	c.atc(d, code)
	c.best(d, []*fest.Package{o})
}

// best is how a document can be had that has these packages (R62). Not stated
// where it has none.
func (c *collector) best(d *document, packs []*fest.Package) {
	d.market = c.market(nil)
	for i, p := range packs {
		if m := c.market(p.MarketingInformation); i == 0 || m < d.market {
			d.market = m
		}
	}
}

func (d *document) commodity(o *fest.Commodity) {
	d.text(string(o.Name), true, true)
	d.code(string(o.ItemNumber), true)
	if o.Supplier != nil {
		d.text(string(o.Supplier.Name), false, false)
	}
	if o.ProductInformation != nil {
		d.code(string(o.ProductInformation.ProductNumber), true)
	}
}

// addCodes adds the ATC codes: documents that follow the entries.
func (c *collector) addCodes(number int) {
	codes := make([]string, 0, len(c.codes))
	for code := range c.codes {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for i, code := range codes {
		a := c.codes[code]
		d := &document{resource: "atc", key: code, kind: 3, number: number + i}
		d.code(code, true)
		d.text(a.name(), true, true)
		d.text(a.english, true, true)
		c.keep(d, cmp.Or(a.name(), code))
	}
}

// done cuts every text into words, once.
func (c *collector) done() *Search {
	s := &Search{docs: c.docs}
	type key struct {
		s    string
		code bool
	}
	cut := map[key][]piece{}
	for _, d := range c.docs {
		at := map[int]int{} // place in d.words, by form
		for _, t := range d.texts {
			list, ok := cut[key{t.s, t.code}]
			if !ok {
				list = cutUp(t.s, t.code)
				if t.code && strings.ContainsAny(t.s, ".,") { // 43.10 may be typed as a number
					list = append(list, cutUp(t.s, false)...)
				}
				cut[key{t.s, t.code}] = list
				s.texts = append(s.texts, t.s)
			}
			for i := range list {
				if list[i].inner {
					continue
				}
				for _, form := range list[i].forms {
					n := c.form(form)
					if _, ok := at[n]; !ok {
						at[n] = len(d.words)
						d.words = append(d.words, occurrence{form: n})
					}
					o := &d.words[at[n]]
					o.special = o.special || list[i].special
					o.plain = o.plain || !list[i].special
					o.main = o.main || t.main
					o.first = o.first || t.start && list[i].first
				}
			}
		}
	}
	s.forms = make([]string, len(c.forms))
	for form, n := range c.forms {
		s.forms[n] = form
	}
	return s
}

// form numbers a word.
func (c *collector) form(s string) int {
	n, ok := c.forms[s]
	if !ok {
		n = len(c.forms)
		c.forms[s] = n
	}
	return n
}
