package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// Dated answers depend on the day that they are asked for: parameter d, today
// in Oslo without it (R1). They state the day; one of today is fresh until
// midnight (R12). Their ETag is of release, query and day, so that a 304 needs
// no answer composed.

// asked is a question as it reaches those who answer it: the register of a
// release on a day, what the path names, and the parameters of the route.
type asked struct {
	*answer.Register
	// PathKey is the path's parameter, decoded; "" for routes without one.
	PathKey string
	// Item is what the key names; of routes about an item only.
	Item cache.Index

	api    *API
	view   *view
	path   string // of the request, percent-encoded
	params []parameter
}

// Param is a parameter of the route, without white space around it; "" where
// it was not sent.
func (q *asked) Param(name string) string {
	for _, p := range q.params {
		if p.name == name {
			return strings.TrimSpace(p.value)
		}
	}
	return ""
}

// reply composes an answer: a value that is an object with at least one member
// as JSON. What all dated answers begin with is not its business.
type reply func(q *asked) (any, error)

// about is the route of a question about an item of a resource, by key or
// entry id: /v1/{resource}/{key}/{what}. It takes the parameters d, release
// and params.
func (a *API) about(res fest.Resource, what string, params []string, f reply) Route {
	suffix := "/" + what
	return a.question("/v1/"+string(res)+"/{key}"+suffix, params, func(q *asked) (any, error) {
		var buf [4]cache.Index
		found := q.view.snap.ByKey(buf[:0], res, q.PathKey)
		if len(found) == 0 {
			q.PathKey = answer.KeyOf(q.PathKey)
			found = q.view.snap.ByKey(buf[:0], res, q.PathKey)
		}
		switch len(found) {
		case 0:
			return nil, a.gone(q.view, res, q.PathKey)
		case 1:
			q.Item = found[0]
			return f(q)
		default:
			return nil, several(q.view, res, found, suffix)
		}
	})
}

// question is the route of a question that depends on the day. It takes the
// parameters d, release and params.
func (a *API) question(pattern string, params []string, f reply) Route {
	known := append([]string{paramDay, paramRelease}, params...)
	return Route{
		Pattern: pattern, Methods: readOnly, Cost: CostCompute, Tokens: tokensAnswer, Caching: CacheRevalidate, Data: true, AsOf: true,
		handle: func(c *call, v *view) error { return a.answerDated(c, v, known, f) },
	}
}

func (a *API) answerDated(c *call, v *view, known []string, f reply) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	d, err := a.datedQuery(c, known)
	if err != nil {
		return err
	}
	if d.release != "" {
		if v, err = a.at(c, v, d.release); err != nil {
			return err
		}
	}
	h := c.Header()
	h["Vary"] = varyAccept
	tag := v.etag(c.r.URL.EscapedPath() + "?" + d.name())
	if acceptedCodings(c.r.Header["Accept-Encoding"]).fresh(c, h, c.r.Header["If-None-Match"], tag) {
		return nil
	}
	q := a.asked(v, d.day)
	q.PathKey, q.path, q.params = c.key, c.r.URL.EscapedPath(), d.params
	body, err := f(q)
	if err == nil {
		err = q.damage()
	}
	if err != nil {
		return err
	}
	return a.send(c, &representation{contentType: typeJSON, etag: tag, body: q.body(d.today, c.start, body)})
}

// asked is a question to a view, without key and parameters: for bodies that
// hold many, too.
func (a *API) asked(v *view, day rules.Day) *asked {
	return &asked{Register: answer.New(v.snap, day, a.opts.RulesOff), api: a, view: v}
}

// damage is why the answer cannot be given: an entry of the snapshot that
// cannot be read.
func (q *asked) damage() error {
	if err := q.Err(); err != nil {
		return internal(err)
	}
	return nil
}

// datedHead is what every dated answer begins with.
type datedHead struct {
	Release releaseObject `json:"release"`
	Date    rules.Day     `json:"date"`
	// FreshUntil is when the day of the answer ends, where it was not asked
	// for (R12).
	FreshUntil *time.Time `json:"freshUntil,omitempty"`
}

// body is the answer as it is sent: what all begin with, then its own members.
func (q *asked) body(today bool, now time.Time, own any) []byte {
	head := datedHead{Release: newReleaseObject(&q.view.rel, q.view.advisory), Date: q.Day()}
	if today {
		until := rules.NextMidnight(now, q.api.oslo)
		head.FreshUntil = &until
	}
	out := mustJSON(head)
	out[len(out)-1] = ','
	return append(append(out, mustJSON(own)[1:]...), '\n')
}

// datedQuery is the query of a dated question, read.
type datedQuery struct {
	day     rules.Day
	today   bool // the day was not asked for
	release string
	params  []parameter // the others
}

func (a *API) datedQuery(c *call, known []string) (datedQuery, error) {
	d := datedQuery{day: rules.On(c.start, a.oslo), today: true}
	if c.r.URL.RawQuery == "" {
		return d, nil
	}
	params, err := a.parameters(c.r.URL.RawQuery, known)
	if err != nil {
		return d, err
	}
	for _, p := range params {
		switch p.name {
		case paramDay:
			d.today = false
			if d.day, err = parseDay(p); err != nil {
				return d, err
			}
		case paramRelease:
			d.release = p.value
		default:
			d.params = append(d.params, p)
		}
	}
	return d, nil
}

// name is the query for the ETag: what makes another answer makes another
// name. The release is the view's.
func (d *datedQuery) name() string {
	var b strings.Builder
	b.WriteString(string(d.day) + " " + strconv.FormatBool(d.today))
	params := slices.Clone(d.params)
	slices.SortFunc(params, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	for _, p := range params {
		b.WriteString("&" + p.name + "=" + strconv.Quote(p.value))
	}
	return b.String()
}

// parseDay reads a parameter that is a day.
func parseDay(p parameter) (rules.Day, error) {
	day, err := rules.ParseDay(strings.TrimSpace(p.value))
	if err != nil {
		return "", badParameter(p.name, p.value, "not a day", "a day that exists, as YYYY-MM-DD, such as 2026-02-28")
	}
	return day, nil
}

// gone answers a question about a key that nothing in the release has: it was
// removed (P10), or it is unknown.
func (a *API) gone(v *view, res fest.Resource, key string) error {
	gone := v.snap.Removed(res, key)
	if len(gone) == 0 {
		return a.unknown(v, res, key)
	}
	if together := leftTogether(gone); len(together) > 1 {
		return severalRemoved(res, together, false)
	}
	return removed(res, &gone[0], false)
}
