package sample

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

//go:embed data/products.tsv
var productTable string

// product is one drug of the small sample with its packages, before it is
// written as entries.
type product struct {
	key          string // of its object id
	brand, maker string
	atc          string
	form         string // key of forms
	group        string // prescription group
	ingredients  []string
	strengths    []string // one per ingredient; "-" for none
	packs        []*pack
	flags        map[string]string
	generic      fest.Ref // "" = it has none
}

// pack is one package of a product.
type pack struct {
	size   []int // multiple, number; the last factor is quantity
	amount string
	kind   string // key of packageTypes
	group  string // prescription group, where it differs from the drug's
	number fest.Number
	flags  map[string]string
	group7 *substitution
}

func (p *product) has(flag string) bool { _, ok := p.flags[flag]; return ok }

func (p *pack) has(flag string) bool { _, ok := p.flags[flag]; return ok }

func (p *product) drugID() fest.ID { return fest.ID(objectID("drugs", p.key)) }

func (p *pack) id() fest.ID { return fest.ID(objectID("packages", string(p.number))) }

// strength is what NavnFormStyrke says: `24 mg/ml`, `30 mg/400 mg`, `2,5 mg`.
func (p *product) strength() string {
	if p.strengths[0] == "-" {
		return ""
	}
	if len(p.strengths) > 3 { // up to three substances show strengths (R40)
		return ""
	}
	parts := make([]string, len(p.strengths))
	for i, s := range p.strengths {
		num, den, _ := strings.Cut(s, "/")
		if den != "" {
			den = "/" + strings.TrimPrefix(den, "1 ")
		}
		parts[i] = comma(num + den)
	}
	return strings.Join(parts, "/")
}

func (p *product) nameFormStrength() fest.Text {
	s := p.brand + " " + forms[p.form].short
	if q := p.strength(); q != "" {
		s += " " + q
	}
	if t := p.flags["taste"]; t != "" {
		s += " " + t
	}
	return fest.Text(s)
}

// readProducts reads the table and gives every package its item number.
func (b *builder) readProducts() {
	for row := range rows(productTable) {
		variants := strings.Split(row[6], "|")
		packs := strings.Split(row[7], "|")
		for i, v := range variants {
			p := &product{
				key: row[0] + " " + row[3] + " " + v, brand: row[0], maker: row[1], atc: row[2], form: row[3], group: row[4],
				ingredients: strings.Split(row[5], "+"), strengths: strings.Split(v, "+"), flags: flagsOf(strings.Fields(column(row, 8))),
			}
			for spec := range strings.SplitSeq(packs[i], ",") {
				p.packs = append(p.packs, readPack(spec))
			}
			b.products = append(b.products, p)
			if len(p.ingredients) == 1 && b.singleATC[p.ingredients[0]] == "" {
				b.singleATC[p.ingredients[0]] = p.atc
			}
		}
	}
	b.singleATC["Kalsium"] = "A12AA04" // "calcium carbonate": another salt than the product's (R43)
	for _, p := range b.products {
		for _, k := range p.packs {
			if k.number != "" {
				b.number(string(k.number))
			}
		}
	}
	for _, p := range b.products {
		for _, k := range p.packs {
			if k.number == "" {
				k.number = b.number("")
			}
		}
	}
}

// readPack reads `10x1 amp #123456 F sell`: size, package type, and in any
// order a pinned item number, a prescription group and flags.
func readPack(spec string) *pack {
	words := strings.Fields(spec)
	p := &pack{kind: words[1], flags: map[string]string{}}
	factors := strings.Split(words[0], "x")
	for _, f := range factors[:len(factors)-1] {
		n, _ := strconv.Atoi(f)
		p.size = append(p.size, n)
	}
	p.amount = factors[len(factors)-1]
	for _, w := range words[2:] {
		switch {
		case strings.HasPrefix(w, "#"):
			p.number = fest.Number(w[1:])
		case strings.ToUpper(w) == w:
			p.group = w
		default:
			k, v, _ := strings.Cut(w, "=")
			p.flags[k] = v
		}
	}
	return p
}

