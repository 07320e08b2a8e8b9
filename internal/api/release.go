package api

import (
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// indexBody is /v1.
type indexBody struct {
	Release   releaseObject   `json:"release"`
	Resources []indexResource `json:"resources"`
	Questions []indexQuestion `json:"questions"`
	Links     []indexLink     `json:"links"`
}

// indexQuestion is what is answered from several entries.
type indexQuestion struct {
	Method string `json:"method"`
	Href   string `json:"href"` // a template, where it has {…}
}

// questionsOf are the routes that are no resource, entry or release.
func questionsOf(table []Route) []indexQuestion {
	var out []indexQuestion
	for i := range table {
		r := &table[i]
		asks := strings.HasPrefix(r.Pattern, "/v1/") && !strings.HasPrefix(r.Pattern, "/v1/releases") && r.Pattern != atcPattern && r.Pattern != registerPath
		if asks && r.Resource == "" {
			out = append(out, indexQuestion{r.Methods[0], r.Pattern})
		}
	}
	return out
}

type indexResource struct {
	Resource string        `json:"resource"`
	Href     string        `json:"href"`
	Template bool          `json:"template,omitempty"` // of Href: {…} is to be filled in
	Total    int           `json:"total"`
	Filters  []indexFilter `json:"filters,omitempty"`
}

type indexFilter struct {
	Name string `json:"name"`
	Doc  string `json:"description"`
}

type indexLink struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

// render makes the documents of a release that are the same for all requests.
func (v *view) render() {
	v.once.Do(func() {
		v.index = v.document("/v1", v.indexBody())
		v.current = v.document("/v1/releases/current", v.currentBody())
		v.examples = examples(v.snap)
	})
}

func (v *view) document(name string, body any) document {
	return document{body: append(mustJSON(body), '\n'), etag: v.etag(name)}
}

func (v *view) indexBody() indexBody {
	b := indexBody{Release: newReleaseObject(&v.rel, v.advisory)}
	for _, res := range fest.Resources() {
		r := indexResource{Resource: string(res), Href: "/v1/" + string(res), Total: v.snap.Len(res)}
		for _, f := range cache.Filters(res) {
			r.Filters = append(r.Filters, indexFilter{f.Name, f.Doc})
		}
		b.Resources = append(b.Resources, r)
	}
	// ATC codes have no list: the classification is walked from above.
	b.Resources = append(b.Resources, indexResource{Resource: string(cache.ResourceATC), Href: atcPattern, Template: true, Total: v.snap.Len(cache.ResourceATC)})
	b.Questions = v.questions
	b.Links = []indexLink{
		{"describedby", "/openapi.yaml"}, {"release", "/v1/releases/current"}, {"releases", "/v1/releases"}, {"register", registerPath},
		{"search", searchPath + "?q={q}"}, {"atc", atcPattern}, {"status", "/healthz"},
	}
	return b
}

// resources answers /v1.
func (a *API) resources(c *call, v *view) error {
	return a.sendDocument(c, v, func() *document { return &v.index })
}

// currentRelease answers /v1/releases/current.
func (a *API) currentRelease(c *call, v *view) error {
	return a.sendDocument(c, v, func() *document { return &v.current })
}

func (a *API) sendDocument(c *call, v *view, doc func() *document) error {
	if _, err := a.parameters(c.r.URL.RawQuery, nil); err != nil {
		return err
	}
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	v.render()
	d := doc()
	return a.send(c, &representation{contentType: typeJSON, etag: d.etag, body: d.body})
}
