package api

import (
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// currentBody is /v1/releases/current.
type currentBody struct {
	Serial             fest.Serial    `json:"serial"`
	Stream             string         `json:"stream"`
	RetrievalDate      fest.DateTime  `json:"retrievalDate"`
	ValidFromDateHelfo *fest.Date     `json:"validFromDateHelfo,omitempty"`
	Filter             fest.Filter    `json:"filter,omitempty"`
	PublishedAt        time.Time      `json:"publishedAt"`
	Digest             fest.Digest    `json:"digest,omitempty"`
	Source             *currentSource `json:"source,omitempty"`
	Counts             fest.Counts    `json:"counts"`
	Sample             string         `json:"sample,omitempty"`
}

// currentSource is the file as it came. Where it came from is the operator's
// business.
type currentSource struct {
	Digest fest.Digest `json:"digest"`
	Size   int64       `json:"size"`
}

// indexBody is /v1.
type indexBody struct {
	Release   releaseObject   `json:"release"`
	Resources []indexResource `json:"resources"`
	Links     []indexLink     `json:"links"`
}

type indexResource struct {
	Resource string        `json:"resource"`
	Href     string        `json:"href"`
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

func (v *view) currentBody() currentBody {
	rel := &v.rel
	b := currentBody{
		Serial: rel.Serial, Stream: rel.Stream, RetrievalDate: rel.Content.RetrievalDate,
		ValidFromDateHelfo: rel.Content.ValidFromDateHelfo, Filter: rel.Content.Filter,
		PublishedAt: rel.PublishedAt.UTC(), Digest: rel.Content.Digest, Counts: v.snap.Counts(),
	}
	if b.Counts == nil {
		b.Counts = fest.Counts{}
	}
	if rel.Source.Digest != "" {
		b.Source = &currentSource{rel.Source.Digest, rel.Source.Size}
	}
	if rel.Content.Sample {
		b.Sample = sampleText
	}
	return b
}

func (v *view) indexBody() indexBody {
	b := indexBody{Release: newReleaseObject(&v.rel)}
	for _, res := range fest.Resources() {
		r := indexResource{Resource: string(res), Href: "/v1/" + string(res), Total: v.snap.Len(res)}
		for _, f := range cache.Filters(res) {
			r.Filters = append(r.Filters, indexFilter{f.Name, f.Doc})
		}
		b.Resources = append(b.Resources, r)
	}
	b.Links = []indexLink{
		{"describedby", "/openapi.yaml"}, {"release", "/v1/releases/current"}, {"atc", "/v1/atc/{code}"}, {"status", "/healthz"},
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
