package app

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

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
