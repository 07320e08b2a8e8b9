package sample

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

func (f *full) scaled(n int) int { return max(1, int(math.Round(float64(n)*f.scale))) }

// usedIngredients is the number of moieties that products have; they come
// first.
func (f *full) usedIngredients() int {
	return min(f.scaled(1750), f.counts[fest.ClassIngredient]*2/5+1)
}

var fullForms = []struct {
	form   string
	weight int
}{
	{"tab", 34}, {"inj", 14}, {"kaps", 8}, {"dtab", 6}, {"konsinf", 5}, {"pulvinj", 5}, {"krem", 4}, {"mikst", 4}, {"oye", 4}, {"inf", 3}, {"inhpulv", 3}, {"salve", 2}, {"dkaps", 2},
	{"etab", 2}, {"plaster", 1}, {"stikk", 1}, {"nese", 1}, {"btab", 1}, {"injsusp", 1}, {"mikstsusp", 1}, {"vagtab", 1},
}

func drawForm(r *rng) string {
	total := 0
	for _, f := range fullForms {
		total += f.weight
	}
	n := r.intn(total)
	for _, f := range fullForms {
		if n -= f.weight; n < 0 {
			return f.form
		}
	}
	return "tab"
}

var (
	strengthValues = []string{"0.1", "0.25", "0.4", "0.5", "1", "1.5", "2", "2.5", "4", "5", "7.5", "8", "10", "12.5", "15", "16", "20", "25", "30", "40", "50", "60", "75", "80", "100", "120", "125", "150", "160", "200", "250", "300", "320",
		"400", "500", "600", "750", "800", "1000"}
	strengthUnitDraw = []string{"mg", "mg", "mg", "mg", "mg", "mg", "mg", "mikrog", "mikrog", "g", "IE", "E"}
)

// planProducts draws families, their strengths and drugs until the counts are
// reached.
func (f *full) planProducts() {
	r := newRNG(f.seed, streamPlan, 5)
	total := f.counts[fest.ClassDrug]
	unregistered := int(math.Round(float64(total) * 2670 / 8962))
	used := f.usedIngredients()
	order := r.permutation(used)
	var level4 []string
	for c := range f.members {
		if c[0] != 'Q' && c[0] != 'Z' {
			level4 = append(level4, c)
		}
	}
	slices.Sort(level4)
	for _, moiety := range f.indispensable() {
		f.planFamily(&r, moiety, used, level4, total-unregistered, true)
	}
	for i := 0; len(f.drugs) < total-unregistered; i++ {
		f.planFamily(&r, order[i%used], used, level4, total-unregistered, false)
	}
	for i := 0; len(f.drugs) < total; i++ {
		f.planUnregistered(&r)
	}
	f.padStrengths()
	f.atc.sort()
}

// indispensable are the moieties that a family of their own is planned for
// before all others.
func (f *full) indispensable() (moieties []int) {
	for i, code := range f.codes5 {
		if isIndispensable(code) {
			moieties = append(moieties, i)
		}
	}
	return moieties
}

