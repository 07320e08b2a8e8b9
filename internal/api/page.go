package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/festd/festd/internal/api/page"
)

// filler makes what the own template of a page shows; it has written nothing.
// v is nil while there is no release.
type filler func(c *call, v *view, sh *page.Shell) (main any, err error)

// pageRoutes are the pages for people and what they load. The pages are shells
// with links; what they show of the register their scripts ask of this API.
func (a *API) pageRoutes() []Route {
	return []Route{
		{Pattern: "/", Cost: CostLookup, Caching: CacheRevalidate, handle: a.root},
		{Pattern: "/assets/{file}", Cost: CostLookup, Caching: CacheRevalidate, handle: a.asset},
		a.found(),
		a.page("/atc", "atc", a.atcPage),
		a.page("/atc/{code}", "atc", nil),
		a.page("/entries/{resource}/{key}", "entry", nil),
		a.page("/interactions-check", "check", nil),
		{Pattern: "/register", Cost: CostLookup, Tokens: tokensList, Caching: CacheRevalidate, handle: a.registerPage},
		a.page("/docs", "docs", nil),
	}
}

// page is the route of a page: its path, its name in [page.Set], and what
// fills it, nil for nothing.
func (a *API) page(pattern, name string, fill filler) Route {
	return Route{Pattern: pattern, Cost: CostLookup, Caching: CacheRevalidate, handle: func(c *call, v *view) error {
		if _, err := c.media(mediaHTML); err != nil {
			return err
		}
		return a.sendHTML(c, v, name, fill)
	}}
}

// found is the route of the page of search results, which searches.
func (a *API) found() Route {
	rt := a.page("/search", "search", a.foundPage)
	rt.Cost, rt.Tokens = CostCompute, tokensSearch
	return rt
}

// root answers /: the page, or the index of resources where JSON is asked for.
func (a *API) root(c *call, v *view) error {
	media, err := c.media(mediaHTML, mediaJSON)
	if err != nil {
		return err
	}
	if media == mediaJSON {
		if v == nil {
			return errNotReady
		}
		v.render()
		return a.send(c, &representation{contentType: typeJSON, etag: v.index.etag, body: v.index.body, vary: varyPage})
	}
	return a.sendHTML(c, v, "look", a.lookPage)
}

// sendHTML fills, renders and sends a page.
func (a *API) sendHTML(c *call, v *view, name string, fill filler) error {
	sh, err := a.pageShell(c, v)
	if err != nil {
		return internal(err)
	}
	if fill != nil {
		if sh.Main, err = fill(c, v, &sh); err != nil {
			return err
		}
	}
	body, err := a.pages.Render(name, sh)
	if err != nil {
		return internal(err)
	}
	return a.sendPageOf(c, &sh, &representation{contentType: typeHTML, etag: tagOf(body), body: body, vary: varyPage})
}

// sendPageOf sends a page that was rendered.
func (a *API) sendPageOf(c *call, sh *page.Shell, rep *representation) error {
	h := c.Header()
	h["Content-Security-Policy"] = pagePolicy
	h["Referrer-Policy"] = []string{"no-referrer"}
	h["Cross-Origin-Opener-Policy"] = []string{"same-origin"}
	h["Content-Language"] = []string{string(sh.Lang)}
	return a.send(c, rep)
}

var pagePolicy = []string{page.Policy}

// asset answers /assets/{file}.
func (a *API) asset(c *call, _ *view) error {
	if read := a.swagger[c.key]; read != nil {
		rep, err := read()
		if err != nil {
			return internal(err)
		}
		return a.send(c, rep)
	}
	f, ok := a.pages.Asset(c.key)
	if !ok {
		return fail(errNoRoute, "no page loads such a file")
	}
	return a.send(c, &representation{contentType: []string{f.Type}, etag: f.ETag, body: f.Body})
}

// pageShell is what stands around every page.
func (a *API) pageShell(c *call, v *view) (page.Shell, error) {
	query := c.r.URL.Query() // what cannot be read of it is left out
	lang, chosen := pageLanguage(c.r, query)
	sh := page.Shell{Lang: lang, Chosen: chosen, Path: c.r.URL.EscapedPath(), Query: query, Version: a.opts.Version}
	if v == nil {
		return sh, nil
	}
	sh.Ready = true
	sh.Sample = v.rel.Content.Sample
	sh.Serial = v.release[0]
	sh.Retrieved = string(v.rel.Content.RetrievalDate)
	sh.Filter = string(v.rel.Content.Filter)
	sh.Old = !v.retrievedAt.IsZero() && a.opts.Now().Sub(v.retrievedAt) > oldAfter
	if v.advisory != nil {
		sh.Advisory = v.advisory.Text
	}
	var err error
	sh.Age, err = a.pageAge(lang, v.retrievedAt)
	return sh, err
}

// pageLanguage is what the query asks for (chosen), else the better of
// Norwegian and English by Accept-Language, else Norwegian.
func pageLanguage(r *http.Request, query url.Values) (lang page.Lang, chosen bool) {
	switch query.Get("lang") {
	case "en":
		return page.English, true
	case "no", "nb", "nn":
		return page.Norwegian, true
	}
	norwegian, english := 0, 0
	for item := range elements(r.Header["Accept-Language"]) {
		name, params := cutParams(item)
		primary, _, _ := strings.Cut(strings.ToLower(name), "-")
		switch primary {
		case "no", "nb", "nn", "da", "sv": // Danes and Swedes read Norwegian, too
			norwegian = max(norwegian, weight(params))
		case "en":
			english = max(english, weight(params))
		}
	}
	if english > norwegian {
		return page.English, false
	}
	return page.Norwegian, false
}

// oldAfter is the age from which the page warns. FEST comes out about every
// two weeks, so that by then a release was missed.
const oldAfter = 23 * 24 * time.Hour

// pageAge says how old the data are, in whole days; "" where HentetDato is no
// date.
func (a *API) pageAge(lang page.Lang, then time.Time) (string, error) {
	if then.IsZero() {
		return "", nil
	}
	switch days := int(a.opts.Now().Sub(then).Hours() / 24); {
	case a.opts.Now().Before(then):
		return a.pages.Text(lang, "age.future")
	case days == 0:
		return a.pages.Text(lang, "age.today")
	case days == 1:
		return a.pages.Text(lang, "age.day")
	default:
		text, err := a.pages.Text(lang, "age.days")
		return fmt.Sprintf(text, days), err
	}
}

// thousands writes a number with spaces between groups of three digits.
func thousands(n int) string {
	s := itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u00a0" + s[i:]
	}
	return s
}