func flagsOf(words []string) map[string]string {
	m := make(map[string]string, len(words))
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		m[k] = strings.ReplaceAll(v, "_og_", " og ")
	}
	return m
}

// total is the number of units in the package.
func (p *pack) total() float64 {
	f, _ := strconv.ParseFloat(p.amount, 64)
	for _, n := range p.size {
		f *= float64(n)
	}
	return f
}

func (p *pack) sizeText() fest.Text {
	s := ""
	for _, n := range p.size {
		s += strconv.Itoa(n) + " x "
	}
	return fest.Text(s + comma(p.amount))
}

// strengthRef is the strength of an ingredient, made when first asked for.
// Those of a combination carry the ATC code of the ingredient alone.
func (b *builder) strengthRef(ingredient, strength, qualifier string, combined bool) fest.Ref {
	key := ingredient + " " + strength + qualifier
	if combined {
		key += " combined"
	}
	if id, ok := b.strengths[key]; ok {
		return fest.Ref(id)
	}
	num, den, _ := strings.Cut(strength, "/")
	s := &fest.IngredientStrength{
		ID: b.id("ingredient-strengths", key), Strength: quantity(num), ActiveSubstance: fest.Ref(b.ingredient(ingredient)),
		StrengthOperator: strengthEqual.cv("7445"),
	}
	if lo, hi, ok := strings.Cut(s.Strength.Value, "-"); ok {
		s.Strength.Value, s.StrengthUpperValue, s.StrengthOperator = lo, ptr(fest.Decimal(hi)), strengthInterval.cv("7445")
	}
	if v, ok := strings.CutPrefix(s.Strength.Value, ">"); ok {
		s.Strength.Value, s.StrengthOperator = v, strengthGreater.cv("7445")
	}
	if den != "" {
		s.StrengthDenominator = ptr(quantity(den))
	}
	switch key { // the same strength as percent (R39)
	case "Hydrokortison 10 mg/1 g":
		s.AlternativeStrength = &fest.PQ{Value: "1", Unit: "%"}
	case "Natriumklorid 9 mg/1 ml":
		s.AlternativeStrength = &fest.PQ{Value: "0.9", Unit: "%"}
	}
	if combined {
		if code := b.singleATC[ingredient]; code != "" {
			s.AtcOfCombinationComponent = ptr(b.atc.cv(code))
		}
	}
	b.strengths[key] = s.ID
	b.add(fest.ClassIngredientStrength, key, s)
	return fest.Ref(s.ID)
}

// quantity reads `24 mg`.
func quantity(s string) fest.PQ {
	v, u, _ := strings.Cut(s, " ")
	return fest.PQ{Value: v, Unit: u}
}

// medicine is what a product's drug, packages, generic and doses share.
func (b *builder) medicine(p *product, group string) fest.Medicine {
	m := fest.Medicine{
		NameFormStrength: p.nameFormStrength(), PrescriptionGroup: prescriptionGroup(group).cs(),
		PharmaceuticalFormShort: ptr(term{forms[p.form].code, forms[p.form].name}.cv("7448")),
		MedicationType:          ptr(typeMedicine.cs()), ApplicationType: ptr(applicationNone.cs()),
	}
	if p.atc != "" {
		m.Atc = ptr(b.atc.cv(p.atc))
	}
	switch {
	case p.has("unreg2"):
		m.MedicationType, m.ApplicationType = ptr(typeUnregistered.cs()), ptr(applicationPharmacy.cs())
	case p.has("unreg3"):
		m.MedicationType, m.ApplicationType = ptr(typeUnregistered.cs()), ptr(applicationAlways.cs())
	case p.has("vaccine"):
		m.MedicationType = ptr(typeVaccine.cs())
	case p.has("vet"):
		m.MedicationType = ptr(typeVeterinary.cs())
	case p.has("herbal"):
		m.MedicationType = ptr(typeHerbal.cs())
	case p.has("hospital"):
		m.MedicationType = ptr(typeHospital.cs())
	}
	if p.has("opioid") {
		m.OpioidApplication = ptr(fest.Boolean("true"))
	}
	if p.has("black") {
		m.BlackTriangle = ptr(blackTriangle.cv("7510"))
	}
	return m
}

