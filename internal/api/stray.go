package api

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// noRoute answers a path that is none of the API's.
func (a *API) noRoute(c *call, _ *view) error {
	path := c.r.URL.Path
	f := fail(errNoRoute, "no resource has this path; /v1 lists the resources, /openapi.yaml describes them")
	switch rest, ok := strings.CutPrefix(path, "/v1/"); {
	case len(path) > 1 && strings.HasSuffix(path, "/"):
		f.problem.Detail = "no resource has this path; leave out the slash at the end"
	case ok && !strings.Contains(rest, "/"):
		for _, r := range fest.Resources() {
			f.problem.Known = append(f.problem.Known, string(r))
		}
		f.problem.Known = append(f.problem.Known, string(cache.ResourceATC), "releases")
	}
	return f
}

// otherMethod answers a path of the API asked for with a method it does not
// have. OPTIONS is answered everywhere: it is what a browser asks before it
// sends a header of its own.
func (a *API) otherMethod(mux *chi.Mux) handler {
	return func(c *call, _ *view) error {
		allowed := allowedMethods(mux, c.r)
		allow := strings.Join(append(allowed, http.MethodOptions), ", ")
		if c.r.Method != http.MethodOptions {
			return &failure{kind: errMethodNotAllowed, allow: allow, problem: Problem{
				Detail: "the resource does not have this method; Allow has those that it has, and none of them changes anything", Known: append(allowed, http.MethodOptions),
			}}
		}
		h := c.Header()
		h["Allow"] = []string{allow}
		h["Access-Control-Allow-Methods"] = []string{allow}
		h["Access-Control-Allow-Headers"] = allowHeaders
		h["Access-Control-Max-Age"] = maxAge
		h["Cache-Control"] = noStore
		c.WriteHeader(http.StatusNoContent)
		return nil
	}
}
