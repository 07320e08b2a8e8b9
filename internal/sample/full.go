package sample

import (
	"math"
	"sort"
	"time"

	"github.com/festd/festd/internal/fest"
)

// FullCounts are the entries per class of the published file of 2026-09-08
// (Rekvirent; DOMAIN §6), 68,971 in all. How its commodities divide over the
// three kinds, and its smaller catalogues over 311 entries, is our guess.
func FullCounts() map[fest.Class]int {
	return map[fest.Class]int{
		fest.ClassDrug: 8962, fest.ClassPackage: 10_828, fest.ClassIngredient: 8639, fest.ClassIngredientStrength: 7721, fest.ClassGeneric: 2196,
		fest.ClassBreastProsthesis: 69, fest.ClassMedicalConsumable: 5600, fest.ClassNutrient: 640, fest.ClassReimbursement: 1158, fest.ClassCondition: 205,
		fest.ClassNotification: 120, fest.ClassCodeSystem: len(codeLists), fest.ClassSubstitutionGroup: 1721, fest.ClassDose: 9467, fest.ClassInteraction: 11_000,
		fest.ClassInteractionNotAssessed: 454, fest.ClassShortDose: 177,
	}
}

// full is the full sample: a plan that says which object refers to which, in
// compact form, from which entries are made when asked for. An entry depends
// on the seed, the plan and its number alone.
type full struct {
	seed      uint64
	retrieved time.Time
	scale     float64
	words     words
	names     names
	atc       *atcTree
	counts    map[fest.Class]int
	classes   []fest.Class // as laid out
	starts    []int        // first index of each, and the end

	ingredients []fullIngredient
	families    []family
	units       []unit
	strengths   []fullStrength
	drugs       []fullDrug
	packs       []fullPack
	generics    []int32 // units
	doses       []fullDose
	subs        []int32 // units that substitution groups are for
	goodsGroups []productGroup
	groupTree   []productGroup
	refunds     []fullRefund
	codes5      []string            // ATC codes of products
	members     map[string][]string // level-4 code to the level-5 codes below it
	labels      []term
	shortDoses  []shortDose
	packageList []term
	diagnoses   []refundCode
	brands      []string // by family
}

type fullIngredient struct {
	name, english string
	salts, nSalts int32 // of a moiety: the run of its salts
}

// family is a product line: ingredients in one form.
type family struct {
	ingredients []int32
	atc         string
	form        string
	group       string
	refund      int32 // index of refunds, -1 none
	flags       uint8
}

const (
	familyCold = 1 << iota
	familyCentral
	familyVet
	familyTriangle
	familyNew
)

// unit is a family in one strength: what a generic is for.
type unit struct {
	family    int32
	strengths []int32 // of strengths; empty: without strength
	drugs     []int32
	generic   int32 // -1 none
	subs      [2]int32
}

type fullStrength struct {
	ingredient  int32
	value, unit string
	denominator string // unit of it, "" = none
	operator    byte
	upper       string
	atc         string // of the ingredient alone, in a combination
	alternative bool
}

type fullDrug struct {
	unit      int32
	strengths []int32 // where they are not the unit's
	maker     int16
	kind      byte // 0 registered, 2 and 3 unregistered (TypeSoknadSlv)
	original  bool
	packs     int32 // first
	nPacks    int32
}

type fullPack struct {
	drug int32
	size int16 // of packSizes
	kind string
}

type fullDose struct {
	drug int32
	pack int32 // -1: all of the drug's
}

// fullRefund is an entry of KatRefusjon.
type fullRefund struct {
	kind   byte // 'd' drugs, 'g' goods, 'h' H-prescription, '3' individual
	atc    string
	suffix int
	goods  int // of goodsGroups
	groups int
}

