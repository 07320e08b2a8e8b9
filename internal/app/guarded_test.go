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
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
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

func (g *guarded) ops(path string) string { return "https://" + g.app.OpsAddr() + path }

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

func (g *guarded) eventually(what string, done func() bool) {
	g.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			g.t.Fatalf("not within 20 s: %s", what)
		}
	}
}
