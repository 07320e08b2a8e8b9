package reference

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// special are letters that have no accents to lose.
var special = strings.NewReplacer("æ", "ae", "ø", "o", "œ", "oe", "ß", "ss", "þ", "th", "ð", "d", "đ", "d", "ł", "l")

// plainOf is a word in small letters without accents.
func plainOf(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(norm.NFC.String(s))) {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			b.WriteRune(r)
		}
	}
	return special.Replace(b.String())
}

// spaced is a text as it is sorted: folded, with single spaces.
func spaced(s string) string { return strings.Join(strings.Fields(plainOf(s)), " ") }

// spellings are all ways to write a word without æ, ø and å.
func spellings(s string) []string {
	s = strings.ToLower(norm.NFC.String(s))
	out := []string{plainOf(s)}
	for _, r := range []*strings.Replacer{strings.NewReplacer("ø", "oe"), strings.NewReplacer("å", "aa"), strings.NewReplacer("ø", "oe", "å", "aa")} {
		if p := plainOf(r.Replace(s)); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// piece is a word of a text: all its spellings.
type piece struct {
	forms   []string
	special bool // it has other letters than a to z
	first   bool // nothing stands before it
	number  bool
	unit    bool // it follows a number
	raw     string
	inner   bool  // letters within letters and digits, no word by themselves
	whole   []int // the pieces that it is made of
	spaced  bool  // with space between them
}

// point stands for the decimal sign of a number, which is one word. No text has
// it.
const point = "\x00"

var (
	decimals = regexp.MustCompile(`(\d+)[.,](\d+)`)
	leading  = regexp.MustCompile(`(^|[\s\p{Z}])[.,](\d+)`)
	pieces   = regexp.MustCompile(`(?s)[\p{L}\p{M}\p{N}\p{Cf}\x00]+|%|.`)
	ofWords  = regexp.MustCompile(`^[\p{L}\p{M}\p{N}\p{Cf}\x00]`)
	segments = regexp.MustCompile(`[0-9]+(?:\x00[0-9]+)?|[^0-9\x00]+`)
	isUnit   = unitsOf(`mg: milligram; g: gram; kg: kilogram; ng: nanogram; mikrog: μg mcg ug mikrogram; ml: milliliter; l: liter; dl: desiliter; cl:;
		mikrol: μl ul; mmol:; mol:; mikromol:; meq:; mekv:; ie: iu e u enheter; mill:; kj:; kcal:; mbq:; gbq:; kbq:; mm:; cm:; ppm:;
		timer: time; dose: doser; stk: stykk`)
	anywhere = strings.Fields("μg mcg ug mikrogram iu")
)

// unitsOf reads a list of units and what else they are written as.
func unitsOf(list string) map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(list, ";") {
		unit, others, _ := strings.Cut(strings.TrimSpace(line), ":")
		for _, s := range append(strings.Fields(others), unit) {
			out[s] = unit
		}
	}
	return out
}

// cutUp cuts a text into its words.
func cutUp(text string, code bool) []piece {
	if !code {
		text = leading.ReplaceAllString(text, "${1}0"+point+"$2")
		text = decimals.ReplaceAllString(text, "$1"+point+"$2")
	}
	var out []piece
	numberBefore := -1 // a number, and only space since
	for _, run := range pieces.FindAllString(text, -1) {
		if strings.TrimSpace(run) == "" {
			continue
		}
		if run == "%" && !code {
			out = append(out, piece{forms: []string{"%"}, unit: numberBefore >= 0, first: len(out) == 0, raw: "%"})
			if numberBefore >= 0 {
				out = append(out, glued(out, numberBefore, len(out)-1))
				out[len(out)-1].spaced = true
			}
			numberBefore = -1
			continue
		}
		if !ofWords.MatchString(run) {
			numberBefore = -1
			continue
		}
		start := len(out)
		for _, s := range segments.FindAllString(run, -1) {
			p := piece{first: len(out) == 0, raw: s}
			afterNumber := len(out) > start && out[len(out)-1].number || len(out) == start && numberBefore >= 0
			if s[0] >= '0' && s[0] <= '9' {
				p.number, p.forms = true, []string{numberOf(s)}
			} else {
				p.forms, p.special = spellings(s), strings.ToLower(s) != plainASCII(s)
				if u := isUnit[p.forms[0]]; u != "" && !code && (afterNumber || slices.Contains(anywhere, p.forms[0])) {
					p.forms = append([]string{u}, p.forms...) // and as it is written
					p.unit = afterNumber
				}
			}
			if p.forms[0] != "" {
				out = append(out, p)
			}
		}
		before := numberBefore
		numberBefore = -1
		switch n := len(out) - start; {
		case n == 0:
		case n > 1:
			for i := start; i < len(out); i++ {
				out[i].inner = !out[i].number && !out[i].unit
			}
			w := glued(out, start, len(out)-1)
			if code {
				w.whole = nil
				out = append(out[:start], w)
			} else {
				out = append(out, w)
			}
		case out[start].number:
			numberBefore = start
		case out[start].unit && before >= 0:
			out = append(out, glued(out, before, start))
			out[len(out)-1].spaced = true
		}
	}
	return out
}

// plainASCII is a word in small letters; "" if it has other than a to z.
func plainASCII(s string) string {
	for _, r := range s {
		if r >= 0x80 {
			return ""
		}
	}
	return strings.ToLower(s)
}

// glued is pieces that stand together, as one.
func glued(list []piece, from, to int) piece {
	form := ""
	p := piece{first: list[from].first}
	for i := from; i <= to; i++ {
		if list[i].whole == nil {
			form += list[i].forms[0]
			p.whole = append(p.whole, i)
		}
	}
	p.forms = []string{form}
	return p
}

// numberOf is a number as it is compared: without zeros that say nothing, but
// for those before a number without decimals, which may be a code.
func numberOf(s string) string {
	whole, dec, ok := strings.Cut(s, point)
	if !ok {
		return s
	}
	whole, dec = strings.TrimLeft(whole, "0"), strings.TrimRight(dec, "0")
	if whole == "" {
		whole = "0"
	}
	if dec == "" {
		return whole
	}
	return whole + "." + dec
}
