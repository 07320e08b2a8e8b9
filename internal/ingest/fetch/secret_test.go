package fetch_test

import (
	"bytes"
	"crypto/x509"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/festd/festd/internal/ingest/fetch"
)

// elsewhere names a server by another host, so that it is another site.
func elsewhere(u string) string { return strings.Replace(u, "127.0.0.1", "localhost", 1) }

func redirect(code int, to string) http.HandlerFunc { return status(code, "Location", to) }

func TestRedirects(t *testing.T) {
	b := file(3000, 1)
	target := serve(t, whole(b, `"a"`))
	for _, code := range []int{301, 302, 303, 307, 308} {
		s := serve(t, redirect(code, "/moved?x=1"), redirect(code, target.URL+"/f.zip"))
		o := options(t, s.URL+"/fest251.zip")
		f := open(t, o)
		if err := f.Confirm(want(t, f, b)); err != nil {
			t.Fatal(err)
		}
		if got := s.requests()[1]; got.RequestURI != "/moved?x=1" || got.Header.Get("Referer") != "" {
			t.Errorf("%d: asked %s with Referer %q", code, got.RequestURI, got.Header.Get("Referer"))
		}
		// The condition travels along.
		if r, err := f.Fetch(t.Context()); err != nil || !r.NotModified || r.Source.Location != o.URL {
			t.Errorf("%d: %+v, %v; want not modified, of the URL that was asked", code, r, err)
		}
	}
}

func TestRedirectsThatAreNotFollowed(t *testing.T) {
	b := file(3000, 1)
	plain := serve(t, whole(b, `"a"`))
	for name, tt := range map[string]struct{ to, text string }{
		"loop":            {"/", "6 redirects in a row"},
		"other host":      {elsewhere(plain.URL) + "/f?token=hunter2", "to another host, " + elsewhere(plain.URL) + "/f?…"},
		"other scheme":    {"file:///etc/passwd", "has another scheme"},
		"no host":         {"http:///x", "names no host"},
		"nowhere":         {"", "redirects to nowhere"},
		"what is no URL":  {"http://u:hunter2@%zz/", "what is no URL"},
		"scheme relative": {"//example.org/x", "to another host"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, redirect(http.StatusFound, tt.to))
			e := fails(t, open(t, options(t, s.URL)), fetch.ErrRedirect, tt.text)
			if e.Attempts != 1 {
				t.Errorf("%d attempts; the redirect stays", e.Attempts)
			}
			if strings.Contains(e.Error(), "hunter2") {
				t.Errorf("a secret in %q", e)
			}
		})
	}
	t.Run("none allowed", func(t *testing.T) {
		s := serve(t, redirect(http.StatusFound, "/x"), whole(b, ""))
		o := options(t, s.URL)
		o.MaxRedirects = -1
		fails(t, open(t, o), fetch.ErrRedirect, "1 redirects in a row")
	})
	t.Run("downgrade", func(t *testing.T) {
		tls := httptest.NewTLSServer(redirect(http.StatusFound, plain.URL))
		t.Cleanup(tls.Close)
		o := options(t, tls.URL)
		o.RootCAs = x509.NewCertPool()
		o.RootCAs.AddCert(tls.Certificate())
		fails(t, open(t, o), fetch.ErrRedirect, "from https to http")
	})
	if n := len(plain.requests()); n != 0 {
		t.Errorf("%d requests got through", n)
	}
}

func TestUntrustedCertificate(t *testing.T) {
	tls := httptest.NewUnstartedServer(whole(file(1, 1), ""))
	tls.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	e := fails(t, open(t, options(t, tls.URL)), fetch.ErrNetwork, "certificate")
	if e.Attempts != 1 {
		t.Errorf("%d attempts; the certificate stays", e.Attempts)
	}
}

