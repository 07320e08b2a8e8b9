package gate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// world is a made-up content: small enough to judge a hundred times, with
// every class and the links between them. Two worlds of the same sizes are
// equal; tests change one of them.
type world struct {
	doc     fest.Document
	filter  fest.Filter
	found   []fest.Finding
	entries []*fest.Entry
	next    int // entry ids
}

// sizes is how many objects a world has.
type sizes struct{ ingredients, drugs, packages, commodities, notifications, interactions, conditions, groups, elements, substitutions int }

func ordinarySizes() sizes {
	return sizes{ingredients: 1000, drugs: 1000, packages: 1200, commodities: 600, notifications: 60, interactions: 400, conditions: 120, groups: 300, elements: 900, substitutions: 250}
}

var served = time.Date(2026, time.September, 8, 3, 9, 6, 0, time.UTC)

// newWorld makes the ordinary content.
func newWorld() *world { return worldOf(ordinarySizes()) }

func worldOf(n sizes) *world {
	w := &world{doc: fest.Document{RetrievalDate: "2026-09-08T03:09:06"}, filter: fest.FilterPrescriber}
	for i := range n.ingredients {
		w.add(fest.ClassIngredient, ingredient(i))
		w.add(fest.ClassIngredientStrength, strength(i, max(1, n.ingredients)))
	}
	for i := range n.drugs {
		w.add(fest.ClassDrug, drug(i, max(1, n.ingredients)))
		if i%4 == 0 {
			w.add(fest.ClassGeneric, generic(i, n))
		}
	}
	for i := range n.packages {
		w.add(fest.ClassPackage, pack(i, n))
		w.add(fest.ClassDose, dose(i, n))
	}
	for i := range n.commodities {
		w.add(fest.ClassMedicalConsumable, &fest.MedicalConsumable{Commodity: commodity(i, n)})
		if i%10 == 0 {
			w.add(fest.ClassNutrient, &fest.Nutrient{Commodity: commodity(i+100_000, n)})
		}
	}
	for i := range n.groups {
		w.add(fest.ClassReimbursement, reimbursement(i, n))
	}
	for i := range n.conditions {
		w.add(fest.ClassCondition, condition(i))
	}
	for i := range n.notifications {
		w.add(fest.ClassNotification, notification(i, n))
	}
	if n.elements > 0 {
		for i, list := range []string{"7180", "7477", "7480"} {
			w.add(fest.ClassCodeSystem, codeSystem(list, []int{n.elements, 40, 12}[i]))
		}
	}
	for i := range n.substitutions {
		w.add(fest.ClassSubstitutionGroup, &fest.SubstitutionGroup{
			ID: id[fest.ID]("BG", i), Code: fest.CS{Code: fmt.Sprintf("%06d", i), Display: fmt.Sprintf("Byttegruppe %d", i)}, RemarkRegardingSubstitution: "false",
		})
	}
	for i := range n.interactions {
		w.add(fest.ClassInteraction, interaction(i))
		if i%10 == 0 {
			w.add(fest.ClassInteractionNotAssessed, &fest.InteractionNotAssessed{Atc: cv("7180", fmt.Sprintf("V09%c%c%02d", 'A'+i/10%26, 'A'+i/260%26, i%100), "ikke vurdert")})
		}
	}
	for i := range 30 {
		w.add(fest.ClassShortDose, &fest.ShortDose{ShortDose: cv("7478", fmt.Sprint(i), fmt.Sprintf("%d × daglig", i)), TermDescription: "tekst"})
	}
	return w
}

func (w *world) add(c fest.Class, object any) {
	w.next++
	w.entries = append(w.entries, &fest.Entry{
		Envelope: fest.Envelope{
			EntryID: id[fest.EntryID]("E", w.next), RegistrationTime: "2025-03-01T00:00:00",
			RegistrationStatus: fest.CS{Code: "A", Display: "Aktiv oppføring"},
		},
		Class: c, Object: object,
	})
}

// on moves the world to another HentetDato.
func (w *world) on(retrieved time.Time) *world {
	w.doc.RetrievalDate = fest.DateTime(retrieved.Format("2006-01-02T15:04:05"))
	return w
}

// fortnight is the HentetDato of an ordinary next release.
func (w *world) fortnight() *world { return w.on(served.AddDate(0, 0, 14)) }

