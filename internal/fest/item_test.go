package fest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
)

func ptr[T any](v T) *T { return &v }

// An entry of every class, with what its key is made of.
func entries() map[fest.Class]fest.Entry {
	of := func(c fest.Class, object any) fest.Entry {
		return fest.Entry{Envelope: fest.Envelope{EntryID: "ID_ENTRY"}, Class: c, Object: object}
	}
	commodity := fest.Commodity{ItemNumber: "007123"}
	return map[fest.Class]fest.Entry{
		fest.ClassDrug:               of(fest.ClassDrug, &fest.Drug{ID: ptr(fest.ID("ID_D"))}),
		fest.ClassPackage:            of(fest.ClassPackage, &fest.Package{ID: ptr(fest.ID("ID_P")), ItemNumber: "012345"}),
		fest.ClassIngredient:         of(fest.ClassIngredient, &fest.Ingredient{ID: "ID_V"}),
		fest.ClassIngredientStrength: of(fest.ClassIngredientStrength, &fest.IngredientStrength{ID: "ID_VS"}),
		fest.ClassOrderingSubstance:  of(fest.ClassOrderingSubstance, &fest.OrderingSubstance{ID: "ID_O"}),
		fest.ClassGeneric:            of(fest.ClassGeneric, &fest.Generic{ID: "ID_G"}),
		fest.ClassBreastProsthesis:   of(fest.ClassBreastProsthesis, &fest.BreastProsthesis{Commodity: commodity}),
		fest.ClassMedicalConsumable:  of(fest.ClassMedicalConsumable, &fest.MedicalConsumable{Commodity: commodity}),
		fest.ClassNutrient:           of(fest.ClassNutrient, &fest.Nutrient{Commodity: commodity}),
		fest.ClassDiagnosis:          of(fest.ClassDiagnosis, &fest.Diagnosis{ID: "ID_DI"}),
		fest.ClassReimbursement: of(fest.ClassReimbursement, &fest.Reimbursement{ReimbursementGroups: []fest.ReimbursementGroup{
			{ID: "ID_R1", ReimbursementCodes: make([]fest.ReimbursementCode, 2)}, {ID: "RID_2", ReimbursementCodes: make([]fest.ReimbursementCode, 3)},
		}}),
		fest.ClassCondition: of(fest.ClassCondition, &fest.Condition{ID: "ID_C"}),
		fest.ClassNotification: of(fest.ClassNotification, &fest.Notification{
			NotificationType: fest.CV{Code: "1"}, Headline: "Overskrift", Text: "Tekst", FromDate: "2026-01-01",
		}),
		fest.ClassCodeSystem: of(fest.ClassCodeSystem, &fest.CodeSystem{
			Info: fest.CodeSystemInfo{OID: "2.16.578.1.12.4.1.1.7403"}, Elements: make([]fest.CodeSystemElement, 4),
		}),
		fest.ClassSubstitutionGroup: of(fest.ClassSubstitutionGroup, &fest.SubstitutionGroup{ID: "ID_B"}),
		fest.ClassDose:              of(fest.ClassDose, &fest.Dose{ID: "ID_DO"}),
		fest.ClassInteraction: of(fest.ClassInteraction, &fest.Interaction{ID: "ID_I", SubstanceGroups: []fest.SubstanceGroup{
			{Substances: make([]fest.Substance, 1)}, {Substances: make([]fest.Substance, 5)},
		}}),
		fest.ClassInteractionNotAssessed: of(fest.ClassInteractionNotAssessed, &fest.InteractionNotAssessed{Atc: fest.CV{Code: "N02BE01"}}),
		fest.ClassShortDose:              of(fest.ClassShortDose, &fest.ShortDose{ShortDose: fest.CV{Code: "1A"}}),
	}
}