func TestMayLead(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		patterns []string
		want     bool
	}{
		{"www.dmp.no", "www.dmp.no", nil, true},
		{"www.dmp.no", "dmp.no", nil, true},
		{"www.dmp.no", "cdn.dmp.no", nil, true},
		{"dmp.no", "www.dmp.no", nil, true},
		{"www.dmp.no", "evildmp.no", nil, false},
		{"www.dmp.no", "dmp.no.evil.org", nil, false},
		{"files.dmp.no", "cdn.dmp.no", nil, false},
		{"files.dmp.no", "dmp.no", nil, false},
		{"www.no", "dmp.no", nil, false}, // www.no is a host, no is not its site
		{"dmp.no", "no", nil, false},
		{"10.0.0.1", "169.254.169.254", nil, false},
		{"www.dmp.no", "store.example.org", []string{"*.Example.org"}, true},
		{"www.dmp.no", "example.org", []string{"*.example.org"}, false},
		{"www.dmp.no", "a.example.org", []string{"example.org"}, false},
		{"www.dmp.no", "example.org", []string{"x.org", "example.org"}, true},
	} {
		if got := fetch.MayLead(tt.from, tt.to, tt.patterns); got != tt.want {
			t.Errorf("%s to %s with %q: %v, want %v", tt.from, tt.to, tt.patterns, got, tt.want)
		}
	}
}

// withSecrets adds what must never be seen to a URL.
func withSecrets(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("fest-user", "hunter2")
	u.RawQuery = "sig=hunter3"
	return u.String()
}

func TestCredentialsStayAtTheirOrigin(t *testing.T) {
	b := file(3000, 1)
	other := serve(t, whole(b, `"a"`))
	same := serve(t, redirect(302, "/two"), redirect(302, other.URL+"/port"), redirect(302, elsewhere(other.URL)+"/host"))
	for _, to := range []string{"port", "host"} {
		o := options(t, withSecrets(t, same.URL))
		o.RedirectHosts = []string{"localhost"}
		f := open(t, o)
		if err := f.Discard(mustFetch(t, f)); err != nil {
			t.Fatal(err)
		}
		for _, r := range same.requests() {
			if user, password, _ := r.BasicAuth(); user != "fest-user" || password != "hunter2" {
				t.Errorf("other %s: the origin was asked as %q", to, user)
			}
		}
		got := other.requests()
		if len(got) != 1 || got[0].URL.Path != "/"+to {
			t.Fatalf("other %s: asked %v", to, got)
		}
		if h := got[0].Header; h.Get("Authorization") != "" || h.Get("Referer") != "" || got[0].URL.RawQuery != "" {
			t.Errorf("other %s got %v", to, h)
		}
	}
}

func mustFetch(t *testing.T, f *fetch.Fetcher) fetch.Result {
	t.Helper()
	r, err := f.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSecretsAreNowhere(t *testing.T) {
	b := file(300_000, 1)
	for name, steps := range map[string][]http.HandlerFunc{
		"success":   {whole(b, `"a"`)},
		"resumed":   {cut(b, `"a"`, 100_000), status(503), whole(b, `"a"`)},
		"not found": {status(404)},
		"loop":      {redirect(301, "?sig=hunter3&x=hunter2")},
		"no HTTP":   {raw("nonsense\r\n\r\n")},
		"cut off":   {cut(b, `"a"`, 100_000)},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, steps...)
			var log bytes.Buffer
			o := options(t, withSecrets(t, s.URL+"/fest251.zip"))
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			f := open(t, o)
			r, err := f.Fetch(t.Context())
			seen := log.String() + r.Source.Location + f.Location()
			if err != nil {
				seen += err.Error()
			} else if err := f.Confirm(r); err != nil {
				t.Fatal(err)
			}
			files, _ := filepath.Glob(o.Dir + "/*.json")
			for _, path := range files {
				raw, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				seen += path + string(raw)
			}
			if strings.Contains(seen, "hunter") || strings.Contains(seen, "fest-user") {
				t.Errorf("a secret in %s", seen)
			}
			if !strings.Contains(seen, "/fest251.zip?…") {
				t.Errorf("the location is not in %s", seen)
			}
		})
	}
}

