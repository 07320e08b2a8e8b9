package fest

import "reflect"

// Class is one kind of object of a catalogue. The zero Class is none.
type Class uint8

// The classes, in the order of the catalogues in the XSD.
const (
	ClassDrug Class = iota + 1
	ClassPackage
	ClassIngredient
	ClassIngredientStrength
	ClassOrderingSubstance
	ClassGeneric
	ClassBreastProsthesis
	ClassMedicalConsumable
	ClassNutrient
	ClassDiagnosis
	ClassReimbursement
	ClassCondition
	ClassNotification
	ClassCodeSystem
	ClassSubstitutionGroup
	ClassDose
	ClassInteraction
	ClassInteractionNotAssessed
	ClassShortDose
)

// classInfo says where a class stands in M30 and which resource serves it.
type classInfo struct {
	catalogue string // Kat… element, m30
	entry     string // Oppf… element, m30
	object    string // object element; "" = the object's fields stand in the entry
	namespace Namespace
	name      string // plural, as counts and messages name it
	resource  Resource
	kind      string // property kind, where one resource serves several classes
	typ       reflect.Type
}

var classes = [...]classInfo{
	ClassDrug:                   {"KatLegemiddelMerkevare", "OppfLegemiddelMerkevare", "LegemiddelMerkevare", NamespaceFS, "drugs", ResourceDrugs, "", reflect.TypeFor[Drug]()},
	ClassPackage:                {"KatLegemiddelpakning", "OppfLegemiddelpakning", "Legemiddelpakning", NamespaceFS, "packages", ResourcePackages, "", reflect.TypeFor[Package]()},
	ClassIngredient:             {"KatVirkestoff", "OppfVirkestoff", "Virkestoff", NamespaceFS, "ingredients", ResourceIngredients, "", reflect.TypeFor[Ingredient]()},
	ClassIngredientStrength:     {"KatVirkestoff", "OppfVirkestoff", "VirkestoffMedStyrke", NamespaceFS, "ingredient-strengths", ResourceIngredientStrengths, "", reflect.TypeFor[IngredientStrength]()},
	ClassOrderingSubstance:      {"KatOrdineringVirkestoff", "OppfOrdineringVirkestoff", "OrdineringVirkestoff", NamespaceM30, "ordering-substances", ResourceOrderingSubstances, "", reflect.TypeFor[OrderingSubstance]()},
	ClassGeneric:                {"KatLegemiddelVirkestoff", "OppfLegemiddelVirkestoff", "LegemiddelVirkestoff", NamespaceFS, "generics", ResourceGenerics, "", reflect.TypeFor[Generic]()},
	ClassBreastProsthesis:       {"KatHandelsvare", "OppfHandelsvare", "Brystprotese", NamespaceFS, "breast-prostheses", ResourceCommodities, "breastProsthesis", reflect.TypeFor[BreastProsthesis]()},
	ClassMedicalConsumable:      {"KatHandelsvare", "OppfHandelsvare", "MedForbMatr", NamespaceFS, "medical-consumables", ResourceCommodities, "medicalConsumable", reflect.TypeFor[MedicalConsumable]()},
	ClassNutrient:               {"KatHandelsvare", "OppfHandelsvare", "Naringsmiddel", NamespaceFS, "nutrients", ResourceCommodities, "nutrient", reflect.TypeFor[Nutrient]()},
	ClassDiagnosis:              {"KatDiagnose", "OppfDiagnose", "Diagnose", NamespaceM30, "diagnoses", ResourceDiagnoses, "", reflect.TypeFor[Diagnosis]()},
	ClassReimbursement:          {"KatRefusjon", "OppfRefusjon", "Refusjonshjemmel", NamespaceM30, "reimbursements", ResourceReimbursements, "", reflect.TypeFor[Reimbursement]()},
	ClassCondition:              {"KatVilkar", "OppfVilkar", "Vilkar", NamespaceM30, "conditions", ResourceConditions, "", reflect.TypeFor[Condition]()},
	ClassNotification:           {"KatVarselSlv", "OppfVarselSlv", "VarselSlv", NamespaceM30, "notifications", ResourceNotifications, "", reflect.TypeFor[Notification]()},
	ClassCodeSystem:             {"KatKodeverk", "OppfKodeverk", "", NamespaceM30, "code-systems", ResourceCodeSystems, "", reflect.TypeFor[CodeSystem]()},
	ClassSubstitutionGroup:      {"KatByttegruppe", "OppfByttegruppe", "Byttegruppe", NamespaceM30, "substitution-groups", ResourceSubstitutionGroups, "", reflect.TypeFor[SubstitutionGroup]()},
	ClassDose:                   {"KatLegemiddeldose", "OppfLegemiddeldose", "Legemiddeldose", NamespaceFS, "doses", ResourceDoses, "", reflect.TypeFor[Dose]()},
	ClassInteraction:            {"KatInteraksjon", "OppfInteraksjon", "Interaksjon", NamespaceM30, "interactions", ResourceInteractions, "", reflect.TypeFor[Interaction]()},
	ClassInteractionNotAssessed: {"KatInteraksjon", "OppfInteraksjon", "InteraksjonIkkeVurdert", NamespaceM30, "interactions-not-assessed", ResourceNotAssessed, "interactionNotAssessed", reflect.TypeFor[InteractionNotAssessed]()},
	ClassShortDose:              {"KatStrDosering", "OppfStrDosering", "Kortdose", NamespaceM30, "short-doses", ResourceShortDoses, "", reflect.TypeFor[ShortDose]()},
}

