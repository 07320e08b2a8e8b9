package api

import (
	"net/http"
	"slices"
	"strings"
)

// shortcut finds the endpoint of the plainest requests without the router:
// GET or HEAD of a path that is a pattern, or a pattern with its one parameter
// at the end. It is made of the same route table and must find what the router
// would; whatever it does not find is the router's. Routing costs as much as
// a look-up does, most of it for a context that nothing here needs.
type shortcut struct {
	exact map[string]*endpoint // by path
	keyed map[string]*endpoint // by path up to the parameter
}

func newShortcut() *shortcut {
	return &shortcut{exact: map[string]*endpoint{}, keyed: map[string]*endpoint{}}
}

// add takes a route; those of another form, or without GET and HEAD, are left
// to the router.
func (s *shortcut) add(e *endpoint) {
	pattern := e.route.Pattern
	if !slices.Contains(e.route.Methods, http.MethodGet) || !slices.Contains(e.route.Methods, http.MethodHead) {
		return
	}
	head, parameter, keyed := strings.Cut(pattern, "{")
	switch {
	case !keyed:
		s.exact[pattern] = e
	case strings.HasSuffix(head, "/") && strings.IndexByte(parameter, '}') == len(parameter)-1:
		s.keyed[head] = e
	}
}

// find returns the endpoint and the parameter's value; nil leaves the request
// to the router.
func (s *shortcut) find(r *http.Request) (e *endpoint, key string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.URL.RawPath != "" {
		return nil, ""
	}
	path := r.URL.Path
	if e := s.exact[path]; e != nil {
		return e, ""
	}
	cut := strings.LastIndexByte(path, '/') + 1
	if cut == len(path) {
		return nil, ""
	}
	return s.keyed[path[:cut]], path[cut:]
}