func TestLocation(t *testing.T) {
	for in, want := range map[string]string{
		"https://u:p@www.dmp.no/a%2Fb/fest251.zip?sig=x#y": "https://www.dmp.no/a%2Fb/fest251.zip?…",
		"HTTPS://www.dmp.no/fest251.zip":                   "https://www.dmp.no/fest251.zip",
		"https://u:hunter2/x@h/":                           "(unusable URL)",
		"./fest251.zip":                                    "./fest251.zip",
		"C:\\fest.zip":                                     "C:\\fest.zip",
	} {
		if got := fetch.Location(in); got != want {
			t.Errorf("Location(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{"http://x": true, "HTTPS://x": true, "ftp://x": false, "http.zip": false, "/http://x": false} {
		if fetch.IsURL(in) != want {
			t.Errorf("IsURL(%q) = %v", in, !want)
		}
	}
}

func TestOptionsThatAreRefused(t *testing.T) {
	for name, change := range map[string]func(*fetch.Options){
		"no URL":        func(o *fetch.Options) { o.URL = "" },
		"no Dir":        func(o *fetch.Options) { o.Dir = "" },
		"no host":       func(o *fetch.Options) { o.URL = "https:///hunter2" },
		"no scheme":     func(o *fetch.Options) { o.URL = "www.dmp.no/hunter2" },
		"ftp":           func(o *fetch.Options) { o.URL = "ftp://u:hunter2@x/y" },
		"odd password":  func(o *fetch.Options) { o.URL = "https://u:hunter2/@x/y" },
		"odd escape":    func(o *fetch.Options) { o.URL = "https://u:hunter2%@x/y" },
		"odd proxy":     func(o *fetch.Options) { o.Proxy = "http://u:hunter2%@x/y" },
		"proxy scheme":  func(o *fetch.Options) { o.Proxy = "ftp://u:hunter2@x" },
		"backoff":       func(o *fetch.Options) { o.MinBackoff, o.MaxBackoff = 2, 1 },
		"negative time": func(o *fetch.Options) { o.Timeout = -1 },
		"negative size": func(o *fetch.Options) { o.MaxSize = -1 },
		"redirect host": func(o *fetch.Options) { o.RedirectHosts = []string{"https://x"} },
		"any host":      func(o *fetch.Options) { o.RedirectHosts = []string{"*."} },
	} {
		o := fetch.Options{URL: "https://www.dmp.no/fest251.zip", Dir: t.TempDir()}
		change(&o)
		if _, err := fetch.New(o); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProxy(t *testing.T) {
	b := file(3000, 1)
	proxy := serve(t, whole(b, `"a"`))
	o := options(t, "http://fest.invalid/fest251.zip")
	o.Proxy = strings.Replace(proxy.URL, "http://", "http://u:hunter2@", 1)
	want(t, open(t, o), b)
	got := proxy.requests()[0]
	if got.RequestURI != "http://fest.invalid/fest251.zip" || got.Header.Get("Proxy-Authorization") == "" || got.Header.Get("Authorization") != "" {
		t.Errorf("the proxy was asked %s with %v", got.RequestURI, got.Header)
	}
	proxy.Close()
	e := fails(t, open(t, o), fetch.ErrNetwork, "refused")
	if strings.Contains(e.Error(), "hunter2") {
		t.Errorf("a secret in %q", e)
	}
}

// The environment is read once a process, so the fetch is another one's.
func TestProxyFromEnvironment(t *testing.T) {
	const child = "FESTD_TEST_PROXY_CHILD"
	b := file(3000, 1)
	if os.Getenv(child) != "" {
		o := options(t, "http://fest.invalid/fest251.zip")
		o.Proxy = ""
		want(t, open(t, o), b)
		return
	}
	proxy := serve(t, whole(b, `"a"`))
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyFromEnvironment$")
	cmd.Env = append(os.Environ(), child+"=1", "HTTP_PROXY="+proxy.URL, "http_proxy=", "NO_PROXY=", "no_proxy=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := len(proxy.requests()); n != 1 {
		t.Errorf("the proxy was asked %d times", n)
	}
}