// change visits the objects of a class, in order.
func change[T any](w *world, visit func(i int, o *T)) *world {
	n := 0
	for _, e := range w.entries {
		if o, ok := e.Object.(*T); ok {
			visit(n, o)
			n++
		}
	}
	return w
}

// remove drops the objects of a type for which gone says so; it returns how
// many.
func remove[T any](w *world, gone func(i int, o *T) bool) (removed []*T) {
	n := 0
	w.entries = slices.DeleteFunc(w.entries, func(e *fest.Entry) bool {
		o, ok := e.Object.(*T)
		if !ok {
			return false
		}
		n++
		if gone(n-1, o) {
			removed = append(removed, o)
			return true
		}
		return false
	})
	return removed
}

// removeFirst drops the first n objects of a type.
func removeFirst[T any](w *world, n int) *world {
	remove(w, func(i int, _ *T) bool { return i < n })
	return w
}

// shuffle puts the entries in another order.
func (w *world) shuffle(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(w.entries), func(a, b int) { w.entries[a], w.entries[b] = w.entries[b], w.entries[a] })
	return w
}

// tiny keeps one object of each class.
func (w *world) tiny() *world {
	seen := map[fest.Class]bool{}
	w.entries = slices.DeleteFunc(w.entries, func(e *fest.Entry) bool {
		twice := seen[e.Class]
		seen[e.Class] = true
		return twice
	})
	return w
}

// ordinary is the facts of the ordinary world.
var ordinary = sync.OnceValue(func() *gate.Facts { return newWorld().facts() })

// facts observes the world.
func (w *world) facts() *gate.Facts {
	o := gate.NewObserver()
	for _, e := range w.entries {
		o.Add(e)
	}
	return o.Facts(w.doc, w.filter, w.found...)
}

func id[T ~string](kind string, i int) T { return T(fmt.Sprintf("ID_%s-%06d", kind, i)) }

func ptr[T any](v T) *T { return &v }

func cv(list, code, display string) fest.CV {
	return fest.CV{Code: code, System: fest.OIDRoot + list, Display: display}
}

// atc spreads the objects over 40 codes in 10 groups of level 3.
func atc(i int) *fest.CV {
	code := fmt.Sprintf("N%02d%c%c%02d", 1+i%5, 'A'+i%2, 'A'+i/10%2, 1+i/20%2)
	return ptr(cv("7180", code, "substans "+code))
}

func ingredient(i int) *fest.Ingredient {
	return &fest.Ingredient{ID: id[fest.ID]("V", i), Name: fest.Text(fmt.Sprintf("Virkestoff %d", i)), NameEnglish: ptr(fest.Text(fmt.Sprintf("Substance %d", i)))}
}

func strength(i, ingredients int) *fest.IngredientStrength {
	return &fest.IngredientStrength{
		ID: id[fest.ID]("VS", i), Strength: fest.PQ{Value: fmt.Sprint(1 + i%50), Unit: "mg"},
		ActiveSubstance: id[fest.Ref]("V", i%ingredients), StrengthOperator: cv("7445", "L", "lik"),
	}
}

func medicine(i int) fest.Medicine {
	return fest.Medicine{
		Atc: atc(i), NameFormStrength: fest.Text(fmt.Sprintf("Merke %d tab %d mg", i, 1+i%50)),
		PrescriptionGroup:       fest.CS{Code: []string{"C", "C", "C", "A"}[i%4], Display: "Reseptgruppe"},
		PharmaceuticalFormShort: ptr(cv("7448", "53", "Tablett")),
		MedicationType:          &fest.CS{Code: "7", Display: "Legemiddel"},
	}
}

func sortedStrengths(i, ingredients int) []fest.SortedStrength {
	return []fest.SortedStrength{{Sorting: "0", ActiveSubstanceWithStrength: id[fest.Ref]("VS", i%ingredients)}}
}

