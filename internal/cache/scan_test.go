package cache_test

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/festd/festd/internal/fest"
)

// This is the search once more, written from docs/SEARCH.md and not from the
// index: every entry is looked at, every word of every text is cut and compared
// anew. It shares no code with internal/search.

// scanned is an entry as the scan sees it.
type scanned struct {
	resource fest.Resource
	key      string
	kind     int // place of the kind in the order
	display  string
	texts    []scannedText
	number   int // among the entries
}

type scannedText struct {
	text            string
	code, main, own bool // own: the document's own name
	pieces          []piece
}

// scan collects what is searched.
func scan(entries []*fest.Entry) []*scanned {
	ingredients := map[fest.Ref]*fest.Ingredient{}
	strengths := map[fest.Ref]*fest.IngredientStrength{}
	drugs := map[fest.Ref]*fest.Drug{}
	moieties := map[fest.Ref][]*fest.Ingredient{}
	atcNames := map[string][2]string{}
	var atcCodes []string
	formed := regexp.MustCompile(`^[QZ]?[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$`)
	addATC := func(code string) {
		if !formed.MatchString(code) { // such as WITHOUT: nothing is above it
			if !slices.Contains(atcCodes, code) {
				atcCodes = append(atcCodes, code)
			}
			return
		}
		for _, n := range []int{1, 3, 4, 5, 7} {
			if strings.HasPrefix(code, "Q") || strings.HasPrefix(code, "Z") {
				n++
			}
			if part := code[:min(n, len(code))]; !slices.Contains(atcCodes, part) && (len(part) == n || part == code) {
				atcCodes = append(atcCodes, part)
			}
		}
	}
	medicine := func(e *fest.Entry) *fest.Medicine {
		switch o := e.Object.(type) {
		case *fest.Drug:
			return &o.Medicine
		case *fest.Generic:
			return &o.Medicine
		case *fest.Package:
			return &o.Medicine
		}
		return nil
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Ingredient:
			ingredients[fest.Ref(o.ID)] = o
			for _, salt := range o.FullActiveSubstances {
				if fest.ID(salt) != o.ID {
					moieties[salt] = append(moieties[salt], o)
				}
			}
		case *fest.IngredientStrength:
			strengths[fest.Ref(o.ID)] = o
		case *fest.Drug:
			if o.ID != nil {
				drugs[fest.Ref(*o.ID)] = o
			}
		}
		if m := medicine(e); m != nil && m.Atc != nil && m.Atc.Code != "" {
			code := strings.ToUpper(m.Atc.Code)
			addATC(code)
			if atcNames[code][0] == "" {
				atcNames[code] = [2]string{m.Atc.Display, ""}
			}
		}
	}
	// The names of each substance, and of each moiety of one.
	substances := func(s []fest.SortedStrength, u []fest.SortedSubstance) (names [][]string) {
		add := func(ref fest.Ref) {
			all := []*fest.Ingredient{}
			if i := ingredients[ref]; i != nil {
				all = append(all, i)
			}
			for _, i := range append(all, moieties[ref]...) {
				one := []string{string(i.Name)}
				if i.NameEnglish != nil {
					one = append(one, string(*i.NameEnglish))
				}
				names = append(names, one)
			}
		}
		for _, x := range s {
			if st := strengths[x.ActiveSubstanceWithStrength]; st != nil {
				add(st.ActiveSubstance)
			}
		}
		for _, x := range u {
			add(x.ActiveSubstance)
		}
		return names
	}
	var out []*scanned
	for n, e := range entries {
		for _, it := range e.Items() {
			d := &scanned{resource: it.Resource, key: it.Key, number: n}
			text := func(t string, main, own bool) {
				if t != "" {
					d.texts = append(d.texts, scannedText{text: t, main: main, own: own})
				}
			}
			code := func(t string, main bool) {
				if t != "" {
					d.texts = append(d.texts, scannedText{text: t, code: true, main: main, own: main})
				}
			}
			atc := func(c *fest.CV) {
				if c != nil && c.Code != "" {
					code(strings.ToUpper(c.Code), false)
					text(atcNames[strings.ToUpper(c.Code)][0], false, false)
				}
			}
			form := func(c *fest.CV) {
				if c != nil {
					text(c.Display, false, false)
				}
			}
			switch o := e.Object.(type) {
			case *fest.Generic:
				d.kind, d.display = 0, string(o.NameFormStrength)
				text(d.display, true, true)
				for _, ref := range o.Drugs {
					if drug := drugs[ref]; drug != nil {
						text(string(drug.BrandName), true, false)
					}
				}
				form(o.PharmaceuticalFormShort)
				atc(o.Atc)
				for _, names := range substances(o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength) {
					called, starts := namedAfter(d.display, names)
					for _, s := range names {
						text(s, called, starts)
					}
				}
			case *fest.Drug:
				d.kind, d.display = 1, string(o.NameFormStrength)
				text(d.display, true, true)
				if !strings.HasPrefix(d.display, string(o.BrandName)) {
					text(string(o.BrandName), true, true)
				}
				if d.display == "" {
					d.display = string(o.BrandName)
				}
				form(o.PharmaceuticalFormShort)
				atc(o.Atc)
				if o.ProductInformation != nil && o.ProductInformation.Manufacturer != nil {
					text(string(*o.ProductInformation.Manufacturer), false, false)
				}
				for _, s := range slices.Concat(substances(o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength)...) {
					text(s, false, false)
				}
			case *fest.Ingredient:
				d.kind, d.display = 2, string(o.Name)
				text(d.display, true, true)
				if o.NameEnglish != nil {
					text(string(*o.NameEnglish), true, true)
				}
			case *fest.Package:
				d.kind, d.display = 4, string(o.NameFormStrength)
				text(d.display, true, true)
				code(string(o.ItemNumber), true)
				if m := o.MarketingInformation; m != nil && m.DiscontinuedItemNumber != nil {
					code(string(*m.DiscontinuedItemNumber), true)
				}
				for _, b := range o.BarCodes {
					code(string(b), true)
					if len(b) < 14 && b != "" && strings.Trim(string(b), "0123456789") == "" {
						code(strings.Repeat("0", 14-len(b))+string(b), true)
					}
				}
				own, ownForm := o.Atc, o.PharmaceuticalFormShort
				for i := range o.PackageInformation {
					p := &o.PackageInformation[i]
					text(strings.Join(strings.Fields(string(p.PackageSize)+" "+p.PackageUnit.Code+" "+p.PackageType.Display), " "), false, false)
					drug := drugs[p.Drug]
					if drug == nil {
						continue
					}
					if own == nil {
						own = drug.Atc
					}
					if ownForm == nil {
						ownForm = drug.PharmaceuticalFormShort
					}
					for _, s := range slices.Concat(substances(drug.SortedActiveSubstancesWithStrength, drug.SortedActiveSubstancesWithoutStrength)...) {
						text(s, false, false)
					}
				}
				atc(own)
				form(ownForm)
			case *fest.BreastProsthesis:
				d.commodity(&o.Commodity, text, code)
			case *fest.MedicalConsumable:
				d.commodity(&o.Commodity, text, code)
			case *fest.Nutrient:
				d.commodity(&o.Commodity, text, code)
			case *fest.Notification:
				d.kind, d.display = 6, string(o.Headline)
				text(d.display, true, true)
				text(string(o.Text), false, false)
			}
			if len(d.texts) > 0 {
				out = append(out, d)
			}
		}
	}
	slices.Sort(atcCodes)
	for i, c := range atcCodes {
		name := atcNames[c][0]
		d := &scanned{resource: "atc", key: c, kind: 3, display: cmp.Or(name, c), number: len(entries) + i}
		d.texts = []scannedText{{text: c, code: true, main: true, own: true}}
		if name != "" {
			d.texts = append(d.texts, scannedText{text: name, main: true, own: true})
		}
		out = append(out, d)
	}
	return out
}

