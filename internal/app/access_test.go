package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api"
)

// credential is a way to come to a server.
type credential struct {
	name   string
	client *http.Client
	header []string
}

var inPattern = regexp.MustCompile(`\{\w+\}`)

// eachRoute sends every route with every method that it has.
func (g *guarded) eachRoute(routes []api.Route, base func(string) string, credentials []credential, want func(rt api.Route, c credential) string) {
	g.t.Helper()
	if len(routes) < 15 {
		g.t.Fatalf("%d routes", len(routes))
	}
	for _, rt := range routes {
		path := inPattern.ReplaceAllString(rt.Pattern, "x")
		for _, method := range rt.Methods {
			for _, c := range credentials {
				url := base(path)
				if strings.HasPrefix(path, "/debug/pprof/") {
					url += "?seconds=1&debug=1"
					if want(rt, c) == "let in" && (method == http.MethodPost || strings.HasSuffix(path, "/profile") || strings.HasSuffix(path, "/trace")) {
						continue // takes its time, and was asked for by others
					}
				}
				got := g.send(c.client, method, url, c.header...)
				same := got.String() == want(rt, c)
				if method == http.MethodHead { // has no body to say why
					same = got.String() == strings.SplitAfter(want(rt, c)+" ", " ")[0] || got.String() == want(rt, c)
				}
				if !same {
					g.t.Errorf("%s %s as %s: %s (%d %.200s, %v), want %s", method, rt.Pattern, c.name, got, got.status, got.body, got.err, want(rt, c))
				}
			}
		}
	}
}

// Every route of the public listener with every kind of credential, where
// anonymous requests are allowed and where they are not.
func TestEveryPublicRouteWithEveryCredential(t *testing.T) {
	t.Parallel()
	for _, anonymous := range []string{"", "lookup", "none"} {
		t.Run("anonymous="+anonymous, func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, func(o *Options) {
				if anonymous != "" {
					o.Anonymous = []string{anonymous}
				}
			})
			put(t, g.path("keys.json"), keyFile(clientEntries...)) // the revoked key is gone
			plain := g.client(nil)
			g.eventually("the revoked key is none", func() bool { return g.send(plain, "GET", g.public("/v1"), "X-Api-Key", revokedKey).status == 401 })
			credentials := []credential{
				{"nobody", plain, nil}, {"a wrong key", plain, []string{"X-Api-Key", "wrong"}}, {"a revoked key", plain, []string{"Authorization", "Bearer " + revokedKey}},
				{"an expired key", plain, []string{"X-Api-Key", expiredKey}}, {"the token of Prometheus", plain, []string{"Authorization", "Bearer " + readSecret}},
				{"a key for lookups", plain, []string{"X-Api-Key", lookupKey}}, {"a key for computing", plain, []string{"X-Api-Key", computeKey}},
				{"a key", plain, []string{"Authorization", "Bearer " + fullKey}}, {"a known certificate", g.client(g.own.client("known.example.org")), nil},
				{"an unknown certificate", g.client(g.own.client("unknown.example.org")), nil}, {"a certificate of others", g.client(g.other.client("known.example.org")), nil},
			}
			g.eachRoute(g.app.faces.Routes(), g.public, credentials, func(rt api.Route, c credential) string {
				switch {
				case c.name == "a certificate of others":
					return "no connection"
				case rt.Cost == api.CostOps:
					return "let in" // the probe of load balancers
				case c.name == "nobody" && (anonymous == "none" || anonymous == "lookup" && rt.Cost != api.CostLookup):
					return "401 credential-required"
				case c.name == "a wrong key", c.name == "a revoked key", c.name == "the token of Prometheus":
					return "401 unknown-api-key"
				case c.name == "an expired key":
					return "401 expired-credential"
				case c.name == "an unknown certificate":
					return "403 unknown-certificate"
				case c.name == "a key for lookups" && rt.Cost != api.CostLookup, c.name == "a key for computing" && rt.Cost != api.CostCompute:
					return "403 class-not-allowed"
				default:
					return "let in"
				}
			})
			if got := g.send(plain, "GET", g.public("/nowhere")); (got.status == 401) != (anonymous == "none") {
				t.Errorf("a path that is none: %d", got.status)
			}
			if got := g.send(plain, "OPTIONS", g.public("/v1/drugs")); got.status != http.StatusNoContent {
				t.Errorf("what browsers ask first: %d", got.status)
			}
		})
	}
}

