package page

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
)

// Shell is what the template around a page shows, and the page's own data.
type Shell struct {
	Lang Lang
	// Chosen says that the address chose the language; links then go on choosing it.
	Chosen bool
	// Path and Query are those of the request: the switch of the language stays there.
	Path  string
	Query url.Values
	// Version is the program's.
	Version string
	// Ready says that there is a release, which the following are of.
	Ready     bool
	Sample    bool
	Serial    string
	Retrieved string // HentetDato, as it came
	Age       string // in words
	Filter    string
	// Old says that DMP has most likely published since.
	Old bool
	// Advisory is what the operators want everybody to know; "" is nothing.
	Advisory string
	// Main is what the page's own template shows.
	Main any

	name string
	set  *Set
}

// entry is one link of the navigation.
type entry struct {
	Href, Text string
	Here       bool
}

// navigation is the pages that every page links to, where they exist, with their paths.
var navigation = []struct{ name, path string }{
	{"look", "/"}, {"atc", "/atc"}, {"check", "/interactions-check"}, {"register", "/register"}, {"docs", "/docs"},
}

// Render makes the page of that name.
func (s *Set) Render(name string, sh Shell) ([]byte, error) {
	t := s.pages[name]
	if t == nil {
		return nil, fmt.Errorf("page: no page is called %s", name)
	}
	sh.name, sh.set = name, s
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, shell+".html", &sh); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// Text is a text of the pages in a language; an error where there is none.
func (s *Set) Text(lang Lang, key string) (string, error) {
	text, ok := s.texts[lang][key]
	if !ok {
		return "", fmt.Errorf("no text is called %s", key)
	}
	return text, nil
}

// T is the text of that key. A template that asks for one that is not there fails.
func (s *Shell) T(key string) (string, error) { return s.set.Text(s.Lang, key) }

// Navigation is the links to the main pages.
func (s *Shell) Navigation() ([]entry, error) {
	var out []entry
	for _, n := range navigation {
		if s.set.pages[n.name] == nil {
			continue
		}
		text, err := s.T("nav." + n.name)
		if err != nil {
			return nil, err
		}
		here := s.Path == n.path || n.path != "/" && strings.HasPrefix(s.Path, n.path+"/")
		out = append(out, entry{s.Href(n.path), text, here})
	}
	return out, nil
}

// Href is a path of this server, in the language that was chosen.
func (s *Shell) Href(path string) string {
	if !s.Chosen {
		return path
	}
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	return path + sign + "lang=" + queryOf(s.Lang)
}

// Other is the language that can be switched to.
func (s *Shell) Other() Lang {
	if s.Lang == Norwegian {
		return English
	}
	return Norwegian
}

// OtherHref is this page in the other language.
func (s *Shell) OtherHref() string {
	q := url.Values{}
	for name, values := range s.Query {
		q[name] = values
	}
	q.Set("lang", queryOf(s.Other()))
	return s.Path + "?" + q.Encode()
}

// Choice is the language as the address chooses it; "" where it does not.
func (s *Shell) Choice() string {
	if !s.Chosen {
		return ""
	}
	return queryOf(s.Lang)
}

// queryOf is a language in the parameter lang.
func queryOf(lang Lang) string {
	if lang == Norwegian {
		return "no"
	}
	return string(lang)
}
