package answer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// related is a content in which relations, prices and dates differ in all that
// matters.
func related() []*fest.Entry {
	day := func(d string) *fest.Date {
		if d == "" {
			return nil
		}
		return ptr(fest.Date(d))
	}
	strength := func(id, of, value, operator string) *fest.Entry {
		return entry(fest.ClassIngredientStrength, &fest.IngredientStrength{ID: fest.ID(id), ActiveSubstance: fest.Ref(of), Strength: fest.PQ{Value: value, Unit: "mg"}, StrengthOperator: cv("7445", operator, operator)})
	}
	drug := func(id string, with, without []fest.Ref, change ...func(*fest.Drug)) *fest.Entry {
		d := &fest.Drug{ID: ptr(fest.ID(id)), BrandName: fest.Text(id)}
		d.NameFormStrength = fest.Text("Merkevare " + id)
		for i, ref := range with {
			d.SortedActiveSubstancesWithStrength = append(d.SortedActiveSubstancesWithStrength, fest.SortedStrength{Sorting: fest.Integer([]string{"7", "3", "5"}[i]), ActiveSubstanceWithStrength: ref})
		}
		for i, ref := range without {
			d.SortedActiveSubstancesWithoutStrength = append(d.SortedActiveSubstancesWithoutStrength, fest.SortedSubstance{Sorting: fest.Integer([]string{"4", "6"}[i]), ActiveSubstance: ref})
		}
		for _, f := range change {
			f(d)
		}
		return entry(fest.ClassDrug, d)
	}
	spc := func(url string) []fest.SpcSection {
		return []fest.SpcSection{{SectionHeading: fest.CS{Code: "1", Display: "SPC"}, Link: fest.Link{Description: ptr(fest.Text("Preparatomtale")), URL: fest.URL{Value: url}}}}
	}
	pack := func(id, drug string, change ...func(*fest.Package)) *fest.Entry {
		p := &fest.Package{ID: ptr(fest.ID(id)), ItemNumber: fest.Number("0" + id), MarketingInformation: &fest.MarketingInformation{MarketingDate: day("2020-01-01")}}
		p.NameFormStrength, p.PrescriptionGroup = fest.Text("Pakning "+id), fest.CS{Code: "C"}
		p.PackageInformation = []fest.PackageInformation{{Drug: fest.Ref(drug), PackageSize: "2 x 49", Multiple: ptr(fest.Integer("2")), Quantity: "49", PackageUnit: cv("7452", "stk", "stykk"), PackageType: cv("7449", "7", "Boks")}}
		for _, f := range change {
			f(p)
		}
		return entry(fest.ClassPackage, p)
	}
	condition := func(id, number string, types ...string) *fest.Entry {
		c := &fest.Condition{ID: fest.ID(id), ConditionNumber: ptr(fest.Text(number)), Text: fest.Text("Vilkår " + number)}
		for _, t := range types {
			c.StructuredConditions = append(c.StructuredConditions, fest.StructuredCondition{Type: cv("7439", t, t), TextValues: []fest.Text{"1"}})
		}
		return entry(fest.ClassCondition, c)
	}
	conditioned := func(refs ...fest.Ref) func(*fest.Package) { return func(p *fest.Package) { p.Conditions = refs } }
	member := func(group, until string) func(*fest.Package) {
		return func(p *fest.Package) {
			p.PackageSubstitutionGroup = &fest.PackageSubstitutionGroup{SubstitutionGroup: fest.Ref(group), ValidUntilDate: day(until)}
		}
	}
	price := func(list, kind, value, from, until string) fest.Price {
		return fest.Price{PriceType: cv(list, kind, kind), Price: fest.MO{Value: value, Currency: "NOK"}, ValidFromDate: day(from), ValidUntilDate: day(until)}
	}
	priced := func(prices ...fest.Price) func(*fest.Package) { return func(p *fest.Package) { p.Prices = prices } }
	link := func(group, from, prescribe, dispense string) fest.ProductReimbursement {
		return fest.ProductReimbursement{ReimbursementGroups: []fest.Ref{fest.Ref(group)}, ValidFromDate: fest.Date(from), PrescribeUntilDate: day(prescribe), DispenseUntilDate: day(dispense)}
	}
	group := func(id, list, number string, needs fest.Boolean, conditions []fest.Ref, codes ...fest.ReimbursementCode) *fest.Entry {
		return entry(fest.ClassReimbursement, &fest.Reimbursement{StatutoryAuthority: cv("7427", "200", "§2"), RequiresProductLink: "true", RequiresDecision: "false", ReimbursementGroups: []fest.ReimbursementGroup{
			{ID: fest.ID(id), GroupNumber: cv(list, number, number), RequiresReimbursementCode: needs, Conditions: conditions, ReimbursementCodes: codes}}})
	}
	goods := func(number, group string, prices ...fest.Price) fest.Commodity {
		l := link(group, "2026-07-01", "", "")
		return fest.Commodity{ItemNumber: fest.Number(number), Name: fest.Text("Vare " + number), Prices: prices, Reimbursement: &l}
	}
	generic := func(id string, change func(*fest.Generic)) *fest.Entry {
		g := &fest.Generic{ID: fest.ID(id), PrescribingUnits: []fest.CV{cv("7452", "stk", "stykk")}}
		g.NameFormStrength = fest.Text("Virkestoff " + id)
		change(g)
		return entry(fest.ClassGeneric, g)
	}
	return []*fest.Entry{
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "MOIETY", Name: "Moiety", FullActiveSubstances: []fest.Ref{"SALT", "MOIETY", "NOT-IN-EXTRACT"}}),
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "SALT", Name: "Salt"}),
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "OTHER", Name: "Other"}),
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "UNUSED", Name: "Unused"}),
		strength("S-1", "MOIETY", "5", "L"), strength("S-2", "MOIETY", "5", "L"), strength("S-3", "MOIETY", "5", "M"), strength("S-4", "SALT", "6.5", "L"), strength("S-5", "OTHER", "1", "L"),
		drug("D-SINGLE", []fest.Ref{"S-1"}, nil, func(d *fest.Drug) {
			d.SpcSections, d.Atc = spc("https://drug"), ptr(cv("7180", "N02BE01", "Paracetamol"))
		}),
		drug("D-SALT", []fest.Ref{"S-4"}, nil, func(d *fest.Drug) { d.Atc = ptr(cv("7180", "WITHOUT", "")) }), drug("D-BARE", nil, []fest.Ref{"SALT"}), drug("D-BOTH", []fest.Ref{"S-2"}, []fest.Ref{"SALT"}),
		drug("D-COMBI", []fest.Ref{"S-3", "S-5"}, nil), drug("D-COMBI-BARE", []fest.Ref{"S-5"}, []fest.Ref{"MOIETY"}), drug("D-LOST", []fest.Ref{"S-1", "S-GONE"}, nil),
		drug("D-OTHER", []fest.Ref{"S-5"}, nil),
		pack("P-1", "D-SINGLE", member("FREE", ""), priced(price("7453", "4", "10", "2026-01-01", "2026-10-01"), price("7453", "4", "12.50", "2026-10-01", ""), price("7453", "4", "11", "2026-03-01", "2026-03-31"), price("7453", "3", "20", "2026-10-01", "2026-12-31"))),
		pack("P-2", "D-SINGLE", func(p *fest.Package) {
			p.SpcSections = spc("https://package")
			p.MarketingInformation.WithdrawalDate = day("2026-08-31")
			p.MarketingInformation.DiscontinuedItemNumber = ptr(fest.Number("000002"))
			p.Storage = &fest.CS{Code: "1", Display: "Kjøleskap"}
		}),
		pack("P-KIT", "D-COMBI", func(p *fest.Package) {
			p.PackageInformation[0].PackageComponents = []fest.PackageComponent{{PackageType: cv("7449", "1", "Ampulle"), Quantity: fest.PQ{Value: "2", Unit: "ml"}, Number: ptr(fest.Integer("3"))}}
			p.PackageInformation = append(p.PackageInformation, fest.PackageInformation{Drug: "D-OTHER", PackageSize: "1", Quantity: "1", PackageUnit: cv("7452", "sett", "sett")})
		}),
		pack("P-BULK", "D-SALT", conditioned("C-40")), pack("P-UNIT", "D-SALT", conditioned("C-41")), pack("P-ODD", "D-SALT", conditioned("C-1", "C-GONE")), pack("P-EVEN", "D-SALT", conditioned("C-1")),
		pack("P-FOOD", "D-SALT", func(p *fest.Package) { p.PrescriptionGroup.Code = "K" }),
		pack("P-REPACKED", "D-SALT", func(p *fest.Package) { p.MarketingInformation.UnitDoseRepackager = ptr(fest.Text("Ompakker")) }),
		pack("P-SILENT", "D-SALT", func(p *fest.Package) { p.MarketingInformation = nil }),
		pack("P-NEW", "D-SALT", func(p *fest.Package) { p.MarketingInformation.MarketingDate = day("2026-09-10") }),
		pack("P-A", "D-OTHER", member("FREE", "2026-09-09")), pack("P-B", "D-OTHER", member("LIMITED", "")), pack("P-C", "D-OTHER", member("LIMITED", "")), pack("P-D", "D-OTHER", member("FREE", "")),
		pack("P-PAID", "D-OTHER", func(p *fest.Package) {
			p.Reimbursements = []fest.ProductReimbursement{link("RG-CODES", "2026-01-01", "2026-09-30", "2026-12-31"), link("RG-H", "2026-01-01", "", ""), link("RG-GONE", "2026-01-01", "2026-09-30", "2026-09-30"), link("RG-EMPTY", "2026-01-01", "", "")}
		}),
		group("RG-CODES", "7451", "X", "true", nil,
			fest.ReimbursementCode{Code: cv("7435", "A1", "A"), ValidFromDate: "2026-01-01"}, fest.ReimbursementCode{Code: cv("7435", "A2", "A"), ValidFromDate: "2026-01-01"},
			fest.ReimbursementCode{Code: cv("7170", "A1", "A"), ValidFromDate: "2026-10-01"}, fest.ReimbursementCode{Code: cv("7435", "A4", "A"), ValidFromDate: "2027-06-01"}),
		group("RG-H", "7451", "H", "false", nil), group("RG-EMPTY", "7451", "E", "true", nil),
		group("RID_1", "7403", "5010101", "false", []fest.Ref{"C-11"}), group("RID_2", "7403", "5010102", "false", []fest.Ref{"C-16"}), group("RID_3", "7403", "5080101", "false", []fest.Ref{"C-11"}),
		entry(fest.ClassSubstitutionGroup, &fest.SubstitutionGroup{ID: "FREE", RemarkRegardingSubstitution: "false"}),
		entry(fest.ClassSubstitutionGroup, &fest.SubstitutionGroup{ID: "LIMITED", RemarkRegardingSubstitution: "true", SubstitutionDescription: ptr(fest.Text("Kun ved oppstart"))}),
		condition("C-1", "1"), condition("C-40", "40"), condition("C-41", "41"), condition("C-11", "200", "11", "1"), condition("C-16", "201", "16"),
		entry(fest.ClassDose, &fest.Dose{ID: "DOSE", LmrNumber: ptr(fest.Number("0000123")), Quantity: fest.PQ{Value: "1", Unit: "stk"}, Drug: "D-SINGLE", Packages: []fest.Ref{"P-1", "P-2"}}),
		generic("G-1", func(g *fest.Generic) {
			g.Drugs, g.Packages = []fest.Ref{"D-SINGLE", "D-GONE"}, []fest.Ref{"P-1", "P-2", "P-B"}
			g.SortedActiveSubstancesWithStrength = []fest.SortedStrength{{Sorting: "1", ActiveSubstanceWithStrength: "S-1"}}
		}),
		generic("G-NO", func(g *fest.Generic) { g.Packages = []fest.Ref{"P-2", "P-BULK"} }),
		generic("G-UNKNOWN", func(g *fest.Generic) { g.Packages = []fest.Ref{"P-2", "P-GONE"} }),
		generic("G-EMPTY", func(*fest.Generic) {}),
		generic("A-FIRST", func(g *fest.Generic) { g.NameFormStrength, g.Drugs = "Abc", []fest.Ref{"D-SINGLE"} }),
		entry(fest.ClassMedicalConsumable, &fest.MedicalConsumable{Commodity: goods("000010", "RID_1", price("7423", "P", "10", "2026-07-01", "2026-09-30"))}),
		entry(fest.ClassNutrient, &fest.Nutrient{Commodity: goods("000011", "RID_2", price("7423", "P", "10", "2026-10-01", "2026-12-31"))}),
		entry(fest.ClassBreastProsthesis, &fest.BreastProsthesis{Commodity: goods("000012", "RID_3")}),
	}
}