func drug(i, ingredients int) *fest.Drug {
	d := &fest.Drug{
		Medicine: medicine(i), ID: ptr(id[fest.ID]("M", i)), BrandName: fest.Text(fmt.Sprintf("Merke %d", i)),
		SortedActiveSubstancesWithStrength: sortedStrengths(i, ingredients),
		ProductInformation:                 &fest.ProductInformation{WarningTriangle: ptr(fest.Boolean([]string{"false", "false", "true"}[i%3]))},
	}
	d.MedicineAdministration = &fest.MedicineAdministration{
		RoutesOfAdministration: []fest.CV{cv("7477", "53", "Oral bruk")}, CanBeCrushed: &fest.CS{Code: []string{"1", "2"}[i%2], Display: "?"},
	}
	return d
}

func generic(i int, n sizes) *fest.Generic {
	return &fest.Generic{
		Medicine: medicine(i), ID: id[fest.ID]("LV", i), SortedActiveSubstancesWithStrength: sortedStrengths(i, max(1, n.ingredients)),
		Drugs:    []fest.Ref{id[fest.Ref]("M", i)},
		Packages: []fest.Ref{id[fest.Ref]("P", i%max(1, n.packages)), id[fest.Ref]("P", (i+1)%max(1, n.packages))},
	}
}

func prices(aip, aup int, from fest.Date) []fest.Price {
	price := func(code, name string, v int) fest.Price {
		return fest.Price{
			PriceType: cv("7453", code, name), Price: fest.MO{Value: fmt.Sprintf("%d.50", v), Currency: "NOK"}, ValidFromDate: &from,
		}
	}
	return []fest.Price{price("3", "AIP", aip), price("4", "AUP", aup)}
}

func pack(i int, n sizes) *fest.Package {
	return &fest.Package{
		Medicine: medicine(i), ID: ptr(id[fest.ID]("P", i)), ItemNumber: fest.Number(fmt.Sprintf("%06d", i)),
		BarCodes:           []fest.Number{fest.Number(fmt.Sprintf("70%011d", i))},
		PackageInformation: []fest.PackageInformation{{Drug: id[fest.Ref]("M", i%max(1, n.drugs)), PackageSize: "100", PackageUnit: cv("7452", "stk", "stykk"), PackageType: cv("7449", "1", "Blister"), Quantity: "100"}},
		Prices:             prices(100+i%50, 150+i%50, "2026-01-01"),
	}
}

func dose(i int, n sizes) *fest.Dose {
	return &fest.Dose{
		Medicine: medicine(i), ID: id[fest.ID]("D", i), LmrNumber: ptr(fest.Number(fmt.Sprintf("%07d", i))),
		Quantity: fest.PQ{Value: "1", Unit: "stk"}, Drug: id[fest.Ref]("M", i%max(1, n.drugs)), Packages: []fest.Ref{id[fest.Ref]("P", i)},
	}
}

func commodity(i int, n sizes) fest.Commodity {
	return fest.Commodity{
		ItemNumber: fest.Number(fmt.Sprintf("9%05d", i)), Name: fest.Text(fmt.Sprintf("Vare %d", i)),
		ProductInformation: &fest.CommodityInformation{ProductNumber: fest.Text(fmt.Sprint(i)), SizeUnit: cv("7452", "stk", "stykk"), NumberPerPackage: "30", AboveMaximumPriceAllowed: "false"},
		Prices: []fest.Price{{
			PriceType: cv("7423", "E", "Maksimal refusjonspris"), Price: fest.MO{Value: fmt.Sprint(10 + i%90), Currency: "NOK"},
			ValidFromDate: ptr(fest.Date("2026-07-01")), ValidUntilDate: ptr(fest.Date("2026-09-30")),
		}},
		Reimbursement: &fest.ProductReimbursement{ReimbursementGroups: []fest.Ref{id[fest.Ref]("RG", i%max(1, n.groups))}, ValidFromDate: "2026-07-01"},
	}
}

func reimbursement(i int, n sizes) *fest.Reimbursement {
	g := fest.ReimbursementGroup{
		ID: id[fest.ID]("RG", i), GroupNumber: cv("7451", fmt.Sprintf("G%d", i), fmt.Sprintf("Gruppe %d", i)), Atc: atc(i), RequiresReimbursementCode: "true",
	}
	for k := range 3 {
		g.ReimbursementCodes = append(g.ReimbursementCodes, fest.ReimbursementCode{
			Code: cv("7434", fmt.Sprintf("-%d%d", i, k), "diagnose"), ValidFromDate: "2020-01-01",
		})
	}
	if n.conditions > 0 {
		g.Conditions = []fest.Ref{id[fest.Ref]("C", i%n.conditions)}
	}
	return &fest.Reimbursement{
		StatutoryAuthority: cv("7427", []string{"200", "300", "950"}[i%3], "§"), RequiresProductLink: "true", RequiresDecision: "false",
		ReimbursementGroups: []fest.ReimbursementGroup{g},
	}
}