// planFamily adds a family of the moiety: alone and for people, or as it is
// drawn.
func (f *full) planFamily(r *rng, moiety, used int, level4 []string, limit int, alone bool) {
	fam := family{ingredients: []int32{int32(moiety)}, atc: f.codes5[moiety], form: drawForm(r), refund: -1}
	if n := r.intn(100); n < 15 && !alone {
		more := 1
		switch {
		case n < 1:
			more = 3
		case n < 4:
			more = 2
		}
		parts := []string{f.ingredients[moiety].name}
		for range more {
			k := int32(r.intn(used))
			if !slices.Contains(fam.ingredients, k) {
				fam.ingredients = append(fam.ingredients, k)
				parts = append(parts, strings.ToLower(f.ingredients[k].name))
			}
		}
		if len(parts) > 1 {
			fam.atc = f.freeCode(r, level4, 50, strings.Join(parts[:len(parts)-1], ", ")+" og "+parts[len(parts)-1])
		}
	}
	fam.group = f.drawGroup(r, fam.atc)
	for _, flag := range []struct {
		bit uint8
		p   float64
	}{{familyCentral, 0.3}, {familyNew, 0.06}} {
		if r.chance(flag.p) {
			fam.flags |= flag.bit
		}
	}
	if forms[fam.form].parenteral && r.chance(0.4) {
		fam.flags |= familyCold
	}
	if fam.atc[0] == 'N' && r.chance(0.6) {
		fam.flags |= familyTriangle
	}
	if r.chance(0.015) && len(fam.ingredients) == 1 && !alone {
		f.makeVeterinary(&fam)
	}
	if fam.group != "F" && len(f.refunds) > 0 && r.chance(0.55) {
		fam.refund = f.refundFor(fam.atc)
	}
	fi := int32(len(f.families))
	f.families = append(f.families, fam)
	f.brands = append(f.brands, f.names.brand())
	makers := []int{1, 1, 1, 1, 1, 1, 2, 3, 4, 7}[r.intn(10)]
	first := r.intn(len(f.words["maker"]))
	base := r.intn(len(strengthValues) - 6)
	for k := range []int{1, 1, 1, 1, 2, 2, 2, 3, 3, 4}[r.intn(10)] {
		u := unit{family: fi, generic: -1, subs: [2]int32{-1, -1}}
		if r.chance(0.97) {
			u.strengths = f.drawStrengths(r, &fam, base+k)
		}
		ui := int32(len(f.units))
		for m := range makers {
			if len(f.drugs) == limit {
				break
			}
			if m > 0 && r.chance(0.2) {
				continue
			}
			u.drugs = append(u.drugs, int32(len(f.drugs)))
			f.drugs = append(f.drugs, fullDrug{unit: ui, maker: int16((first + m) % len(f.words["maker"])), original: m == 0})
		}
		f.units = append(f.units, u)
	}
}

// drawGroup is the prescription group that fits the ATC code.
func (f *full) drawGroup(r *rng, atc string) string {
	switch {
	case strings.HasPrefix(atc, "N02A"), strings.HasPrefix(atc, "N06BA"):
		return "A"
	case strings.HasPrefix(atc, "N05B"), strings.HasPrefix(atc, "N05C"):
		return "B"
	case r.chance(0.05):
		return "F"
	case r.chance(0.06):
		return "CF"
	default:
		return "C"
	}
}

// makeVeterinary gives the family the veterinary code of its ATC code.
func (f *full) makeVeterinary(fam *family) {
	fam.flags |= familyVet
	for c := fam.atc; c != ""; c = atcParent(c) {
		if _, ok := f.atc.names["Q"+c]; !ok {
			f.atc.set("Q"+c, atcName{no: f.atc.names[c].no + " (veterinært)"})
		}
	}
	fam.atc = "Q" + fam.atc
}

func (f *full) drawStrengths(r *rng, fam *family, at int) []int32 {
	var out []int32
	for k, ing := range fam.ingredients {
		s := fullStrength{ingredient: ing, value: strengthValues[(at+k*5)%len(strengthValues)], unit: strengthUnitDraw[int(ing)%len(strengthUnitDraw)], operator: 'L'}
		if u := forms[fam.form].unit; u != "stk" {
			s.denominator = u
		}
		if len(fam.ingredients) > 1 {
			s.atc = f.codes5[ing]
		}
		switch n := r.intn(400); {
		case n == 0:
			s.operator = 'M'
		case n == 1:
			s.operator = 'S'
		case n < 5:
			s.operator, s.upper = 'I', strengthValues[min(len(strengthValues)-1, (at+k*5)%len(strengthValues)+3)]
			if s.upper == s.value {
				s.operator, s.upper = 'L', ""
			}
		case n < 12 && s.denominator == "g":
			s.alternative = true
		}
		i, ok := f.addStrength(s)
		if !ok {
			return nil
		}
		out = append(out, i)
	}
	return out
}