// The made-up content, too, is as the slow reading of the rules has it.
func TestMadeUpRelations(t *testing.T) {
	compareRelations(t, related(), daysOf(related()))
	if changes := compareTimelines(t, related()); changes < 15 {
		t.Errorf("only %d changes", changes)
	}
}

func TestR34R35R41R42Ingredient(t *testing.T) {
	r := register(t, related())
	i, _ := r.Ingredient("SALT")
	a := r.IngredientRelations(i, &answer.Paging{})
	var drugs []string
	for _, d := range a.Drugs.Items {
		drugs = append(drugs, d.ID)
	}
	if want := []string{"D-SINGLE", "D-SALT", "D-BOTH", "D-BARE", "D-COMBI", "D-LOST", "D-COMBI-BARE"}; !slices.Equal(drugs, want) {
		t.Errorf("R34, R35: %v, want %v", drugs, want)
	}
	if d := cmp.Diff(answer.HoldingCounts{SingleWithStrength: 3, SingleWithoutStrength: 1, CombinationWithStrength: 2, CombinationWithoutStrength: 1}, a.DrugCounts); d != "" {
		t.Error(d)
	}
	if a.Strengths.Total != 3 || len(a.Strengths.Items[0].IngredientStrengths) != 2 || a.Strengths.Items[1].Operator.Code != "M" {
		t.Errorf("R42, R36: %+v", a.Strengths)
	}
	if len(a.Moieties.Items) != 1 || a.Moieties.Items[0].ID != "MOIETY" || a.Salts.Total != 0 {
		t.Errorf("R34: %+v, %+v", a.Moieties, a.Salts)
	}
	i, _ = r.Ingredient("MOIETY")
	if a = r.IngredientRelations(i, &answer.Paging{}); a.Salts.Total != 2 || a.Salts.Items[1] != (answer.Reference{Resource: fest.ResourceIngredients, ID: "NOT-IN-EXTRACT"}) || a.Moieties.Total != 0 {
		t.Errorf("R34: %+v", a.Salts)
	}
	i, _ = r.Ingredient("UNUSED")
	if a = r.IngredientRelations(i, &answer.Paging{}); a.Drugs == nil || a.Drugs.Total != 0 || a.Packages.Items == nil {
		t.Errorf("none found is an empty list: %+v", a)
	}
	d, _ := r.Drug("D-COMBI-BARE")
	h := r.DrugRelations(d, &answer.Paging{}).Ingredients.Items
	if h[0].ActiveSubstance.ID != "MOIETY" || h[0].IngredientStrength != nil || h[1].ActiveSubstance.ID != "OTHER" || h[1].Strength.Strength.Value != "1" {
		t.Errorf("R41: %+v", h)
	}
	dose, _ := r.Dose("DOSE")
	if a := r.DoseRelations(dose, &answer.Paging{}); a.Atc == nil || a.Atc.Code.Code != "N02BE01" || a.Atc.Of != fest.ResourceDrugs || a.Form != nil || a.Packages.Total != 2 {
		t.Errorf("R56: %+v", a)
	}
	if i, _ := r.Ingredient("SALT"); len(r.IngredientRelations(i, &answer.Paging{}).DerivedATC) != 1 {
		t.Error("R43, R115: one code, and WITHOUT is none")
	}
	d, _ = r.Drug("D-LOST")
	if h = r.DrugRelations(d, &answer.Paging{}).Ingredients.Items; h[0].ActiveSubstance != nil || h[0].IngredientStrength.ID != "S-GONE" {
		t.Errorf("a strength that the release has not: %+v", h)
	}
}

