package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// TextOptions say what a verdict's text is about. All are optional.
type TextOptions struct {
	// Digest of the candidate: what commands name it by.
	Digest fest.Digest
	// Source is where the file came from.
	Source string
	// Served is the serial of the release that is served meanwhile; 0 = none.
	Served fest.Serial
	// Kept: the store keeps the candidate, so that commands can name it by its
	// digest; else they need the file.
	Kept bool
	// Decided: a person has decided already, there is nothing left to do.
	Decided bool
}

// shown is how many affected entries a text names; the data have all.
const shown = 100

// textWidth is where prose is wrapped.
const textWidth = 100

// Text is the verdict for the person who is woken by it: what is wrong, how
// many, which, what is served meanwhile, what waits inside, and what to do.
func (v *Verdict) Text(o TextOptions) string {
	var b strings.Builder
	holding := v.Holding()
	switch n := len(holding); {
	case n == 0:
		b.WriteString("PASSED: nothing keeps this file from being served.\n")
	case o.Decided:
		fmt.Fprintf(&b, "HELD, until a person decided; findings: %d.\n", n)
	case n == 1:
		b.WriteString("HELD: one finding keeps this file from being served.\n")
	default:
		fmt.Fprintf(&b, "HELD: %d findings keep this file from being served.\n", n)
	}
	v.about(&b, o)
	for i := range holding {
		explained := i > 0 && holding[i-1].Rule == holding[i].Rule
		finding(&b, i+1, &holding[i], explained)
	}
	waived, notes := v.rest()
	section(&b, "Waived: would hold, but was expected", waived)
	section(&b, "Notes: worth knowing, nothing holds for them", notes)
	if v.Held && !o.Decided {
		v.Waiting.text(&b)
		v.todo(&b, o)
	}
	return b.String()
}

// about says what was judged and what is served meanwhile.
func (v *Verdict) about(b *strings.Builder, o TextOptions) {
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(b, "  %-9s %s\n", name, text)
		}
	}
	b.WriteByte('\n')
	line("file", oneLine(o.Source))
	line("content", content(v.Candidate))
	line("digest", string(o.Digest))
	served := content(v.Baseline)
	if o.Served != 0 {
		served = strings.TrimSuffix(fmt.Sprintf("release %d, %s", o.Served, served), ", ")
	}
	switch {
	case served == "" && v.Held:
		served = "nothing: there is no release yet"
	case served == "":
		served = "nothing until now"
	case v.Held && !o.Decided:
		served += "\n            It goes on being served. Clients notice nothing."
	}
	line("served", served)
	if v.Anchor != nil && v.Baseline != nil && v.Anchor.RetrievalDate != v.Baseline.RetrievalDate {
		line("anchor", content(v.Anchor))
	}
	line("profile", string(v.Profile))
}

func content(s *Summary) string {
	if s == nil {
		return ""
	}
	n := 0
	for _, c := range fest.Classes() {
		n += s.Counts[c.String()]
	}
	return fmt.Sprintf("%s, HentetDato %s, %d objects", s.Filter, s.RetrievalDate, n)
}

// finding writes one that holds, in full; what its rule means is said once.
func finding(b *strings.Builder, n int, f *Finding, explained bool) {
	title := f.Rule
	if f.Class != "" {
		title += " · " + f.Class
	}
	if f.Path != "" {
		title += " · " + f.Path
	}
	fmt.Fprintf(b, "\n%d. %s\n", n, title)
	wrap(b, "   ", sentence(f.Text))
	for i := range f.Affected[:min(shown, len(f.Affected))] {
		a := &f.Affected[i]
		fmt.Fprintf(b, "     %s  %s", a.ID, oneLine(a.Name))
		if a.Line > 0 {
			fmt.Fprintf(b, "  (line %d)", a.Line)
		}
		b.WriteByte('\n')
	}
	if more := len(f.Affected) - shown; more > 0 {
		fmt.Fprintf(b, "     … and %d more, all of them in the JSON\n", more)
	}
	if explained {
		return
	}
	meaning, advice := Meaning(f.Rule)
	if meaning == "" { // it says all there is
		return
	}
	wrap(b, "   ", "Means: "+meaning)
	wrap(b, "   ", "Look: "+advice)
}

