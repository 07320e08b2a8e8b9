package api_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
)

var (
	hrefs   = regexp.MustCompile(`(?:href|action)="([^"]*)"`)
	scripts = regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)
)

func TestPageSaysWhatItServes(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, test := range []struct {
			target, accept string
			want           []string
		}{
			{"/", "", []string{`<html lang="nb"`, "Dette er en tjeneste", retrieved, "3 døgn", "Rekvirent", "Virkestoff", "paracetamol"}},
			{"/", "en-GB,en;q=0.9,no;q=0.5", []string{`<html lang="en"`, "This is a service", retrieved, "3 days"}},
			{"/", "nn,en;q=0.5", []string{`<html lang="nb"`}},
			{"/?lang=en", "nb", []string{`<html lang="en"`}},
			{"/?lang=no", "en", []string{`<html lang="nb"`}},
		} {
			a := s.get(t, test.target, "Accept: text/html", "Accept-Language: "+test.accept)
			for _, want := range test.want {
				if !strings.Contains(strings.ToLower(string(a.body)), strings.ToLower(want)) {
					t.Errorf("%s (%s) lacks %q", test.target, test.accept, want)
				}
			}
			if strings.Contains(string(a.body), "banner\" role") {
				t.Error("the banner of the sample over real data")
			}
		}
	})
}

func TestPageLinksWork(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		links := hrefs.FindAllStringSubmatch(string(s.get(t, "/").body), -1)
		if len(links) < 25 {
			t.Fatalf("%d links", len(links))
		}
		for _, l := range links {
			target := html.UnescapeString(l[1])
			if target == "data:," || target == "#main" { // no icon; within the page
				continue
			}
			if target == "/search" { // of the form, which adds what is typed
				target += "?q=parac"
			}
			a := s.get(t, target, "Accept: text/html,application/xml;q=0.9,*/*;q=0.8")
			if a.status != http.StatusOK {
				t.Errorf("%s: %d %s", target, a.status, a.body)
			}
			if strings.Contains(target, "?") && strings.HasPrefix(target, "/v1") && a.json(t)["total"] == 0.0 {
				t.Errorf("%s finds nothing", target)
			}
		}
	})
}

func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, target := range []string{"/", "/search?q=parac", "/atc", "/atc/N02BE01", "/entries/drugs/ID_1", "/interactions-check", "/register", "/docs"} {
		a := s.get(t, target)
		body := string(a.body)
		policy := a.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "script-src 'self'", "style-src 'self'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy lacks %s: %s", target, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: policy %s", target, policy)
		}
		if a.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: Referrer-Policy %q", target, a.header.Get("Referrer-Policy"))
		}
		for _, not := range []string{"<style", "http://", "https://", "style=", "onclick", "@import"} {
			if strings.Contains(body, not) {
				t.Errorf("%s has %s", target, not)
			}
		}
		for _, m := range scripts.FindAllStringSubmatch(body, -1) {
			if !strings.HasPrefix(m[1], ` type="module" src="/assets/`) || m[2] != "" {
				t.Errorf("%s: a script that is no file of ours: %s", target, m[0])
			}
		}
	}
}

func TestAssets(t *testing.T) {
	s := newServer(t, nil)
	for name, kind := range map[string]string{
		"swagger-ui.css": "text/css; charset=utf-8", "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
		"shell.css": "text/css; charset=utf-8", "shell.js": "text/javascript; charset=utf-8", "texts-nb.json": "application/json", "texts-en.json": "application/json",
	} {
		a := s.get(t, "/assets/"+name)
		if a.status != http.StatusOK || a.header.Get("Content-Type") != kind || len(a.body) == 0 {
			t.Errorf("%s: %d %s, %d bytes", name, a.status, a.header.Get("Content-Type"), len(a.body))
		}
		if again := s.get(t, "/assets/"+name, "If-None-Match: "+a.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s again: %d", name, again.status)
		}
	}
	for _, name := range []string{"shell.html", "none.js", "texts-no.json", "..%2fset.go"} {
		if a := s.get(t, "/assets/"+name); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}

// Without scripts the form leads to a page that has what was found.
func TestSearchPage(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		body := string(s.get(t, "/search?q=paracet+500&lang=en").body)
		for _, want := range []string{">Paracet tab 500 mg</a>", ">Drug<", "N02BE01", `name="lang" value="en"`} {
			if !strings.Contains(body, want) {
				t.Errorf("lacks %s: %s", want, body)
			}
		}
		if a := s.get(t, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E"); a.status != http.StatusOK || strings.Contains(string(a.body), "<script>alert") {
			t.Errorf("%d: what was typed became a part of the page", a.status)
		}
		if a := s.get(t, "/search"); a.status != http.StatusOK {
			t.Errorf("without a question: %d", a.status)
		}
	})
}

func TestPageOfSampleAndOfNothing(t *testing.T) {
	s := newServer(t, inMemory(t, cache.Options{Sample: true}).open(t, 0))
	for lang, want := range map[string]string{"no": "Eksempeldata – ikke til klinisk bruk", "en": "Sample – not for clinical use"} {
		if body := string(s.get(t, "/?lang="+lang).body); !strings.Contains(body, `<div class="banner" role="alert"><strong>`+want) {
			t.Errorf("no banner in %.600s", body)
		}
	}
	empty := newServer(t, nil).get(t, "/?lang=en")
	if empty.status != http.StatusOK || !strings.Contains(string(empty.body), "No release is ready yet") {
		t.Errorf("without data: %d %.300s", empty.status, empty.body)
	}
}

func TestPageWarnsOfOldData(t *testing.T) {
	at := func(now time.Time) string {
		s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.Now = func() time.Time { return now } })
		return string(s.get(t, "/?lang=en").body)
	}
	from := time.Date(2026, 9, 8, 3, 9, 6, 0, time.FixedZone("CEST", 2*60*60))
	const warning = "The data are old."
	if body := at(from.Add(23 * 24 * time.Hour)); strings.Contains(body, warning) {
		t.Error("a warning after 23 days")
	}
	if body := at(from.Add(23*24*time.Hour + time.Second)); !strings.Contains(body, `<div class="warning" role="alert"><strong>`+warning) {
		t.Error("no warning after more than 23 days")
	}
}
