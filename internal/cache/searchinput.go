package cache

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
)

// searchMaker collects what the index of the search is made of: the items that
// it finds, with their own texts and with those that follow from references.
type searchMaker struct {
	f  *finisher
	b  *Builder
	in search.Input

	own        groups // numbers in b.found, by item
	substances groups // of drugs and generics, by item: numbers of ids
	families   families
	ingredient []uint32 // item of a substance's id
	drug       []uint32 // item of a drug's id
	pack       []uint32 // item of a package's id
	drugsOf    groups   // ids of a package's drugs, by item
	packsOf    groups   // items of the packages of a drug, by item
	genericTo  groups   // ids of a generic's drugs, by item
	genericHas groups   // ids of a generic's packages, by item
	atc        []uint32 // number in in.ATC plus 1, by item
	validity   []uint32 // text plus 1 of a substitution group, by the number of its id
	groupOf    []uint32 // number of the id of a package's group plus 1, by item
	offers     map[search.Offer]uint32
	forms      map[search.Value]uint32
	groups     map[search.Value]uint32
	seen       map[uint32]int // where in in.Fields the document has a text
	name       []byte         // folded, of a generic
	folded     []byte
}

// searchInput is what the index is made of. It reads the relations as they
// were collected: before they are derived and encoded.
func (f *finisher) searchInput() *search.Input {
	b := f.b
	m := &searchMaker{
		f: f, b: b, offers: map[search.Offer]uint32{}, forms: map[search.Value]uint32{}, groups: map[search.Value]uint32{},
		families: b.families(), seen: map[uint32]int{},
	}
	m.relate()
	// Texts that follow from references are about as many as the items' own.
	m.in.Fields, m.in.Documents = make([]search.Text, 0, 2*len(b.found)), make([]search.Document, 0, len(b.drafts)+m.f.tree.names.len())
	for i := range b.drafts {
		m.item(uint32(i))
	}
	m.codes()
	m.in.Texts, m.in.TextEnds = b.texts.bytes, b.texts.ends
	return &m.in
}

// relate turns the relations into what an item leads to.
func (m *searchMaker) relate() {
	b, n := m.b, len(m.b.drafts)
	rel := &b.relations
	own := make([]pair, len(b.found))
	for i, t := range b.found {
		own[i] = pair{t.item, uint32(i)}
	}
	m.own = group(own, n, false)
	ingredients := b.ingredientsOfStrengths()
	var pairs []pair
	for _, r := range []struct{ strength, substance relationNumber }{{relDrugStrength, relDrugSubstance}, {relGenericStrength, relGenericSubstance}} {
		// With strength and without, both, always (R35).
		pairs = append(append(pairs, join(rel[r.strength].pairs, ingredients)...), rel[r.substance].pairs...)
	}
	m.substances = group(pairs, n, true)
	m.ingredient, m.drug, m.pack = b.itemsOf(relIngredientSelf), b.itemsOf(relDrugSelf), b.itemsOf(relPackageSelf)
	m.drugsOf = group(rel[relPackageDrug].pairs, n, true)
	var packs []pair
	for _, p := range rel[relPackageDrug].pairs {
		if d := m.drug[p.key]; d != none {
			packs = append(packs, pair{d, p.item})
		}
	}
	m.packsOf = group(packs, n, false)
	m.genericTo, m.genericHas = group(rel[relGenericDrug].pairs, n, true), group(rel[relGenericPackage].pairs, n, true)

	place := make([]uint32, m.f.tree.names.len()) // of an ATC code in its order, plus 1
	for i, num := range m.f.tree.order {
		place[num] = uint32(i) + 1
	}
	m.atc = make([]uint32, n)
	for _, r := range []relationNumber{relDrugATC, relGenericATC, relPackageATC} {
		for _, p := range rel[r].pairs {
			m.atc[p.item] = place[p.key]
		}
	}

	self := b.selves(relSubstitutionGroupSelf)
	m.validity = make([]uint32, rel[relSubstitutionGroupSelf].names.len())
	for _, t := range b.found {
		if t.field == textValidity && self[t.item] != none {
			m.validity[self[t.item]] = t.text + 1
		}
	}
	m.groupOf = make([]uint32, n)
	for _, p := range rel[relPackageSubstitutionGroup].pairs {
		m.groupOf[p.item] = p.key + 1
	}
}

