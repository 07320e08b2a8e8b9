package api

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
)

// OpsAccess says who may see what of the ops listener. The zero value is that
// of a listener on loopback: open, and the administration is off.
type OpsAccess struct {
	// Locked means that nothing is answered without a credential, not even that
	// there is no such path. Otherwise only the administration asks for one.
	Locked bool
	// ProbesOpen lets a locked listener answer its probes without one.
	ProbesOpen bool
	// Caller finds out whose credential a request shows; nil for nobody's. sent
	// says whether it shows one at all. A nil function knows nobody.
	Caller func(r *http.Request) (caller *OpsCaller, sent bool)
	// Administered says whether anybody could administer; otherwise the
	// administration is off.
	Administered bool
}

// OpsCaller is who asks the ops listener. Without Admin it may read probes,
// metrics and descriptions.
type OpsCaller struct {
	Name  string // for the audit log: token:NAME, or a name of the certificate; never a secret
	Admin bool   // may administer and take profiles
}

// Scope is what a route of the ops listener asks of its callers. The zero value
// is the strictest, so that what is forgotten is closed.
type Scope uint8

const (
	// ScopeAdmin asks for an administrator's credential, wherever the listener is.
	ScopeAdmin Scope = iota
	// ScopeProfile asks an administrator's where the listener is locked: a
	// profile takes time of the processors, and tells how things are inside.
	ScopeProfile
	// ScopeRead asks any credential where the listener is locked.
	ScopeRead
	// ScopeProbe is ScopeRead that can be opened by itself.
	ScopeProbe
)

// Challenges (header WWW-Authenticate, RFC 6750 §3).
const (
	opsChallenge   = `Bearer realm="festd operations"`
	wrongToken     = opsChallenge + `, error="invalid_token"`
	narrowToken    = opsChallenge + `, error="insufficient_scope"`
	adminOffAdvice = "administration is off: set --admin-token-file"
)

// authorize checks that the caller may see what has that scope. There is no
// exception for callers on the same machine: who may reach the listener is not
// who may publish medicines.
func (a *API) authorize(c *call, need Scope) error {
	o := &a.opts.Ops
	if need != ScopeAdmin && (!o.Locked || need == ScopeProbe && o.ProbesOpen) {
		return nil
	}
	off := need == ScopeAdmin && (!o.Administered || a.opts.Admin == nil)
	if off && !o.Locked {
		return fail(errAdminOff, adminOffAdvice)
	}
	var sent bool
	if o.Caller != nil {
		c.operator, sent = o.Caller(c.r)
	}
	switch {
	case c.operator == nil && sent:
		a.metrics.opsRefused.WithLabelValues("wrong").Inc()
		f := fail(errUnauthorized, "the credential is none of this server's")
		f.challenge = wrongToken
		return f
	case c.operator == nil:
		a.metrics.opsRefused.WithLabelValues("missing").Inc()
		f := fail(errUnauthorized, "the header Authorization: Bearer with a token, or a client certificate, is missing")
		f.challenge = opsChallenge
		return f
	case off:
		return fail(errAdminOff, adminOffAdvice)
	case (need == ScopeAdmin || need == ScopeProfile) && !c.operator.Admin:
		a.metrics.opsRefused.WithLabelValues("scope").Inc()
		f := fail(errForbidden, "the credential is good for probes, metrics and descriptions only")
		f.challenge = narrowToken
		return f
	case need == ScopeAdmin && new(http.CrossOriginProtection).Check(c.r) != nil:
		// A certificate, unlike a token, goes with what any page has a browser send.
		a.metrics.opsRefused.WithLabelValues("origin").Inc()
		return fail(errCrossOrigin, "a browser sent this for a page of another site")
	default:
		return nil
	}
}

// guarded is a handler of others, such as Prometheus', behind a scope.
func (a *API) guarded(need Scope, h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r, start: a.opts.Now()}
		if err := a.authorize(c, need); err != nil {
			w.Header()["X-Content-Type-Options"] = nosniff
			a.problem(c, err)
			return
		}
		h.ServeHTTP(w, r)
	}
}

func newOpsRefused() *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "fest_ops_requests_refused_total",
		Help: "Requests of the ops listener refused, by reason: missing, wrong, scope (a credential that may not do that), or origin (sent by a page of another site).",
	}, []string{"reason"})
	for _, reason := range [...]string{"missing", "wrong", "scope", "origin"} {
		v.WithLabelValues(reason)
	}
	return v
}
