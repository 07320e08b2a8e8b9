package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// Bounds of an interaction check.
const (
	mostCheckLines = 50
	mostCheckBytes = 64 << 10
	longestMember  = 200 // of what a line may say, in bytes
	pairsPerToken  = 10  // beyond the tokens of the route
)

// interactionChecks is the route of the check of a list of drugs, each with
// each other.
func (a *API) interactionChecks() Route {
	return Route{
		Pattern: "/v1/interaction-checks", Methods: []string{http.MethodPost}, Cost: CostCompute, Tokens: tokensCompute, Body: mostCheckBytes,
		Caching: CacheNever, Data: true, AsOf: true, handle: a.checkInteractions,
	}
}

// interactionCheckBody is what is posted.
type interactionCheckBody struct {
	Lines       []answer.Line `json:"lines"`
	Audience    string        `json:"audience"`
	Date        string        `json:"date"`
	ByComponent bool          `json:"byComponent"`
}

func (a *API) checkInteractions(c *call, v *view) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	release, err := a.postedRelease(c)
	if err != nil {
		return err
	}
	var body interactionCheckBody
	if err := a.posted(c, &body); err != nil {
		return err
	}
	today := body.Date == ""
	day := rules.On(c.start, a.oslo)
	if !today {
		if day, err = postedDay("/date", body.Date); err != nil {
			return err
		}
	}
	ask, err := body.question()
	if err != nil {
		return err
	}
	n := len(ask.Lines)
	if err := a.charge(c, CostCompute, n*(n-1)/2/pairsPerToken); err != nil {
		return err
	}
	if release != "" {
		if v, err = a.at(c, v, release); err != nil {
			return err
		}
	}
	ask.KnownSince = a.knownSince(v)
	q := a.asked(v, day)
	check, err := q.CheckInteractions(ask)
	if err != nil {
		return internal(err)
	}
	if err := q.damage(); err != nil {
		return err
	}
	return a.answer(c, q.body(today, c.start, check))
}

// question is what is asked, or which member is wrong.
func (b *interactionCheckBody) question() (*answer.InteractionQuestion, error) {
	q := &answer.InteractionQuestion{Lines: b.Lines, ByComponent: b.ByComponent}
	if b.Audience != "" {
		var ok bool
		if q.Audience, ok = rules.AudienceCode(strings.TrimSpace(b.Audience)); !ok {
			f := badMember("/audience", b.Audience, "not an audience of list 7442", "one of known, or its code")
			f.problem.Known = rules.AudienceNames()
			return nil, f
		}
	}
	switch n := len(b.Lines); {
	case n == 0:
		return nil, badMember("/lines", "", "there is nothing to check", "an array of 1 to "+strconv.Itoa(mostCheckLines)+" lines")
	case n > mostCheckLines:
		return nil, tooMany(n, mostCheckLines)
	}
	for i := range b.Lines {
		if err := checkLine("/lines/"+strconv.Itoa(i), &b.Lines[i]); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// checkLine wants a line to name one thing.
func checkLine(pointer string, l *answer.Line) error {
	var names []string
	for _, m := range [...]struct{ name, value string }{
		{"id", l.ID}, {"atc", l.ATC}, {"itemNumber", l.ItemNumber}, {"gtin", l.GTIN}, {"lmrNumber", l.LMRNumber}, {"text", l.Text},
	} {
		if m.value == "" {
			continue
		}
		names = append(names, m.name)
		control := func(r rune) bool { return unicode.IsControl(r) && (r != groupSeparator || m.name != "gtin") }
		switch {
		case len(m.value) > longestMember:
			return badMember(pointer+"/"+m.name, m.value, "the member is "+strconv.Itoa(len(m.value))+" bytes long", "at most "+strconv.Itoa(longestMember)+" bytes")
		case strings.TrimSpace(m.value) == "":
			return badMember(pointer+"/"+m.name, m.value, "the member is empty", "a value, or no such member")
		case strings.ContainsFunc(m.value, control):
			return badMember(pointer+"/"+m.name, m.value, "the member has a control character, such as a line break", "printable text")
		}
	}
	const want = "one of id, atc, itemNumber, gtin, lmrNumber and text"
	switch {
	case len(names) == 0:
		return badMember(pointer, "", "the line names nothing", want)
	case len(names) > 1:
		return badMember(pointer+"/"+names[1], "", "the line names something twice: "+strings.Join(names, ", "), want)
	case l.Resource != "" && l.ID == "":
		return badMember(pointer+"/resource", string(l.Resource), "the line has a resource and no id", "resource with id only")
	case l.Resource != "" && !slices.Contains(fest.Resources(), l.Resource):
		f := badMember(pointer+"/resource", string(l.Resource), "not a resource", "one of known, or no such member")
		for _, r := range fest.Resources() {
			f.problem.Known = append(f.problem.Known, string(r))
		}
		return f
	}
	return nil
}
