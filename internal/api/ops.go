package api

import (
	"net/http"
	"net/http/pprof"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// newOps builds the handler of the ops listener. It stands beside the public
// one: no admission, no access log, no request metrics.
func (a *API) newOps() http.Handler {
	mux := chi.NewRouter()
	probe := func(pattern string, ask func() readiness) {
		h := func(w http.ResponseWriter, r *http.Request) {
			c := &call{w: w, r: r}
			w.Header()["X-Content-Type-Options"] = nosniff
			_ = a.probe(c, ask()) // never fails
		}
		mux.Get(pattern, h)
		mux.Head(pattern, h)
	}
	probe("/livez", func() readiness { return readiness{ready: true} })
	probe("/readyz", func() readiness { return a.opts.State.readiness(a.opts.Served) })
	probe("/startupz", func() readiness { return a.opts.State.startup(a.opts.Served) })
	mux.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(a.opts.Registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/{profile}", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	a.opsFailures(mux)
	return mux
}

func (a *API) opsFailures(mux *chi.Mux) {
	mux.NotFound(func(w http.ResponseWriter, r *http.Request) {
		a.problem(&call{w: w, r: r}, fail(errNoRoute, "this listener has /livez, /readyz, /startupz, /metrics and /debug/pprof/"))
	})
	mux.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		a.problem(&call{w: w, r: r}, &failure{kind: errMethodNotAllowed, allow: "GET, HEAD"})
	})
}