// itemsOf returns the item that has an id, by the number of the id; none where
// nothing has.
func (b *Builder) itemsOf(self relationNumber) []uint32 {
	out := make([]uint32, b.relations[self].names.len())
	for i := range out {
		out[i] = none
	}
	for _, p := range b.relations[self].pairs {
		if out[p.key] == none {
			out[p.key] = p.item
		}
	}
	return out
}

// kinds are what items are found as, by class and number of the resource.
var searchKinds = map[fest.Resource]search.Kind{
	fest.ResourceGenerics: search.KindGeneric, fest.ResourceDrugs: search.KindDrug, fest.ResourceIngredients: search.KindIngredient,
	fest.ResourcePackages: search.KindPackage, fest.ResourceNotifications: search.KindNotification,
}

// text returns a text of an item, plus 1.
func (m *searchMaker) text(item uint32, f search.Field) uint32 {
	for _, i := range m.own.of(item) {
		if t := &m.b.found[i]; t.field == f {
			return t.text + 1
		}
	}
	return 0
}

func (m *searchMaker) field(f search.Field, text uint32) {
	m.in.Fields = append(m.in.Fields, search.Text{Field: f, Number: text})
}

// fieldOnce is field, unless the document has the text already. It keeps it as
// what says more.
func (m *searchMaker) fieldOnce(f search.Field, text uint32) {
	at, ok := m.seen[text]
	switch {
	case !ok:
		m.seen[text] = len(m.in.Fields)
		m.field(f, text)
	case says(f) > says(m.in.Fields[at].Field):
		m.in.Fields[at].Field = f
	}
}

// says is how much it says that a document has a text as that field: 0 that it
// has to do with it, 1 that it is called so, 2 that its name starts so.
func says(f search.Field) int {
	switch f {
	case search.FieldNameFormStrength, search.FieldLeadingSubstance:
		return 2
	case search.FieldBrandName, search.FieldNamedSubstance:
		return 1
	default:
		return 0
	}
}

// item adds the document of an item, if the search finds such.
func (m *searchMaker) item(i uint32) {
	resource := m.b.drafts[i].resource.Resource()
	kind, ok := searchKinds[resource]
	if resource == fest.ResourceCommodities {
		kind, ok = m.b.commodities[i], true
	}
	if !ok {
		return
	}
	clear(m.seen)
	d := search.Document{Item: m.f.index[i], Kind: kind}
	start := len(m.in.Fields)
	for _, k := range m.own.of(i) {
		if t := &m.b.found[k]; t.field < search.NumFields {
			if t.field == search.FieldBrandName && m.named(i, t.text) {
				continue // its name starts with it
			}
			m.seen[t.text] = len(m.in.Fields)
			m.field(t.field, t.text)
		}
	}
	if len(m.in.Fields) == start {
		return // it has no text at all
	}
	d.Name = m.in.Fields[start].Number
	switch kind {
	case search.KindGeneric:
		m.generic(i, &d)
	case search.KindDrug:
		m.medicine(i, &d)
		m.offersOf(m.packsOf.of(i))
	case search.KindPackage:
		m.packageOf(i, &d)
	default:
		if n := m.text(i, search.FieldItemNumber); n > 0 {
			d.ItemNumber = n
		}
	}
	d.FieldsEnd, d.OffersEnd = uint32(len(m.in.Fields)), uint32(len(m.in.DocOffers))
	m.in.Documents = append(m.in.Documents, d)
}

