package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// page is the page for people: one template, one style sheet, no script,
// nothing from anywhere else.
type page struct {
	template *template.Template
	policy   []string // Content-Security-Policy
}

func newPage() (*page, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	// The style sheet is in the page and allowed by its digest; nothing else
	// may be loaded or run.
	sum := sha256.Sum256([]byte(pageCSS))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return &page{t, []string{policy}}, nil
}

// pageData is what the template shows.
type pageData struct {
	Lang      string
	Text      map[string]string
	CSS       template.CSS
	Version   string
	Ready     bool
	Sample    bool
	Serial    fest.Serial
	Retrieved string
	Age       string
	Filter    fest.Filter
	Published string
	Entries   string
	Resources []pageResource
	Examples  []pageExample
	Old       bool   // DMP has most likely published since
	Advisory  string // what the operators want everybody to know
}

type pageResource struct{ Name, Label, Href, Total string }

type pageExample struct{ Text, Name, Href, Shown string }

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
	lang := pageLanguage(c.r)
	var body bytes.Buffer
	if err := a.page.template.Execute(&body, a.pageData(lang, v)); err != nil {
		return internal(err)
	}
	h := c.Header()
	h["Content-Security-Policy"] = a.page.policy
	h["Referrer-Policy"] = []string{"no-referrer"}
	h["Cross-Origin-Opener-Policy"] = []string{"same-origin"}
	h["Content-Language"] = []string{lang}
	return a.send(c, &representation{contentType: typeHTML, etag: tagOf(body.Bytes()), body: body.Bytes(), vary: varyPage})
}

// pageLanguage is what the query asks for, else the better of Norwegian and
// English by Accept-Language, else Norwegian.
func pageLanguage(r *http.Request) string {
	if q, err := url.ParseQuery(r.URL.RawQuery); err == nil {
		switch q.Get("lang") {
		case "en":
			return "en"
		case "no", "nb", "nn":
			return "nb"
		}
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
		return "en"
	}
	return "nb"
}

func (a *API) pageData(lang string, v *view) *pageData {
	text := pageTexts[lang]
	d := &pageData{Lang: lang, Text: text, CSS: template.CSS(pageCSS), Version: a.opts.Version} //nolint:gosec // our own file
	if v == nil {
		return d
	}
	v.render()
	d.Ready = true
	d.Sample = v.rel.Content.Sample
	d.Serial = v.rel.Serial
	d.Retrieved = string(v.rel.Content.RetrievalDate)
	d.Filter = v.rel.Content.Filter
	d.Old = !v.retrievedAt.IsZero() && a.opts.Now().Sub(v.retrievedAt) > oldAfter
	if v.advisory != nil {
		d.Advisory = v.advisory.Text
	}
	d.Age = pageAge(text, a.opts.Now(), v.retrievedAt)
	if !v.rel.PublishedAt.IsZero() {
		d.Published = v.rel.PublishedAt.In(oslo()).Format("2006-01-02 15:04 MST")
	}
	total := 0
	for _, res := range fest.Resources() {
		n := v.snap.Len(res)
		total += n
		d.Resources = append(d.Resources, pageResource{string(res), text["resource."+string(res)], "/v1/" + string(res), thousands(n)})
	}
	d.Entries = thousands(total)
	for _, e := range v.examples {
		shown, err := url.QueryUnescape(e.Href)
		if err != nil {
			shown = e.Href
		}
		d.Examples = append(d.Examples, pageExample{text["example."+string(e.Kind)], e.Name, e.Href, shown})
	}
	return d
}

// oldAfter is the age from which the page warns. FEST comes out about every
// two weeks, so that by then a release was missed.
const oldAfter = 23 * 24 * time.Hour

// pageAge says how old the data are, in whole days.
func pageAge(text map[string]string, now, then time.Time) string {
	if then.IsZero() {
		return ""
	}
	switch days := int(now.Sub(then).Hours() / 24); {
	case days < 0:
		return text["age.future"]
	case days == 0:
		return text["age.today"]
	case days == 1:
		return text["age.day"]
	default:
		return fmt.Sprintf(text["age.days"], days)
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
