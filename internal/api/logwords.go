package api

import "strings"

// hidden stands in logs for what is not told.
const hidden = "*"

// logWords are the words that paths may say in logs beside what looks like a
// key of the register: those of the routes. A path is free text: people and
// programs put names and numbers of patients into it by mistake.
type logWords map[string]bool

func newLogWords(tables ...[]Route) logWords {
	w := logWords{"": true}
	for _, table := range tables {
		for i := range table {
			for word := range strings.SplitSeq(table[i].Pattern, "/") {
				if !strings.HasPrefix(word, "{") {
					w[word] = true
				}
			}
		}
	}
	return w
}

// path is a path as logs have it: what is neither a word of a route nor looks
// like a key is hidden.
func (w logWords) path(path string) string {
	const most = 200
	if len(path) <= most && w.plain(path) {
		return path // as nearly all are
	}
	var b strings.Builder
	for i, word := range strings.Split(path, "/") {
		if i > 0 {
			b.WriteByte('/')
		}
		if b.Len() >= most {
			b.WriteString("…")
			break
		}
		if w.tells(word) {
			b.WriteString(word)
		} else {
			b.WriteString(hidden)
		}
	}
	return b.String()
}

func (w logWords) plain(path string) bool {
	for word := range strings.SplitSeq(path, "/") {
		if !w.tells(word) {
			return false
		}
	}
	return true
}

func (w logWords) tells(word string) bool { return w[word] || keyLike(word) }

// keyLike reports whether s looks like a key of the register: a GUID, an ATC
// code, an item number, GTIN or serial. All have digits; none has eleven and
// nothing else.
func keyLike(s string) bool {
	const longest = 64
	digits := 0
	for _, b := range []byte(s) {
		switch {
		case b >= '0' && b <= '9':
			digits++
		case !alphanumeric(b) && b != '_' && b != '-' && b != '.' && b != ':':
			return false
		}
	}
	return digits > 0 && len(s) <= longest && !personal(s)
}

// told are the query parameters, and whether logs have their values: those that
// are numbers, days or words of a closed set. The values of the others are
// what was looked for. A test compares the names with the description of the
// API; names that are not here are not told either.
var told = map[string]bool{
	paramLimit: true, paramRelease: true, paramFrom: true, paramTo: true, paramResource: true, paramKind: true, paramInclude: true,
	paramDay: true, paramUntil: true, paramSubstitutable: true, paramTypos: true, paramRelevance: true, "lang": true,
	paramQuery: false, paramCursor: false, paramCode: false, paramSystem: false, paramATC: false, paramForm: false, paramSex: false,
	paramProducts: false, paramParent: false, paramAudience: false, paramAvailability: false, paramGroup: false, paramList: false,
	"condition": false, "drug": false, "group": false, "groupNumber": false, "gtin": false, "icd10": false, "icpc2": false, "ingredient": false,
	"ingredientStrength": false, "itemNumber": false, "legalBasis": false, "lmrNumber": false, "name": false, "number": false, "package": false,
	"productGroup": false, "reference": false, "reimbursement": false, "salt": false, "substitutionGroup": false, "type": false,
}

// toldWords are the values that are words.
var toldWords = map[string]bool{
	"on": true, "off": true, "true": true, "false": true, "removed": true, "added": true, "changed": true,
	"no": true, "nb": true, "nn": true, "en": true,
}

// logQuery is a query as logs have it: names of parameters, and the values of
// some.
func logQuery(raw string) string {
	const most = 32 // parameters
	if raw == "" {
		return ""
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(raw, "&") {
		if n++; n > most {
			b.WriteString("&…")
			break
		}
		if n > 1 {
			b.WriteByte('&')
		}
		name, value, _ := strings.Cut(part, "=")
		show, known := told[name]
		if !known {
			name = hidden
		}
		b.WriteString(name)
		b.WriteByte('=')
		if !show || !toldWords[value] && !numberLike(value) {
			value = hidden
		}
		b.WriteString(value)
	}
	return b.String()
}

// numberLike reports whether s is a number, a day or some of them.
func numberLike(s string) bool {
	const longest = 32
	for _, b := range []byte(s) {
		if (b < '0' || b > '9') && b != '-' && b != '.' && b != ',' && b != ':' {
			return false
		}
	}
	return len(s) <= longest && !personal(s)
}