// Classes returns every class, in the order of the catalogues in the XSD.
func Classes() []Class {
	out := make([]Class, 0, len(classes)-1)
	for c := ClassDrug; int(c) < len(classes); c++ {
		out = append(out, c)
	}
	return out
}

// Valid reports whether c is a class.
func (c Class) Valid() bool { return c > 0 && int(c) < len(classes) }

func (c Class) info() classInfo {
	if !c.Valid() {
		return classInfo{name: "none"}
	}
	return classes[c]
}

// String is the class's plural name, as counts and messages use it.
func (c Class) String() string { return c.info().name }

// Catalogue is the Kat… element (namespace m30) that holds the class.
func (c Class) Catalogue() string { return c.info().catalogue }

// EntryElement is the Oppf… element (namespace m30) of the class.
func (c Class) EntryElement() string { return c.info().entry }

// ObjectElement is the element of the object in its entry and its namespace.
// The name is empty for code systems, whose fields stand in the entry itself.
func (c Class) ObjectElement() (Namespace, string) { i := c.info(); return i.namespace, i.object }

// Resource is the resource of the API that serves the class.
func (c Class) Resource() Resource { return c.info().resource }

// Kind is the value of the property kind, where one resource serves several
// classes; "" elsewhere.
func (c Class) Kind() string { return c.info().kind }

// Type describes the class's object; nil for no class.
func (c Class) Type() *Type {
	if !c.Valid() {
		return nil
	}
	return TypeOf(classes[c].typ)
}

// New returns a pointer to a new, empty object of the class: *Drug for
// ClassDrug, and so on.
func (c Class) New() any { return reflect.New(c.info().typ).Interface() }

// Catalogues returns the Kat… elements in the order of the XSD.
func Catalogues() []string {
	var out []string
	for _, c := range Classes() {
		if k := c.Catalogue(); len(out) == 0 || out[len(out)-1] != k {
			out = append(out, k)
		}
	}
	return out
}

// ClassesIn returns the classes that a catalogue may hold; nil for a name
// that is no catalogue.
func ClassesIn(catalogue string) []Class {
	var out []Class
	for _, c := range Classes() {
		if c.Catalogue() == catalogue {
			out = append(out, c)
		}
	}
	return out
}