// namedAfter says whether a name has one of the names of a substance, as whole
// words, and whether it starts with one.
func namedAfter(name string, names []string) (called, starts bool) {
	spaced := func(s string) string { return strings.Join(strings.Fields(plainOf(s)), " ") }
	for _, n := range names {
		if n = spaced(n); n == "" {
			continue
		}
		where := regexp.MustCompile(`(^|[^\p{L}\p{N}])` + regexp.QuoteMeta(n) + `($|[^\p{L}\p{N}])`).FindStringIndex(spaced(name))
		called = called || where != nil
		starts = starts || where != nil && strings.HasPrefix(spaced(name)[where[0]:], n) && where[0] == 0
	}
	return called, starts
}

func (d *scanned) commodity(c *fest.Commodity, text func(string, bool, bool), code func(string, bool)) {
	d.kind, d.display = 5, string(c.Name)
	text(d.display, true, true)
	code(string(c.ItemNumber), true)
	if c.Supplier != nil {
		text(string(c.Supplier.Name), false, false)
	}
	if c.ProductInformation != nil {
		code(string(c.ProductInformation.ProductNumber), true)
	}
}

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
	special bool
	first   bool
	number  bool
	unit    bool
	raw     string
	inner   bool
	whole   []int // the pieces that it is made of
}

