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

func (b *builder) addPackage(p *product, k *pack) {
	group := k.group
	if group == "" {
		group = p.group
	}
	key := string(k.number)
	o := &fest.Package{
		Medicine: b.medicine(p, group), ID: ptr(k.id()), ItemNumber: k.number,
		PackageInformation: []fest.PackageInformation{b.packageInformation(p, k)},
		Storage:            ptr(storageRoom.cs()),
	}
	o.BlackTriangle = nil // stands on the drug
	if p.has("cold") {
		o.Storage = ptr(storageCold.cs())
	}
	if p.has("nopres") {
		o.WithoutPreservative = ptr(fest.Boolean("true"))
	}
	if !k.has("noean") && !p.has("unreg3") {
		o.BarCodes = []fest.Number{ean13(k.number)}
	}
	if k.has("gtin2") {
		o.BarCodes = append(o.BarCodes, ean14(k.number))
	}
	if k.has("upc") {
		o.BarCodes = []fest.Number{upc12(k.number)}
	}
	o.Reimbursements = b.packageReimbursements(p, k)
	if k.group7 != nil {
		o.PackageSubstitutionGroup = &fest.PackageSubstitutionGroup{SubstitutionGroup: k.group7.ref, ValidFromDate: ptr(k.group7.from)}
		if k.has("leaving") {
			o.PackageSubstitutionGroup.ValidUntilDate = ptr(b.day(40))
		}
	}
	if !k.has("noprice") && !p.has("unreg2") && !p.has("unreg3") && !p.has("vet") {
		o.Prices = b.packagePrices(p, k)
	}
	o.MarketingInformation = b.marketing(p, k)
	if p.has("spcpack") {
		o.SpcSections = spc(string(p.nameFormStrength()))
	}
	switch {
	case k.has("endose"):
		o.Conditions = []fest.Ref{b.conditions["unit-dose"]}
	case k.has("bulk"):
		o.Conditions = []fest.Ref{b.conditions["bulk"]}
	}
	b.add(fest.ClassPackage, key, o)
}

func (b *builder) packageInformation(p *product, k *pack) fest.PackageInformation {
	f := forms[p.form]
	i := fest.PackageInformation{
		Drug: fest.Ref(p.drugID()), PackageSize: k.sizeText(), PackageUnit: units[f.unit].cv("7452"), PackageType: packageTypes[k.kind].cv("7449"),
		Quantity: fest.Decimal(k.amount),
	}
	switch len(k.size) {
	case 2:
		i.Multiple, i.Number = ptr(integer(k.size[0])), ptr(integer(k.size[1]))
	case 1:
		i.Number = ptr(integer(k.size[0]))
	}
	if ddd, ok := dailyDoses[p.atc]; ok && len(p.strengths) == 1 && f.unit == "stk" {
		if mg, ok := milligrams(p.strengths[0]); ok {
			per, _ := milligrams(ddd)
			q := quantity(ddd)
			i.DDD = &q
			i.StatisticsFactor = ptr(fest.Decimal(strconv.FormatFloat(float64(int(k.total()*mg/per*1000+0.5))/1000, 'f', -1, 64)))
		}
	}
	return i
}

// dailyDoses are defined daily doses, by ATC code.
var dailyDoses = map[string]string{
	"N02BE01": "3 g", "M01AE01": "1.2 g", "C10AA05": "20 mg", "C10AA01": "30 mg", "C07AB02": "0.15 g", "A10BA02": "2 g", "B01AA03": "7.5 mg",
	"H03AA01": "0.15 mg", "N02AA05": "75 mg", "C08CA01": "5 mg", "A02BC01": "20 mg", "N06AB10": "10 mg", "N06AB06": "50 mg", "C03CA01": "40 mg",
}

// milligrams reads a strength per piece.
func milligrams(s string) (float64, bool) {
	q := quantity(s)
	f, err := strconv.ParseFloat(q.Value, 64)
	if err != nil {
		return 0, false
	}
	switch q.Unit {
	case "g":
		return f * 1000, true
	case "mg":
		return f, true
	case "mikrog":
		return f / 1000, true
	default:
		return 0, false
	}
}

func (b *builder) packageReimbursements(p *product, k *pack) []fest.ProductReimbursement {
	if p.has("hresept") {
		return []fest.ProductReimbursement{{ReimbursementGroups: []fest.Ref{b.groups["L04AB04_H"]}, ValidFromDate: "2017-06-01"}}
	}
	number := p.flags["refund"]
	if number == "" || k.group == "F" || k.has("endose") {
		return nil
	}
	out := []fest.ProductReimbursement{{ReimbursementGroups: []fest.Ref{b.groups[number]}, ValidFromDate: "2008-03-03"}}
	if second := b.groups[p.atc+"_2"]; second != "" { // several at once are normal (R81)
		out = append(out, fest.ProductReimbursement{ReimbursementGroups: []fest.Ref{second, b.groups["ATC_SAMLE"]}, ValidFromDate: "2019-05-01"})
	}
	if k.has("tempout") {
		out[0].PrescribeUntilDate, out[0].DispenseUntilDate = ptr(b.day(30)), ptr(b.day(120))
	}
	return out
}

