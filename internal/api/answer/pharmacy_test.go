package answer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// pharmacy is a small register made for the tests of interactions.
type pharmacy struct {
	entries []*fest.Entry
	n       int
}

func (p *pharmacy) add(class fest.Class, object any) {
	p.n++
	e := entry(class, object)
	e.EntryID = fest.EntryID(fmt.Sprintf("ID_E%d", p.n))
	p.entries = append(p.entries, e)
}

func (p *pharmacy) ingredient(id, name string, salts ...fest.Ref) {
	p.add(fest.ClassIngredient, &fest.Ingredient{ID: fest.ID(id), Name: fest.Text(name), FullActiveSubstances: salts})
}

// strength is 1 mg of an ingredient; alone is its code in combinations.
func (p *pharmacy) strength(id, ingredient, alone string) {
	s := &fest.IngredientStrength{
		ID: fest.ID(id), Strength: fest.PQ{Value: "1", Unit: "mg"}, ActiveSubstance: fest.Ref(ingredient), StrengthOperator: cv("7445", "L", "Lik"),
	}
	if alone != "" {
		s.AtcOfCombinationComponent = ptr(cv("7180", alone, alone))
	}
	p.add(fest.ClassIngredientStrength, s)
}

// medicine is what drugs, packages and doses share; without a code where that
// is "".
func medicine(name, atc, kind string) fest.Medicine {
	m := fest.Medicine{NameFormStrength: fest.Text(name), PrescriptionGroup: fest.CS{Code: "C", Display: "C"}}
	if atc != "" {
		m.Atc = ptr(cv("7180", atc, "Kode "+atc))
	}
	if kind != "" {
		m.MedicationType = &fest.CS{Code: kind, Display: kind}
	}
	return m
}

// drug holds strengths, and with an equals sign ingredients without one.
func (p *pharmacy) drug(id, atc, kind string, held ...string) {
	d := &fest.Drug{Medicine: medicine("Legemiddel "+id, atc, kind), ID: ptr(fest.ID(id)), BrandName: fest.Text(id)}
	for _, h := range held {
		if i, ok := strings.CutPrefix(h, "="); ok {
			d.SortedActiveSubstancesWithoutStrength = append(d.SortedActiveSubstancesWithoutStrength, fest.SortedSubstance{Sorting: "1", ActiveSubstance: fest.Ref(i)})
			continue
		}
		d.SortedActiveSubstancesWithStrength = append(d.SortedActiveSubstancesWithStrength, fest.SortedStrength{Sorting: "1", ActiveSubstanceWithStrength: fest.Ref(h)})
	}
	p.add(fest.ClassDrug, d)
}

func (p *pharmacy) pack(id, number, atc, kind string, drugs ...fest.Ref) {
	pack := &fest.Package{Medicine: medicine("Pakning "+id, atc, kind), ID: ptr(fest.ID(id)), ItemNumber: fest.Number(number)}
	for _, d := range drugs {
		pack.PackageInformation = append(pack.PackageInformation, fest.PackageInformation{
			Drug: d, PackageSize: "1", PackageUnit: cv("7452", "stk", "stykk"), PackageType: cv("7449", "1", "Boks"), Quantity: "1",
		})
	}
	p.add(fest.ClassPackage, pack)
}

// group is a side of an interaction: codes, with an equals sign ingredients
// without one; before a colon its name.
func group(side string) fest.SubstanceGroup {
	var g fest.SubstanceGroup
	if name, rest, ok := strings.Cut(side, ": "); ok {
		g.Name, side = ptr(fest.Text(name)), rest
	}
	for _, w := range strings.Fields(side) {
		if ing, ok := strings.CutPrefix(w, "="); ok {
			g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text("stoff " + ing), ActiveSubstances: []fest.Ref{fest.Ref(ing)}})
			continue
		}
		g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text("stoff " + w), Atc: ptr(cv("7180", w, "Kode "+w))})
	}
	return g
}

func (p *pharmacy) interaction(id, relevance string, audiences []string, sides ...string) *fest.Interaction {
	in := &fest.Interaction{ID: fest.ID(id), Relevance: fest.CS{Code: relevance, Display: relevance}, ClinicalConsequence: "Følge", SourceBasis: fest.CS{Code: "1", Display: "Studier"}}
	for _, a := range audiences {
		in.DisplayRules = append(in.DisplayRules, cv("7442", a, a))
	}
	for _, s := range sides {
		in.SubstanceGroups = append(in.SubstanceGroups, group(s))
	}
	p.add(fest.ClassInteraction, in)
	return in
}

func (p *pharmacy) notAssessed(code string) {
	p.add(fest.ClassInteractionNotAssessed, &fest.InteractionNotAssessed{Atc: cv("7180", code, code)})
}

