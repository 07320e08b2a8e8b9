package page

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed web
var web embed.FS

// Policy is the Content-Security-Policy of pages: their own scripts and style
// sheets, questions to their own API, nothing inline, nothing from anywhere
// else.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// shell is the template around all pages.
const shell = "shell"

// Set is all pages with all that they load.
type Set struct {
	pages  map[string]*template.Template // by name
	texts  map[Lang]map[string]string
	assets map[string]*Asset // by name
}

// New reads the embedded files, once. An error means that one of them is wrong.
func New() (*Set, error) { return embedded() }

var embedded = sync.OnceValues(func() (*Set, error) { return newSet(web) })

func newSet(files fs.FS) (*Set, error) {
	s := &Set{pages: map[string]*template.Template{}, assets: map[string]*Asset{}}
	var err error
	if s.texts, err = readTexts(files); err != nil {
		return nil, err
	}
	if err := s.readAssets(files); err != nil {
		return nil, err
	}
	around, err := template.ParseFS(files, "web/"+shell+".html")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	names, err := fs.Glob(files, "web/*.html")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == shell {
			continue
		}
		t, err := around.Clone()
		if err == nil {
			_, err = t.ParseFS(files, file)
		}
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		if t.Lookup("main") == nil {
			return nil, fmt.Errorf("page %s: the template defines no main", name)
		}
		s.pages[name] = t
	}
	return s, nil
}

// Names are the pages that there are, sorted.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.pages))
	for name := range s.pages {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