func TestR46R47R48R55Package(t *testing.T) {
	r := register(t, related())
	of := func(id fest.Ref) answer.PackageRelations {
		p, ok := r.Package(id)
		if !ok {
			t.Fatal(id)
		}
		return r.PackageRelations(p, &answer.Paging{})
	}
	kit := of("P-KIT")
	if !kit.Combination || len(kit.Parts) != 2 || len(kit.Parts[0].Components) != 1 || kit.Parts[0].Multiple != "2" || kit.Parts[0].Quantity != "49" || kit.Parts[1].Multiple != "" {
		t.Errorf("R46–R48: %+v", kit)
	}
	if !slices.Contains(kit.Rules, "R47") || !slices.Contains(kit.Rules, "R48") || !slices.Contains(kit.Rules, "R58") || kit.Generics.Total != 0 {
		t.Errorf("R47, R58: %v", kit.Rules)
	}
	if len(kit.SPC.Links) != 0 || !slices.Contains(kit.SPC.Rules, "R32") {
		t.Errorf("R32: %+v", kit.SPC)
	}
	two := of("P-2")
	if len(two.SPC.Links) != 2 || two.SPC.Links[0].On.ID != "P-2" || two.SPC.Links[1].On.ID != "D-SINGLE" {
		t.Errorf("R55: %+v", two.SPC)
	}
	if two.Outgoing != "000002" || two.Storage.Code != "1" || two.Doses.Items[0].LMRNumber != "0000123" || len(two.Doses.Items[0].Packages) != 2 {
		t.Errorf("R18, R56: %+v", two)
	}
	d, _ := r.Drug("D-SINGLE")
	if a := r.DrugRelations(d, &answer.Paging{}); len(a.SPC.Links) != 2 || a.Doses.Total != 1 {
		t.Errorf("R55 of a drug: %+v", a.SPC)
	}
	if a := r.DrugRelations(d, &answer.Paging{List: answer.ListPackages, From: 1, Limit: 1}); a.SPC != nil || a.Generics != nil || a.Packages.Total != 2 || a.Packages.Items[0].ID != "P-2" {
		t.Errorf("one list: %+v", a)
	}
	c := r.DrugGenerics(d, &answer.Paging{})
	if c.State != answer.ConversionFound || c.Generics.Items[0].ID != "A-FIRST" || c.Generics.Items[1].Packages != 3 || c.Packages != 2 {
		t.Errorf("R59: %+v", c)
	}
	// R60: the drug's own packages are what to prescribe where substitution must not happen.
	if !slices.Contains(c.Rules, "R60") || c.Packages != len(r.PackagesOfDrug("D-SINGLE")) {
		t.Errorf("R60: %+v", c)
	}
	d, _ = r.Drug("D-COMBI")
	if c := r.DrugGenerics(d, &answer.Paging{}); c.State != answer.ConversionNone || !slices.Contains(c.Rules, "R58") || c.Packages != 1 {
		t.Errorf("R58: %+v", c)
	}
}

