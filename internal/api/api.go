package api

import (
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/festd/festd/api"
	"github.com/festd/festd/internal/api/page"
	"github.com/festd/festd/internal/fest"
)

// API answers HTTP for one server. New makes it; its handlers may be used by
// any number of listeners at once.
type API struct {
	opts    Options
	metrics *metrics
	adm     *admission
	table   []Route
	// opsTable is the route table of the ops listener.
	opsTable []Route
	// questions are those of the table that /v1 lists.
	questions []indexQuestion
	current   atomic.Pointer[view]
	// registered is the state of the register as it was last asked for.
	registered atomic.Pointer[registerDocument]
	coders     *compressors
	pages      *page.Set
	swagger    map[string]swaggerFile // what the page /docs loads beside, by name
	spec       spec
	opsSpec    spec
	oslo       *time.Location // of FEST's days (R1)
	logged     atomic.Uint64  // successful requests, for thinning the access log
	words      logWords       // what paths of the access log may say

	public, ops http.Handler
}

// New checks the options, registers the metrics and builds the handlers. It
// starts nothing.
func New(o Options) (*API, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	m, err := newMetrics(&o)
	if err != nil {
		return nil, err
	}
	adm := &admission{Valves: o.Valves}
	if err := o.Registry.Register(newAdmissionCollector(adm)); err != nil {
		return nil, err
	}
	a := &API{opts: o, metrics: m, adm: adm, coders: newCompressors(), oslo: fest.Oslo()}
	a.spec, a.opsSpec = a.newSpec(api.OpenAPI), a.newSpec(api.OpsAPI)
	if a.pages, err = page.New(); err != nil {
		return nil, err
	}
	a.swagger = swaggerUI()
	a.table, a.opsTable = a.routes(), a.opsRoutes()
	a.questions = questionsOf(a.table)
	a.words = newLogWords(a.table, a.opsTable)
	a.public = a.newPublic()
	a.ops = a.newOps()
	return a, nil
}

// Public is the handler of the public listener.
func (a *API) Public() http.Handler { return a.public }

// Ops is the handler of the ops listener: probes, metrics, profiles and the
// administration. It is for operators only.
func (a *API) Ops() http.Handler { return a.ops }

// State is what the probes report; see [Options].
func (a *API) State() *State { return a.opts.State }

// Routes is the route table of the public listener.
func (a *API) Routes() []Route { return append([]Route(nil), a.table...) }

// OpsRoutes is the route table of the ops listener, but for /metrics and
// /debug/pprof/.
func (a *API) OpsRoutes() []Route { return append([]Route(nil), a.opsTable...) }

// OpsEndpoints is all that the ops listener has: its route table, and what is
// others'.
func (a *API) OpsEndpoints() []Route {
	all := a.OpsRoutes()
	for _, f := range a.foreign() {
		all = append(all, f.Route)
	}
	return all
}

// newPublic builds the public handler: the router behind the bounds that hold
// for all requests.
func (a *API) newPublic() http.Handler {
	mux, fast := a.router()
	tooLong := a.stray(func(*call, *view) error {
		return fail(errURITooLong, "the request target may be "+itoa(a.opts.MaxURLBytes)+" bytes long")
	})
	tooLarge := a.stray(func(c *call, _ *view) error {
		c.Header()["Connection"] = closeConnection
		return fail(errBodyTooLarge, "a body may be "+itoa(int(a.opts.MaxBodyBytes))+" bytes long, and this route reads none")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case len(r.RequestURI) > a.opts.MaxURLBytes:
			tooLong.ServeHTTP(w, r)
		case r.ContentLength > a.opts.MaxBodyBytes && !a.reads(r):
			tooLarge.ServeHTTP(w, r)
		default:
			if e, key := fast.find(r); e != nil {
				e.serve(w, r, key)
				return
			}
			mux.ServeHTTP(w, r)
		}
	})
}

// reads reports whether the request is for a route that reads its body; that
// has a bound of its own.
func (a *API) reads(r *http.Request) bool {
	return r.Method == http.MethodPost && slices.ContainsFunc(a.table, func(rt Route) bool { return rt.Body > 0 && rt.Pattern == r.URL.Path })
}

// router builds the router and its shortcut from the route table.
func (a *API) router() (*chi.Mux, *shortcut) {
	mux, fast := chi.NewRouter(), newShortcut()
	for i := range a.table {
		rt := &a.table[i]
		e := &endpoint{api: a, route: rt, metrics: a.metrics.route(rt.Pattern, rt.Cost.String())}
		for _, method := range rt.Methods {
			mux.Method(method, rt.Pattern, e)
		}
		fast.add(e)
	}
	mux.NotFound(a.stray(a.noRoute).ServeHTTP)
	mux.MethodNotAllowed(a.stray(a.otherMethod(mux)).ServeHTTP)
	return mux, fast
}

// stray is the endpoint of requests that meet no route; they share a label.
func (a *API) stray(h handler) *endpoint {
	return &endpoint{api: a, route: &Route{Pattern: routeNone, Cost: CostLookup, handle: h}, metrics: a.metrics.route(routeNone, routeNone)}
}