func newFull(seed uint64, retrieved time.Time, scale float64) *full {
	f := &full{seed: seed, retrieved: retrieved, scale: scale, words: newWords(), atc: newATCTree(), counts: map[fest.Class]int{}, members: map[string][]string{}}
	f.names = names{newRNG(seed, streamPlan, 1), map[string]bool{}}
	at := 0
	for _, c := range fest.Classes() {
		n := FullCounts()[c]
		if n == 0 {
			continue
		}
		if c != fest.ClassCodeSystem {
			n = max(1, int(math.Round(float64(n)*scale)))
		}
		f.counts[c] = n
		f.classes, f.starts = append(f.classes, c), append(f.starts, at)
		at += n
	}
	f.starts = append(f.starts, at)
	f.planTerms()
	f.planIngredients()
	f.planATC()
	f.planRefunds()
	f.planProducts()
	f.planPackages()
	f.planGenerics()
	f.planDoses()
	return f
}

func (f *full) len() int { return f.starts[len(f.starts)-1] }

func (f *full) segment(i int) int { return sort.SearchInts(f.starts, i+1) - 1 }

func (f *full) class(i int) fest.Class { return f.classes[f.segment(i)] }

// id is the object id of the n-th object of a class.
func (f *full) id(c fest.Class, n int) fest.ID {
	return fest.ID(guidOf('o', f.seed, uint64(c)<<48|uint64(n), 0))
}

func (f *full) ref(c fest.Class, n int) fest.Ref { return fest.Ref(f.id(c, n)) }

// entry makes the i-th entry.
func (f *full) entry(i int) *fest.Entry {
	k := f.segment(i)
	class, n := f.classes[k], i-f.starts[k]
	r := newRNG(f.seed, streamEntry, uint64(class)<<48|uint64(n))
	return &fest.Entry{
		Envelope: fest.Envelope{
			EntryID:            fest.EntryID(guidOf('e', f.seed, uint64(class)<<48|uint64(n), 0)),
			RegistrationTime:   f.registered(class, &r),
			RegistrationStatus: statusActive.cs(),
		},
		Class: class, Object: f.object(class, n, &r),
	}
}

// registered is often the one night of a bulk re-issue (R142).
func (f *full) registered(c fest.Class, r *rng) fest.DateTime {
	bulk := map[fest.Class]float64{fest.ClassDrug: 0.58, fest.ClassReimbursement: 0.65, fest.ClassSubstitutionGroup: 0.9}[c]
	if r.chance(bulk) {
		y, m, d := f.retrieved.AddDate(0, 0, -228-int(c)).Date()
		return dateTime(time.Date(y, m, d, 3, 13, 53, 0, time.UTC))
	}
	return dateTime(nightBefore(r, f.retrieved, 2400))
}

func (f *full) object(c fest.Class, n int, r *rng) any {
	switch c {
	case fest.ClassDrug:
		return f.drug(n, r)
	case fest.ClassPackage:
		return f.pack(n, r)
	case fest.ClassIngredient:
		return f.ingredient(n)
	case fest.ClassIngredientStrength:
		return f.strength(n)
	case fest.ClassGeneric:
		return f.generic(n, r)
	case fest.ClassBreastProsthesis, fest.ClassMedicalConsumable, fest.ClassNutrient:
		return f.commodity(c, n, r)
	case fest.ClassReimbursement:
		return f.refund(n, r)
	case fest.ClassCondition:
		return f.condition(n, r)
	case fest.ClassNotification:
		return f.notification(n, r)
	case fest.ClassCodeSystem:
		return f.codeSystem(n)
	case fest.ClassSubstitutionGroup:
		return f.substitutionGroup(n, r)
	case fest.ClassDose:
		return f.dose(n, r)
	case fest.ClassInteraction:
		return f.interaction(n, r)
	case fest.ClassInteractionNotAssessed:
		return &fest.InteractionNotAssessed{Atc: f.atc.cv(f.notAssessed(n))}
	default:
		return f.shortDoses[n].entry()
	}
}
