package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// Bounds of a prescription check.
const (
	mostPrescriptions     = 500
	mostPrescriptionBytes = 256 << 10
	prescriptionsPerToken = 10 // beyond the tokens of the route
)

// prescriptionChecks is the route of the check of prescriptions.
func (a *API) prescriptionChecks() Route {
	return Route{
		Pattern: "/v1/prescription-checks", Methods: []string{http.MethodPost}, Cost: CostCompute, Tokens: tokensCompute, Body: mostPrescriptionBytes,
		Caching: CacheNever, Data: true, AsOf: true, handle: a.checkPrescriptions,
	}
}

// prescriptionCheckBody is what is posted. Date and sex hold for lines that
// have none of their own.
type prescriptionCheckBody struct {
	Lines    []prescriptionLine `json:"lines"`
	Audience string             `json:"audience"`
	Date     string             `json:"date"`
	Sex      string             `json:"sex"`
}

type prescriptionLine struct {
	ID         string        `json:"id"`
	Resource   fest.Resource `json:"resource"`
	ItemNumber string        `json:"itemNumber"`
	GTIN       string        `json:"gtin"`
	LMRNumber  string        `json:"lmrNumber"`
	Date       string        `json:"date"`
	Sex        string        `json:"sex"`
}

func (a *API) checkPrescriptions(c *call, v *view) error {
	return a.checkPosted(c, v, new(prescriptionCheckBody))
}

func (b *prescriptionCheckBody) day() string { return b.Date }

// question is an error only about members that hold for all. What is wrong
// with a line is said in its place.
func (b *prescriptionCheckBody) question() (checkQuestion, error) {
	ask := &answer.PrescriptionQuestion{}
	var err error
	if ask.Audience, err = postedAudience(b.Audience); err != nil {
		return checkQuestion{}, err
	}
	sex, err := postedSex("/sex", b.Sex)
	if err != nil {
		return checkQuestion{}, err
	}
	if err := postedLines(len(b.Lines), mostPrescriptions); err != nil {
		return checkQuestion{}, err
	}
	ask.Lines = make([]answer.PrescriptionLine, len(b.Lines))
	for i := range b.Lines {
		line := b.Lines[i].line("/lines/" + strconv.Itoa(i))
		if b.Lines[i].Sex == "" {
			line.Sex = sex
		}
		ask.Lines[i] = line
	}
	return checkQuestion{tokens: len(ask.Lines) / prescriptionsPerToken, answer: func(q *asked, knownSince string) (any, error) {
		ask.KnownSince = knownSince
		return q.CheckPrescriptions(ask), nil
	}}, nil
}

// line is the line as it is looked up, with what is wrong with it.
func (l *prescriptionLine) line(pointer string) answer.PrescriptionLine {
	out := answer.PrescriptionLine{Line: answer.Line{ID: l.ID, Resource: l.Resource, ItemNumber: l.ItemNumber, GTIN: l.GTIN, LMRNumber: l.LMRNumber}}
	err := l.named(pointer)
	if err == nil {
		err = checkLine(pointer, &out.Line)
	}
	if err == nil && l.Date != "" {
		out.Day, err = postedDay(pointer+"/date", l.Date)
	}
	if err == nil {
		out.Sex, err = postedSex(pointer+"/sex", l.Sex)
	}
	if f, ok := asFailure(err); ok {
		p := &f.problem
		out.Problem = &answer.LineProblem{Pointer: p.Pointer, Detail: p.Detail, Value: p.Value, Expected: p.Expected, Known: p.Known}
	}
	return out
}

// named wants a line to name one thing.
func (l *prescriptionLine) named(pointer string) error {
	names := 0
	for _, value := range []string{l.ID, l.ItemNumber, l.GTIN, l.LMRNumber} {
		if value != "" {
			names++
		}
	}
	if names == 1 {
		return nil
	}
	return badMember(pointer, "", "the line names "+strconv.Itoa(names)+" things", "one of id, itemNumber, gtin and lmrNumber")
}

// postedSex reads a member that is a sex; "" is not known.
func postedSex(pointer, value string) (rules.Sex, error) {
	if value == "" {
		return "", nil
	}
	sex, ok := rules.ParseSex(strings.TrimSpace(value))
	if !ok {
		f := badMember(pointer, value, "not a sex", "one of known, or a code of list 3101")
		f.problem.Known = rules.SexNames()
		return "", f
	}
	return sex, nil
}
