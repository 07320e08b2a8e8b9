package page_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/festd/festd/internal/api/page"
)

func newSet(t *testing.T) *page.Set {
	t.Helper()
	s, err := page.New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Texts that scripts ask for by name are there; a page that lacks one shows
// its key.
func TestTextsOfScriptsExist(t *testing.T) {
	s := newSet(t)
	files, err := filepath.Glob("web/*.js")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	ask := regexp.MustCompile(`\b(t|count)\('([^']+)'`)
	asked := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ask.FindAllStringSubmatch(string(body), -1) {
			keys := []string{m[2]}
			if m[1] == "count" {
				keys = append(keys, m[2]+".one")
			}
			for _, key := range keys {
				asked++
				for _, lang := range page.Langs() {
					if _, err := s.Text(lang, key); err != nil {
						t.Errorf("%s: %v", file, err)
					}
				}
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d texts are asked for: are they found?", asked)
	}
}

// What a script imports and a page loads is an asset.
func TestAssetsExist(t *testing.T) {
	s := newSet(t)
	loads := regexp.MustCompile(`(?:from '\./|(?:src|href)="/assets/)([^'"]+)`)
	for _, pattern := range []string{"web/*.js", "web/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range loads.FindAllStringSubmatch(string(body), -1) {
				if strings.HasPrefix(m[1], "swagger-ui") {
					continue // a module's, which the rooms above hand out and test
				}
				if _, ok := s.Asset(m[1]); !ok {
					t.Errorf("%s loads %s, which is none", file, m[1])
				}
			}
			// Data becomes text, never markup.
			for _, not := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "javascript:", " style="} {
				if strings.Contains(string(body), not) {
					t.Errorf("%s has %s", file, not)
				}
			}
		}
	}
}

func TestRender(t *testing.T) {
	s := newSet(t)
	for _, name := range []string{"atc", "check", "entry"} {
		for _, lang := range page.Langs() {
			body, err := s.Render(name, page.Shell{Lang: lang, Ready: true, Path: "/x", Serial: "7", Retrieved: "2026-09-08T03:09:06"})
			if err != nil || !strings.Contains(string(body), `<html lang="`+string(lang)+`"`) || !strings.Contains(string(body), ">7<") {
				t.Errorf("%s in %s: %v\n%s", name, lang, err, body)
			}
		}
	}
	if _, err := s.Render("none", page.Shell{Lang: page.English}); err == nil {
		t.Error("a page that is none was rendered")
	}
}

// Languages that the address chose stay chosen in links.
func TestHref(t *testing.T) {
	sh := page.Shell{Lang: page.Norwegian}
	if got := sh.Href("/atc"); got != "/atc" {
		t.Error(got)
	}
	sh.Chosen = true
	if got := sh.Href("/atc?x=1"); got != "/atc?x=1&lang=no" {
		t.Error(got)
	}
}

func TestFilesThatAreWrong(t *testing.T) {
	good := fstest.MapFS{
		"web/shell.html":   {Data: []byte(`{{template "main" .}}`)},
		"web/a.html":       {Data: []byte(`{{define "main"}}{{.T "a"}}{{end}}`)},
		"web/texts/a.json": {Data: []byte(`{"a": {"nb": "å", "en": "a"}}`)},
	}
	if _, err := page.NewSet(good); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]fstest.MapFS{
		"a language is missing": {"web/texts/a.json": {Data: []byte(`{"a": {"nb": "å"}}`)}},
		"a text is there twice": {"web/texts/b.json": {Data: []byte(`{"a": {"nb": "å", "en": "a"}}`)}},
		"no JSON":               {"web/texts/a.json": {Data: []byte(`{`)}},
		"a page without main":   {"web/a.html": {Data: []byte(`hei`)}},
		"no template":           {"web/a.html": {Data: []byte(`{{`)}},
	} {
		files := fstest.MapFS{}
		for _, from := range []fstest.MapFS{good, change} {
			for name, f := range from {
				files[name] = f
			}
		}
		if _, err := page.NewSet(files); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