// packagePrices are maximum prices in force since January and, with the flag
// coming, those that follow (R102).
func (b *builder) packagePrices(p *product, k *pack) []fest.Price {
	r := newRNG(1, streamEntry, hashOf("price "+string(k.number)))
	aip := 2500 + int(k.total()*float64(r.between(30, 220))) + r.intn(9000)
	if p.has("hresept") || p.has("spcpack") {
		aip = aip*3 + 40_000
	}
	from := fest.Date(strconv.Itoa(b.retrieved.Year()) + "-01-01")
	prices := drugPrices(aip, from, p.flags["refund"] != "" || p.has("hresept"), k.group7 != nil)
	if k.has("coming") {
		next := b.day(12)
		for i := range prices {
			prices[i].ValidUntilDate = &next
		}
		prices = append(prices, drugPrices(aip*103/100, next, true, true)...)
	}
	return prices
}

// drugPrices are the prices of a package from its purchase price in øre. The
// maximum retail price is never below it (R146).
func drugPrices(aip int, from fest.Date, refunded, stepped bool) []fest.Price {
	aip = aip / 10 * 10
	aup := retail(aip)
	out := []fest.Price{
		{PriceType: priceAUP.cv("7453"), Price: kroner(aup), ValidFromDate: &from},
		{PriceType: priceAIP.cv("7453"), Price: kroner(aip), ValidFromDate: &from},
	}
	if stepped {
		out = append(out, fest.Price{PriceType: priceStepped.cv("7453"), Price: kroner(aup * 70 / 100), ValidFromDate: &from})
	}
	if refunded {
		amount := aup
		if stepped {
			amount = aup * 70 / 100
		}
		out = append(out, fest.Price{PriceType: priceRefund.cv("7453"), Price: kroner(amount), ValidFromDate: &from})
	}
	return out
}

// retail is a maximum retail price for a purchase price, both in øre: a
// percentage, a fixed amount and 25 % tax, as the scheme for pharmacies has it.
func retail(aip int) int { return (aip*102/100 + 2900) * 125 / 100 / 10 * 10 }

func (b *builder) marketing(p *product, k *pack) *fest.MarketingInformation {
	if p.has("unreg2") || p.has("unreg3") {
		return nil // not stated (R51)
	}
	r := newRNG(1, streamEntry, hashOf("marketed "+string(k.number)))
	m := &fest.MarketingInformation{MarketingDate: ptr(fest.Date(fmt.Sprintf("%d-%02d-%02d", r.between(1998, 2023), r.between(1, 12), pick(&r, []int{1, 15}))))}
	switch {
	case k.has("future"):
		m.MarketingDate = ptr(b.day(35))
	case k.has("sell"):
		m.WithdrawalDate = ptr(b.day(-30))
	case k.has("tempout"):
		m.TemporarilyDiscontinuedDate = ptr(b.day(-20))
	}
	if old := k.flags["oldnr"]; old != "" {
		m.DiscontinuedItemNumber = ptr(fest.Number(old))
	}
	if k.has("endose") {
		m.UnitDoseRepackager = ptr(fest.Text("Eksempelapoteket sykehus"))
	}
	return m
}

// addDoses writes one dose per amount of the drug's packages.
func (b *builder) addDoses(p *product) {
	f := forms[p.form]
	if len(p.packs) == 0 {
		return
	}
	type doseKey struct{ amount, kind string }
	var order []doseKey
	packages := map[doseKey][]fest.Ref{}
	for _, k := range p.packs {
		key := doseKey{"1", ""}
		if f.unit != "stk" {
			key = doseKey{k.amount, k.kind}
		}
		if packages[key] == nil {
			order = append(order, key)
		}
		packages[key] = append(packages[key], fest.Ref(k.id()))
	}
	for _, key := range order {
		name := p.key + " " + key.amount + key.kind
		d := &fest.Dose{
			Medicine: b.medicine(p, p.group), ID: b.id("doses", name), LmrNumber: ptr(fest.Number(strconv.Itoa(b.nextLMR))),
			Quantity: fest.PQ{Value: key.amount, Unit: f.unit}, Drug: fest.Ref(p.drugID()), Packages: packages[key],
			OrderingUnits: []fest.CV{dosageTerm(f.dosage).cv("7480")},
		}
		d.BlackTriangle = nil
		if key.kind != "" {
			d.PackageType = ptr(packageTypes[key.kind].cv("7449"))
		}
		b.nextLMR += 7
		b.add(fest.ClassDose, name, d)
	}
}

func dosageTerm(key string) term { u := dosageUnits[key]; return term{u.code, u.singular} }