func TestR49ToR53PackageAvailability(t *testing.T) {
	snap := open(t, related())
	for _, test := range []struct {
		id     fest.Ref
		day    rules.Day
		state  rules.Market
		p, d   rules.Tristate
		reason string
	}{
		{"P-EVEN", today, rules.Marketed, rules.Yes, rules.Yes, ""},
		{"P-BULK", today, rules.Marketed, rules.No, rules.Yes, "machine-dispensing-pack"},
		{"P-UNIT", today, rules.Marketed, rules.No, rules.Yes, "unit-dose-repack"},
		{"P-REPACKED", today, rules.Marketed, rules.No, rules.Yes, "unit-dose-repack"},
		{"P-FOOD", today, rules.Marketed, rules.No, rules.Yes, "food-supplement"},
		{"P-ODD", today, rules.Marketed, rules.Unknown, rules.Yes, "condition-not-in-release"},
		{"P-SILENT", today, rules.NotStated, rules.Unknown, rules.Unknown, "marketing-not-stated"},
		{"P-NEW", today, rules.NotYetMarketed, rules.No, rules.No, "not-yet-marketed"},
		{"P-NEW", "2026-09-10", rules.Marketed, rules.Yes, rules.Yes, ""},
		{"P-2", "2026-08-30", rules.Marketed, rules.Yes, rules.Yes, ""},
		{"P-2", "2026-08-31", rules.SellingOut, rules.No, rules.Yes, "selling-out"},
		{"P-2", "2026-11-30", rules.SellingOut, rules.No, rules.Yes, "selling-out"},
		{"P-2", "2026-12-01", rules.SoldOut, rules.No, rules.No, "sold-out"},
	} {
		r := answer.New(snap, test.day, rules.Set{})
		p, _ := r.Package(test.id)
		a := r.PackageAvailability(p)
		if a.State != test.state || a.Prescribable.Value != test.p || a.Dispensable.Value != test.d || a.Prescribable.Reason != test.reason || len(a.Rules) == 0 {
			t.Errorf("%s on %s: %+v", test.id, test.day, a)
		}
	}
}

