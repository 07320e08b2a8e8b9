package api

import (
	"net/url"
	"strings"

	"github.com/festd/festd/internal/api/page"
	"github.com/festd/festd/internal/rules"
)

// foundMain is what the page of search results shows; its script shows the
// same with more to it.
type foundMain struct {
	Query string
	Asked bool
	Total string
	Items []foundItem
}

type foundItem struct{ Kind, Display, Code, Href string }

// foundPage fills the page of search results, for those without scripts, too.
func (a *API) foundPage(c *call, v *view, sh *page.Shell) (any, error) {
	m := &foundMain{Query: strings.TrimSpace(sh.Query.Get(paramQuery))}
	if m.Query == "" || v == nil {
		return m, nil
	}
	q, err := a.searchQuery(url.Values{paramQuery: {m.Query}}.Encode(), rules.On(c.start, a.oslo))
	if err != nil {
		return nil, err
	}
	body := a.searchPage(v, &q, 0)
	m.Asked, m.Total = true, thousands(body.Total)
	for _, it := range body.Items {
		kind, err := a.pages.Text(sh.Lang, "kind."+it.Kind)
		if err != nil {
			return nil, internal(err)
		}
		f := foundItem{Kind: kind, Display: it.Display, Href: href(it.Resource, it.ID)}
		if it.ATC != nil {
			f.Code = it.ATC.Code
		}
		m.Items = append(m.Items, f)
	}
	return m, nil
}
