package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/internal/api/page"
	"github.com/festd/festd/internal/fest"
)

// registerMain is what the page /register shows: /v1/register for people. It
// needs no script.
type registerMain struct {
	Frozen   string // since when, why, until when; "" where publications are not
	Held     []heldShown
	HeldMore int // that wait, beside those shown
	Facts    []registerFact
	Before   string // which release changes are counted from; "" is none
	Against  string // the file held last, whose counts stand beside; "" is none
	Counts   []countShown
	Charts   []chart
	Series   series
	Verdicts []verdictShown
}

type registerFact struct{ Term, Value string }

// heldShown is a candidate that waits.
type heldShown struct {
	Digest, Retrieved, At, Beside string
	Losses                        []lossShown
	Findings                      []findingShown
	More                          int // findings beside those shown
	Notices                       []string
	NoticesMore                   int
	NextDate                      string
}

// lossShown is what a class would have lost.
type lossShown struct {
	Label, Count, Of, Share string
	Left                    int // of a hundred: what would have stayed
	First                   []namedShown
	More                    string // how many are not named; "" is none
}

type namedShown struct{ ID, Name, Href string }

type findingShown struct {
	Rule, Class, Text string
	Means             string // what the rule means, in the language of the page; "" where that is not known
	Holds             bool
	First             []namedShown
	More              string
}

type countShown struct {
	Catalogue, Label, Href string
	Nested                 bool
	Count, Change          string
	Held, HeldChange       string
	Less, HeldLess         bool
}

type verdictShown struct {
	Outcome, Label, Colour string
	At, Serial, Retrieved  string
	Reason                 string
	Summary                string // how many findings there are
	Findings               []findingShown
	More                   int
}

// series is the numbers of the charts as a table.
type series struct {
	Labels []string
	Rows   []seriesRow
}

type seriesRow struct {
	Serial, Retrieved, At string
	Counts                []string
}

// registerView is which page of the state somebody sees.
type registerView struct {
	lang   page.Lang
	chosen bool
}

// registerPage answers /register. With a file that is held it has some thousand
// names, so that it is rendered once, like the state: what else stands in the
// address makes no page of its own.
func (a *API) registerPage(c *call, v *view) error {
	if _, err := c.media(mediaHTML); err != nil {
		return err
	}
	d, err := a.registerNow(v, c.start)
	if err != nil {
		return err
	}
	sh, err := a.pageShell(c, v)
	if err != nil {
		return internal(err)
	}
	sh.Query = nil
	rep, err := a.registerRendered(d, sh)
	if err != nil {
		return internal(err)
	}
	return a.sendPageOf(c, &sh, rep)
}

func (a *API) registerRendered(d *registerDocument, sh page.Shell) (*representation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := registerView{sh.Lang, sh.Chosen}
	if rep := d.pages[key]; rep != nil {
		return rep, nil
	}
	w := &registerWriter{api: a, sh: &sh}
	sh.Main = w.main(d.body)
	if w.err != nil {
		return nil, w.err
	}
	body, err := a.pages.Render("register", sh)
	if err != nil {
		return nil, err
	}
	rep, err := a.ready(typeHTML, body)
	if err != nil {
		return nil, err
	}
	if d.pages == nil {
		d.pages = map[registerView]*representation{}
	}
	rep.vary, d.pages[key] = varyPage, rep
	return rep, nil
}

// registerWriter puts the state into words of a language. Its first error
// ends nothing, and is kept.
type registerWriter struct {
	api *API
	sh  *page.Shell
	err error
}

// t is the text of a key of this page, with what goes into it.
func (w *registerWriter) t(key string, args ...any) string {
	text, err := w.api.pages.Text(w.sh.Lang, "register."+key)
	if err != nil && w.err == nil {
		w.err = err
	}
	if len(args) > 0 {
		return fmt.Sprintf(text, args...)
	}
	return text
}

func (w *registerWriter) time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.api.oslo).Format("2006-01-02 15:04")
}