func TestR61R62R66Generic(t *testing.T) {
	snap := open(t, related())
	of := func(id fest.Ref, day rules.Day, rulesOff ...string) answer.GenericRelations {
		r := answer.New(snap, day, off(t, rulesOff...))
		g, ok := r.Generic(id)
		if !ok {
			t.Fatal(id)
		}
		return r.GenericRelations(g, &answer.Paging{})
	}
	for id, want := range map[fest.Ref]rules.Tristate{"G-1": rules.Yes, "G-NO": rules.No, "G-UNKNOWN": rules.Unknown, "G-EMPTY": rules.Unknown} {
		if got := of(id, today).Prescribable; got.Value != want || !slices.Contains(got.Inferred, "R62") {
			t.Errorf("R62: %s is %+v, want %s", id, got, want)
		}
	}
	if g := of("G-1", today, "R62"); g.Prescribable != nil || !slices.Contains(g.SwitchedOff, "R62") {
		t.Errorf("R62 off: %+v", g)
	}
	also := func(g answer.GenericRelations) string {
		var out []string
		for _, p := range g.Also.Items {
			text := p.ID
			if p.Limited {
				text += " limited"
			}
			out = append(out, text)
		}
		return strings.Join(out, ", ")
	}
	if got := also(of("G-1", "2026-09-08")); got != "P-A, P-D, P-C limited" {
		t.Errorf("R66: %s", got)
	}
	g := of("G-1", "2026-09-09") // the until-date of P-A
	if got := also(g); got != "P-D, P-C limited" || !slices.Contains(g.Inferred, "R6") || !slices.Contains(g.Rules, "R96") {
		t.Errorf("R66, R6: %s, %+v", got, g.Basis)
	}
	if len(g.Units) != 1 || g.Sizes.Total != 1 || g.Sizes.Items[0].Packages != 3 || g.Sizes.Items[0].Sizes[0].Text != "2 x 49" {
		t.Errorf("R61: %+v, %+v", g.Units, g.Sizes)
	}
	if missing := of("G-UNKNOWN", today).Packages.Items[1]; missing.ID != "P-GONE" || missing.State != "" || missing.Prescribable != "" {
		t.Errorf("a package that the release has not: %+v", missing)
	}
}

