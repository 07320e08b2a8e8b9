package sample

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

//go:embed data/atc.tsv
var atcTable string

// atcName is what a code of list 7180 is called; en is empty where the small
// sample has no use for the code.
type atcName struct{ no, en string }

// atcTree is the part of list 7180 that a sample knows.
type atcTree struct {
	names map[string]atcName
	codes []string // sorted
}

func newATCTree() *atcTree {
	t := &atcTree{names: make(map[string]atcName, 1200)}
	for row := range rows(atcTable) {
		t.set(row[0], atcName{row[1], column(row, 2)})
	}
	t.set("WITHOUT", atcName{"Uten ATC-kode", "without ATC code"})
	t.sort()
	return t
}

func (t *atcTree) set(code string, n atcName) { t.names[code] = n }

func (t *atcTree) sort() {
	t.codes = t.codes[:0]
	for c := range t.names {
		t.codes = append(t.codes, c)
	}
	slices.Sort(t.codes)
}

// cv is the coded value of a code; its display is the Norwegian name.
func (t *atcTree) cv(code string) fest.CV { return term{code, t.names[code].no}.cv("7180") }

// english is the English name, made up from the Norwegian one where the table
// has none.
func (t *atcTree) english(code string) string {
	n := t.names[code]
	if n.en != "" {
		return n.en
	}
	return anglicise(n.no)
}

// atcParent is the code one level up, "" at the top. The levels of ATC have 1,
// 3, 4, 5 and 7 characters (R136), one more with the Q of veterinary codes;
// ZV80AA… has a level between (R115).
func atcParent(code string) string {
	lengths := []int{1, 3, 4, 5, 7}
	switch {
	case code == "WITHOUT":
		return ""
	case strings.HasPrefix(code, "Q"):
		lengths = []int{2, 4, 5, 6, 8}
	case strings.HasPrefix(code, "ZV"):
		lengths = []int{1, 2, 4, 5, 6, 8}
	}
	i := slices.Index(lengths, len(code))
	if i <= 0 {
		return ""
	}
	return code[:lengths[i-1]]
}

// anglicise spells a Norwegian INN or group name the English way, roughly.
func anglicise(no string) string {
	var b strings.Builder
	words := strings.Fields(no)
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		if e, ok := englishWords[strings.Trim(strings.ToLower(w), ",.")]; ok {
			b.WriteString(e)
			if strings.HasSuffix(w, ",") {
				b.WriteByte(',')
			}
			continue
		}
		b.WriteString(anglicisedWord(w))
	}
	return b.String()
}

func anglicisedWord(w string) string {
	w = englishSpelling.Replace(strings.ToLower(w))
	for _, s := range [...]string{"in", "on", "ol", "id", "at", "it"} {
		if strings.HasSuffix(w, s) && len(w) > 5 && s != "ol" {
			return w + "e"
		}
	}
	return w
}

var englishSpelling = strings.NewReplacer("ks", "x", "kv", "qu", "ka", "ca", "ko", "co", "ku", "cu", "kl", "cl", "kr", "cr", "kt", "ct", "k", "c",
	"ø", "o", "æ", "ae", "å", "a", "fosf", "phosph", "syre", "ic acid", "klorid", "chloride", "tiazid", "thiazide")

var englishWords = map[string]string{
	"og": "and", "andre": "other", "midler": "agents", "kombinasjoner": "combinations", "med": "with", "ekskl": "excl.", "inkl": "incl.", "til": "for", "mot": "for",
	"derivater": "derivatives", "natrium": "sodium", "kalium": "potassium", "hydroklorid": "hydrochloride", "hemmere": "inhibitors", "vaksiner": "vaccines",
}

// indispensable are medicines that no extract for people was ever without, so
// that no release of a sample is either.
var indispensable = []string{"A10AB05", "B01AA03", "C03CA01", "H02AB06", "J01CA04", "N02AA01", "N02BE01", "R03AC02"}

func isIndispensable(code string) bool { return slices.Contains(indispensable, code) }

// rows yields the tab-separated columns of the lines that are no comments.
func rows(table string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(strings.Split(line, "\t")) {
				return
			}
		}
	}
}

func column(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}