func (w *registerWriter) main(b *registerBody) *registerMain {
	m := &registerMain{HeldMore: b.HeldTotal - len(b.Held), Facts: w.facts(b)}
	if f := b.Frozen; f != nil {
		m.Frozen = w.t("frozen.since", w.time(f.Since))
		if f.Until != nil {
			m.Frozen += " " + w.t("frozen.until", w.time(*f.Until))
		}
		if f.Reason != "" {
			m.Frozen += " " + w.t("reason", f.Reason)
		}
	}
	for i := range b.Held {
		m.Held = append(m.Held, w.held(&b.Held[i]))
	}
	if b.Previous != nil {
		m.Before = w.t("from", b.Previous.Serial, string(b.Previous.RetrievalDate))
	}
	var held fest.Counts
	if len(b.Held) > 0 {
		held, m.Against = b.Held[0].Counts, string(b.Held[0].RetrievalDate)
	}
	m.Counts = w.counts(b.Counts, held)
	m.Charts, m.Series = w.charts(b, held)
	for i := range b.Verdicts {
		m.Verdicts = append(m.Verdicts, w.verdict(&b.Verdicts[i]))
	}
	return m
}

func (w *registerWriter) facts(b *registerBody) []registerFact {
	r := b.Release
	if r == nil {
		return nil
	}
	facts := []registerFact{{w.t("fact.serial"), itoa(int(r.Serial))}, {"HentetDato", string(r.RetrievalDate)}}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, registerFact{w.t("fact." + key), value})
		}
	}
	add("age", w.sh.Age)
	add("filter", string(r.Filter))
	if !r.PublishedAt.IsZero() && r.Serial != 0 {
		add("published", w.time(r.PublishedAt)+" – "+w.t("cause."+string(r.Cause)))
	}
	if b.Previous != nil {
		add("before", fmt.Sprintf("%d (HentetDato %s)", b.Previous.Serial, b.Previous.RetrievalDate))
	}
	add("stream", r.Stream)
	add("digest", string(r.Digest))
	return facts
}

func (w *registerWriter) held(c *HeldCandidate) heldShown {
	h := heldShown{Digest: string(c.Digest[:min(12, len(c.Digest))]), Retrieved: string(c.RetrievalDate), At: w.time(c.HeldAt), More: c.FindingsTotal - len(c.Findings)}
	if c.Baseline != nil {
		h.Beside = w.t("release", *c.Baseline)
	}
	removed := slices.Clone(c.Removed)
	slices.SortStableFunc(removed, func(a, b fest.Loss) int { return cmp.Compare(b.Count, a.Count) }) // what is missed most
	for i := range removed {
		h.Losses = append(h.Losses, w.loss(&removed[i]))
	}
	h.Findings = w.findings(c.Findings, len(c.Removed) > 0)
	if q := c.Waiting; q != nil {
		for _, n := range q.Notices {
			h.Notices = append(h.Notices, w.t("notice."+n.Type)+": "+n.Headline)
		}
		h.NoticesMore, h.NextDate = q.NoticesTotal-len(q.Notices), q.NextDate
	}
	return h
}

func (w *registerWriter) loss(l *fest.Loss) lossShown {
	out := lossShown{Label: w.class(l.Class), Count: thousands(l.Count), First: w.named(l.Class, l.First)}
	if l.Of > 0 {
		out.Of, out.Share, out.Left = thousands(l.Of), w.percent(l.Count, l.Of), 100*(l.Of-l.Count)/l.Of
	}
	if more := l.Count - len(l.First); more > 0 {
		out.More = thousands(more)
	}
	return out
}