func TestR5R101R102R104Prices(t *testing.T) {
	snap := open(t, related())
	for _, test := range []struct {
		id                string
		day               rules.Day
		state             answer.PriceState
		now, coming, past string
		doubtful          bool
	}{
		{"P-1", "2025-12-31", answer.PriceNotYet, "", "10 11 12.50 20", "", false},
		{"P-1", "2026-02-28", answer.Priced, "10", "11 12.50 20", "", false},
		{"P-1", "2026-03-01", answer.Priced, "11", "12.50 20", "10", false},
		{"P-1", "2026-04-01", answer.Priced, "10", "12.50 20", "11", false},
		{"P-1", "2026-09-30", answer.Priced, "10", "12.50 20", "11", false},
		{"P-1", "2026-10-01", answer.Priced, "12.50 20", "", "10 11", true},
		{"P-1", "2026-12-31", answer.Priced, "12.50 20", "", "10 11", true},
		{"P-1", "2027-01-01", answer.Priced, "12.50", "", "10 11 20", false},
		{"P-2", today, answer.PriceNotStated, "", "", "", false},
		{"000010", "2026-09-30", answer.Priced, "10", "", "", false},
		{"000010", "2026-10-01", answer.PriceOver, "", "", "10", false},
		{"000011", "2026-09-30", answer.PriceNotYet, "", "10", "", false},
		{"000011", "2026-10-01", answer.Priced, "10", "", "", false},
		{"000012", today, answer.PriceNotStated, "", "", "", false},
	} {
		r := answer.New(snap, test.day, rules.Set{})
		var product any
		if c, ok := r.Commodity(test.id); ok {
			product = c
		} else {
			product, _ = r.Package(fest.Ref(test.id))
		}
		a, ok := r.Prices(product)
		values := func(list []answer.Price) string {
			var out []string
			for _, p := range list {
				out = append(out, string(p.Price.Value))
			}
			return strings.Join(out, " ")
		}
		if !ok || a.State != test.state || values(a.Now) != test.now || values(a.Coming) != test.coming || values(a.Past) != test.past || a.Doubtful != test.doubtful {
			t.Errorf("%s on %s: %+v", test.id, test.day, a)
		}
		if (a.State == answer.PriceNotYet) != (a.ValidFrom != "") || a.State == answer.PriceNotYet && !slices.Contains(a.Rules, "R104") {
			t.Errorf("R104: %s on %s: from %q, %v", test.id, test.day, a.ValidFrom, a.Rules)
		}
	}
}

