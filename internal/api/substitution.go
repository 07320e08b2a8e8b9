package api

import "github.com/festd/festd/internal/fest"

// substitutionRoutes are the questions about what may be dispensed in the
// place of something.
func (a *API) substitutionRoutes() []Route {
	return []Route{a.about(fest.ResourcePackages, "substitutes", nil, substitutes)}
}

// substitutes answers /v1/packages/{key}/substitutes (R94–R99).
func substitutes(q *asked) (any, error) {
	p, ok := q.Object(q.Item).(*fest.Package)
	if !ok {
		return nil, internal(q.Err())
	}
	return q.Substitution(p), nil
}
