package gate

import "github.com/festd/festd/internal/fest"

// class numbers what the gate counts: the classes of M30, then the nested
// collections that have ids or codes of their own.
type class uint8

// The nested collections; their numbers follow those of the last [fest.Class].
const (
	classGroups     = class(fest.ClassShortDose) + 1 + iota // Refusjonsgruppe
	classCodes                                              // Refusjonskode
	classElements                                           // Element of a Kodeverk
	classSubstances                                         // Substans of an Interaksjon
	classPackages                                           // RefPakning of a LegemiddelVirkestoff
	numClasses
)

// nestedNames are the names of the nested collections, as in [fest.Counts].
var nestedNames = [...]string{
	fest.CountReimbursementGroups, fest.CountReimbursementCodes, fest.CountCodeSystemElements, fest.CountSubstances, fest.CountGenericPackages,
}

// allClasses returns every class that is counted, nested ones last.
func allClasses() []class {
	out := make([]class, 0, numClasses-1)
	for c := class(1); c < numClasses; c++ {
		out = append(out, c)
	}
	return out
}

// Classes returns the names of everything that the gate counts, as findings,
// configuration and [fest.Counts] name it.
func Classes() []string {
	var out []string
	for _, c := range allClasses() {
		out = append(out, c.String())
	}
	return out
}

func (c class) String() string {
	switch {
	case c >= classGroups && c < numClasses:
		return nestedNames[c-classGroups]
	default:
		return fest.Class(c).String()
	}
}

// isCommodity: the three kinds of Handelsvare, known by an item number that
// nothing promises to be unique (R21).
func (c class) isCommodity() bool {
	switch fest.Class(c) {
	case fest.ClassBreastProsthesis, fest.ClassMedicalConsumable, fest.ClassNutrient:
		return true
	default:
		return false
	}
}

func (c class) valid() bool { return c > 0 && c < numClasses }

// keyOnly: of these every object is its key; there is no more to compare.
func (c class) keyOnly() bool { return c == classSubstances || c == classPackages }

// mapping is a fact about an object that must not move to another value
// unseen while the object's id stays.
type mapping uint8

// The mappings. mapType is not judged; what waits inside a held file needs it.
const (
	mapATC mapping = iota
	mapPrescriptionGroup
	mapStrength
	mapIngredient
	mapDrug
	mapRelevance
	mapType
	numMappings
)

// mappings returns what the class's objects map to; the order is that of the
// columns of its table.
func (c class) mappings() []mapping {
	switch c {
	case classGroups, classSubstances:
		return []mapping{mapATC}
	case classCodes, classElements, classPackages:
		return nil
	}
	switch fest.Class(c) {
	case fest.ClassDrug, fest.ClassGeneric:
		return []mapping{mapATC, mapPrescriptionGroup, mapStrength, mapIngredient}
	case fest.ClassPackage, fest.ClassDose:
		return []mapping{mapATC, mapPrescriptionGroup, mapDrug}
	case fest.ClassIngredientStrength:
		return []mapping{mapStrength, mapIngredient}
	case fest.ClassInteraction:
		return []mapping{mapRelevance}
	case fest.ClassNotification:
		return []mapping{mapType}
	default:
		return nil
	}
}

func (c class) column(m mapping) int {
	for i, own := range c.mappings() {
		if own == m {
			return i
		}
	}
	return -1
}

// isNested: its objects stand within entries, and their keys mean something
// only together with that of the object around them.
func (c class) isNested() bool {
	switch c {
	case classCodes, classElements, classSubstances, classPackages:
		return true
	default:
		return false
	}
}