func TestR130ToR132ProductGroups(t *testing.T) {
	r := register(t, related())
	for _, test := range []struct {
		code     string
		want     rules.Tristate
		reason   string
		basis    string
		children int
	}{
		{"501", rules.Yes, "", "§ 5", 1}, {"50101", rules.No, "level-not-prescribed", "§ 5", 2},
		{"5010101", rules.Yes, "", "§ 5", 0}, {"5010102", rules.No, "no-condition-of-type-11", "§ 5", 0}, {"5080101", rules.No, "breast-prostheses", "§ 5", 0}, {"508", rules.No, "breast-prostheses", "§ 5", 1},
	} {
		g, ok, err := r.ProductGroup(test.code, &answer.Paging{})
		if err != nil || !ok || g.Prescribable.Value != test.want || g.Prescribable.Reason != test.reason || g.LegalBasis != test.basis || g.ProductGroup.Children != test.children || !g.Unlisted {
			t.Errorf("%s: %v, %v, %+v", test.code, err, ok, g)
		}
	}
	g, _, _ := r.ProductGroup("5010102", &answer.Paging{})
	if len(g.Conditions) != 1 || g.Conditions[0].Text != "Vilkår 201" || g.Conditions[0].Types[0].Code != "16" {
		t.Errorf("R132, R75: %+v", g.Conditions)
	}
	if i := g.Items.Items[0]; i.Kind != "nutrient" || i.PriceState != answer.PriceNotYet || i.ValidFrom != "2026-10-01" {
		t.Errorf("R104: %+v", i)
	}
	for _, code := range []string{"", "5", "50102", "5010103", "501x"} {
		if g, ok, err := r.ProductGroup(code, &answer.Paging{}); ok || err != nil {
			t.Errorf("%q is %+v, %v", code, g, err)
		}
	}
}

