package answer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference/rewritten"
	"github.com/festd/festd/internal/rules"
)

// refunds is a content with what reimbursement can be.
func refunds() []*fest.Entry {
	group := func(id, authority, list string, product, decision, code fest.Boolean, atc string, codes []fest.ReimbursementCode, conditions ...fest.Ref) *fest.Entry {
		g := fest.ReimbursementGroup{ID: fest.ID(id), GroupNumber: cv(list, id, id), RequiresReimbursementCode: code, ReimbursementCodes: codes, Conditions: conditions}
		if atc != "" {
			g.Atc = ptr(cv("7180", atc, "ATC "+atc))
		}
		return entry(fest.ClassReimbursement, &fest.Reimbursement{StatutoryAuthority: cv("7427", authority, "§"), RequiresProductLink: product, RequiresDecision: decision,
			ReimbursementGroups: []fest.ReimbursementGroup{g}})
	}
	code := func(list, code string, change ...func(*fest.ReimbursementCode)) fest.ReimbursementCode {
		c := fest.ReimbursementCode{Code: cv(list, code, "Vises "+code), ValidFromDate: "2020-01-01"}
		for _, f := range change {
			f(&c)
		}
		return c
	}
	condition := func(id, appliesTo string) *fest.Entry {
		return entry(fest.ClassCondition, &fest.Condition{ID: fest.ID(id), ConditionNumber: ptr(fest.Text(id)), AppliesTo: fest.CS{Code: appliesTo}, Text: fest.Text("Tekst " + id)})
	}
	with := func(conditions ...fest.ReimbursementCondition) func(*fest.ReimbursementCode) {
		return func(c *fest.ReimbursementCode) { c.ReimbursementConditions = conditions }
	}
	pack := func(id string, links ...fest.ProductReimbursement) *fest.Entry {
		p := &fest.Package{ID: ptr(fest.ID(id)), ItemNumber: fest.Number(id)}
		p.Reimbursements = links
		return entry(fest.ClassPackage, p)
	}
	link := func(from fest.Date, prescribe, dispense string, groups ...fest.Ref) fest.ProductReimbursement {
		l := fest.ProductReimbursement{ReimbursementGroups: groups, ValidFromDate: from}
		if prescribe != "" {
			l.PrescribeUntilDate = ptr(fest.Date(prescribe))
		}
		if dispense != "" {
			l.DispenseUntilDate = ptr(fest.Date(dispense))
		}
		return l
	}
	blue := []fest.ReimbursementCode{
		code("7170", "A01", func(c *fest.ReimbursementCode) { c.SubTerm = ptr(fest.Text("Underterm")) },
			with(fest.ReimbursementCondition{Condition: "C-1", FromDate: "2020-01-01"}, fest.ReimbursementCondition{Condition: "C-2", FromDate: "2020-01-01", ToDate: ptr(fest.Date("2026-09-09"))},
				fest.ReimbursementCondition{Condition: "C-3", FromDate: "2026-12-01"}, fest.ReimbursementCondition{Condition: "GONE", FromDate: "2020-01-01"})),
		code("7435", "A01"), code("7435", "E78.0", func(c *fest.ReimbursementCode) { c.PrescribeUntilDate = ptr(fest.Date("2026-09-08")) }),
	}
	opioid := &fest.Package{ID: ptr(fest.ID("P-OPIOID")), ItemNumber: "1", PackageInformation: []fest.PackageInformation{{Drug: "D-OPIOID"}}}
	opioid.Prices = []fest.Price{
		{PriceType: cv("7453", "2", "Refusjonspris"), Price: fest.MO{Value: "10.50", Currency: "NOK"}, ValidFromDate: ptr(fest.Date("2026-01-01"))},
		{PriceType: cv("7453", "2", "Refusjonspris"), Price: fest.MO{Value: "11", Currency: "NOK"}, ValidFromDate: ptr(fest.Date("2026-10-01"))},
		{PriceType: cv("7453", "3", "AIP"), Price: fest.MO{Value: "5", Currency: "NOK"}},
	}
	return []*fest.Entry{
		group("BLUE", "200", "7451", "true", "false", "true", "C09CA06", blue),
		group("H", "950", "7451", "true", "false", "false", "L04AB04", nil, "C-1"),
		group("SINGLE", "300", "7451", "false", "true", "true", "", []fest.ReimbursementCode{code("7435", "G35")}),
		group("SECTION-4", "400", "7451", "false", "false", "true", "", []fest.ReimbursementCode{code("7435", "A15")}),
		group("MIXTURE", "200", "7451", "false", "false", "true", "N02AA", []fest.ReimbursementCode{code("7434", "-90")}),
		group("EMPTY", "200", "7451", "true", "false", "true", "C09CA06", nil),
		group("RID_1", "501", "7403", "true", "false", "false", "", nil, "C-2"),
		condition("C-1", "3"), condition("C-2", "1"), condition("C-3", "2"),
		pack("P-BLUE", link("2020-01-01", "", "", "BLUE")),
		pack("P-LATER", link("2026-10-01", "", "", "BLUE")),
		pack("P-ENDING", link("2020-01-01", "2026-08-31", "2026-12-31", "BLUE")),
		pack("P-OVER", link("2020-01-01", "2025-01-01", "2025-06-01", "BLUE")),
		pack("P-TWO", link("2020-01-01", "2025-01-01", "2025-06-01", "BLUE", "H"), link("2026-01-01", "", "", "BLUE")),
		pack("P-H", link("2020-01-01", "", "", "H")),
		pack("P-EMPTY", link("2020-01-01", "", "", "EMPTY")),
		pack("P-GONE", link("2020-01-01", "", "", "NOT-THERE")),
		pack("P-NONE"),
		entry(fest.ClassPackage, opioid),
		entry(fest.ClassDrug, &fest.Drug{ID: ptr(fest.ID("D-OPIOID")), Medicine: fest.Medicine{OpioidApplication: ptr(fest.Boolean("true"))}}),
		entry(fest.ClassGeneric, &fest.Generic{ID: "G-1", Packages: []fest.Ref{"P-BLUE", "P-ENDING", "P-NONE", "P-UNKNOWN"},
			Medicine: fest.Medicine{Reimbursements: []fest.ProductReimbursement{link("2020-01-01", "", "", "BLUE")}}}),
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "I-MORFIN", Name: "Morfin", FullActiveSubstances: []fest.Ref{"I-MORFIN-HCL"}}),
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "I-MORFIN-HCL", Name: "Morfinhydroklorid", Reimbursements: []fest.ProductReimbursement{link("2020-01-01", "", "", "H")}}),
		entry(fest.ClassDrug, &fest.Drug{ID: ptr(fest.ID("D-MORFIN")), Medicine: fest.Medicine{Atc: ptr(cv("7180", "N02AA01", "Morfin"))},
			SortedActiveSubstancesWithoutStrength: []fest.SortedSubstance{{ActiveSubstance: "I-MORFIN"}}}),
		entry(fest.ClassMedicalConsumable, &fest.MedicalConsumable{Commodity: fest.Commodity{ItemNumber: "800001", Name: "Bandasje", Reimbursement: ptr(link("2020-01-01", "", "", "RID_1")),
			Prices: []fest.Price{{PriceType: cv("7423", "E", "Maks"), Price: fest.MO{Value: "3", Currency: "NOK"}, ValidFromDate: ptr(fest.Date("2026-10-01")), ValidUntilDate: ptr(fest.Date("2026-12-31"))}}}}),
	}
}

