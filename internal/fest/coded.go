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
	Code         string // @V
	System       string // @S, an OID
	Display      string // @DN; drifts: act on Code, show Display (R135)
	OriginalText string // @OT
	Present      Attrs
}

// CS is a coded value without a code list in the XML (kith CS); the list is
// the field's (tag list).
type CS struct {
	Code    string // @V
	Display string // @DN
	Present Attrs
}

// PQ is a quantity with a unit (kith PQ). The unit's code list is the field's
// (R137).
type PQ struct {
	Value   string // @V, xs:double with the source's digits
	Unit    string // @U
	Present Attrs
}

// MO is an amount of money (kith MO).
type MO struct {
	Value    string // @V, xs:decimal with the source's digits
	Currency string // @U
	Present  Attrs
}

// URL is a link (kith URL).
type URL struct {
	Value   string // @V
	Present Attrs
}

// TS is a point in time of varying precision (kith TS).
type TS struct {
	Value   string // @V
	Present Attrs
}