// addStrength adds a strength, or finds another of the ingredient when there
// are as many as there are to be.
func (f *full) addStrength(s fullStrength) (int32, bool) {
	if len(f.strengths) < f.counts[fest.ClassIngredientStrength] {
		f.strengths = append(f.strengths, s)
		return int32(len(f.strengths) - 1), true
	}
	for i := range f.strengths {
		if f.strengths[i].ingredient == s.ingredient {
			return int32(i), true
		}
	}
	return 0, false
}

// planUnregistered adds a drug that needs an exemption: of a family there is,
// in a strength of its own.
func (f *full) planUnregistered(r *rng) {
	of := int32(r.intn(len(f.units)))
	u := &f.units[of]
	fam := &f.families[u.family]
	d := fullDrug{unit: of, maker: int16(r.intn(len(f.words["maker"]))), kind: 2}
	if r.chance(0.3) {
		d.kind = 3
	}
	if r.chance(0.8) && fam.flags&familyVet == 0 {
		d.strengths = f.drawStrengths(r, fam, r.intn(len(strengthValues)))
	}
	u.drugs = append(u.drugs, int32(len(f.drugs)))
	f.drugs = append(f.drugs, d)
}

// padStrengths brings the strengths to their number: drugs get one of their
// own with the content of the one they had (R42).
func (f *full) padStrengths() {
	left := f.counts[fest.ClassIngredientStrength] - len(f.strengths)
	for i := len(f.drugs) - 1; i >= 0 && left > 0; i-- {
		d := &f.drugs[i]
		from := f.strengthsOf(int32(i))
		if len(from) == 0 || d.kind == 0 && i%3 != 0 {
			continue
		}
		d.strengths = slices.Clone(from)
		f.strengths = append(f.strengths, f.strengths[from[0]])
		d.strengths[0] = int32(len(f.strengths) - 1)
		left--
	}
	for ; left > 0; left-- { // none is left to share: of ingredients without a product in it
		f.strengths = append(f.strengths, fullStrength{ingredient: int32(left % f.usedIngredients()), value: strengthValues[left%len(strengthValues)], unit: "mg", operator: 'L'})
	}
}

func (f *full) strengthsOf(drug int32) []int32 {
	d := &f.drugs[drug]
	if d.strengths != nil {
		return d.strengths
	}
	return f.units[d.unit].strengths
}

var packSizes = []string{"10", "14", "20", "28", "30", "49", "50", "56", "60", "98", "100", "120", "200", "250"}

// planPackages gives every drug a package and registered ones more.
func (f *full) planPackages() {
	r := newRNG(f.seed, streamPlan, 6)
	for i := range f.drugs {
		f.drugs[i].nPacks = 1
	}
	left := f.counts[fest.ClassPackage] - len(f.drugs)
	for left < 0 { // fewer packages than drugs: only at odd scales
		f.drugs[-left-1].nPacks, left = 0, left+1
	}
	for left > 0 {
		if d := &f.drugs[r.intn(len(f.drugs))]; d.kind == 0 && d.nPacks < 7 || r.chance(0.01) {
			d.nPacks++
			left--
		}
	}
	for i := range f.drugs {
		d := &f.drugs[i]
		d.packs = int32(len(f.packs))
		size := r.intn(len(packSizes))
		kinds := fullPackKinds[forms[f.families[f.units[d.unit].family].form].unit]
		for range d.nPacks {
			f.packs = append(f.packs, fullPack{drug: int32(i), size: int16(size % len(packSizes)), kind: pick(&r, kinds)})
			size += r.between(1, 4)
		}
	}
}

// fullPackKinds are package types by unit.
var fullPackKinds = map[string][]string{
	"stk": {"bli", "bli", "bli", "boks", "boks", "plb", "end", "tabb"}, "ml": {"hgl", "hgl", "plf", "gl", "amp", "spr", "penn", "pose"}, "g": {"tube", "tube", "boks"}, "dose": {"inh"},
	"S": {"sett"},
}

