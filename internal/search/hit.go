package search

// Facts are what an answer shows of a document; "" is not stated.
type Facts struct {
	Item          uint32
	Kind          Kind
	Name          string
	ItemNumber    string
	ATC           Coded
	Form          Coded
	Group         Coded
	Market        Market
	Substitutable bool
}

// Coded is a code with its display.
type Coded struct{ Code, Display string }

// Facts returns those of a document.
func (x *Index) Facts(doc uint32, day *Day) Facts {
	d := x.document(doc)
	f := Facts{
		Item: d.item(), Kind: d.kind(), Name: string(x.text(d.name())),
		Market: day.market(doc), Substitutable: day.substitutable(doc),
	}
	if n := d.itemNumber(); n > 0 {
		f.ItemNumber = string(x.text(n - 1))
	}
	coded := func(part int, n uint32) (c Coded) {
		if n > 0 {
			code, display := x.value(part, n-1)
			c = Coded{string(code), string(display)}
		}
		return c
	}
	f.ATC, f.Form, f.Group = coded(partATC, d.atc()), coded(partForms, d.form()), coded(partGroups, d.group())
	return f
}

// Texts are all texts of a document.
func (x *Index) Texts(doc uint32) []string {
	fields := x.fields(doc)
	out := make([]string, len(fields)/4)
	for i := range out {
		out[i] = string(x.text(at32(fields, i) & (maxTexts - 1)))
	}
	return out
}

// Matched is a text of a document that has words of the query, and where:
// pairs of start and end, in UTF-16 units, ascending, not overlapping.
type Matched struct {
	Field      Field
	Text       string
	Highlights [][2]int
}

// Highlight returns the texts of a document that have words of the query,
// those that it is called by first, at most so many.
func (x *Index) Highlight(doc uint32, q *Query, exact bool, most int) []Matched {
	var out, rest []Matched
	var t tokens
	kind := x.document(doc).kind()
	fields := x.fields(doc)
	for i := range len(fields) / 4 {
		v := at32(fields, i)
		f := Field(v >> fieldShift)
		main := primary(kind, f)
		if !main && len(out)+len(rest) >= most {
			continue
		}
		text := string(x.text(v & (maxTexts - 1)))
		t.cut(text, f.code())
		spans := spansOf(&t, text, q, exact)
		if len(spans) == 0 && f.code() && hasPoint(text) {
			t.cut(text, false)
			spans = spansOf(&t, text, q, exact)
		}
		if len(spans) == 0 {
			continue
		}
		m := Matched{f, text, inUTF16(text, spans)}
		if main {
			out = append(out, m)
		} else {
			rest = append(rest, m)
		}
	}
	out = append(out, rest...)
	return out[:min(len(out), most)]
}

// spansOf are the words of a text that the query has, in bytes.
func spansOf(t *tokens, text string, q *Query, exact bool) (spans [][2]int) {
	for i := range t.list {
		t.list[i].hit = false
	}
	for g := range q.groups {
		for _, way := range q.groups[g].ways {
			// The parts only where the whole is not.
			if t.mark(text, way, exact) {
				break
			}
		}
	}
	for i := range t.list {
		tok := &t.list[i]
		if !tok.hit {
			continue
		}
		// A whole comes after its parts and covers them.
		for n := len(spans); n > 0 && spans[n-1][0] >= tok.start; n-- {
			spans = spans[:n-1]
		}
		if n := len(spans); n > 0 && spans[n-1][1] > tok.start {
			spans[n-1][1] = max(spans[n-1][1], tok.end)
			continue
		}
		spans = append(spans, [2]int{tok.start, tok.end})
	}
	return spans
}

// mark notes the tokens that are one of the words; false if none is.
func (t *tokens) mark(text string, words []word, exact bool) (any bool) {
	for i := range t.list {
		tok := &t.list[i]
		if tok.inner || tok.hit && any {
			continue
		}
		for k := range words {
			if !words[k].has(t.form(i), exact) && !t.spelt(i, text, &words[k], exact) {
				continue
			}
			tok.hit, any = true, true
			break
		}
	}
	return any
}

// spelt reports whether another spelling of a token is the word.
func (t *tokens) spelt(i int, text string, w *word, exact bool) bool {
	tok := &t.list[i]
	if tok.alias && w.has(AppendFold(nil, text[tok.start:tok.end]), exact) {
		return true
	}
	if tok.kind != tokenWord || plain(text[tok.start:tok.end]) {
		return false
	}
	for _, sp := range Spellings() {
		if v, ok := AppendVariant(nil, text[tok.start:tok.end], sp); ok && w.has(v, exact) {
			return true
		}
	}
	return false
}

func (w *word) has(form []byte, exact bool) bool {
	for _, f := range w.forms {
		if len(form) >= len(f) && string(form[:len(f)]) == string(f) && (w.prefix || len(form) == len(f)) {
			return true
		}
	}
	if exact {
		return false
	}
	for i := range w.pattern {
		if whole, beginning := w.pattern[i].match(form); min(whole, beginning) <= w.pattern[i].edits {
			return true
		}
	}
	return false
}

// inUTF16 turns offsets in bytes into offsets in UTF-16 units.
func inUTF16(text string, spans [][2]int) [][2]int {
	at, units := 0, 0
	to := func(end int) int {
		units += units16(text[at:end])
		at = end
		return units
	}
	out := make([][2]int, len(spans))
	for i, s := range spans {
		out[i] = [2]int{to(s[0]), to(s[1])}
	}
	return out
}