func TestTimelineAndUpcoming(t *testing.T) {
	snap := open(t, related())
	r := answer.New(snap, today, rules.Set{})
	paid, _ := r.Package("P-PAID")
	var got []string
	line := r.Timeline(paid, &answer.Paging{})
	for _, s := range line.Spans.Items {
		if s.Kind != answer.SpanReimbursement {
			continue
		}
		text := strings.Join([]string{string(s.When), string(s.FirstDay), s.Group.ID, string(s.LastPrescribeDay), string(s.LastDay)}, " ")
		if s.NotPrescribable {
			text += " dispensing only"
		}
		if s.Codes != nil {
			text += " " + strings.Repeat("*", s.Codes.Total)
		}
		got = append(got, text)
	}
	want := []string{
		"is 2026-01-01 RG-GONE 2026-09-30 2026-09-30", "is 2026-01-01 RG-CODES 2026-09-30 2026-12-31 **", "is 2026-01-01 RG-H  ",
		"comes 2026-10-01 RG-CODES  2026-12-31 dispensing only *",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("R4, R80, R88: -want +got:\n%s", d)
	}
	if len(line.NotStated) != 2 || line.NotStated[0].Kind != answer.SpanPrice || line.NotStated[1].Kind != answer.SpanSubstitution || !slices.Contains(line.NotStated[1].Rules, "R95") {
		t.Errorf("R28: %+v", line.NotStated)
	}
	withoutR84 := answer.New(snap, today, off(t, "R84"))
	p, _ := withoutR84.Package("P-SILENT")
	if line := withoutR84.Timeline(p, &answer.Paging{}); len(line.NotStated) != 3 || !slices.Contains(line.NotStated[1].SwitchedOff, "R84") {
		t.Errorf("R84 off: %+v", line.NotStated)
	}

	changes := func(from, until rules.Day, kind answer.SpanKind, res fest.Resource) string {
		up, err := r.Upcoming(from, until, kind, res, &answer.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, i := range up.Items {
			text := string(i.Date) + " " + i.Product.ID
			for _, c := range i.Changes {
				if text += " " + string(c.Change); c.Unsure {
					text += " unsure"
				}
			}
			out = append(out, text)
		}
		return strings.Join(out, "; ")
	}
	for _, test := range []struct {
		from, until rules.Day
		kind        answer.SpanKind
		res         fest.Resource
		want        string
	}{
		{"2026-09-09", "2026-09-09", "", "", "2026-09-09 P-A ends unsure"},
		{"2026-09-08", "2026-09-08", "", "", ""},
		{"2026-09-10", "2026-09-30", "", "", "2026-09-10 P-NEW begins"},
		{"2026-09-30", "2026-10-01", answer.SpanPrice, "", "2026-10-01 P-1 begins begins; 2026-10-01 000010 ends; 2026-10-01 000011 begins"},
		{"2026-09-30", "2026-10-01", answer.SpanPrice, fest.ResourcePackages, "2026-10-01 P-1 begins begins"},
		{"2026-09-30", "2026-10-01", answer.SpanReimbursement, "", "2026-10-01 P-PAID ends begins prescribingEnds"},
		{"2027-01-01", "", answer.SpanPrice, "", "2027-01-01 P-1 ends; 2027-01-01 000011 ends"},
		{"2027-01-01", "", answer.SpanReimbursement, "", "2027-01-01 P-PAID ends ends"},
		{"2026-08-31", "2026-08-31", answer.SpanAvailability, "", "2026-08-31 P-2 begins"},
		{"2026-12-01", "2026-12-01", answer.SpanAvailability, "", "2026-12-01 P-2 begins"},
		{"2100-01-01", "", "", "", ""},
	} {
		if got := changes(test.from, test.until, test.kind, test.res); got != test.want {
			t.Errorf("%s to %s, %s %s: %q, want %q", test.from, test.until, test.kind, test.res, got, test.want)
		}
	}
}