// planGenerics chooses the units that are prescribable generics, and those of
// two makers or more for substitution.
func (f *full) planGenerics() {
	r := newRNG(f.seed, streamPlan, 7)
	var fit []int32
	for i := range f.units {
		u := &f.units[i]
		if len(u.drugs) > 0 && len(u.strengths) > 0 && len(u.strengths) <= 3 && f.families[u.family].flags&familyVet == 0 {
			fit = append(fit, int32(i))
		}
	}
	slices.SortStableFunc(fit, func(a, b int32) int { return min(len(f.units[b].drugs), 2) - min(len(f.units[a].drugs), 2) })
	want := f.counts[fest.ClassGeneric]
	for i := 0; len(f.generics) < want; i++ {
		if i < len(fit) {
			f.units[fit[i]].generic = int32(len(f.generics))
		}
		f.generics = append(f.generics, fit[i%len(fit)])
	}
	several := slices.DeleteFunc(slices.Clone(fit), func(u int32) bool { return len(f.units[u].drugs) < 2 || f.units[u].generic < 0 })
	if len(several) == 0 {
		several = fit
	}
	order := r.permutation(len(several))
	for i := range f.counts[fest.ClassSubstitutionGroup] {
		u := several[order[i%len(several)]]
		if k := i / len(several); k < 2 {
			f.units[u].subs[k] = int32(i)
		}
		f.subs = append(f.subs, u)
	}
}

// planDoses gives every drug with a package a dose while they last, then
// packages of those with several one of their own.
func (f *full) planDoses() {
	want := f.counts[fest.ClassDose]
	for i := range f.drugs {
		if len(f.doses) < want && f.drugs[i].nPacks > 0 {
			f.doses = append(f.doses, fullDose{int32(i), -1})
		}
	}
	for i := 0; len(f.doses) < want; i++ {
		p := &f.packs[i%len(f.packs)]
		if i >= len(f.packs) || f.drugs[p.drug].nPacks > 1 {
			f.doses = append(f.doses, fullDose{p.drug, int32(i % len(f.packs))})
		}
	}
}

// planRefunds lays out KatRefusjon: goods, then H-prescription and individual
// reimbursement, then drugs by ATC code.
func (f *full) planRefunds() {
	want := f.counts[fest.ClassReimbursement]
	for i := range f.goodsGroups {
		if len(f.refunds) < want/2 {
			f.refunds = append(f.refunds, fullRefund{kind: 'g', goods: i, groups: 1})
		}
	}
	if len(f.refunds) < want {
		f.refunds = append(f.refunds, fullRefund{kind: '3', groups: 1})
	}
	for i := range f.scaled(12) {
		if len(f.refunds) < want {
			f.refunds = append(f.refunds, fullRefund{kind: 'h', atc: f.codes5[i*3%len(f.codes5)], groups: 1})
		}
	}
	r := newRNG(f.seed, streamPlan, 8)
	for i := 0; len(f.refunds) < want; i++ {
		groups := 1
		if r.chance(0.06) { // several groups in one entry are normal (R81)
			groups = r.between(2, 3)
		}
		f.refunds = append(f.refunds, fullRefund{kind: 'd', atc: f.codes5[i%len(f.codes5)], suffix: 1 + i/len(f.codes5), groups: groups})
	}
}

// refundFor is the reimbursement of a code, -1 where it has none.
func (f *full) refundFor(atc string) int32 {
	for i := range f.refunds {
		if f.refunds[i].kind == 'd' && f.refunds[i].atc == atc {
			return int32(i)
		}
	}
	return -1
}

// groupID is the id of a group of a reimbursement.
func (f *full) groupID(refund, group int) fest.ID {
	if f.refunds[refund].kind == 'g' {
		return fest.ID("RID_" + strconv.Itoa(131_300+f.refunds[refund].goods*11))
	}
	return fest.ID(guidOf('r', f.seed, uint64(refund), uint32(group)))
}