var (
	decimals = regexp.MustCompile(`(\d+)[.,](\d+)`)
	leading  = regexp.MustCompile(`(^| )[.,](\d+)`)
	pieces   = regexp.MustCompile(`[\p{L}\p{M}\p{N}\p{Cf}·]+|%|\S| +`)
	ofWords  = regexp.MustCompile(`^[\p{L}\p{M}\p{N}\p{Cf}·]`)
	segments = regexp.MustCompile(`[0-9]+(?:·[0-9]+)?|[^0-9·]+`)
	isUnit   = map[string]string{
		"mg": "mg", "g": "g", "kg": "kg", "mikrog": "mikrog", "ml": "ml", "l": "l", "ie": "ie", "iu": "ie", "e": "ie", "u": "ie", "mmol": "mmol",
		"cm": "cm", "mm": "mm", "stk": "stk", "dose": "dose", "timer": "timer", "mill": "mill", "μg": "mikrog", "mcg": "mikrog", "ug": "mikrog",
	}
	anywhere = map[string]bool{"μg": true, "mcg": true, "ug": true, "iu": true}
)

// cutUp cuts a text into its words.
func cutUp(text string, code bool) []piece {
	if !code {
		text = leading.ReplaceAllString(text, "${1}0·$2")
		text = decimals.ReplaceAllString(text, "$1·$2")
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
				if u := isUnit[p.forms[0]]; u != "" && !code && (afterNumber || anywhere[p.forms[0]]) {
					p.forms = append([]string{u}, p.forms[1:]...)
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
		}
	}
	return out
}

func plainASCII(s string) string {
	for _, r := range s {
		if r >= 0x80 {
			return ""
		}
	}
	return strings.ToLower(s)
}

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