func TestItems(t *testing.T) {
	key := (&fest.Notification{NotificationType: fest.CV{Code: "1"}, Headline: "Overskrift", FromDate: "2026-01-01"}).Key()
	want := map[fest.Class][]fest.Item{
		fest.ClassDrug:                   {{Resource: "drugs", Key: "ID_D"}},
		fest.ClassPackage:                {{Resource: "packages", Key: "ID_P"}},
		fest.ClassIngredient:             {{Resource: "ingredients", Key: "ID_V"}},
		fest.ClassIngredientStrength:     {{Resource: "ingredient-strengths", Key: "ID_VS"}},
		fest.ClassOrderingSubstance:      {{Resource: "ordering-substances", Key: "ID_O"}},
		fest.ClassGeneric:                {{Resource: "generics", Key: "ID_G"}},
		fest.ClassBreastProsthesis:       {{Resource: "commodities", Key: "007123"}},
		fest.ClassMedicalConsumable:      {{Resource: "commodities", Key: "007123"}},
		fest.ClassNutrient:               {{Resource: "commodities", Key: "007123"}},
		fest.ClassDiagnosis:              {{Resource: "diagnoses", Key: "ID_DI"}},
		fest.ClassReimbursement:          {{Resource: "reimbursements", Key: "ID_R1"}, {Resource: "reimbursements", Key: "RID_2", Group: 1}},
		fest.ClassCondition:              {{Resource: "conditions", Key: "ID_C"}},
		fest.ClassNotification:           {{Resource: "notifications", Key: key}},
		fest.ClassCodeSystem:             {{Resource: "code-systems", Key: "2.16.578.1.12.4.1.1.7403"}},
		fest.ClassSubstitutionGroup:      {{Resource: "substitution-groups", Key: "ID_B"}},
		fest.ClassDose:                   {{Resource: "doses", Key: "ID_DO"}},
		fest.ClassInteraction:            {{Resource: "interactions", Key: "ID_I"}},
		fest.ClassInteractionNotAssessed: {{Resource: "interactions/not-assessed", Key: "N02BE01"}},
		fest.ClassShortDose:              {{Resource: "short-doses", Key: "1A"}},
	}
	all := entries()
	for _, c := range fest.Classes() {
		e, ok := all[c]
		if !ok {
			t.Errorf("no entry of class %s in the test", c)
			continue
		}
		if diff := cmp.Diff(want[c], e.Items()); diff != "" {
			t.Errorf("items of %s (-want +got):\n%s", c, diff)
		}
	}
}

// Nothing in a file is out of reach: an object without an id, number or code
// is found by its entry id.
func TestItemsWithoutKey(t *testing.T) {
	for _, c := range fest.Classes() {
		if c == fest.ClassNotification { // a digest is never empty
			continue
		}
		e := fest.Entry{Envelope: fest.Envelope{EntryID: "ID_ENTRY"}, Class: c, Object: c.New()}
		if r, ok := e.Object.(*fest.Reimbursement); ok {
			r.ReimbursementGroups = make([]fest.ReimbursementGroup, 1)
		}
		want := []fest.Item{{Resource: c.Resource(), Key: "ID_ENTRY"}}
		if diff := cmp.Diff(want, e.Items()); diff != "" {
			t.Errorf("items of an empty object of %s (-want +got):\n%s", c, diff)
		}
	}
}

func TestItemsOfExpiredEntry(t *testing.T) {
	e := fest.Entry{Envelope: fest.Envelope{EntryID: "ID_ENTRY", RegistrationStatus: fest.CS{Code: fest.StatusExpired}}, Class: fest.ClassDrug}
	if got := e.Items(); got != nil {
		t.Errorf("an entry without an object has items %v", got)
	}
}

func TestObjectID(t *testing.T) {
	want := map[fest.Class]fest.ID{
		fest.ClassDrug: "ID_D", fest.ClassPackage: "ID_P", fest.ClassIngredient: "ID_V", fest.ClassIngredientStrength: "ID_VS",
		fest.ClassOrderingSubstance: "ID_O", fest.ClassGeneric: "ID_G", fest.ClassDiagnosis: "ID_DI", fest.ClassCondition: "ID_C",
		fest.ClassSubstitutionGroup: "ID_B", fest.ClassDose: "ID_DO", fest.ClassInteraction: "ID_I",
	}
	for c, e := range entries() {
		if got := e.ObjectID(); got != want[c] {
			t.Errorf("object id of %s is %q, want %q", c, got, want[c])
		}
		// R16 names the classes without one; for the rest the description must have one.
		if has := c.Type().Field(fest.NamespaceFS, "Id") != nil || c.Type().Field(fest.NamespaceM30, "Id") != nil; has != (want[c] != "") {
			t.Errorf("class %s: an object id in the description: %v, ObjectID gives %q", c, has, want[c])
		}
	}
	if got := (&fest.Entry{Class: fest.ClassDrug, Object: &fest.Drug{}}).ObjectID(); got != "" {
		t.Errorf("object id of a drug without one is %q", got)
	}
}