// named reports whether the name of an item starts with the words of a text.
func (m *searchMaker) named(item, text uint32) bool {
	name := m.text(item, search.FieldNameFormStrength)
	if name == 0 {
		return false
	}
	rest, ok := bytes.CutPrefix(m.b.texts.at(name-1), m.b.texts.at(text))
	return ok && (len(rest) == 0 || rest[0] == ' ')
}

// medicine adds what drugs and generics have: form, group, ATC code,
// substances.
func (m *searchMaker) medicine(i uint32, d *search.Document) {
	m.shared(i, d)
	m.names(i)
}

// shared adds form, prescription group and ATC code.
func (m *searchMaker) shared(i uint32, d *search.Document) {
	if code := m.text(i, textFormCode); code > 0 {
		d.Form = numbered(m.forms, &m.in.Forms, search.Value{Code: code - 1, Display: max(m.text(i, search.FieldForm), 1) - 1})
	}
	if code := m.text(i, textGroupCode); code > 0 {
		d.Group = numbered(m.groups, &m.in.Groups, search.Value{Code: code - 1, Display: max(m.text(i, textGroupDisplay), code) - 1})
	}
	if d.ATC = m.atc[i]; d.ATC > 0 {
		m.code(d.ATC - 1)
	}
}

// numbered returns the number of a value, plus 1.
func numbered(known map[search.Value]uint32, list *[]search.Value, v search.Value) uint32 {
	n, ok := known[v]
	if !ok {
		*list = append(*list, v)
		n = uint32(len(*list))
		known[v] = n
	}
	return n
}

// code adds the ATC code of that place, with its name.
func (m *searchMaker) code(place uint32) {
	num := m.f.tree.order[place]
	code, _ := m.b.texts.add(m.f.tree.names.at(num), m.f.tree.names.hashes[num])
	m.field(search.FieldATC, code)
	if name := m.b.atcName(num); len(name) > 0 {
		text, _ := m.b.texts.addString(string(name))
		m.fieldOnce(search.FieldATCName, text)
	}
}

// atcName is what an ATC code is called: by the code list, else where it was
// used.
func (b *Builder) atcName(num uint32) []byte {
	a := b.atc.of(num)
	if a.name.len > 0 {
		return b.atc.at(a.name)
	}
	if a.used.len > 0 {
		return b.atc.at(a.used)
	}
	return b.atc.at(a.english)
}

// names adds the names of an item's substances and of their moieties (R34).
func (m *searchMaker) names(i uint32) {
	add := func(id uint32) {
		item := m.ingredient[id]
		if item == none {
			return
		}
		f := m.substance(item)
		for _, k := range m.own.of(item) {
			m.fieldOnce(f, m.b.found[k].text)
		}
	}
	for _, id := range m.substances.of(i) {
		add(id)
		moieties := m.families.moieties.of(id)
		for _, moiety := range moieties[:min(len(moieties), maxFamily)] {
			add(moiety)
		}
	}
}

// substance is what the names of a substance are to the document: a generic
// whose name has one of them is called by all of them.
func (m *searchMaker) substance(item uint32) search.Field {
	f := search.FieldActiveSubstance
	if len(m.name) == 0 {
		return f
	}
	for _, k := range m.own.of(item) {
		m.folded = search.AppendFold(m.folded[:0], string(m.b.texts.at(m.b.found[k].text)))
		switch at := wordsAt(m.name, m.folded); {
		case at == 0:
			return search.FieldLeadingSubstance
		case at > 0:
			f = search.FieldNamedSubstance
		}
	}
	return f
}

// wordsAt returns where the words stand in a text, both folded; below 0 if
// nowhere. Parts of words do not count.
func wordsAt(text, words []byte) int {
	if len(words) == 0 {
		return -1
	}
	for from := 0; ; from++ {
		at := bytes.Index(text[from:], words)
		if at < 0 {
			return -1
		}
		from += at
		before, _ := utf8.DecodeLastRune(text[:from])
		after, _ := utf8.DecodeRune(text[from+len(words):])
		if !inWord(before) && !inWord(after) {
			return from
		}
	}
}