// sorted are the ingredients with and without strength. Sortering starts at 0
// in some drugs and at 1 in others (R41).
func (b *builder) sorted(p *product) (with []fest.SortedStrength, without []fest.SortedSubstance) {
	for i, ing := range p.ingredients {
		n := i
		if len(p.ingredients) > 1 {
			n++
		}
		if p.strengths[i] == "-" {
			without = append(without, fest.SortedSubstance{Sorting: integer(n), ActiveSubstance: fest.Ref(b.ingredient(ing))})
			continue
		}
		qualifier := ""
		if p.has("twin") { // equal content, another id (R42)
			qualifier = " twin"
		}
		with = append(with, fest.SortedStrength{Sorting: integer(n),
			ActiveSubstanceWithStrength: b.strengthRef(ing, p.strengths[i], qualifier, len(p.ingredients) > 1)})
	}
	return with, without
}

// spc is a link to a summary of product characteristics.
func spc(name string) []fest.SpcSection {
	return []fest.SpcSection{{SectionHeading: spcContents.cs(), Link: fest.Link{URL: fest.URL{
		Value: fmt.Sprintf("https://example.org/preparatomtaler/%04d-%05d.pdf", hashOf(name)%24, hashOf(name)/24%100_000)}}}}
}

// addProducts writes drugs, packages and doses.
func (b *builder) addProducts() {
	for _, p := range b.products {
		if !p.has("shared") {
			b.addDrug(p)
		}
	}
	for _, p := range b.products {
		for _, k := range p.packs {
			b.addPackage(p, k)
		}
		if !p.has("nodose") {
			b.addDoses(p)
		}
	}
}

func (b *builder) addDrug(p *product) {
	d := &fest.Drug{
		Medicine: b.medicine(p, p.group), ID: ptr(p.drugID()), BrandName: fest.Text(p.brand), PharmaceuticalFormLong: ptr(fest.Text(forms[p.form].name)),
		ProductInformation: &fest.ProductInformation{Manufacturer: ptr(fest.Text(p.maker))},
	}
	d.SortedActiveSubstancesWithStrength, d.SortedActiveSubstancesWithoutStrength = b.sorted(p)
	d.Conditions = b.drugConditions(p)
	d.MedicineAdministration = b.administration(p)
	if v := p.flags["triangle"]; v != "" {
		d.ProductInformation.WarningTriangle = ptr(fest.Boolean(v))
	}
	if v := p.flags["ref"]; v != "" {
		d.ProductInformation.ReferenceProduct = ptr(fest.Text(v))
	}
	if p.has("vaccine") {
		d.ProductInformation.VaccineStandard = ptr(term{"INF", "Influensa"}.cv("7447"))
	}
	if v := p.flags["taste"]; v != "" {
		d.Taste = &fest.CS{Code: v, Display: v}
	}
	switch {
	case p.has("p10d"):
		d.PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P10D"}}
	case p.has("sexvalidity"):
		d.PrescriptionValidities = []fest.PrescriptionValidity{{Gender: ptr(sexMale.cs()), Duration: "P1Y"}, {Gender: ptr(sexFemale.cs()), Duration: "P7D"}}
	case p.group != "F" && p.group != "K" && !p.has("novalidity"):
		d.PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P1Y"}}
	}
	if !p.has("spcpack") && !p.has("unreg2") && !p.has("unreg3") && !p.has("nospc") {
		d.SpcSections = spc(string(p.nameFormStrength()))
	}
	b.add(fest.ClassDrug, p.key, d)
}

// drugConditions are the conditions on a drug (DMP guide §5.7).
func (b *builder) drugConditions(p *product) []fest.Ref {
	var out []fest.Ref
	if p.has("unreg2") || p.has("unreg3") {
		out = append(out, b.conditions["unregistered"])
	}
	if p.has("p10d") {
		out = append(out, b.conditions["antibiotic"])
	}
	if p.flags["triangle"] == "true" {
		out = append(out, b.conditions["driving"])
	}
	if p.has("black") {
		out = append(out, b.conditions["review"])
	}
	if p.has("sexvalidity") {
		out = append(out, b.conditions["pregnancy"])
	}
	return out
}
