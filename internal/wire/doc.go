// Package wire renders entries as the JSON of the API.
//
// The properties derive from the description of M30 (fest.TypeOf): a plan per
// class is compiled once, and [Renderer.Append] walks an entry by it. Every
// element and attribute of the entry is in the JSON of its items (P7).
//
// # The form of an item
//
// Properties come in this order: resource, id (the item's key), kind (where a
// resource serves several classes), sample (in made-up data), entryId,
// registrationTime, registrationStatus, then the object's fields in the order
// of the XSD. The object's own id is the item's id and is not repeated. A
// reimbursement entry is one item per group: the fields of the statutory
// authority, then those of the group, on one level.
//
//	CV            {"code","system":"urn:oid:…","display","originalText"}
//	CS            {"code","system","display"}; the system is the field's code
//	              list, absent where the field has none (R135) or several
//	PQ            {"value","unit"} (R137: no system of its own)
//	MO            {"value","currency"}
//	URL, TS       text
//	decimal, int  a JSON number with the source's digits where JSON can write
//	              it (7.50 stays 7.50), else the exact text (007, +1, .5)
//	boolean       true or false, also for 1 and 0; else the exact text
//	all other     text, byte for byte: identifiers keep leading zeros
//	reference     {"resource","id","display"}, see below
//
// What is absent in the source is absent in JSON, what is empty is "" or {}:
// absent is not none (R28). Lists are absent when empty. A required element
// that the source lacks reads as an empty one; the decoder reports it.
//
// # References
//
// What a reference names, and by which name to show it, is only known when
// all entries are (references point forward too). So Append leaves a [Hole]
// at each, and [Fill] puts in the reference object later. Its resource is the
// one that has the id; of RefElement the one that Klasse says. A reference
// that nothing resolves (only extracts have such, R145) has no display, and a
// resource only where just one is possible. The parent of a code is
// {"id","display"}: the elements of a code system are no resource.
//
// # Displays
//
// The display of a reference's target:
//
//	ingredients             name
//	ingredient-strengths    name of the ingredient, operator if not "equal"
//	                        (R36), strength, denominator: "X 5 mg/ml"
//	drugs, generics, doses  nameFormStrength
//	packages                nameFormStrength (itemNumber)
//	commodities             name
//	substitution-groups     display of the code, else the code
//	reimbursements          display of groupNumber (display of the authority)
//	conditions              conditionNumber, else the start of the text
//	notifications           headline
//	interactions            names of the substance groups, else the start of
//	                        the clinical consequence
//	not-assessed, short-doses, diagnoses   display of the code, else the code
//	code-systems            designation
//	ordering-substances     name
//	elements of code systems               code and first term
//
// Displays are for people; they drift, programs act on ids and codes (R135).
//
// Everything is pure; a Renderer is safe for concurrent use. The package may
// import fest only.
package wire