func condition(i int) *fest.Condition {
	return &fest.Condition{
		ID: id[fest.ID]("C", i), ConditionNumber: ptr(fest.Text(fmt.Sprint(100 + i))), ConditionGroup: cv("7437", "3", "refusjon"),
		AppliesTo: fest.CS{Code: "3", Display: "begge"}, Text: fest.Text(fmt.Sprintf("Vilkår nummer %d.", i)),
	}
}

func notification(i int, n sizes) *fest.Notification {
	return &fest.Notification{
		NotificationType: cv("7441", []string{"2", "2", "1", "3", "8"}[i%5], "varsel"), Headline: fest.Text(fmt.Sprintf("Varsel %d", i)), Text: "Les mer.",
		DisplayRules: []fest.CV{cv("7442", "1", "Allmennlege")}, FromDate: "2026-08-01",
		ReferencedElements: []fest.ReferencedElement{{Class: fest.CS{Code: "1"}, Elements: []fest.Ref{id[fest.Ref]("M", i%max(1, n.drugs))}}},
	}
}

func codeSystem(list string, n int) *fest.CodeSystem {
	s := &fest.CodeSystem{Info: fest.CodeSystemInfo{OID: fest.OID(fest.OIDRoot + list), Designation: fest.Text("Kodeverk " + list), ShortName: "kv", ResponsiblePublisher: "DMP"}}
	for i := range n {
		s.Elements = append(s.Elements, fest.CodeSystemElement{
			ID: id[fest.ID]("EL"+list, i), Code: fest.Text(fmt.Sprintf("K%d", i)), Terms: []fest.Term{{Term: fest.Text(fmt.Sprintf("kode %d", i))}},
		})
	}
	return s
}

func interaction(i int) *fest.Interaction {
	x := &fest.Interaction{
		ID: id[fest.ID]("I", i), Relevance: fest.CS{Code: []string{"1", "2", "2", "2"}[i%4], Display: "relevans"},
		ClinicalConsequence: "Økt effekt.", SourceBasis: fest.CS{Code: "1", Display: "studier"}, Handling: ptr(fest.Text("Unngå.")),
		SubstanceGroups: []fest.SubstanceGroup{{Name: ptr(fest.Text(fmt.Sprintf("gruppe %d", i)))}, {}},
	}
	for k := range 6 {
		g := &x.SubstanceGroups[k%2]
		g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text(fmt.Sprintf("stoff %d", i+k)), Atc: atc(i + k)})
	}
	return x
}

// judge judges a candidate by the default profile, a fortnight after the
// served release.
func judge(candidate, baseline *world, cfg gate.Config) gate.Verdict {
	var b *gate.Facts
	if baseline != nil {
		b = baseline.facts()
	}
	return gate.Judge(candidate.facts(), b, nil, cfg, now(), nil)
}

// now is three days after an ordinary next HentetDato (R147).
func now() time.Time { return served.AddDate(0, 0, 17) }

// holds are the rules that hold, with their classes and fields: "removed
// ingredients".
func holds(v gate.Verdict) []string {
	var out []string
	for _, f := range v.Holding() {
		s := f.Rule
		if f.Class != "" {
			s += " " + f.Class
		}
		if f.Path != "" {
			s += " " + f.Path
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// find is the finding of a rule and class; it fails where there is none.
func find(t *testing.T, v gate.Verdict, rule, class string) gate.Finding {
	t.Helper()
	for _, f := range v.Findings {
		if f.Rule == rule && f.Class == class {
			return f
		}
	}
	t.Fatalf("no finding %s of %q; there are: %v", rule, class, all(v))
	return gate.Finding{}
}

func all(v gate.Verdict) []string {
	var out []string
	for _, f := range v.Findings {
		out = append(out, fmt.Sprintf("%s %s %s (%s)", f.Rule, f.Class, f.Path, f.Severity))
	}
	return out
}
