package sample

import (
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

func (f *full) ingredient(n int) *fest.Ingredient {
	i := &f.ingredients[n]
	v := &fest.Ingredient{ID: f.id(fest.ClassIngredient, n), Name: fest.Text(i.name)}
	if i.english != "" {
		v.NameEnglish = ptr(fest.Text(i.english))
	}
	for k := range int(i.nSalts) {
		v.FullActiveSubstances = append(v.FullActiveSubstances, f.ref(fest.ClassIngredient, int(i.salts)+k))
	}
	return v
}

func (f *full) strength(n int) *fest.IngredientStrength {
	s := &f.strengths[n]
	v := &fest.IngredientStrength{ID: f.id(fest.ClassIngredientStrength, n), Strength: fest.PQ{Value: s.value, Unit: s.unit},
		ActiveSubstance: f.ref(fest.ClassIngredient, int(s.ingredient)), StrengthOperator: operators[s.operator].cv("7445")}
	if s.denominator != "" {
		v.StrengthDenominator = &fest.PQ{Value: "1", Unit: s.denominator}
	}
	if s.upper != "" {
		v.StrengthUpperValue = ptr(fest.Decimal(s.upper))
	}
	if s.alternative {
		v.AlternativeStrength = &fest.PQ{Value: s.value, Unit: "‰"}
	}
	if s.atc != "" {
		v.AtcOfCombinationComponent = ptr(f.atc.cv(s.atc))
	}
	return v
}

var operators = map[byte]term{'L': strengthEqual, 'M': strengthLess, 'S': strengthGreater, 'I': strengthInterval}

// name is NavnFormStyrke: brand or ingredients, form, strength.
func (f *full) nameFormStrength(brand string, fam *family, strengths []int32) fest.Text {
	var b strings.Builder
	b.WriteString(brand)
	b.WriteByte(' ')
	b.WriteString(forms[fam.form].short)
	if len(strengths) <= 3 {
		for i, n := range strengths {
			sep := byte('/')
			if i == 0 {
				sep = ' '
			}
			b.WriteByte(sep)
			s := &f.strengths[n]
			b.WriteString(comma(s.value))
			b.WriteByte(' ')
			b.WriteString(s.unit)
			if s.denominator != "" {
				b.WriteByte('/')
				b.WriteString(s.denominator)
			}
		}
	}
	return fest.Text(b.String())
}

func (f *full) brand(d *fullDrug) string {
	fi := f.units[d.unit].family
	fam := &f.families[fi]
	switch {
	case d.original:
		return f.brands[fi]
	case d.kind != 0:
		return f.ingredients[fam.ingredients[0]].english + " " + f.words["maker"][d.maker]
	default:
		return f.ingredients[fam.ingredients[0]].name + " " + f.words["maker"][d.maker]
	}
}

// medicine is what a drug shares with its packages and doses.
func (f *full) medicine(drug int32, group string) fest.Medicine {
	d := &f.drugs[drug]
	fam := &f.families[f.units[d.unit].family]
	m := fest.Medicine{
		Atc: ptr(f.atc.cv(fam.atc)), NameFormStrength: f.nameFormStrength(f.brand(d), fam, f.strengthsOf(drug)), PrescriptionGroup: prescriptionGroup(group).cs(),
		PharmaceuticalFormShort: ptr(term{forms[fam.form].code, forms[fam.form].name}.cv("7448")), MedicationType: ptr(typeMedicine.cs()), ApplicationType: ptr(applicationNone.cs()),
	}
	switch {
	case d.kind == 2:
		m.MedicationType, m.ApplicationType = ptr(typeUnregistered.cs()), ptr(applicationPharmacy.cs())
	case d.kind == 3:
		m.MedicationType, m.ApplicationType = ptr(typeUnregistered.cs()), ptr(applicationAlways.cs())
	case fam.flags&familyVet != 0:
		m.MedicationType = ptr(typeVeterinary.cs())
	case fam.atc[0] == 'J' && strings.HasPrefix(fam.atc, "J07"):
		m.MedicationType = ptr(typeVaccine.cs())
	}
	if fam.group == "A" {
		m.OpioidApplication = ptr(fest.Boolean("true"))
	}
	if d.kind != 0 && drug%97 == 0 { // a few have no ATC code (DOMAIN 7.5)
		m.Atc = nil
	}
	return m
}

func (f *full) sorted(fam *family, strengths []int32) (with []fest.SortedStrength, without []fest.SortedSubstance) {
	for i, s := range strengths {
		with = append(with, fest.SortedStrength{Sorting: integer(i), ActiveSubstanceWithStrength: f.ref(fest.ClassIngredientStrength, int(s))})
	}
	if len(strengths) == 0 {
		for i, n := range fam.ingredients {
			without = append(without, fest.SortedSubstance{Sorting: integer(i), ActiveSubstance: f.ref(fest.ClassIngredient, int(n))})
		}
	}
	return with, without
}

// The first conditions have fixed uses.
const (
	conditionUnregistered = iota
	conditionAntibiotic
	conditionDriving
	conditionReview
	conditionSpecialist
	conditionHospital
	fixedConditions
)

func (f *full) conditionRef(n int) fest.Ref {
	return f.ref(fest.ClassCondition, n%f.counts[fest.ClassCondition])
}

// conditions on a drug (DMP guide §5.7).
func (f *full) conditions(drug int32) []fest.Ref {
	d := &f.drugs[drug]
	fam := &f.families[f.units[d.unit].family]
	var out []fest.Ref
	if d.kind != 0 {
		out = append(out, f.conditionRef(conditionUnregistered))
	}
	if strings.HasPrefix(fam.atc, "J01") {
		out = append(out, f.conditionRef(conditionAntibiotic))
	}
	if fam.flags&familyTriangle != 0 {
		out = append(out, f.conditionRef(conditionDriving))
	}
	if fam.atc[0] == 'N' && fam.flags&familyNew != 0 {
		out = append(out, f.conditionRef(conditionReview))
	}
	return out
}

func (f *full) drug(n int, r *rng) *fest.Drug {
	i := int32(n)
	d := &f.drugs[n]
	fam := &f.families[f.units[d.unit].family]
	v := &fest.Drug{Medicine: f.medicine(i, fam.group), ID: ptr(f.id(fest.ClassDrug, n)), BrandName: fest.Text(f.brand(d)), PharmaceuticalFormLong: ptr(fest.Text(forms[fam.form].name)),
		ProductInformation: &fest.ProductInformation{Manufacturer: ptr(fest.Text(f.words["maker"][d.maker] + pick(r, []string{" AS", " AB", " GmbH", " Ltd", " A/S", " BV"})))}}
	v.SortedActiveSubstancesWithStrength, v.SortedActiveSubstancesWithoutStrength = f.sorted(fam, f.strengthsOf(i))
	v.Conditions = f.conditions(i)
	v.MedicineAdministration = f.administration(f.units[d.unit].family, r)
	if fam.flags&familyNew != 0 && d.kind == 0 {
		v.BlackTriangle = ptr(blackTriangle.cv("7510"))
	}
	if fam.flags&familyTriangle != 0 || r.chance(0.3) {
		v.ProductInformation.WarningTriangle = ptr(boolean(fam.flags&familyTriangle != 0))
	}
	if !d.original && d.kind == 0 {
		v.ProductInformation.ReferenceProduct = ptr(fest.Text(f.brands[f.units[d.unit].family]))
	}
	if strings.HasPrefix(fam.atc, "J07") {
		v.ProductInformation.VaccineStandard = ptr(pick(r, vaccineStandards).cv("7447"))
	}
	if forms[fam.form].short[0] == 'm' && r.chance(0.5) {
		taste := pick(r, f.words["flavour"])
		v.Taste = &fest.CS{Code: taste, Display: taste}
		v.NameFormStrength += fest.Text(" " + taste)
	}
	switch {
	case strings.HasPrefix(fam.atc, "J01"):
		v.PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P10D"}}
	case strings.HasPrefix(fam.atc, "D10BA"):
		v.PrescriptionValidities = []fest.PrescriptionValidity{{Gender: ptr(sexMale.cs()), Duration: "P1Y"}, {Gender: ptr(sexFemale.cs()), Duration: "P7D"}}
	case fam.group != "F":
		v.PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P1Y"}}
	}
	if d.kind == 0 && fam.flags&familyCentral == 0 {
		v.SpcSections = f.spc(r)
	}
	return v
}

func (f *full) spc(r *rng) []fest.SpcSection {
	return []fest.SpcSection{{SectionHeading: spcContents.cs(), Link: fest.Link{URL: fest.URL{
		Value: "https://example.org/preparatomtaler/" + pad(strconv.Itoa(r.intn(26)), 4) + "-" + pad(strconv.Itoa(r.intn(100_000)), 5) + ".pdf"}}}}
}

// administration of a family; the drawing is the drug's own.
func (f *full) administration(fi int32, r *rng) *fest.MedicineAdministration {
	fam := &f.families[fi]
	fm := forms[fam.form]
	a := &fest.MedicineAdministration{DosageUnits: []fest.CV{dosageTerm(fm.dosage).cv("7480")}}
	for _, route := range fm.routes {
		a.RoutesOfAdministration = append(a.RoutesOfAdministration, routes[route].cv("7477"))
	}
	if fm.solid {
		a.CanBeCrushed = ptr(pick(r, []term{unknown, unknown, no, yes}).cs())
		a.DivisionOfDose = ptr(pick(r, []term{divisionUnspecified, divisionUnspecified, divisionNone, divisionTwo, divisionFour}).cs())
	}
	if fm.capsule {
		a.CanBeOpened = ptr(pick(r, []term{unknown, no, yes}).cs())
	}
	if fm.parenteral {
		a.Bolus = ptr(pick(r, []term{bolusNo, bolusYes}).cs())
		if a.Bolus.Code == bolusYes.code {
			a.InjectionRateBolus = ptr(bolusRateSlow.cs())
		}
		if fam.form == "konsinf" && len(f.generics) > 0 {
			a.MixingLiquidProposals = []fest.Ref{f.ref(fest.ClassGeneric, int(fi)%len(f.generics)), f.ref(fest.ClassDrug, int(fi)%len(f.drugs))}
		}
		if fam.form == "inf" && r.chance(0.3) {
			a.MixingLiquid = ptr(fest.Boolean("true"))
		}
		return a
	}
	// Short doses and labels belong to the family, so brands agree (R107).
	own := newRNG(f.seed, streamEntry, uint64(fi)|1<<56)
	start := own.intn(len(f.shortDoses))
	for k := range own.between(1, 7) {
		s := &f.shortDoses[(start+k*5)%len(f.shortDoses)]
		a.ShortDoses = append(a.ShortDoses, term{s.code, s.display}.cv("7478"))
	}
	for k := range own.intn(3) {
		a.IngestionPrecautions = append(a.IngestionPrecautions, precautions[(start+k)%len(precautions)].cv("7479"))
	}
	first := own.intn(len(f.labels))
	for k := range own.between(1, 4) {
		a.LabelApplicationAreas = append(a.LabelApplicationAreas, f.labels[(first+k*3)%len(f.labels)].cv("7488"))
	}
	return a
}

// packGroup is the prescription group of a package: F for the smallest of a
// drug in CF, C for the others (R53).
func (f *full) packGroup(n int) string {
	p := &f.packs[n]
	fam := &f.families[f.units[f.drugs[p.drug].unit].family]
	if fam.group != "CF" {
		return fam.group
	}
	if int(f.drugs[p.drug].packs) == n {
		return "F"
	}
	return "C"
}

func (f *full) itemNumber(pack int) fest.Number { return spread(pack + 1) }

func (f *full) pack(n int, r *rng) *fest.Package {
	p := &f.packs[n]
	d := &f.drugs[p.drug]
	u := &f.units[d.unit]
	fam := &f.families[u.family]
	v := &fest.Package{Medicine: f.medicine(p.drug, f.packGroup(n)), ID: ptr(f.id(fest.ClassPackage, n)), ItemNumber: f.itemNumber(n), Storage: ptr(storageRoom.cs())}
	if fam.flags&familyCold != 0 {
		v.Storage = ptr(storageCold.cs())
	}
	if fam.form == "oye" && r.chance(0.4) {
		v.WithoutPreservative = ptr(fest.Boolean("true"))
	}
	if d.kind == 0 && r.chance(0.98) || d.kind != 0 && r.chance(0.15) {
		v.BarCodes = []fest.Number{ean13(v.ItemNumber)}
		if r.chance(0.03) {
			v.BarCodes = append(v.BarCodes, ean14(v.ItemNumber))
		}
	}
	v.PackageInformation = []fest.PackageInformation{f.packageInformation(n, r)}
	if d.kind == 0 && n%211 == 7 { // a combination pack: a second drug (R47)
		other := f.packageInformation((n+1)%len(f.packs), r)
		v.PackageInformation[0].Sorting, other.Sorting = ptr(fest.Integer("1")), ptr(fest.Integer("2"))
		v.PackageInformation = append(v.PackageInformation, other)
		v.PharmaceuticalFormShort = ptr(term{forms["komb"].code, forms["komb"].name}.cv("7448"))
	}
	if d.kind == 0 {
		f.registeredPack(v, n, r)
	}
	return v
}

// registeredPack adds what packages of unregistered drugs lack.
func (f *full) registeredPack(v *fest.Package, n int, r *rng) {
	p := &f.packs[n]
	u := &f.units[f.drugs[p.drug].unit]
	fam := &f.families[u.family]
	refunded := fam.refund >= 0 && v.PrescriptionGroup.Code != "F"
	if refunded {
		v.Reimbursements = []fest.ProductReimbursement{{ReimbursementGroups: []fest.Ref{fest.Ref(f.groupID(int(fam.refund), 0))}, ValidFromDate: "2008-03-03"}}
		if k := f.refunds[fam.refund].groups; k > 1 && r.chance(0.5) {
			v.Reimbursements = append(v.Reimbursements, fest.ProductReimbursement{ReimbursementGroups: []fest.Ref{fest.Ref(f.groupID(int(fam.refund), k-1))}, ValidFromDate: "2024-12-01"})
		}
	}
	bucket := 0
	if size, _ := strconv.Atoi(packSizes[p.size]); size >= 50 {
		bucket = 1
	}
	if s := u.subs[bucket]; s >= 0 {
		v.PackageSubstitutionGroup = &fest.PackageSubstitutionGroup{SubstitutionGroup: f.ref(fest.ClassSubstitutionGroup, int(s)), ValidFromDate: ptr(f.pastDay(r, 4000))}
	}
	year := f.retrieved.Year()
	if r.chance(0.93) {
		from := fest.Date(strconv.Itoa(year) + "-01-01")
		if r.chance(0.4) {
			from = fest.Date(strconv.Itoa(year-r.between(1, 6)) + "-" + pad(strconv.Itoa(r.between(1, 12)), 2) + "-01")
		}
		aip := 1500 + r.intn(1<<r.between(8, 19))
		v.Prices = drugPrices(aip, from, refunded, v.PackageSubstitutionGroup != nil)
		if r.chance(0.03) {
			next := date(f.retrieved.AddDate(0, 0, r.between(1, 20)))
			for i := range v.Prices {
				v.Prices[i].ValidUntilDate = &next
			}
			v.Prices = append(v.Prices, drugPrices(moved(aip, r), next, refunded, v.PackageSubstitutionGroup != nil)...)
		}
	}
	m := &fest.MarketingInformation{MarketingDate: ptr(f.pastDay(r, 9000))}
	switch k := r.intn(100); {
	case k < 2:
		m.WithdrawalDate = ptr(date(f.retrieved.AddDate(0, 0, r.between(-85, 60))))
	case k < 5:
		m.TemporarilyDiscontinuedDate = ptr(date(f.retrieved.AddDate(0, 0, r.between(-85, 60))))
	case k < 6:
		m.MarketingDate = ptr(date(f.retrieved.AddDate(0, 0, r.between(3, 60))))
	case k < 8:
		m.DiscontinuedItemNumber = ptr(spread(100_000 + n))
	}
	v.MarketingInformation = m
	if fam.flags&familyCentral != 0 {
		v.SpcSections = f.spc(r)
	}
}

func (f *full) pastDay(r *rng, days int) fest.Date {
	return date(f.retrieved.AddDate(0, 0, -r.between(30, days)))
}

func (f *full) packageInformation(n int, r *rng) fest.PackageInformation {
	p := &f.packs[n]
	fam := &f.families[f.units[f.drugs[p.drug].unit].family]
	fm := forms[fam.form]
	size := packSizes[p.size]
	v := fest.PackageInformation{Drug: f.ref(fest.ClassDrug, int(p.drug)), PackageSize: fest.Text(size), PackageUnit: units[fm.unit].cv("7452"), PackageType: packageTypes[p.kind].cv("7449"), Quantity: fest.Decimal(size)}
	if fm.parenteral {
		number := r.between(1, 10)
		v.Number, v.PackageSize = ptr(integer(number)), fest.Text(strconv.Itoa(number)+" x "+size)
	}
	if r.chance(0.5) {
		v.DDD = &fest.PQ{Value: pick(r, strengthValues), Unit: "mg"}
		v.StatisticsFactor = ptr(fest.Decimal(strconv.FormatFloat(float64(r.between(10, 90_000))/1000, 'f', -1, 64)))
	}
	return v
}

func (f *full) generic(n int, r *rng) *fest.Generic {
	u := &f.units[f.generics[n]]
	fam := &f.families[u.family]
	group := fam.group
	if group == "CF" {
		group = "C"
	}
	var parts []string
	for _, i := range fam.ingredients {
		parts = append(parts, f.ingredients[i].name)
	}
	v := &fest.Generic{Medicine: f.medicine(u.drugs[0], group), ID: f.id(fest.ClassGeneric, n), PrescribingUnits: []fest.CV{units[forms[fam.form].unit].cv("7452")}}
	v.Atc = ptr(f.atc.cv(fam.atc))
	v.NameFormStrength = f.nameFormStrength(strings.Join(parts, "/"), fam, u.strengths)
	v.SortedActiveSubstancesWithStrength, _ = f.sorted(fam, u.strengths)
	v.MedicationType, v.ApplicationType = nil, nil
	unregistered := true
	for _, d := range u.drugs {
		v.Drugs = append(v.Drugs, f.ref(fest.ClassDrug, int(d)))
		for k := range f.drugs[d].nPacks {
			v.Packages = append(v.Packages, f.ref(fest.ClassPackage, int(f.drugs[d].packs+k)))
		}
		unregistered = unregistered && f.drugs[d].kind != 0
	}
	if unregistered {
		v.MedicationType, v.ApplicationType = ptr(typeUnregistered.cs()), ptr(applicationPharmacy.cs())
	}
	if fam.refund >= 0 {
		v.Reimbursements = []fest.ProductReimbursement{{ReimbursementGroups: []fest.Ref{fest.Ref(f.groupID(int(fam.refund), 0))}, ValidFromDate: "2008-03-03"}}
	}
	v.Conditions = f.conditions(u.drugs[0])
	for _, d := range u.drugs[1:] { // on all its drugs (R73)
		of := f.conditions(d)
		v.Conditions = slices.DeleteFunc(v.Conditions, func(c fest.Ref) bool { return !slices.Contains(of, c) })
	}
	v.MedicineAdministration = f.administration(u.family, r)
	return v
}

func (f *full) dose(n int, _ *rng) *fest.Dose {
	o := f.doses[n]
	d := &f.drugs[o.drug]
	fam := &f.families[f.units[d.unit].family]
	fm := forms[fam.form]
	v := &fest.Dose{Medicine: f.medicine(o.drug, fam.group), ID: f.id(fest.ClassDose, n), LmrNumber: ptr(fest.Number(strconv.Itoa(3_000_001 + n*7))),
		Quantity: fest.PQ{Value: "1", Unit: fm.unit}, Drug: f.ref(fest.ClassDrug, int(o.drug)), OrderingUnits: []fest.CV{dosageTerm(fm.dosage).cv("7480")}}
	first, count := d.packs, d.nPacks
	if o.pack >= 0 {
		first, count = o.pack, 1
		v.PackageType = ptr(packageTypes[f.packs[o.pack].kind].cv("7449"))
	}
	if fm.unit != "stk" {
		v.Quantity.Value = packSizes[f.packs[first].size]
	}
	for k := range count {
		v.Packages = append(v.Packages, f.ref(fest.ClassPackage, int(first+k)))
	}
	return v
}

func (f *full) substitutionGroup(n int, r *rng) *fest.SubstitutionGroup {
	u := &f.units[f.subs[n]]
	fam := &f.families[u.family]
	v := &fest.SubstitutionGroup{ID: f.id(fest.ClassSubstitutionGroup, n),
		Code:                        fest.CS{Code: pad(strconv.Itoa(1+n), 6), Display: strings.ToUpper(string(f.nameFormStrength(f.ingredients[fam.ingredients[0]].name, fam, u.strengths)))},
		RemarkRegardingSubstitution: "false", ValidFromDate: ptr(f.pastDay(r, 6000))}
	switch k := r.intn(100); {
	case k < 8:
		t := writer{w: f.words, r: *r}
		v.RemarkRegardingSubstitution = "true"
		v.SubstitutionDescription = ptr(fest.Text("Byttes bare ved oppstart. " + t.sentences(conditionTemplates, 1, f.ingredients[fam.ingredients[0]].name)))
	case k < 10:
		v.ValidUntilDate = ptr(date(f.retrieved.AddDate(0, 0, r.between(10, 120))))
	}
	return v
}
