package fest

// Severity says what a finding asks for.
type Severity string

// Note is worth knowing; Hold keeps a candidate from being published.
const (
	SeverityNote Severity = "note"
	SeverityHold Severity = "hold"
)

// Finding is something that was seen in a file: by the decoder or by the
// gate. It is data; Text is for people.
type Finding struct {
	Rule     string   `json:"rule"` // closed set, kebab-case
	Severity Severity `json:"severity"`
	Class    string   `json:"class,omitempty"` // name as in Counts
	Path     string   `json:"path,omitempty"`  // element path in M30
	Count    int      `json:"count"`
	Text     string   `json:"text"`
	// Affected names the entries concerned, all of them; texts for people show
	// the first hundred.
	Affected []Affected `json:"affected,omitempty"`
}

// Affected is one entry that a finding names.
type Affected struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Loss is what a class loses from one content to the next: Count of the Of
// objects that it had, and the first hundred of them.
type Loss struct {
	Class string     `json:"class"` // name as in Counts
	Count int        `json:"count"`
	Of    int        `json:"of"`
	First []Affected `json:"first"`
}

// The rules of the decoder.
const (
	RuleNamespaceLost    = "namespace-lost"       // an element stood in no namespace
	RuleUnknownElement   = "unknown-element"      // not in the schemas
	RuleUnknownAttribute = "unknown-attribute"    // not in the schemas
	RuleMissingElement   = "missing-element"      // required by the schemas
	RuleRepeatedElement  = "repeated-element"     // at most one by the schemas
	RuleUnexpectedText   = "unexpected-text"      // text between elements
	RuleEntryWithout     = "entry-without-object" // an active entry with no object
	RuleIncrement        = "increment"            // entries with Status U: not a full extract
	RuleCatalogueOrder   = "catalogue-order"      // catalogues not in the order of the XSD
)