func TestNotificationKey(t *testing.T) {
	base := func() fest.Notification {
		return fest.Notification{
			NotificationType: fest.CV{Code: "1", Display: "Sikkerhet"}, Headline: "Overskrift", Text: "Tekst", FromDate: "2026-01-01",
			ReferencedElements: []fest.ReferencedElement{{Class: fest.CS{Code: "1"}, Elements: []fest.Ref{"ID_A", "ID_B"}}},
		}
	}
	n := base()
	key := n.Key()
	if len(key) != 32 || strings.Trim(key, "0123456789abcdef") != "" {
		t.Errorf("key %q: want 32 lower-case hexadecimal digits", key)
	}
	same := map[string]func(*fest.Notification){
		"text":         func(n *fest.Notification) { n.Text = "Rettet tekst" },
		"display":      func(n *fest.Notification) { n.NotificationType.Display = "Sikkerhetsvarsel" },
		"display rule": func(n *fest.Notification) { n.DisplayRules = []fest.CV{{Code: "4"}} },
		"link":         func(n *fest.Notification) { n.Link = &fest.Link{} },
	}
	for name, edit := range same {
		n := base()
		if edit(&n); n.Key() != key {
			t.Errorf("an edit of the %s made another notification of it", name)
		}
	}
	other := map[string]func(*fest.Notification){
		"type":            func(n *fest.Notification) { n.NotificationType.Code = "2" },
		"headline":        func(n *fest.Notification) { n.Headline = "En annen" },
		"from-date":       func(n *fest.Notification) { n.FromDate = "2026-02-01" },
		"reference class": func(n *fest.Notification) { n.ReferencedElements[0].Class.Code = "2" },
		"reference":       func(n *fest.Notification) { n.ReferencedElements[0].Elements[1] = "ID_C" },
		// Where one value ends and the next begins counts.
		"grouping": func(n *fest.Notification) {
			n.ReferencedElements = []fest.ReferencedElement{
				{Class: fest.CS{Code: "1"}, Elements: []fest.Ref{"ID_A"}}, {Class: fest.CS{Code: "ID_B"}},
			}
		},
		"border": func(n *fest.Notification) { n.NotificationType.Code, n.Headline = "1O", "verskrift" },
	}
	for name, edit := range other {
		n := base()
		if edit(&n); n.Key() == key {
			t.Errorf("another %s gave the same key", name)
		}
	}
}

func TestReferencedResource(t *testing.T) {
	for code, want := range map[string]fest.Resource{
		"1": fest.ResourceDrugs, "2": fest.ResourcePackages, "3": fest.ResourceGenerics, "4": fest.ResourceReimbursements, "": "", "5": "",
	} {
		r := fest.ReferencedElement{Class: fest.CS{Code: code}}
		if got := r.Resource(); got != want {
			t.Errorf("class %q refers to %q, want %q", code, got, want)
		}
	}
}

func TestCounts(t *testing.T) {
	got := fest.Counts{}
	for _, e := range entries() {
		got.Add(&e)
	}
	generic := fest.Entry{Class: fest.ClassGeneric, Object: &fest.Generic{Packages: make([]fest.Ref, 7)}}
	got.Add(&generic)
	expired := fest.Entry{Class: fest.ClassPackage}
	got.Add(&expired)

	want := fest.Counts{
		fest.CountReimbursementGroups: 2, fest.CountReimbursementCodes: 5, fest.CountCodeSystemElements: 4,
		fest.CountSubstances: 6, fest.CountGenericPackages: 7, fest.CountExpiredEntries: 1,
	}
	for _, c := range fest.Classes() {
		want[c.String()] = 1
	}
	want["generics"] = 2
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if n := len(fest.Classes()) + 2; got.Entries() != n {
		t.Errorf("%d entries, want %d: nested objects are no entries", got.Entries(), n)
	}
}
