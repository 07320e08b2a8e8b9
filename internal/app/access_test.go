package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
)

// What the tests show to a server.
const (
	adminSecret   = "administrators-token-of-tests"
	revokedSecret = "a-token-that-was-taken-away"
	readSecret    = "prometheus-token-of-the-tests"
	fullKey       = "key-of-a-client-with-everything"
	revokedKey    = "key-that-was-taken-away"
	expiredKey    = "key-whose-time-is-over"
	lookupKey     = "key-for-lookups-only"
	computeKey    = "key-for-computing-only"
)

// guarded is a server with everything that guards it, and its files.
type guarded struct {
	t      *testing.T
	app    *App
	dir    string
	roots  *x509.CertPool
	server *authority // signs certificates of the server
	own    *authority // signs those of its clients
	other  *authority // is known to nobody
	log    *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}
func (l *lockedBuffer) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func entryOf(name, key, more string) string {
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf(`{"name":%q,"sha256":%q,"quota":0%s}`, name, hex.EncodeToString(sum[:]), more)
}

func keyFile(entries ...string) []byte { return []byte("[" + strings.Join(entries, ",") + "]") }

var clientEntries = []string{
	entryOf("full", fullKey, ""),
	entryOf("expired", expiredKey, `,"notAfter":"2020-01-01T00:00:00Z"`),
	entryOf("lookups", lookupKey, `,"classes":["lookup"]`),
	entryOf("computes", computeKey, `,"classes":["compute"]`),
	`{"name":"hospital","certificate":"dns:known.example.org","quota":0}`,
}

// newGuarded starts a server with TLS and credentials on both listeners; change
// may say more.
func newGuarded(t *testing.T, change func(*Options)) *guarded {
	t.Helper()
	g := &guarded{t: t, dir: t.TempDir(), roots: x509.NewCertPool(), log: new(lockedBuffer)}
	g.server, g.own, g.other = newAuthority(t, "authority of the server"), newAuthority(t, "authority of clients"), newAuthority(t, "authority of others")
	g.roots.AddCert(g.server.cert)
	g.server.server(g.dir, time.Time{})
	put(t, g.path("ca.pem"), g.own.pem)
	put(t, g.path("keys.json"), keyFile(append(clientEntries, entryOf("revoked", revokedKey, ""))...))
	put(t, g.path("admin"), []byte("# administrators\nkari "+adminSecret+"\n\nola "+revokedSecret+"\n"))
	put(t, g.path("ops"), []byte(readSecret+"\n"))
	valves := DefaultValves()
	valves.Quota, valves.APIKeys = 0, g.path("keys.json")
	o := Options{
		Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: g.path("data"), Valves: &valves,
		TLS:            TLS{Cert: g.path("tls.crt"), Key: g.path("tls.key"), ClientCA: g.path("ca.pem")},
		AdminTokenFile: g.path("admin"),
		Ops: Ops{
			TLS:       TLS{Cert: g.path("tls.crt"), Key: g.path("tls.key"), ClientCA: g.path("ca.pem")},
			TokenFile: g.path("ops"), Certs: []string{"dns:prometheus.example.org"}, AdminCerts: []string{"dns:kari.example.org"},
		},
		Log: slog.New(slog.NewTextHandler(g.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	var err error
	if g.app, err = New(o); err != nil {
		t.Fatal(err)
	}
	if err := g.app.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.app.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return g
}

func (g *guarded) path(name string) string { return filepath.Join(g.dir, name) }

// client is an HTTP client that shows a certificate, whoever the server says it
// trusts; nil: none.
func (g *guarded) client(cert *tls.Certificate) *http.Client {
	config := &tls.Config{RootCAs: g.roots, MinVersion: tls.VersionTLS12}
	if cert != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return cert, nil }
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	g.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (g *guarded) public(path string) string { return "https://" + g.app.Addr() + path }
func (g *guarded) ops(path string) string    { return "https://" + g.app.OpsAddr() + path }

// reply is what came back: a status with the type of its problem, or an error.
type reply struct {
	status int
	kind   string
	err    error
	resp   *http.Response
	body   []byte
}

func (r reply) String() string {
	if r.err != nil {
		return "no connection"
	}
	if r.status == http.StatusUnauthorized || r.status == http.StatusForbidden {
		return fmt.Sprint(r.status, " ", r.kind)
	}
	return "let in"
}

func (g *guarded) send(c *http.Client, method, url string, header ...string) reply {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), method, url, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	r := reply{status: resp.StatusCode, resp: resp, body: body, err: err}
	var p struct{ Type string }
	if json.Unmarshal(body, &p) == nil {
		r.kind = strings.TrimPrefix(p.Type, "/problems/")
	}
	return r
}

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

func (g *guarded) eventually(what string, done func() bool) {
	g.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			g.t.Fatalf("not within 20 s: %s", what)
		}
	}
}

