package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/festd/festd/internal/sample"
)

// A source on another host is reached where that is named, and through the
// proxy that is named; else the error says which flag names it.
func TestSourceHostsAndProxy(t *testing.T) {
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.005})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "fest251.zip")
	if err := data.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }))
	t.Cleanup(files.Close)
	elsewhere := strings.Replace(files.URL, "127.0.0.1", "localhost", 1) + "/files/fest251.zip"
	front := httptest.NewServer(http.RedirectHandler(elsewhere, http.StatusFound))
	t.Cleanup(front.Close)
	var proxied atomic.Int32
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		if r.In.URL.Host == "fest.invalid" && r.In.Header.Get("Proxy-Authorization") != "" {
			proxied.Add(1)
		}
		to, _ := url.Parse(files.URL)
		r.SetURL(to)
	}})
	t.Cleanup(proxy.Close)
	withUser := strings.Replace(proxy.URL, "http://", "http://kari:hunter2@", 1)

	for name, c := range map[string]struct {
		args []string
		env  map[string]string
		code int
		text string
	}{
		"redirect to a host not named":   {[]string{front.URL + "/fest251.zip"}, nil, exitError, "--source-redirect-host"},
		"redirect to another host named": {[]string{front.URL + "/fest251.zip", "--source-redirect-host", "example.org"}, nil, exitError, "--source-redirect-host"},
		"redirect to the host named":     {[]string{front.URL + "/fest251.zip", "--source-redirect-host", "example.org,localhost"}, nil, exitOK, "published: release 1"},
		"the flag again":                 {[]string{front.URL + "/fest251.zip", "--source-redirect-host=localhost", "--source-redirect-host=example.org"}, nil, exitOK, "published: release 1"},
		"named by the environment":       {[]string{front.URL + "/fest251.zip"}, map[string]string{"FEST_SOURCE_REDIRECT_HOST": "localhost"}, exitOK, "published: release 1"},
		"no host":                        {[]string{front.URL + "/fest251.zip", "--source-redirect-host", "https://localhost/"}, nil, exitError, "want a host, or *.domain for all below it"},
		"through a proxy":                {[]string{"http://fest.invalid/fest251.zip", "--source-proxy", strings.Replace(withUser, ":hunter2@", "@", 1)}, nil, exitOK, "published: release 1"},
		"a password in the arguments":    {[]string{"http://fest.invalid/fest251.zip", "--source-proxy=" + withUser}, nil, exitError, "give it by the environment (FEST_SOURCE_PROXY)"},
		"… of the file":                  {[]string{"http://kari:hunter2@fest.invalid/fest251.zip"}, nil, exitError, "FEST_IMPORT_FILE"},
		"the file by the environment":    {nil, map[string]string{"FEST_IMPORT_FILE": strings.Replace(front.URL, "http://", "http://kari:hunter2@", 1) + "/fest251.zip", "FEST_SOURCE_REDIRECT_HOST": "localhost"}, exitOK, "published: release 1"},
		"… of the database":              {[]string{"x.zip", "--database-url", "host=db password=hunter2"}, nil, exitError, "FEST_DATABASE_URL"},
		"… of the database, as a URL":    {[]string{"x.zip", "--database-url", "postgres://fest:hunter2@db/fest"}, nil, exitError, "PGPASSFILE"},
		"a proxy of the environment":     {[]string{"http://fest.invalid/fest251.zip"}, map[string]string{"FEST_SOURCE_PROXY": withUser}, exitOK, "published: release 1"},
		"no proxy":                       {[]string{"http://fest.invalid/fest251.zip", "--source-proxy", "ftp://kari@proxy"}, nil, exitError, "is no usable URL"},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			before := proxied.Load()
			var out, errs bytes.Buffer
			code := run(t.Context(), append([]string{"import", "--data-dir", filepath.Join(t.TempDir(), "data")}, c.args...), &out, &errs)
			if all := out.String() + errs.String(); code != c.code || !strings.Contains(all, c.text) || strings.Contains(all, "hunter2") || strings.Contains(all, "has no effect") {
				t.Errorf("exit %d, want %d with %q, no password, and every setting taken:\n%s", code, c.code, c.text, all)
			}
			if want := int32(strings.Count(name, "a proxy")); proxied.Load()-before != want {
				t.Errorf("the proxy was asked %d times, want %d", proxied.Load()-before, want)
			}
		})
	}
}
