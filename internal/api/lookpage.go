package api

import (
	"net/url"

	"github.com/festd/festd/internal/api/page"
	"github.com/festd/festd/internal/fest"
)

// lookMain is what the page at / shows of the release.
type lookMain struct {
	Published string
	Entries   string
	Resources []lookResource
	Examples  []lookExample
}

type lookResource struct{ Name, Label, Href, Total string }

type lookExample struct{ Text, Name, Href, Shown string }

// lookPage fills the page at /.
func (a *API) lookPage(_ *call, v *view, sh *page.Shell) (any, error) {
	m := &lookMain{}
	if v == nil {
		return m, nil
	}
	v.render()
	if !v.rel.PublishedAt.IsZero() {
		m.Published = v.rel.PublishedAt.In(a.oslo).Format("2006-01-02 15:04 MST")
	}
	total := 0
	for _, res := range fest.Resources() {
		label, err := a.pages.Text(sh.Lang, "resource."+string(res))
		if err != nil {
			return nil, internal(err)
		}
		n := v.snap.Len(res)
		total += n
		m.Resources = append(m.Resources, lookResource{string(res), label, "/v1/" + string(res), thousands(n)})
	}
	m.Entries = thousands(total)
	for _, e := range v.examples {
		text, err := a.pages.Text(sh.Lang, "example."+string(e.Kind))
		if err != nil {
			return nil, internal(err)
		}
		shown, err := url.QueryUnescape(e.Href)
		if err != nil {
			shown = e.Href
		}
		m.Examples = append(m.Examples, lookExample{text, e.Name, e.Href, shown})
	}
	return m, nil
}