func numberOf(s string) string {
	whole, dec, ok := strings.Cut(s, "·")
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

// edits is the distance of two words: optimal string alignment.
func edits(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

var (
	lettersFirst = regexp.MustCompile(`^[a-z]*`)
	latin        = regexp.MustCompile(`^[a-z]+$`)
	littles      = strings.Fields("pa og til for med av i ved som er en et and of with in to a")
	manyOnes     = map[string]string{"kapsler": "kapsel", "kapslar": "kapsel", "kremer": "krem", "salver": "salve"}
)

// asked is a word to look for.
type asked struct {
	forms          []string
	special        bool
	prefix, little bool
	edits          int
	seen           map[string]int // classes of forms, once found
}

// how is how good a meeting is; smaller is better, part by part.
type how struct{ class, apart, spelling, secondary, notFirst int }

func (h how) rank() int {
	return ((((h.class*2)+h.apart)*2+h.spelling)*2+h.secondary)*2 + h.notFirst
}

const never = 99

// class is how a word of a text meets the word asked for.
func (a *asked) class(form string) int {
	if c, ok := a.seen[form]; ok {
		return c
	}
	if a.seen == nil {
		a.seen = map[string]int{}
	}
	a.seen[form] = a.classOf(form)
	return a.seen[form]
}

func (a *asked) classOf(form string) int {
	best := never
	for _, f := range a.forms {
		switch {
		case form == f && !a.little:
			return 0
		case form == f || a.prefix && strings.HasPrefix(form, f):
			best = min(best, 1)
		}
		if a.edits == 0 || best <= 1 || !latin.MatchString(f) || len(f) < 4 {
			continue
		}
		// Only plain letters can be mistyped: what follows others is not read.
		letters := lettersFirst.FindString(form)
		whole := never
		if letters == form {
			whole = edits(f, form)
		}
		beginning := never
		for n := max(0, len(f)-2); n <= min(len(letters), len(f)+2); n++ {
			beginning = min(beginning, edits(f, letters[:n]))
		}
		for n := 1; n <= a.edits; n++ {
			if whole == n {
				best = min(best, 2*n)
			}
			if beginning == n {
				best = min(best, 2*n+1)
			}
		}
	}
	return best
}

// meet finds the best way in which a document has a word.
func (d *scanned) meet(a *asked) (how, bool) {
	best, ok := how{}, false
	// All that the document has of one form counts together.
	together := map[string]*how{}
	for i := range d.texts {
		t := &d.texts[i]
		if t.pieces == nil {
			t.pieces = cutUp(t.text, t.code)
		}
		for _, p := range t.pieces {
			if p.inner {
				continue
			}
			for _, form := range p.forms {
				h := together[form]
				if h == nil {
					c := a.class(form)
					if c == never {
						continue
					}
					h = &how{c, 0, 1, 1, 1}
					together[form] = h
				}
				if p.special == a.special {
					h.spelling = 0
				}
				if t.main {
					h.secondary = 0
				}
				if p.first && t.own {
					h.notFirst = 0
				}
			}
		}
	}
	for _, h := range together {
		if !ok || h.rank() < best.rank() {
			best, ok = *h, true
		}
	}
	return best, ok
}

// ways turns what was typed into ways to meet each word.
func ways(text string) [][][]asked {
	list := cutUp(text, false)
	used := map[int]bool{}
	for _, p := range list {
		for _, i := range p.whole {
			used[i] = true
		}
	}
	last := len(list) - 1
	var out [][][]asked
	for i, p := range list {
		switch {
		case used[i]:
		case p.whole != nil:
			parts := []asked{}
			for _, k := range p.whole {
				parts = append(parts, asked{forms: list[k].forms[:1]})
			}
			group := [][]asked{{{forms: p.forms, prefix: true}}, parts}
			if k := p.whole[len(p.whole)-1]; i == last && list[k].unit && len(p.whole) > 1 {
				typing := append(slices.Clone(parts[:len(parts)-1]), asked{forms: []string{plainOf(list[k].raw)}, prefix: true})
				group = append(group, typing)
			}
			out = append(out, group)
		case p.number:
			out = append(out, [][]asked{{{forms: p.forms, prefix: i == last}}})
		case p.forms[0] == "x" && i > 0 && i < last:
		default:
			a := asked{forms: slices.Clone(p.forms), special: p.special, prefix: true, little: slices.Contains(littles, p.forms[0])}
			if n := len(p.forms[0]); latin.MatchString(p.forms[0]) && n <= 60 {
				if n >= 8 {
					a.edits = 2
				} else if n >= 4 {
					a.edits = 1
				}
			}
			if m := manyOnes[p.forms[0]]; m != "" {
				a.forms = append(a.forms, m)
			}
			out = append(out, [][]asked{{a}})
		}
	}
	return out
}

func combine(a, b how) how {
	return how{max(a.class, b.class), max(a.apart, b.apart), max(a.spelling, b.spelling), max(a.secondary, b.secondary), min(a.notFirst, b.notFirst)}
}

// hit is what the scan found.
type hit struct {
	doc *scanned
	how how
}

// find is the search by looking at everything: what has all words, in order.
// There is no day: nothing can be had or not.
func find(docs []*scanned, text string) []hit {
	groups := ways(text)
	if len(groups) == 0 {
		return nil
	}
	var out []hit
	for _, d := range docs {
		all, ok := how{notFirst: 1}, true
		for _, group := range groups {
			best, met := how{}, false
			for w, way := range group {
				h, has := how{notFirst: 1}, true
				if len(way) == 1 {
					h, has = d.meet(&way[0])
				} else {
					for i := range way {
						one, okOne := d.meet(&way[i])
						if has = has && okOne; has {
							if h = combine(h, one); i == 0 {
								h = one
							}
						}
					}
				}
				if w > 0 {
					h.apart = 1
				}
				if has && (!met || h.rank() < best.rank()) {
					best, met = h, true
				}
			}
			if ok = ok && met; !ok {
				break
			}
			all = combine(all, best)
		}
		if ok {
			out = append(out, hit{d, all})
		}
	}
	slices.SortFunc(out, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(a.how.class, b.how.class), cmp.Compare(a.how.apart, b.how.apart), cmp.Compare(a.how.spelling, b.how.spelling),
			cmp.Compare(a.how.secondary, b.how.secondary), cmp.Compare(a.doc.kind, b.doc.kind), cmp.Compare(a.how.notFirst, b.how.notFirst),
			cmp.Compare(strings.Join(strings.Fields(plainOf(a.doc.display)), " "), strings.Join(strings.Fields(plainOf(b.doc.display)), " ")),
			cmp.Compare(a.doc.number, b.doc.number))
	})
	return out
}