func TestReimbursementOfMadeUpProducts(t *testing.T) {
	states := compareReimbursement(t, refunds(), reimbursementDays(refunds(), 40))
	for _, state := range []string{"stated", "otherDays", "unknownGroup", "noneStated"} {
		if states[state] == 0 {
			t.Errorf("nothing was %s", state)
		}
	}
}

func TestReimbursement(t *testing.T) {
	snap := open(t, refunds())
	ask := func(day rules.Day, id string, a answer.Audience, rulesOff ...string) answer.Reimbursement {
		t.Helper()
		r := answer.New(snap, day, off(t, rulesOff...))
		p, ok := r.Package(fest.Ref(id))
		if !ok {
			t.Fatal(id)
		}
		out := r.PackageReimbursement(p, a)
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, test := range []struct {
		name, id         string
		day              rules.Day
		state            answer.ReimbursementState
		prescribe, other string // of the first group
		kinds            string
	}{
		{"valid", "P-BLUE", today, "stated", "valid", "valid", "preApproved"},
		{"not yet (R2)", "P-LATER", "2026-09-30", "otherDays", "notYet", "notYet", ""},
		{"the first day (R2)", "P-LATER", "2026-10-01", "stated", "valid", "valid", "preApproved"},
		{"the last day to prescribe (R4)", "P-ENDING", "2026-08-31", "stated", "valid", "valid", "preApproved"},
		{"dispensing only (R4)", "P-ENDING", "2026-09-01", "stated", "over", "valid", ""},
		{"the last day to dispense (R4)", "P-ENDING", "2026-12-31", "stated", "over", "valid", ""},
		{"over (R4)", "P-ENDING", "2027-01-01", "otherDays", "over", "over", ""},
		{"one of two links holds (R81)", "P-TWO", today, "stated", "valid", "valid", "preApproved"},
		{"H-prescription: by the link alone (R88)", "P-H", today, "stated", "valid", "valid", "hPrescription"},
		{"a code is required, and there is none (R80)", "P-EMPTY", today, "otherDays", "notStated", "notStated", ""},
		{"a group that the release has not (R145)", "P-GONE", today, "unknownGroup", "", "", ""},
		{"no link (R84)", "P-NONE", today, "noneStated", "", "", ""},
	} {
		got := ask(test.day, test.id, "")
		var prescribe, other answer.HoldingState
		if len(got.Groups) > 0 && got.Groups[0].Prescribing != nil {
			prescribe, other = got.Groups[0].Prescribing.State, got.Groups[0].Dispensing.State
		}
		kinds := []string{}
		for _, k := range got.Prescribable {
			kinds = append(kinds, string(k))
		}
		if got.State != test.state || string(prescribe) != test.prescribe || string(other) != test.other || strings.Join(kinds, " ") != test.kinds {
			t.Errorf("%s: %s, prescribing %s, dispensing %s, by %v", test.name, got.State, prescribe, other, kinds)
		}
		// R84: never a plain "not reimbursed".
		if want := test.kinds == ""; (got.Statement == rules.Unreimbursed) != want || slices.Contains(got.Inferred, "R84") != want {
			t.Errorf("%s: statement %q, inferred %v", test.name, got.Statement, got.Inferred)
		}
		// R85: what may be applied for is named whatever is stated.
		if len(got.Individual) != 1 || got.Individual[0].ID != "SINGLE" || got.Individual[0].EveryCodeOf != "urn:oid:"+fest.OIDRoot+"7435" || got.Individual[0].Codes != nil {
			t.Errorf("%s: individual %+v", test.name, got.Individual)
		}
	}
	if got := ask(today, "P-NONE", "", "R84"); got.Statement != "" || got.State != answer.ReimbursementNoneStated || !slices.Contains(got.SwitchedOff, "R84") {
		t.Errorf("R84 is off: %+v", got)
	}

	// R90–R92, R3, R72: texts and conditions by audience.
	got := ask(today, "P-BLUE", "")
	code := got.Groups[0].Codes[0]
	if code.Text != "Underterm" || code.Display != "Vises A01" || code.Classification != "ICPC-2" || got.Groups[0].Codes[1].Classification != "ICD-10" {
		t.Errorf("R90: %+v", code)
	}
	conditionsOn := func(c answer.ReimbursementCode) (out []string) {
		for _, x := range c.Conditions {
			out = append(out, x.ID+" "+string(x.State))
		}
		return out
	}
	if d := cmp.Diff([]string{"C-1 valid", "C-3 notYet", "GONE valid"}, conditionsOn(code)); d != "" { // C-2 ended the day before (R3)
		t.Errorf("R92: %s", d)
	}
	if d := cmp.Diff([]string{"C-1 valid", "C-2 valid", "C-3 notYet", "GONE valid"}, conditionsOn(ask("2026-09-08", "P-BLUE", "").Groups[0].Codes[0])); d != "" {
		t.Errorf("R3, the day before: %s", d)
	}
	var texts []string
	for _, c := range got.Conditions {
		texts = append(texts, c.ID+" "+c.Text)
	}
	if d := cmp.Diff([]string{"C-1 Tekst C-1", "C-3 Tekst C-3", "GONE "}, texts); d != "" {
		t.Errorf("conditions: %s", d)
	}
	dispenser := ask(today, "P-BLUE", answer.AudienceDispenser)
	if c := dispenser.Groups[0].Codes[0]; c.Text != "" || c.Display != "" || c.Code != "A01" || len(conditionsOn(c)) != 3 || dispenser.ConditionsForOthers != 0 || !slices.Contains(dispenser.Rules, "R91") {
		t.Errorf("R91: %+v", dispenser)
	}
	prescriber := ask(today, "P-BLUE", answer.AudiencePrescriber)
	if c := prescriber.Groups[0].Codes[0]; c.Text != "Underterm" || len(conditionsOn(c)) != 2 || prescriber.ConditionsForOthers != 1 {
		t.Errorf("R72: %+v", prescriber)
	}
	if h := ask(today, "P-H", ""); h.Groups[0].Restriction == "" || len(h.Groups[0].Conditions) != 1 || h.Groups[0].Conditions[0].Holding != nil {
		t.Errorf("R88: %+v", h.Groups[0])
	}

	// R93, R103: opioids, and the reimbursement price.
	opioid := ask(today, "P-OPIOID", "")
	if o := opioid.OpioidApplication; o == nil || !*o || !slices.Contains(opioid.Rules, "R93") {
		t.Errorf("R93: %v", o)
	}
	if p := opioid.Prices; len(p.Now) != 1 || p.Now[0].Price.Value != "10.50" || len(p.Coming) != 1 || p.Coming[0].From != "2026-10-01" {
		t.Errorf("R102, R103: %+v", p)
	}
	if got := ask(today, "P-NONE", ""); got.OpioidApplication != nil {
		t.Error("R93: not stated is not no")
	}
}

func TestReimbursementOfOthers(t *testing.T) {
	r := register(t, refunds())
	// R83: the generic's union, and which of its packages have it.
	g, _ := r.Generic("G-1")
	generic := r.GenericReimbursement(g, "")
	var packages []string
	for _, p := range generic.Groups[0].Packages {
		packages = append(packages, p.ID+" "+string(p.Prescribing.State)+" "+string(p.Dispensing.State))
	}
	if d := cmp.Diff([]string{"P-BLUE valid valid", "P-ENDING over valid"}, packages); d != "" || !slices.Contains(generic.Rules, "R83") {
		t.Errorf("R83: %s, rules %v", d, generic.Rules)
	}

	// R34, R86: the salt's link counts for the moiety, and mixtures go by ATC.
	i, _ := r.Ingredient("I-MORFIN")
	ingredient := r.IngredientReimbursement(i, "")
	if len(ingredient.Substances) != 2 || ingredient.Groups[0].ID != "H" || ingredient.State != answer.ReimbursementStated {
		t.Errorf("R34: %+v", ingredient)
	}
	if len(ingredient.ATC) != 1 || ingredient.ATC[0].Code != "N02AA01" || ingredient.ATC[0].Display != "Morfin" {
		t.Errorf("R43: %+v", ingredient.ATC)
	}
	if len(ingredient.Mixtures) != 1 || ingredient.Mixtures[0].ID != "MIXTURE" || ingredient.Mixtures[0].Match != answer.ATCAbove || len(ingredient.ByATC) != 0 {
		t.Errorf("R86: %+v", ingredient.Mixtures)
	}
	// R87: a mixture with this substance is reimbursed whole, which the answer rests on.
	if !slices.Contains(ingredient.Rules, "R87") {
		t.Errorf("R87: %v", ingredient.Rules)
	}

	// R104, R92: a commodity before its quarter, and the group's conditions.
	c, _ := r.Commodity("800001")
	commodity := r.CommodityReimbursement(c, "")
	if commodity.Prices.NotYet != "2026-10-01" || len(commodity.Prices.Now) != 0 || commodity.Groups[0].Kind != rules.CommodityGroup || commodity.Groups[0].Conditions[0].ID != "C-2" || commodity.Individual != nil {
		t.Errorf("R104: %+v", commodity)
	}

	// By ATC: exactly, below and above.
	atc := r.ATCReimbursement("C09CA06", "")
	if d := cmp.Diff([]string{"BLUE", "EMPTY"}, rewritten.GroupIDs(atc.Groups)); d != "" || atc.Groups[0].Match != answer.ATCExact || atc.Subject.Resource != "atc" {
		t.Errorf("exact: %s %+v", d, atc.Subject)
	}
	if below := r.ATCReimbursement("C09C", ""); len(below.Groups) != 2 || below.Groups[0].Match != answer.ATCBelow || len(below.Groups[0].Codes) != 3 {
		t.Errorf("below: %+v", below.Groups)
	}
	if wide := r.ATCReimbursement("C", ""); len(wide.Groups) != 2 || wide.Groups[0].Codes != nil || wide.Groups[0].Prescribing == nil {
		t.Errorf("wide: %+v", wide.Groups)
	}
	if none := r.ATCReimbursement("J01CA04", ""); none.State != answer.ReimbursementNoneStated || none.Statement == "" {
		t.Errorf("none: %+v", none)
	}

	// R89: the same text in two systems is two codes.
	icpc, icd := r.DiagnosisReimbursement(answer.ICPC2, "A01", "", true), r.DiagnosisReimbursement(answer.ICD10, "A01", "", true)
	if icpc.Groups[0].Codes[0].Text != "Underterm" || icd.Groups[0].Codes[0].Text != "Vises A01" || len(icpc.Groups[0].Codes) != 1 || icpc.Individual != nil || len(icd.Individual) != 1 {
		t.Errorf("R89: %+v and %+v", icpc, icd)
	}
	var products []string
	for _, p := range icpc.Groups[0].Products {
		products = append(products, string(p.Resource)+" "+p.ID)
	}
	if d := cmp.Diff([]string{"generics G-1", "packages P-BLUE", "packages P-ENDING", "packages P-TWO"}, products); d != "" {
		t.Errorf("products: %s", d)
	}
	if alone := r.DiagnosisReimbursement(answer.ICPC2, "A01", "", false); alone.Groups[0].Products != nil {
		t.Error("products were not asked for")
	}
	// A code on its way out: to dispense, not to prescribe.
	for _, text := range []string{"E78.0", "E780"} {
		if got := r.DiagnosisReimbursement(answer.ICD10, text, "", true); got.State != answer.ReimbursementStated || got.Groups[0].Prescribing.State != "over" || got.Statement == "" || got.Groups[0].Codes[0].Code != "E78.0" {
			t.Errorf("%s: %+v", text, got)
		}
	}
	if got := r.DiagnosisReimbursement(answer.ICD10, "Z99", "", true); got.State != answer.ReimbursementNoneStated || got.Statement == "" || len(got.Individual) != 1 {
		t.Errorf("Z99: %+v", got)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
}