// rest are the findings that do not hold.
func (v *Verdict) rest() (waived, notes []Finding) {
	rest := v.Findings[len(v.Holding()):]
	i := slices.IndexFunc(rest, func(f Finding) bool { return f.Waived == nil })
	if i < 0 {
		i = len(rest)
	}
	return rest[:i], rest[i:]
}

func section(b *strings.Builder, title string, found []Finding) {
	if len(found) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for i := range found {
		f := &found[i]
		wrap(b, "   ", "· "+f.Rule+": "+f.Text)
		if w := f.Waived; w != nil {
			by := ""
			if w.By != "" {
				by = " by " + w.By
			}
			wrap(b, "     ", fmt.Sprintf("waived%s until %s: %s", by, w.Expires.UTC().Format("2006-01-02"), w.Reason))
		}
	}
}

// text says what a hold costs.
func (w *Waiting) text(b *strings.Builder) {
	b.WriteString("\nWaiting inside while this is held\n")
	if len(w.Notifications) == 0 && w.NextDate == "" {
		b.WriteString("   no new safety notice or sales stop, and no coming date that the served release lacks\n")
		return
	}
	for i, n := range w.Notifications {
		if i == shown {
			fmt.Fprintf(b, "   … and %d more\n", len(w.Notifications)-shown)
			break
		}
		kind := "safety notice"
		if n.Type == noticeSalesStop {
			kind = "sales stop"
		}
		fmt.Fprintf(b, "   new %s: %s\n", kind, oneLine(n.Headline))
	}
	if w.NextDate == "" {
		return
	}
	var parts []string
	for _, c := range allClasses() {
		if n := w.Dates[c.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d in %s", n, c))
		}
	}
	wrap(b, "   ", fmt.Sprintf("next date: %s, on which something begins or ends that is not served yet (%s)",
		w.NextDate, strings.Join(parts, ", ")))
}

// todo names the commands.
func (v *Verdict) todo(b *strings.Builder, o TextOptions) {
	type command struct{ text, what string }
	file, decision := "FILE", ` --by NAME --reason "…"`
	if o.Source != "" {
		file = oneLine(o.Source)
	}
	commands := []command{
		{"server check " + file + " --json", "every finding with every id and name"},
		{"server import " + file + ` --approve-by NAME --approve-reason "…"`, "it is right: publish it, this once"},
	}
	if o.Kept && o.Digest != "" {
		ref := o.Digest.Short()
		commands = []command{
			{"server releases show " + ref + " --json", "every finding with every id and name"},
			{"server releases approve " + ref + decision, "it is right: publish it, this once"},
			{"server releases reject " + ref + decision, "it is wrong: never publish it, whoever offers it again"},
		}
	}
	b.WriteString("\nWhat to do\n")
	for _, c := range commands {
		fmt.Fprintf(b, "   %s\n       %s\n", c.text, c.what)
	}
	switch {
	case v.frozen() && len(v.Holding()) == 1:
		wrap(b, "   ", "Nothing else is wrong with it: it is published by the first import after `server releases freeze --off`.")
	case o.Kept && o.Digest != "":
		wrap(b, "   ", "Or leave it: the next file is judged anew.")
	default:
		wrap(b, "   ", "It is wrong: leave it. The next file is judged anew.")
	}
	if v.Baseline == nil {
		wrap(b, "   ", "Until a file passes or is approved, nothing is served.")
		return
	}
	wrap(b, "   ", "Doing nothing is safe: what is served stays served, and only ages.")
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if s[0] >= 'a' && s[0] <= 'z' && !strings.Contains(strings.SplitN(s, " ", 2)[0], ".") {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	return s + "."
}

// oneLine keeps foreign text from breaking the layout, or the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}

// wrap writes prose in lines of at most textWidth characters.
func wrap(b *strings.Builder, indent, text string) {
	width := 0
	for i, word := range strings.Fields(oneLine(text)) {
		n := len([]rune(word))
		switch {
		case i == 0:
			b.WriteString(indent)
			width = len([]rune(indent)) + n
		case width+1+n > textWidth:
			b.WriteString("\n" + indent)
			width = len([]rune(indent)) + n
		default:
			b.WriteByte(' ')
			width += 1 + n
		}
		b.WriteString(word)
	}
	b.WriteByte('\n')
}
