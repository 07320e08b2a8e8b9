package sample

import "github.com/festd/festd/internal/fest"

// addSpecialProducts adds the products that the table cannot say.
func (b *builder) addSpecialProducts() {
	b.addCombinationPack()
	b.addKit()
	b.addRepacks()
	one := func(p *product) {
		for _, k := range p.packs {
			if k.number == "" {
				k.number = b.number("")
			} else {
				b.number(string(k.number))
			}
		}
		b.products = append(b.products, p)
	}
	// The single code WITHOUT, which many products share (R115), and an
	// interval strength (R36).
	one(&product{key: "Hyperikum Eksempel", brand: "Hyperikum Eksempel", maker: "Eksempelurt AS", atc: "WITHOUT", form: "tab", group: "F",
		ingredients: []string{"Prikkperikum"}, strengths: []string{"425-525 mg"}, flags: flagsOf([]string{"herbal", "nogeneric", "nospc"}), packs: []*pack{readPack("60 bli #078001")}})
	one(&product{key: "Perikum Nordlys", brand: "Perikum Nordlys", maker: "Nordlys Urter AS", atc: "WITHOUT", form: "kaps", group: "F",
		ingredients: []string{"Perikum"}, strengths: []string{">300 mg"}, flags: flagsOf([]string{"herbal", "nogeneric", "nospc"}), packs: []*pack{readPack("90 plb #078002 upc")}})
	// A drug without ATC code, and a food supplement (group K).
	one(&product{key: "Eksempelvann", brand: "Eksempelvann sterilt", maker: "Tundra Infusion AB", form: "inf", group: "C",
		ingredients: []string{"Natriumklorid"}, strengths: []string{"-"}, flags: flagsOf([]string{"hospital", "nogeneric", "nospc", "novalidity"}), packs: []*pack{readPack("10x1000 pose #078003 noprice noean")}})
	one(&product{key: "Folat Pluss", brand: "Folat Pluss", maker: "Eksempelurt AS", form: "kaps", group: "K",
		ingredients: []string{"Folsyre"}, strengths: []string{"0.2 mg"}, flags: flagsOf([]string{"nogeneric", "nospc"}), packs: []*pack{readPack("120 plb #078004")}})
	// Equal content under another id (R42).
	for _, p := range b.products {
		if p.brand == "Amitriptylin Kysten" && p.strengths[0] == "25 mg" {
			p.flags["twin"] = ""
		}
		if p.atc == "C09CA01" && p.maker == "Fjordmed ASA" && p.strengths[0] == "50 mg" {
			p.packs[0].flags["leaving"] = ""
		}
	}
}

// addCombinationPack adds a package of two drugs, a cream and a vaginal
// tablet (R47), and beside it the ordinary tablet that is alike in all but id
// (R44).
func (b *builder) addCombinationPack() {
	flags := func(words ...string) map[string]string { return flagsOf(append(words, "nogeneric", "nodose")) }
	cream := &product{key: "Canesten kombi krem", brand: "Canesten", maker: "Eksempelpharma AS", atc: "D01AC01", form: "krem", group: "F",
		ingredients: []string{"Klotrimazol"}, strengths: []string{"10 mg/1 g"}, flags: flags()}
	tablet := &product{key: "Canesten kombi vagtab", brand: "Canesten", maker: "Eksempelpharma AS", atc: "G01AF02", form: "vagtab", group: "F",
		ingredients: []string{"Klotrimazol"}, strengths: []string{"500 mg"}, flags: flags()}
	single := &product{key: "Canesten vagtab", brand: "Canesten", maker: "Eksempelpharma AS", atc: "G01AF02", form: "vagtab", group: "F",
		ingredients: []string{"Klotrimazol"}, strengths: []string{"500 mg"}, flags: flagsOf(nil), packs: []*pack{readPack("1 bli #078010")}}
	b.number("078010")
	b.products = append(b.products, cream, tablet, single)

	number := b.number("078011")
	m := b.medicine(tablet, "F")
	m.NameFormStrength = "Canesten kombipakn 10 mg/g + 500 mg"
	m.PharmaceuticalFormShort = ptr(term{forms["komb"].code, forms["komb"].name}.cv("7448"))
	first := b.packageInformation(tablet, &pack{amount: "1", kind: "bli"})
	second := b.packageInformation(cream, &pack{amount: "20", kind: "tube"})
	first.Sorting, second.Sorting = ptr(fest.Integer("1")), ptr(fest.Integer("2"))
	k := &pack{number: number, amount: "1"}
	o := &fest.Package{
		Medicine: m, ID: ptr(k.id()), ItemNumber: number, BarCodes: []fest.Number{ean13(number)}, Storage: ptr(storageRoom.cs()),
		PackageInformation:   []fest.PackageInformation{first, second},
		Prices:               b.packagePrices(tablet, k),
		MarketingInformation: &fest.MarketingInformation{MarketingDate: ptr(fest.Date("2009-05-01"))},
	}
	b.add(fest.ClassPackage, string(number), o)
}

// addKit adds a kit: its size counts kits, what is in one stands in the
// components (R48).
func (b *builder) addKit() {
	p := &product{key: "Adrenalin beredskapssett", brand: "Adrenalin beredskapssett", maker: "Eksempelpharma AS", atc: "C01CA24", form: "sett", group: "C",
		ingredients: []string{"Adrenalin"}, strengths: []string{"1 mg/1 ml"}, flags: flagsOf([]string{"nogeneric", "nodose"})}
	b.products = append(b.products, p)
	number := b.number("078012")
	k := &pack{number: number, amount: "1", kind: "sett"}
	info := b.packageInformation(p, k)
	info.PackageComponents = []fest.PackageComponent{
		{PackageType: packageTypes["amp"].cv("7449"), Quantity: fest.PQ{Value: "1", Unit: "ml"}, Number: ptr(fest.Integer("2"))},
		{PackageType: packageTypes["spr"].cv("7449"), Quantity: fest.PQ{Value: "1", Unit: "stk"}, Number: ptr(fest.Integer("2"))},
	}
	b.add(fest.ClassPackage, string(number), &fest.Package{
		Medicine: b.medicine(p, "C"), ID: ptr(k.id()), ItemNumber: number, BarCodes: []fest.Number{ean13(number)}, Storage: ptr(storageRoom.cs()),
		PackageInformation: []fest.PackageInformation{info}, Prices: b.packagePrices(p, k), MarketingInformation: b.marketing(p, k),
	})
}

// addRepacks gives one product the packages that only institutions see: a
// unit-dose repack and a bulk pack for machine dispensing (R52).
func (b *builder) addRepacks() {
	for _, p := range b.products {
		if p.brand != "Metoprolol Nordlys" || p.strengths[0] != "50 mg" {
			continue
		}
		for _, spec := range []string{"30x1 endo #078020 endose noprice", "1000 plb #078021 bulk"} {
			k := readPack(spec)
			b.number(string(k.number))
			p.packs = append(p.packs, k)
		}
	}
}