// inWord reports whether words are made of such; the end of a text is not.
func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r)) }

// generic is called by the brands of its drugs, too (R59), and by the names in
// other languages of the substances that it is named after.
func (m *searchMaker) generic(i uint32, d *search.Document) {
	if name := m.text(i, search.FieldNameFormStrength); name > 0 {
		m.name = search.AppendFold(m.name[:0], string(m.b.texts.at(name-1)))
	}
	m.medicine(i, d)
	m.name = m.name[:0]
	for _, id := range m.genericTo.of(i) {
		if drug := m.drug[id]; drug != none {
			if brand := m.text(drug, search.FieldBrandName); brand > 0 {
				m.fieldOnce(search.FieldBrandName, brand-1)
			}
		}
	}
	var packs []uint32
	for _, id := range m.genericHas.of(i) {
		if p := m.pack[id]; p != none {
			packs = append(packs, p)
		}
	}
	m.offersOf(packs)
}

// packageOf takes from its drugs what a package lacks.
func (m *searchMaker) packageOf(i uint32, d *search.Document) {
	d.ItemNumber = m.text(i, search.FieldItemNumber)
	m.shared(i, d)
	for _, id := range m.drugsOf.of(i) {
		drug := m.drug[id]
		if drug == none {
			continue
		}
		if d.ATC == 0 && m.atc[drug] > 0 {
			d.ATC = m.atc[drug]
			m.code(d.ATC - 1)
		}
		if d.Form == 0 {
			if code := m.text(drug, textFormCode); code > 0 {
				display := m.text(drug, search.FieldForm)
				d.Form = numbered(m.forms, &m.in.Forms, search.Value{Code: code - 1, Display: max(display, 1) - 1})
				if display > 0 {
					m.fieldOnce(search.FieldForm, display-1)
				}
			}
		}
		m.names(drug)
	}
	m.offersOf([]uint32{i})
}

// offersOf adds the distinct offers of packages.
func (m *searchMaker) offersOf(packages []uint32) {
	from := len(m.in.DocOffers)
	for _, p := range packages {
		o := search.Offer{Marketing: m.text(p, textMarketing), Link: m.text(p, textLink)}
		if g := m.groupOf[p]; g > 0 {
			o.Group = m.validity[g-1]
		}
		n, ok := m.offers[o]
		if !ok {
			n = uint32(len(m.in.Offers))
			m.in.Offers = append(m.in.Offers, o)
			m.offers[o] = n
		}
		if !slices.Contains(m.in.DocOffers[from:], n) {
			m.in.DocOffers = append(m.in.DocOffers, n)
		}
	}
}

// codes adds the ATC codes, which are documents of their own.
func (m *searchMaker) codes() {
	names := m.f.tree.names
	for i, num := range m.f.tree.order {
		code, _ := m.b.texts.add(names.at(num), names.hashes[num])
		d := search.Document{Item: m.f.tree.index[num], Kind: search.KindATC, Name: code, ATC: uint32(i) + 1}
		display := code
		if name := m.b.atcName(num); len(name) > 0 {
			display, _ = m.b.texts.addString(string(name))
			d.Name = display
			m.field(search.FieldName, display)
		}
		m.in.ATC = append(m.in.ATC, search.Value{Code: code, Display: display})
		m.field(search.FieldATC, code)
		if e := m.b.atc.at(m.b.atc.of(num).english); len(e) > 0 {
			if text, _ := m.b.texts.addString(string(e)); text != display {
				m.field(search.FieldNameEnglish, text)
			}
		}
		d.FieldsEnd, d.OffersEnd = uint32(len(m.in.Fields)), uint32(len(m.in.DocOffers))
		m.in.Documents = append(m.in.Documents, d)
	}
}
