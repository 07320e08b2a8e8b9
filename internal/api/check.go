package api

import (
	"strconv"
	"strings"

	"github.com/festd/festd/internal/rules"
)

// A check is a list that is posted and answered line by line, as of a day.

// checkBody is what is posted.
type checkBody interface {
	// day is the day that was sent; "" is today.
	day() string
	// question is what is asked, or which member is wrong.
	question() (checkQuestion, error)
}

// checkQuestion is a question that can be answered.
type checkQuestion struct {
	tokens int // beyond those of the route
	// answer is an error only where the content cannot be read. Since
	// knownSince it can be known what there was (R26).
	answer func(q *asked, knownSince string) (any, error)
}

// checkPosted answers a check. All that can be wrong with the body is said
// before the request is charged for it, or opens a release of the past.
func (a *API) checkPosted(c *call, v *view, body checkBody) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	release, err := a.postedRelease(c)
	if err != nil {
		return err
	}
	if err := a.posted(c, body); err != nil {
		return err
	}
	today, day := body.day() == "", rules.On(c.start, a.oslo)
	if !today {
		if day, err = postedDay("/date", body.day()); err != nil {
			return err
		}
	}
	ask, err := body.question()
	if err != nil {
		return err
	}
	if err := a.charge(c, CostCompute, ask.tokens); err != nil {
		return err
	}
	if release != "" {
		if v, err = a.at(c, v, release); err != nil {
			return err
		}
	}
	q := a.asked(v, day)
	check, err := ask.answer(q, a.knownSince(v))
	if err != nil {
		return internal(err)
	}
	if err := q.damage(); err != nil {
		return err
	}
	return a.answer(c, q.body(today, c.start, check))
}

// postedAudience reads an audience of list 7442; "" is none.
func postedAudience(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	code, ok := rules.AudienceCode(strings.TrimSpace(value))
	if !ok {
		f := badMember("/audience", value, "not an audience of list 7442", "one of known, or its code")
		f.problem.Known = rules.AudienceNames()
		return "", f
	}
	return code, nil
}

// postedLines wants as many lines as can be checked at once.
func postedLines(n, most int) error {
	switch {
	case n == 0:
		return badMember("/lines", "", "there is nothing to check", "an array of 1 to "+strconv.Itoa(most)+" lines")
	case n > most:
		return tooMany(n, most)
	}
	return nil
}