// check asks about lines: "atc:", "id:", "itemNumber:" or "text:" and a value.
func (p *pharmacy) check(t *testing.T, q answer.InteractionQuestion, lines ...string) *answer.InteractionCheck {
	t.Helper()
	return checkWith(t, answer.New(open(t, p.entries), today, rules.Set{}), q, lines...)
}

func checkWith(t *testing.T, r *answer.Register, q answer.InteractionQuestion, lines ...string) *answer.InteractionCheck {
	t.Helper()
	for _, l := range lines {
		kind, value, _ := strings.Cut(l, ":")
		line := answer.Line{}
		switch kind {
		case "atc":
			line.ATC = value
		case "id":
			line.ID = value
		case "itemNumber":
			line.ItemNumber = value
		case "text":
			line.Text = value
		default:
			t.Fatalf("no such line: %s", l)
		}
		q.Lines = append(q.Lines, line)
	}
	c, err := r.CheckInteractions(&q)
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pairs are the states of all pairs, in the order of the answer.
func pairs(c *answer.InteractionCheck) []string {
	var out []string
	for _, p := range c.Pairs {
		s := fmt.Sprintf("%d-%d %s", p.Lines[0], p.Lines[1], p.State)
		for _, id := range p.Interactions {
			s += " " + id
		}
		for _, id := range p.ByComponent {
			s += " component:" + id
		}
		if p.HiddenByDisplayRules > 0 {
			s += fmt.Sprintf(" hidden:%d", p.HiddenByDisplayRules)
		}
		if p.NoActionNeeded > 0 {
			s += fmt.Sprintf(" noAction:%d", p.NoActionNeeded)
		}
		if p.NotAssessed != nil {
			s += fmt.Sprintf(" notAssessed:%v", p.NotAssessed)
		}
		if p.NotChecked != nil {
			s += fmt.Sprintf(" notChecked:%v", p.NotChecked)
		}
		if p.Duplicate {
			s += " duplicate"
		}
		out = append(out, s)
	}
	return out
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// warfarin, an anti-inflammatory group, a herb by reference.
func shop() *pharmacy {
	p := &pharmacy{}
	p.ingredient("WARFARIN", "Warfarin", "WARFARINSODIUM")
	p.ingredient("WARFARINSODIUM", "Warfarinnatrium")
	p.ingredient("HERB", "Perikum")
	p.ingredient("PARACETAMOL", "Paracetamol")
	p.ingredient("CODEINE", "Kodein")
	p.ingredient("UNUSED", "Ubrukt")
	p.strength("S-WARFARIN", "WARFARINSODIUM", "")
	p.strength("S-PARACETAMOL", "PARACETAMOL", "N02BE01")
	p.strength("S-CODEINE", "CODEINE", "R05DA04")
	p.drug("MAREVAN", "B01AA03", "7", "S-WARFARIN")
	p.drug("HERBAL", "WITHOUT", "12", "=HERB")
	p.drug("BARE", "", "7")
	p.drug("BAREHERB", "", "7", "=HERB")
	p.drug("BAREUNUSED", "", "7", "=UNUSED")
	p.drug("COMBI", "N02AJ06", "7", "S-CODEINE", "S-PARACETAMOL")
	p.drug("PARACET", "N02BE01", "7", "S-PARACETAMOL")
	p.drug("MIXTURE", "N02BE01", "10", "S-PARACETAMOL")
	p.pack("PACK", "001002", "B01AA03", "7", "MAREVAN")
	p.pack("PACKBARE", "001003", "", "7", "MAREVAN")
	p.pack("PACKTWO", "001004", "", "7", "MAREVAN", "PARACET")
	p.pack("TWIN1", "001005", "B01AA03", "7", "MAREVAN")
	p.pack("TWIN2", "001005", "B01AA03", "7", "MAREVAN")
	p.pack("ODD1", "001006", "B01AA03", "7", "MAREVAN")
	p.pack("ODD2", "001006", "N02BE01", "7", "PARACET")
	p.add(fest.ClassDose, &fest.Dose{
		Medicine: medicine("Dose", "", "7"), ID: "DOSE", LmrNumber: ptr(fest.Number("0012345")), Quantity: fest.PQ{Value: "1", Unit: "stk"}, Drug: "MAREVAN", Packages: []fest.Ref{"PACK"},
	})
	p.add(fest.ClassNutrient, &fest.Nutrient{Commodity: fest.Commodity{ItemNumber: "900001", Name: "Drikk"}})
	p.interaction("BLEEDING", "1", []string{"1", "4"}, "B01AA03", "NSAID: M01A M01AE01")
	p.interaction("HERBS", "1", nil, "B01AA03", "Urter: =HERB")
	p.interaction("INR", "2", []string{"1"}, "B01AA03", "N02BE01")
	p.interaction("NOTHING", "3", nil, "B01AA03", "C03CA01")
	p.interaction("MAGNESIUM", "2", nil, "N02BE01", "A02AA")
	p.notAssessed("C03CA")
	p.notAssessed("J07BB02")
	return p
}
