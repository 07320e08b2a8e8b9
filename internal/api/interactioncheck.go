package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
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
	return a.checkPosted(c, v, new(interactionCheckBody))
}

func (b *interactionCheckBody) day() string { return b.Date }

func (b *interactionCheckBody) question() (checkQuestion, error) {
	ask := &answer.InteractionQuestion{Lines: b.Lines, ByComponent: b.ByComponent}
	var err error
	if ask.Audience, err = postedAudience(b.Audience); err != nil {
		return checkQuestion{}, err
	}
	n := len(b.Lines)
	if err := postedLines(n, mostCheckLines); err != nil {
		return checkQuestion{}, err
	}
	for i := range b.Lines {
		if err := checkLine("/lines/"+strconv.Itoa(i), &b.Lines[i]); err != nil {
			return checkQuestion{}, err
		}
	}
	return checkQuestion{tokens: n * (n - 1) / 2 / pairsPerToken, answer: func(q *asked, knownSince string) (any, error) {
		ask.KnownSince = knownSince
		return q.CheckInteractions(ask)
	}}, nil
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
