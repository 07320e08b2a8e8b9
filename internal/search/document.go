package search

// Kind is what a document is.
type Kind uint8

// The kinds, in the order in which they are answered: generics first (R59),
// and what is prescribed before what it is made of.
const (
	KindGeneric Kind = iota
	KindDrug
	KindIngredient
	KindATC
	KindPackage
	KindBreastProsthesis
	KindMedicalConsumable
	KindNutrient
	KindNotification
	NumKinds
)

var kindNames = [NumKinds]string{
	"generic", "drug", "ingredient", "atc", "package", "breastProsthesis", "medicalConsumable", "nutrient", "notification",
}

func (k Kind) String() string { return kindNames[k] }

// rank puts the three kinds of commodities in one place.
func (k Kind) rank() uint8 {
	switch k {
	case KindBreastProsthesis, KindMedicalConsumable, KindNutrient:
		return uint8(KindBreastProsthesis)
	case KindNotification:
		return uint8(KindMedicalConsumable)
	default:
		return uint8(k)
	}
}

// KindOf returns the kind of that name.
func KindOf(name string) (Kind, bool) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), true
		}
	}
	return 0, false
}

// Field is what a text of a document is.
type Field uint8

// The fields.
const (
	FieldNameFormStrength Field = iota
	FieldName
	FieldNameEnglish
	FieldBrandName       // of generics: those of their drugs (R59)
	FieldActiveSubstance // names of the substances, and of their moieties (R34)
	FieldATC
	FieldATCName
	FieldForm
	FieldItemNumber
	FieldDiscontinuedItemNumber
	FieldBarCode
	FieldPackageSize
	FieldManufacturer
	FieldSupplier
	FieldProductNumber
	FieldHeadline
	FieldText
	// What a generic is called in other words: all names of the substances that
	// its name has in one of their languages, those of the one that its name
	// starts with apart.
	FieldLeadingSubstance
	FieldNamedSubstance
	NumFields
)

var fieldNames = [NumFields]string{
	"nameFormStrength", "name", "nameEnglish", "brandName", "activeSubstance", "atc", "atcName", "pharmaceuticalFormShort", "itemNumber",
	"discontinuedItemNumber", "barCodes", "packageSize", "manufacturer", "supplier", "productNumber", "headline", "text",
	"activeSubstance", "activeSubstance",
}

// String is the property's name.
func (f Field) String() string { return fieldNames[f] }

// code reports whether the text is a code or number: one word, no typos.
func (f Field) code() bool {
	switch f {
	case FieldATC, FieldItemNumber, FieldDiscontinuedItemNumber, FieldBarCode, FieldProductNumber:
		return true
	default:
		return false
	}
}

// primary reports whether a document of the kind is called so, rather than
// having to do with it.
func primary(k Kind, f Field) bool {
	switch f {
	case FieldNameFormStrength, FieldName, FieldNameEnglish, FieldBrandName, FieldItemNumber, FieldDiscontinuedItemNumber,
		FieldBarCode, FieldProductNumber, FieldHeadline, FieldLeadingSubstance, FieldNamedSubstance:
		return true
	case FieldATC:
		return k == KindATC
	default:
		return false
	}
}

// first reports whether a document starts with the first word of the text: of
// a generic its own name counts, in every language, and not the brands (R59) or
// the substances further on.
func first(k Kind, f Field) bool {
	if k == KindGeneric && (f == FieldBrandName || f == FieldNamedSubstance) {
		return false
	}
	return primary(k, f)
}

// Text is a text of a document, by its number among all texts.
type Text struct {
	Field  Field
	Number uint32
}

// Document is what a search can find. Numbers are of texts unless something
// else is said, plus 1, so that 0 is "not stated".
type Document struct {
	Item       uint32 // what the caller knows it by
	Kind       Kind
	Name       uint32 // what it is sorted and shown by; its number, not plus 1
	ItemNumber uint32
	ATC        uint32 // number in Input.ATC, plus 1
	Form       uint32 // number in Input.Forms, plus 1
	Group      uint32 // number in Input.Groups, plus 1
	// Fields are Input.Fields up to FieldsEnd, from the end of the document
	// before; Offers likewise.
	FieldsEnd, OffersEnd uint32
}

// Value is a code with its display, both by number of text.
type Value struct{ Code, Display uint32 }

// Offer is what decides, with a day, whether a package can be had and
// substituted. Numbers of texts plus 1: of the dates, joined by [JoinDates],
// of Markedsforingsinfo (marketing, withdrawal, temporarily discontinued), of
// the link to a substitution group and of that group (from, until).
type Offer struct{ Marketing, Link, Group uint32 }

// Input is what an index is made of. Texts are distinct: those of i are
// Texts[TextEnds[i-1]:TextEnds[i]].
type Input struct {
	Texts     []byte
	TextEnds  []uint32
	Documents []Document
	Fields    []Text
	Offers    []Offer
	DocOffers []uint32 // numbers in Offers, plus 1 is not added here
	ATC       []Value  // sorted by code
	Forms     []Value
	Groups    []Value
}
