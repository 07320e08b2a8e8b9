package arch_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/festtest"
)

// TestDrawings: each drawing is well-formed, says in words what it shows, has
// colours for light and dark, fetches and runs nothing, and is on a page. (That
// the pages' images exist is TestLinks' matter.)
func TestDrawings(t *testing.T) {
	docs := filepath.Join(festtest.Root(), "docs")
	drawings, err := filepath.Glob(filepath.Join(docs, "images", "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	var pages strings.Builder
	files, err := filepath.Glob(filepath.Join(docs, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(files, filepath.Join(festtest.Root(), "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		pages.Write(text)
	}
	for _, path := range drawings {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		if wrong := drawing(string(text)); wrong != nil {
			t.Errorf("%s: %s", name, strings.Join(wrong, "; "))
		}
		if !strings.Contains(pages.String(), "images/"+name+")") {
			t.Errorf("%s is on no page", name)
		}
	}
	if len(drawings) < 4 {
		t.Errorf("only %d drawings", len(drawings))
	}
	// The check must be able to fail.
	if got := drawing(`<svg xmlns="http://www.w3.org/2000/svg"><script/><image href="https://example.org/x"/></svg>`); len(got) != 6 {
		t.Errorf("a bad drawing is told of by %q", got)
	}
	if got := drawing(`<svg>`); len(got) == 0 {
		t.Error("what is not well-formed passes")
	}
}

// drawing says what is wrong with an SVG.
func drawing(text string) (wrong []string) {
	words := map[string]string{}
	open := []string{}
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return append(wrong, err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
			if slices.Contains([]string{"script", "foreignObject", "image", "use", "a"}, token.Name.Local) {
				wrong = append(wrong, "has an element "+token.Name.Local)
			}
			for _, a := range token.Attr {
				if a.Name.Local == "href" || strings.HasPrefix(a.Name.Local, "on") {
					wrong = append(wrong, "has an attribute "+a.Name.Local)
				}
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			words[strings.Join(open, "/")] += strings.TrimSpace(string(token))
		}
	}
	if words["svg/title"] == "" || words["svg/desc"] == "" {
		wrong = append(wrong, "has no title or desc")
	}
	if !strings.Contains(text, "viewBox=") {
		wrong = append(wrong, "has no viewBox")
	}
	if !strings.Contains(words["svg/style"], "prefers-color-scheme: dark") {
		wrong = append(wrong, "has no colours for dark")
	}
	return wrong
}
