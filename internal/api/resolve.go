package api

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/rules"
)

// Identifiers: what one names, and many entries in one call. What they are and
// how they are read is the business of answer.

const (
	paramCode   = "code"
	paramSystem = "system"

	resolvePath = "/v1/resolve"
	lookupsPath = "/v1/lookups"
	// lookupsBody is room for as many lines as there may be, each with the
	// longest system and a scan.
	lookupsBody = 512 << 10
	// linesPerToken is how many lines of lookups take about what one lookup
	// takes of the machine, which is mostly HTTP.
	linesPerToken = 25
)

// identifierRoutes are the routes of identifiers.
func (a *API) identifierRoutes() []Route {
	return []Route{
		{Pattern: resolvePath, Cost: CostLookup, Tokens: tokensList, Caching: CacheRevalidate, Data: true, AsOf: true, handle: a.resolveIdentifier},
		{Pattern: lookupsPath, Cost: CostCompute, Tokens: tokensAnswer, Body: lookupsBody, Caching: CacheNever, Data: true, AsOf: true, handle: a.lookups},
	}
}

var resolveParameters = []string{paramCode, paramSystem, paramRelease}

// resolution is the answer of /v1/resolve.
type resolution struct {
	Release releaseObject `json:"release"`
	*answer.Resolution
}

// resolveIdentifier answers /v1/resolve: what an identifier names. Its ETag is
// of the body: what was removed can become known later.
func (a *API) resolveIdentifier(c *call, v *view) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	params, err := a.parameters(c.r.URL.RawQuery, resolveParameters)
	if err != nil {
		return err
	}
	if v, err = a.asOf(c, v, params); err != nil {
		return err
	}
	code, ok := valueOf(params, paramCode)
	if !ok {
		return badParameter(paramCode, "", "there is no code", "an id, entry id, item number, GTIN, GS1 scan, LMR number or ATC code")
	}
	system, _ := valueOf(params, paramSystem)
	r := answer.New(v.snap, rules.On(c.start, a.oslo), a.opts.RulesOff)
	found, err := r.Resolve(code, system, a.knownSince(v))
	if err != nil {
		return malformed(err)
	}
	if err := r.Err(); err != nil {
		return internal(err)
	}
	body := append(mustJSON(resolution{newReleaseObject(&v.rel, v.advisory), found}), '\n')
	return a.send(c, &representation{contentType: typeJSON, etag: tagOf(body), body: body})
}

// malformed is an identifier that can be none.
func malformed(err error) error {
	var m *answer.Malformed
	if !errors.As(err, &m) {
		return internal(err)
	}
	f := badParameter(m.Member, m.Value, m.Detail, m.Expected)
	f.problem.Known = m.Known
	return f
}

// asOf is the view of the release that the parameters ask for.
func (a *API) asOf(c *call, v *view, params []parameter) (*view, error) {
	if release, ok := valueOf(params, paramRelease); ok {
		return a.at(c, v, release)
	}
	return v, nil
}

func valueOf(params []parameter, name string) (string, bool) {
	for _, p := range params {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// lookupsQuestion is what is posted to /v1/lookups.
type lookupsQuestion struct {
	Lines []answer.LookupLine `json:"lines"`
}

// lookups answers /v1/lookups: many entries in one call, each line with its own
// status. The entries are written from the snapshot, as they stand there.
func (a *API) lookups(c *call, v *view) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	params, err := a.parameters(c.r.URL.RawQuery, []string{paramRelease})
	if err != nil {
		return err
	}
	var q lookupsQuestion
	if err := a.posted(c, &q); err != nil {
		return err
	}
	switch n := len(q.Lines); {
	case n == 0:
		return badMember("/lines", "", "there is nothing to look up", "1 to "+strconv.Itoa(answer.MostLookups)+" lines")
	case n > answer.MostLookups:
		return tooMany(n, answer.MostLookups)
	}
	if more := len(q.Lines) / linesPerToken; more > 0 {
		if err := a.charge(c, CostCompute, more); err != nil {
			return err
		}
	}
	if v, err = a.asOf(c, v, params); err != nil {
		return err
	}
	found := answer.Lookup(v.snap, q.Lines, answer.LookupOptions{KnownSince: a.knownSince(v), Hint: hintForKey})
	defer found.Release()
	return a.sendParts(c, lookupsHead(v, found, len(q.Lines)), found, "}\n")
}

// lookupsHead is what stands before the lines.
func lookupsHead(v *view, found *answer.Lookups, total int) []byte {
	head := append([]byte(`{"release":`), v.object...)
	head = append(append(head, `,"total":`...), strconv.Itoa(total)...)
	head = append(append(head, `,"found":`...), strconv.Itoa(found.Count(answer.StatusFound))...)
	head = append(append(head, `,"complete":`...), strconv.FormatBool(found.Cut() == 0)...)
	if n := found.Cut(); n > 0 {
		head = append(append(head, `,"cut":`...), strconv.Itoa(n)...)
	}
	return append(head, `,"lines":`...)
}

// written is a part of a body that writes itself.
type written interface {
	io.WriterTo
	Len() int64
}

// sendParts sends the JSON that was asked for with a posted body as
// [API.answer] does, without gathering it first.
func (a *API) sendParts(c *call, head []byte, body written, tail string) error {
	size := len(head) + int(body.Len()) + len(tail)
	how := acceptedCodings(c.r.Header["Accept-Encoding"]).choose(size)
	if how == noCoding {
		return unacceptableCoding()
	}
	h := c.Header()
	h["Cache-Control"] = noStore
	h["Vary"] = varyAccept
	h["Content-Type"] = typeJSON
	return a.stream(c, how, size, func(w io.Writer) { writeParts(w, head, body, tail) })
}

// writeParts writes a body. Errors are left to the call, as with a list.
func writeParts(w io.Writer, head []byte, body written, tail string) {
	if _, err := io.Copy(w, bytes.NewReader(head)); err != nil {
		return
	}
	if _, err := body.WriteTo(w); err != nil {
		return
	}
	_, _ = io.WriteString(w, tail)
}