// Every endpoint of a protected ops listener with every kind of credential.
func TestEveryOpsEndpointWithEveryCredential(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	put(t, g.path("admin"), []byte("kari "+adminSecret+"\n"))
	plain := g.client(nil)
	g.eventually("the revoked token is none", func() bool {
		return g.send(plain, "GET", g.ops("/livez"), "Authorization", "Bearer "+revokedSecret).status == 401
	})
	credentials := []credential{
		{"nobody", plain, nil}, {"a wrong token", plain, []string{"Authorization", "Bearer wrong"}}, {"a revoked token", plain, []string{"Authorization", "Bearer " + revokedSecret}},
		{"a client's key", plain, []string{"Authorization", "Bearer " + fullKey}}, {"a client's key", plain, []string{"X-Api-Key", adminSecret}},
		{"Prometheus", plain, []string{"Authorization", "Bearer " + readSecret}}, {"Prometheus", g.client(g.own.client("prometheus.example.org")), nil},
		{"an administrator", plain, []string{"Authorization", "Bearer " + adminSecret}}, {"an administrator", g.client(g.own.client("kari.example.org")), nil},
		{"a client's certificate", g.client(g.own.client("known.example.org")), nil}, {"a certificate of others", g.client(g.other.client("kari.example.org")), nil},
	}
	g.eachRoute(g.app.faces.OpsEndpoints(), g.ops, credentials, func(rt api.Route, c credential) string {
		switch {
		case c.name == "a certificate of others":
			return "no connection"
		case c.name == "an administrator":
			return "let in"
		case c.name == "Prometheus" && rt.Scope >= api.ScopeRead:
			return "let in"
		case c.name == "Prometheus":
			return "403 forbidden"
		default:
			return "401 unauthorized"
		}
	})
	metrics := string(g.send(plain, "GET", g.ops("/metrics"), "Authorization", "Bearer "+readSecret).body)
	for _, reason := range []string{"missing", "wrong", "scope"} {
		if strings.Contains(metrics, `fest_ops_requests_refused_total{reason="`+reason+`"} 0`+"\n") {
			t.Errorf("not counted: %s", reason)
		}
	}
	// Nothing was done, and every attempt at an act stands in the audit log.
	for _, e := range g.audit() {
		if e.Outcome != api.AuditRefused {
			t.Errorf("%+v", e)
		}
	}
}

// Nobody leaves an ops listener open by accident, or half of what belongs
// together away.
func TestAccessOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Options)
		want   string // "" = can be
	}{
		"beyond loopback":                  {func(o *Options) { o.OpsListen = "0.0.0.0:0" }, "--ops-token-file"},
		"beyond loopback, probes open":     {func(o *Options) { o.OpsListen, o.Ops.Open = ":0", OpsOpenProbes }, "--ops-open=all"},
		"beyond loopback, open":            {func(o *Options) { o.OpsListen, o.Ops.Open = "[::]:0", OpsOpenAll }, ""},
		"beyond loopback, a token":         {func(o *Options) { o.OpsListen, o.Ops.TokenFile = "192.0.2.1:0", "x" }, ""},
		"beyond loopback, the other token": {func(o *Options) { o.OpsListen, o.AdminTokenFile = "192.0.2.1:0", "x" }, ""},
		"a certificate without its key":    {func(o *Options) { o.TLS.Cert = "x" }, "--tls-cert and --tls-key go together"},
		"authorities without TLS":          {func(o *Options) { o.Ops.TLS.ClientCA = "x" }, "--ops-tls-client-ca needs"},
		"authorities without clients":      {func(o *Options) { o.TLS = TLS{"x", "y", "z"} }, "needs --api-keys"},
		"nobody could come":                {func(o *Options) { o.Anonymous = []string{"none"} }, "--anonymous=none needs --api-keys"},
		"no such class":                    {func(o *Options) { o.Anonymous = []string{"lookups"} }, "want lookup, compute or bulk"},
		"none and some":                    {func(o *Options) { o.Anonymous = []string{"none", "lookup"} }, "none alone"},
		"names without authorities":        {func(o *Options) { o.Ops.AdminCerts = []string{"dns:x"} }, "--ops-tls-client-ca"},
		"a name without its kind":          {func(o *Options) { o.Ops.AdminCerts, o.Ops.TLS = []string{"x"}, TLS{"a", "b", "c"} }, "with its kind"},
		"no such way to be open":           {func(o *Options) { o.Ops.Open = "yes" }, "want none, probes or all"},
	} {
		o := Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: "x"}
		test.change(&o)
		_, err := New(o)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}
