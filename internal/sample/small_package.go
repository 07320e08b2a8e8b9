package sample

import (
	"fmt"
	"strconv"

	"github.com/festd/festd/internal/fest"
)

// addPackage writes a package of a product.
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
