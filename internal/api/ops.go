package api

import (
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// newOps builds the handler of the ops listener. It stands beside the public
// one: no admission, no access log, no request metrics.
func (a *API) newOps() http.Handler {
	mux := chi.NewRouter()
	for i := range a.opsTable {
		rt := &a.opsTable[i]
		for _, method := range rt.Methods {
			mux.Method(method, rt.Pattern, &opsEndpoint{a, rt})
		}
	}
	for _, f := range a.foreign() {
		mux.Handle(f.Pattern, a.guarded(f.Scope, f.handler))
	}
	a.opsFailures(mux)
	return mux
}

// foreign is a route whose handler, and whose answers' form, are others'. They
// take any method.
type foreign struct {
	Route
	handler http.Handler
}

func (a *API) foreign() []foreign {
	metrics := promhttp.HandlerFor(a.opts.Registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
	out := []foreign{{Route{Pattern: "/metrics", Scope: ScopeRead}, metrics}}
	for name, h := range map[string]http.HandlerFunc{
		"": pprof.Index, "{profile}": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace,
	} {
		out = append(out, foreign{Route{Pattern: "/debug/pprof/" + name, Scope: ScopeProfile}, h})
	}
	for i := range out {
		out[i].Methods = []string{http.MethodGet, http.MethodPost}
	}
	return out
}

// opsCall is a request of the ops listener. net/http survives its panics.
func (a *API) opsCall(w http.ResponseWriter, r *http.Request) *call {
	c := &call{w: w, r: r, key: pathKey(r), start: a.opts.Now()}
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	a.echo(c, h)
	return c
}

// opsRoutes is the route table of the ops listener, but for /metrics and
// /debug/pprof/, which are others' formats.
func (a *API) opsRoutes() []Route {
	probe := func(ask func() readiness) handler {
		return func(c *call, _ *view) error { return a.probe(c, ask()) }
	}
	rs := []Route{
		{Pattern: "/livez", Scope: ScopeProbe, handle: probe(func() readiness { return readiness{ready: true} })},
		{Pattern: "/readyz", Scope: ScopeProbe, handle: probe(func() readiness { return a.opts.State.readiness(a.opts.Served) })},
		{Pattern: "/startupz", Scope: ScopeProbe, handle: probe(func() readiness { return a.opts.State.startup(a.opts.Served) })},
		{Pattern: "/openapi.yaml", Scope: ScopeRead, Caching: CacheRevalidate, handle: a.opsOpenAPI},
		{Pattern: "/problems/{type}", Scope: ScopeRead, Caching: CacheRevalidate, handle: a.opsProblemDoc},
	}
	for i := range rs {
		rs[i].Methods = readOnly
	}
	return append(rs, a.adminRoutes()...)
}

// opsEndpoint is the adapter between net/http and a handler of the ops
// listener.
type opsEndpoint struct {
	api   *API
	route *Route
}

// ServeHTTP implements http.Handler.
func (e *opsEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := e.api.opsCall(w, r)
	c.route = e.route
	err := e.api.authorize(c, e.route.Scope)
	if err == nil {
		err = e.route.handle(c, nil)
	}
	e.api.audit(c, err)
	if err != nil {
		e.api.problem(c, err)
	}
	if c.trace.record && e.route.admin() { // probes would be most of what is recorded
		e.api.opts.Recorder.Record(c.span(e.route, c.outcome(), e.api.opts.Now()))
	}
}

// admin says whether the route is of the administration.
func (rt *Route) admin() bool { return strings.HasPrefix(rt.Pattern, "/admin/") }

func (a *API) opsFailures(mux *chi.Mux) {
	mux.NotFound(a.guarded(ScopeRead, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.problem(a.opsCall(w, r), fail(errNoRoute, "this listener has /livez, /readyz, /startupz, /metrics, /debug/pprof/ and the administration, which /openapi.yaml describes"))
	})))
	mux.MethodNotAllowed(a.guarded(ScopeRead, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowed := allowedMethods(mux, r)
		a.problem(a.opsCall(w, r), &failure{kind: errMethodNotAllowed, allow: strings.Join(allowed, ", "), problem: Problem{
			Detail: "the resource does not have this method", Known: allowed}})
	})))
}

// allowedMethods are the methods that the router has for the request's path.
func allowedMethods(mux *chi.Mux, r *http.Request) []string {
	path := r.URL.Path
	if r.URL.RawPath != "" {
		path = r.URL.RawPath
	}
	var allowed []string
	for _, m := range [...]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if mux.Match(chi.NewRouteContext(), m, path) {
			allowed = append(allowed, m)
		}
	}
	return allowed
}