func (w *registerWriter) percent(n, of int) string {
	s := fmt.Sprintf("%.1f", 100*float64(n)/float64(of))
	if w.sh.Lang == page.Norwegian {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s + "\u00a0%"
}

// byObjectID are the classes whose objects a page finds by what findings name
// them by.
var byObjectID = map[string]fest.Resource{
	"drugs": fest.ResourceDrugs, "packages": fest.ResourcePackages, "ingredients": fest.ResourceIngredients,
	"ingredient-strengths": fest.ResourceIngredientStrengths, "generics": fest.ResourceGenerics, "doses": fest.ResourceDoses,
	"interactions": fest.ResourceInteractions, "substitution-groups": fest.ResourceSubstitutionGroups, "conditions": fest.ResourceConditions,
}

// named links to what is named where it has a page: what a held file lacks, the
// release served still has.
func (w *registerWriter) named(class string, list []fest.Affected) []namedShown {
	var out []namedShown
	for _, x := range list {
		n := namedShown{ID: x.ID, Name: x.Name}
		if n.Name == "" {
			n.Name = x.ID
		}
		if res, ok := byObjectID[class]; ok {
			n.Href = w.sh.Href("/entries" + strings.TrimPrefix(href(res, x.ID), "/v1"))
		}
		out = append(out, n)
	}
	return out
}

// findings are those of a verdict. Where what is removed is named beside, it is
// not named once more.
func (w *registerWriter) findings(list []fest.Finding, removedNamed bool) []findingShown {
	var out []findingShown
	for i := range list {
		f := &list[i]
		x := findingShown{Rule: f.Rule, Text: f.Text, Means: w.means(f.Rule), Holds: f.Severity == fest.SeverityHold}
		if f.Class != "" {
			x.Class = w.class(f.Class)
		}
		if !removedNamed || f.Rule != "removed" && f.Rule != "class-gone" {
			x.First = w.named(f.Class, f.Affected)
			if more := f.Count - len(f.Affected); more > 0 && len(f.Affected) > 0 {
				x.More = thousands(more)
			}
		}
		out = append(out, x)
	}
	return out
}

// means says what a finding of a rule means. Of a rule that only an older
// program had nothing is said.
func (w *registerWriter) means(rule string) string {
	text, err := w.api.pages.Text(w.sh.Lang, "register.rule."+rule)
	if err != nil {
		return ""
	}
	return text
}

// class is the name of a class; what an older program called otherwise stands as
// it is.
func (w *registerWriter) class(name string) string {
	if text, err := w.api.pages.Text(w.sh.Lang, "register.class."+name); err == nil {
		return text
	}
	return name
}

// counts are the rows of the table of contents; held, if not nil, are those of
// the file held last.
func (w *registerWriter) counts(list []registerCount, held fest.Counts) []countShown {
	var out []countShown
	last := ""
	for _, c := range list {
		x := countShown{Label: w.class(c.Class), Nested: c.Resource == "", Count: thousands(c.Count)}
		if c.Catalogue != last {
			x.Catalogue, last = c.Catalogue, c.Catalogue
		}
		if c.Resource != "" {
			x.Href = "/v1/" + string(c.Resource)
		}
		if c.Change != nil {
			x.Change, x.Less = withSign(*c.Change), *c.Change < 0
		}
		if held != nil {
			n := held[c.Class]
			x.Held, x.HeldLess = thousands(n), n < c.Count
			if n != c.Count {
				x.HeldChange = withSign(n - c.Count)
			}
		}
		out = append(out, x)
	}
	return out
}

// withSign is a change with its sign; no change is a dash.
func withSign(n int) string {
	switch {
	case n > 0:
		return "+" + thousands(n)
	case n < 0:
		return "−" + thousands(-n)
	default:
		return "–"
	}
}

var outcomeColours = map[Outcome]string{OutcomePassed: "green", OutcomeApproved: "green", OutcomeRolledBack: "amber", OutcomeHeld: "red", OutcomeRejected: "red"}

func (w *registerWriter) verdict(v *RegisterVerdict) verdictShown {
	out := verdictShown{
		Outcome: string(v.Outcome), Label: w.t("outcome." + string(v.Outcome)), Colour: outcomeColours[v.Outcome], At: w.time(v.At),
		Retrieved: string(v.RetrievalDate), Reason: v.Reason, Findings: w.findings(v.Findings, v.Outcome == OutcomeHeld), More: v.FindingsTotal - len(v.Findings),
	}
	out.Summary = w.t("found", v.FindingsTotal)
	if v.Serial != nil {
		out.Serial = w.t("release", *v.Serial)
	}
	return out
}
