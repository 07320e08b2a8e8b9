package sample

import (
	_ "embed"
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

//go:embed data/ingredients.tsv
var ingredientTable string

// small is the small sample: a fixed set of entries, in the order they were
// added.
type small struct{ entries []*fest.Entry }

func (s *small) len() int                { return len(s.entries) }
func (s *small) class(i int) fest.Class  { return s.entries[i].Class }
func (s *small) entry(i int) *fest.Entry { return clone(s.entries[i]) }

// builder gathers the small sample.
type builder struct {
	seed      uint64
	retrieved time.Time
	atc       *atcTree
	entries   []*fest.Entry

	ingredients map[string]fest.ID // by Norwegian name; moieties, salts and esters
	strengths   map[string]fest.ID // by ingredient and strength
	singleATC   map[string]string  // ATC code of products with only that ingredient
	numbers     map[fest.Number]bool
	nextNumber  int
	nextLMR     int

	conditions map[string]fest.Ref // by name
	groups     map[string]fest.Ref // reimbursement groups, by number
	products   []*product
	generics   map[string]fest.Ref // by name, form and strength
}

func newSmall(seed uint64, retrieved time.Time) *small {
	b := &builder{
		seed: seed, retrieved: retrieved, atc: newATCTree(),
		ingredients: map[string]fest.ID{}, strengths: map[string]fest.ID{}, singleATC: map[string]string{},
		numbers: map[fest.Number]bool{}, nextNumber: 1, nextLMR: 3_000_001,
		conditions: map[string]fest.Ref{}, groups: map[string]fest.Ref{}, generics: map[string]fest.Ref{},
	}
	b.addConditions()
	b.addReimbursements()
	b.addCommodityReimbursements()
	b.addIngredients()
	b.readProducts()
	b.addSpecialProducts()
	b.addSubstitutionGroups()
	b.addGenerics()
	b.addProducts()
	b.addCommodities()
	b.addNotifications()
	b.addInteractions()
	b.addShortDoses()
	b.addCodeSystems()
	return &small{b.entries}
}

// add wraps an object in an entry. The name tells entries apart; it is what
// their ids are derived from.
func (b *builder) add(class fest.Class, name string, object any) {
	key := class.String() + "/" + name
	b.entries = append(b.entries, &fest.Entry{
		Envelope: fest.Envelope{
			EntryID:            fest.EntryID(guid("entry/" + strconv.FormatUint(b.seed, 10) + "/" + key)),
			RegistrationTime:   dateTime(b.registered(key)),
			RegistrationStatus: statusActive.cs(),
		},
		Class: class, Object: object,
	})
}

// registered is a night in the years before HentetDato.
func (b *builder) registered(key string) time.Time {
	r := newRNG(b.seed, streamTime, hashOf(key))
	return nightBefore(&r, b.retrieved, 1200)
}

// nightBefore is a time of DMP's nightly run, one to days days before t.
func nightBefore(r *rng, t time.Time, days int) time.Time {
	y, m, d := t.AddDate(0, 0, -r.between(1, days)).Date()
	return time.Date(y, m, d, 3, r.between(9, 12), r.intn(60), 0, time.UTC)
}

func (b *builder) id(kind, name string) fest.ID { return fest.ID(objectID(kind, name)) }

// objectID is the object id of the small sample's object of that name; kind is
// the class's plural name.
func objectID(kind, name string) string { return guid(kind + "/" + name) }

// day is HentetDato moved by days.
func (b *builder) day(days int) fest.Date { return date(b.retrieved.AddDate(0, 0, days)) }

// number hands out an item number; a pinned one is taken as it is.
func (b *builder) number(pinned string) fest.Number {
	if pinned != "" {
		b.numbers[fest.Number(pinned)] = true
		return fest.Number(pinned)
	}
	for {
		n := spread(b.nextNumber)
		b.nextNumber++
		if !b.numbers[n] {
			b.numbers[n] = true
			return n
		}
	}
}

func (b *builder) addIngredients() {
	type salt struct{ no, en string }
	for row := range rows(ingredientTable) {
		var salts []salt
		if s := column(row, 2); s != "" {
			for pair := range strings.SplitSeq(s, "|") {
				no, en, _ := strings.Cut(pair, "=")
				salts = append(salts, salt{no, en})
			}
		}
		moiety := &fest.Ingredient{ID: b.ingredient(row[0]), Name: fest.Text(row[0]), NameEnglish: ptr(fest.Text(row[1]))}
		for _, s := range salts {
			moiety.FullActiveSubstances = append(moiety.FullActiveSubstances, fest.Ref(b.ingredient(s.no)))
		}
		if row[0] == "Tymol" { // NavnEngelsk is optional (DOMAIN 7.5)
			moiety.NameEnglish = nil
		}
		b.add(fest.ClassIngredient, row[0], moiety)
		for _, s := range salts {
			b.add(fest.ClassIngredient, s.no, &fest.Ingredient{ID: b.ingredient(s.no), Name: fest.Text(s.no), NameEnglish: ptr(fest.Text(s.en))})
		}
	}
}

func (b *builder) ingredient(name string) fest.ID {
	id, ok := b.ingredients[name]
	if !ok {
		id = b.id("ingredients", name)
		b.ingredients[name] = id
	}
	return id
}

func hashOf(s string) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
