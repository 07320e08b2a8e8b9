package fest

// Attrs says which attributes of a kith value stood in the source. A value
// made in Go needs not set it: an attribute with text is always present.
type Attrs uint8

// One bit per attribute of the kith types.
const (
	AttrV Attrs = 1 << iota
	AttrS
	AttrDN
	AttrOT
	AttrU
)

// Has reports whether all attributes of b stood in the source.
func (a Attrs) Has(b Attrs) bool { return a&b == b }

// CV is a coded value that names its code list (kith CV).
type CV struct {
	Code         string `fest:"@V" json:"code"`
	System       string `fest:"@S" json:"system"`   // an OID; in JSON with urn:oid: before it
	Display      string `fest:"@DN" json:"display"` // drifts: act on Code, show Display (R135)
	OriginalText string `fest:"@OT" json:"originalText"`
	Present      Attrs
}

// CS is a coded value without a code list in the XML (kith CS); the list is
// the field's (tag list).
type CS struct {
	Code    string `fest:"@V" json:"code"`
	Display string `fest:"@DN" json:"display"`
	Present Attrs
}

// PQ is a quantity with a unit (kith PQ). The unit's code list is the field's
// (R137).
type PQ struct {
	Value   string `fest:"@V" json:"value"` // xs:double with the source's digits
	Unit    string `fest:"@U" json:"unit"`
	Present Attrs
}

// MO is an amount of money (kith MO).
type MO struct {
	Value    string `fest:"@V" json:"value"` // xs:decimal with the source's digits
	Currency string `fest:"@U" json:"currency"`
	Present  Attrs
}

// URL is a link (kith URL); in JSON its text.
type URL struct {
	Value   string `fest:"@V" json:""`
	Present Attrs
}

// TS is a point in time of varying precision (kith TS); in JSON its text.
type TS struct {
	Value   string `fest:"@V" json:""`
	Present Attrs
}