func (g *guarded) audit() []api.AuditEntry {
	g.t.Helper()
	text, err := os.ReadFile(filepath.Join(g.dir, "data", auditName))
	if err != nil {
		g.t.Fatal(err)
	}
	var out []api.AuditEntry
	for line := range strings.Lines(string(text)) {
		var e api.AuditEntry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			g.t.Fatalf("%v in %s", err, line)
		}
		out = append(out, e)
	}
	return out
}

// What is replaced counts for the next client without a restart, and on
// connections that are open already; what is broken changes nothing and is
// told.
func TestCredentialsAreReplacedWithoutARestart(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	serial := func() string {
		c := g.client(nil)
		defer c.CloseIdleConnections()
		r := g.send(c, "GET", g.public("/healthz"))
		if r.err != nil {
			t.Fatal(r.err)
		}
		return r.resp.TLS.PeerCertificates[0].SerialNumber.String()
	}
	metric := func(name string) string {
		r := g.send(g.client(nil), "GET", g.ops("/metrics"), "Authorization", "Bearer "+readSecret)
		for line := range strings.Lines(string(r.body)) {
			if value, ok := strings.CutPrefix(line, name+" "); ok {
				return strings.TrimSpace(value)
			}
		}
		return ""
	}

	// A certificate.
	end := time.Now().Add(72 * time.Hour).Truncate(time.Second)
	next := g.server.server(g.dir, end)
	g.eventually("the new certificate is shown", func() bool { return serial() == next.SerialNumber.String() })
	want := fmt.Sprint(float64(end.Unix()))
	g.eventually("its end is shown", func() bool {
		return metric(`fest_tls_certificate_not_after_timestamp_seconds{listener="public"}`) == want && metric(`fest_tls_certificate_not_after_timestamp_seconds{listener="ops"}`) == want
	})
	good, err := os.ReadFile(g.path("tls.key"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, g.path("tls.key"), []byte("-----BEGIN PRIVATE KEY-----\nbroken\n"))
	g.eventually("the broken key is told", func() bool { return metric(`fest_reload_failed{file="tls_public"}`) == "1" })
	if got := serial(); got != next.SerialNumber.String() {
		t.Errorf("with a broken key the certificate is %s", got)
	}
	put(t, g.path("tls.key"), good)
	g.eventually("it is mended", func() bool { return metric(`fest_reload_failed{file="tls_public"}`) == "0" })

	// A key and a token, on connections that are open.
	keyed, operator := g.client(nil), g.client(nil)
	shows := func() reply { return g.send(keyed, "GET", g.public("/v1"), "X-Api-Key", revokedKey) }
	if r := shows(); r.String() != "let in" {
		t.Fatalf("%s", r)
	}
	put(t, g.path("keys.json"), keyFile(clientEntries...))
	began := time.Now()
	g.eventually("a key is taken away", func() bool { return shows().String() == "401 unknown-api-key" })
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("taking a key away took %v", took)
	}
	asks := func() reply {
		return g.send(operator, "GET", g.ops("/admin/v1/audit"), "Authorization", "Bearer "+revokedSecret)
	}
	if r := asks(); r.String() != "let in" {
		t.Fatalf("%s", r)
	}
	put(t, g.path("admin"), []byte("kari "+adminSecret+"\n"))
	g.eventually("a token is taken away", func() bool { return asks().String() == "401 unauthorized" })
	put(t, g.path("admin"), []byte("short\n"))
	g.eventually("a token that is too short is told", func() bool { return metric(`fest_reload_failed{file="admin_token"}`) == "1" })
	if r := g.send(operator, "GET", g.ops("/admin/v1/audit"), "Authorization", "Bearer "+adminSecret); r.String() != "let in" {
		t.Errorf("a broken file took the token away: %s", r)
	}

	// The authority of clients: connections that it let in end with it.
	hospital := g.client(g.own.client("known.example.org"))
	if r := g.send(hospital, "GET", g.public("/v1")); r.String() != "let in" {
		t.Fatalf("%s", r)
	}
	put(t, g.path("ca.pem"), g.other.pem)
	g.eventually("an authority is taken away", func() bool { return g.send(hospital, "GET", g.public("/v1")).String() == "403 unknown-certificate" })
	if r := g.send(g.client(g.own.client("known.example.org")), "GET", g.public("/v1")); r.err == nil {
		t.Errorf("a new connection by the old authority: %s", r)
	}
	if r := g.send(g.client(g.other.client("known.example.org")), "GET", g.public("/v1")); r.String() != "let in" {
		t.Errorf("by the new authority: %s %v", r, r.err)
	}
	for _, secret := range []string{adminSecret, revokedSecret, readSecret, fullKey, revokedKey, "broken"} {
		if strings.Contains(g.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// Attempts are on disk one by one, by both doors, whatever became of them; who
// rotates the file renames it; a restart goes on where it was.
func TestAuditLog(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	admin := func(body string) reply {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.ops("/admin/v1/freeze"), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+adminSecret)
		resp, err := g.client(nil).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return reply{status: resp.StatusCode}
	}
	if r := admin(`{"by":"Kari","reason":"holiday"}`); r.status != http.StatusOK {
		t.Fatalf("%d", r.status)
	}
	g.send(g.client(nil), "POST", g.ops("/admin/v1/rollback"), "Authorization", "Bearer "+readSecret)
	g.send(g.client(nil), "POST", g.ops("/admin/v1/adopt"), "Authorization", "Bearer guessed-guessed-guessed")
	var got []string
	tell := func(all []api.AuditEntry) {
		got = nil
		for _, e := range all {
			got = append(got, fmt.Sprint(e.Door, " ", e.Act, " ", e.By, " ", e.Credential, " ", e.Outcome, " ", e.Status))
		}
	}
	tell(g.audit())
	want := []string{"http freeze Kari token:kari done 200", "http rollback  token:ops refused 403", "http adopt   refused 401"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	path := g.path("data/" + auditName)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"torn":`), 0o600); err != nil { // as if somebody was killed while writing
		t.Fatal(err)
	}
	commands, closeStore, err := OpenAdmin(t.Context(), AdminOptions{DataDir: g.path("data")})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	if _, err := commands.Reject(t.Context(), "12345678", api.Decision{By: "Ola", Reason: "old"}); err == nil {
		t.Fatal("what is not there was rejected")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var last api.AuditEntry
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 2 || last.Door != "command" || last.By != "Ola" || last.Outcome != api.AuditRefused || !strings.Contains(last.From, "uid ") {
		t.Errorf("%v %s", err, text)
	}
	// Neither guesses nor a token for less fill the disk, and none is lost from the count.
	for i := range 3 * auditBurst {
		e := api.AuditEntry{Door: doorHTTP, Outcome: api.AuditRefused, Status: http.StatusUnauthorized}
		if i%2 == 1 {
			e.Status, e.Credential = http.StatusForbidden, "token:ops"
		}
		g.app.access.audit.add(&e)
	}
	g.app.access.audit.add(&api.AuditEntry{Door: doorHTTP, Outcome: api.AuditDone, Credential: "token:kari"})
	text, err = os.ReadFile(path)
	if n := strings.Count(string(text), "\n"); err != nil || n > 2*auditBurst || !strings.Contains(string(text), `"unlogged":`) {
		t.Errorf("%d lines after %d guesses, %v", n, 3*auditBurst, err)
	}
	// What cannot be written stops nobody, and is counted.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if r := admin(`{"by":"Kari","reason":"again"}`); r.status != http.StatusOK {
		t.Errorf("without an audit log: %d", r.status)
	}
	metrics := string(g.send(g.client(nil), "GET", g.ops("/metrics"), "Authorization", "Bearer "+readSecret).body)
	if !strings.Contains(metrics, "fest_audit_failures_total 1\n") {
		t.Error("a line that was not written is not counted")
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

// A new key is one that a server takes, and its entry says nothing of it.
func TestNewAPIKey(t *testing.T) {
	t.Parallel()
	key, entry, err := NewAPIKey(KeyOptions{Name: "sfm", Quota: 100, Classes: []string{"lookup"}, NotAfter: time.Now().Add(time.Hour)})
	if err != nil || strings.Contains(entry, key) || len(key) < 43 {
		t.Fatalf("%s %s %v", key, entry, err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	put(t, path, keyFile(entry))
	k, err := newKeys(path, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	holder, err := k.Authenticate(&http.Request{Header: http.Header{"X-Api-Key": {key}}})
	if err != nil || holder.Client.String() != "sfm" || holder.Classes.Has(api.CostBulk) || !holder.Classes.Has(api.CostLookup) {
		t.Errorf("%+v %v", holder, err)
	}
	other, _, err := NewAPIKey(KeyOptions{Name: "sfm"})
	if err != nil || other == key {
		t.Errorf("two keys are one: %v", err)
	}
	for _, o := range []KeyOptions{{}, {Name: "a\nb"}, {Name: "x", Quota: -1}, {Name: "x", Classes: []string{"all"}}} {
		if _, _, err := NewAPIKey(o); err == nil {
			t.Errorf("%+v: want an error", o)
		}
	}
	for name, text := range map[string]string{
		"both":              `[{"name":"x","sha256":"` + strings.Repeat("ab", 32) + `","certificate":"cn:x"}]`,
		"no kind":           `[{"name":"x","certificate":"x"}]`,
		"no classes":        `[{"name":"x","certificate":"cn:x","classes":[]}]`,
		"no such class":     `[{"name":"x","certificate":"cn:x","classes":["all"]}]`,
		"a certificate two": `[{"name":"x","certificate":"cn:x"},{"name":"y","certificate":"cn:x"}]`,
		"no time":           `[{"name":"x","certificate":"cn:x","notAfter":"soon"}]`,
	} {
		if _, err := parseKeys([]byte(text)); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
