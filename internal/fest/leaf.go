package fest

// The leaf types hold the text of an element exactly as the source has it:
// identifiers keep leading zeros, decimals their digits, dates their form.
// Nothing is parsed before it is asked for.
type (
	// Text is xs:string.
	Text string
	// ID is the xs:ID of an object: stable through changes, what references
	// use (HIS 3020 6.3.5.1). Opaque text, R17.
	ID string
	// EntryID is the xs:ID of an entry: new at every change (R14).
	EntryID string
	// Ref is an xs:IDREF to an object id (R145).
	Ref string
	// Number is text that identifies something by digits (item number, bar
	// code, LMR number): never a number, leading zeros count (R20).
	Number string
	// Decimal is xs:decimal or xs:double with the source's digits.
	Decimal string
	// Integer is xs:int with the source's digits.
	Integer string
	// Boolean is xs:boolean: true, false, 1 or 0.
	Boolean string
	// Date is xs:date: a Norwegian calendar day (R1).
	Date string
	// DateTime is xs:dateTime; FEST states no zone (R9).
	DateTime string
	// Time is xs:time.
	Time string
	// Duration is xs:duration: calendar-based (R13).
	Duration string
	// OID is an object identifier without the urn:oid: prefix.
	OID string
)

// Bool reports the value and whether the text is an xs:boolean at all.
func (b Boolean) Bool() (value, ok bool) {
	switch b {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	default:
		return false, false
	}
}
