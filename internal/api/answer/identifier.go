package answer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// MostIdentifier is how many bytes an identifier may have.
const MostIdentifier = 200

// Malformed is why a text names nothing: which of the two it is, what is wrong,
// and what would be right.
type Malformed struct {
	// Member is code or system.
	Member, Value, Detail, Expected string
	// Known lists the systems, where one is not known.
	Known []string
}

// Error implements error.
func (m *Malformed) Error() string { return m.Detail + "; want " + m.Expected }

// identifier is a text that was read: as which text, and in which ways it may
// name something.
type identifier struct {
	text      string
	ways      []Way
	resources []fest.Resource // that an id may be of
	gtin      string
}

// fnc1 ends a field of variable length in a scan (FNC1).
const fnc1 = '\x1d'

// readIdentifier says what a code may be. Ids are opaque text (R17), so nearly anything
// may be one; only what cannot be what its system says, or a scan without a
// bar code, is malformed.
func readIdentifier(code, system string) (id identifier, bad *Malformed) {
	id.text, bad = readText(code)
	if bad != nil {
		return id, bad
	}
	var s *System
	if strings.TrimSpace(system) != "" {
		var ok bool
		if s, ok = systemOf(system); !ok {
			return id, unknownSystem(system)
		}
		id.ways, id.resources = s.Ways, s.Resources
	} else {
		id.ways = waysOf(id.text)
	}
	if id.has(WayGTIN) {
		code, ok := cache.GTIN(id.text)
		if !ok || len(id.text) < 8 {
			return id, &Malformed{Member: memberCode, Value: code, Detail: "no bar code can be read from it",
				Expected: "8, 12, 13 or 14 digits, or a GS1 scan with AI 01 and 14 digits, such as (01)07046260000017 or ]d20107046260000017"}
		}
		id.gtin = code
	}
	if s != nil {
		bad = s.check(&id)
	}
	return id, bad
}

// The members that an identifier consists of.
const (
	memberCode   = "code"
	memberSystem = "system"
)

// readText cleans what people, scanners and other programs put around an
// identifier.
func readText(code string) (string, *Malformed) {
	text := tidy(code)
	if packed := strings.ReplaceAll(text, " ", ""); onlyDigits(packed) {
		text = packed // as numbers are printed
	}
	if oid, ok := strings.CutPrefix(text, urn); ok {
		text = oid // the key of a code list
	}
	switch {
	case text == "":
		return "", &Malformed{Member: memberCode, Value: code, Detail: "there is no code", Expected: "an id, entry id, item number, GTIN, GS1 scan, LMR number or ATC code"}
	case len(text) > MostIdentifier:
		return "", &Malformed{Member: memberCode, Value: code, Detail: "the code is longer than any identifier", Expected: "at most 200 bytes"}
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != fnc1 }):
		return "", &Malformed{Member: memberCode, Value: code, Detail: "the code has a control character, such as a line break", Expected: "printable text"}
	}
	return text, nil
}

// tidy takes white space and marks of encodings from around a text, and composes
// its letters (NFC), as FEST writes them.
func tidy(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
	if plainASCII(s) {
		return s
	}
	return norm.NFC.String(s)
}

// KeyOf is a key as people and other programs write it, read: without what
// stands around it, and with the ID_ of FEST before a bare GUID.
func KeyOf(key string) string {
	keys, n := keysOf(tidy(key))
	return keys[n-1]
}

func unknownSystem(uri string) *Malformed {
	m := &Malformed{Member: memberSystem, Value: uri, Detail: "no system of FEST's identifiers has this URI", Expected: "one of known, or no system: then what the form allows is tried"}
	switch {
	case isNeighbour(uri):
		m.Detail = "FEST has no identifiers of this system"
	case ListOf(strings.TrimSpace(uri)) != "":
		m.Detail = "the codes of this list name no entries; its elements are in /v1/code-systems/" + fest.OIDRoot + ListOf(strings.TrimSpace(uri))
	}
	for i := range nameSpaces {
		m.Known = append(m.Known, nameSpaces[i].URI)
	}
	return m
}

// check refuses what the codes of the system never look like.
func (s *System) check(id *identifier) *Malformed {
	if len(s.Ways) > 1 {
		return nil
	}
	switch {
	case id.has(WayATC) && rules.ATCLevel(strings.ToUpper(id.text)) == 0:
		return &Malformed{Member: memberCode, Value: id.text, Detail: "it is no ATC code", Expected: "a code of any level, such as N, N02, N02B, N02BE or N02BE01"}
	case id.has(WayLMRNumber) && !onlyDigits(id.text):
		return &Malformed{Member: memberCode, Value: id.text, Detail: "it is no LMR number", Expected: "seven digits, with their leading zeros"}
	}
	return nil
}

func (id *identifier) has(w Way) bool {
	for _, way := range id.ways {
		if way == w {
			return true
		}
	}
	return false
}

// Ways that a form allows. A number is tried as what it may be before it is
// tried as a key.
var (
	waysNumber = map[int][]Way{ // by its length
		7: {WayItemNumber, WayLMRNumber, WayID},
		8: {WayGTIN, WayItemNumber, WayID}, 12: {WayGTIN, WayItemNumber, WayID}, 13: {WayGTIN, WayItemNumber, WayID}, 14: {WayGTIN, WayItemNumber, WayID},
	}
	waysOther = []Way{WayItemNumber, WayID}
	waysCode  = []Way{WayATC, WayID}
)

// waysOf is what a text may be by its form.
func waysOf(text string) []Way {
	switch {
	case scanned(text):
		return waysGTIN
	case guidID(text):
		return waysID
	case onlyDigits(text):
		if ways := waysNumber[len(text)]; ways != nil {
			return ways
		}
	case rules.ATCLevel(strings.ToUpper(text)) > 0:
		return waysCode
	}
	return waysOther
}

// scanned says whether a text is what a scanner gives, not a number that stands
// on a package.
func scanned(text string) bool {
	switch {
	case text[0] == ']', text[0] == '(', strings.IndexByte(text, fnc1) >= 0:
		return true
	case len(text) <= 14:
		return false
	}
	_, ok := cache.GTIN(text)
	return ok
}

// keysOf are the keys that an id may stand for: as it is, and, where it is a
// bare GUID, with what FEST puts before it.
func keysOf(text string) (keys [2]string, n int) {
	keys[0], n = text, 1
	if bareGUID(text) {
		keys[1], n = "ID_"+strings.ToUpper(text), 2
	}
	return keys, n
}

const bareForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

// guidID says whether a text is an id of FEST, which no number looks like.
func guidID(s string) bool {
	const prefix = "ID_"
	if len(s) == len(prefix)+len(bareForm) && strings.EqualFold(s[:len(prefix)], prefix) {
		s = s[len(prefix):]
	}
	return bareGUID(s)
}

func bareGUID(s string) bool {
	if len(s) != len(bareForm) {
		return false
	}
	for i := range len(bareForm) {
		c := s[i]
		hex := '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
		if dash := bareForm[i] == '-'; dash && c != '-' || !dash && !hex {
			return false
		}
	}
	return true
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
