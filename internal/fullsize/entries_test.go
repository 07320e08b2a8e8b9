//go:build !race

package fullsize_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// source is one entry of a file, cut out by encoding/xml.
type source struct {
	id  string // entry id
	xml []byte // from the start tag to the end tag
}

// cut finds the entries of a document by their element names, with the
// standard library's parser and nothing of ours.
func cut(t *testing.T, text []byte) []source {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	var out []source
	depth, start := 0, int64(0)
	for {
		before := d.InputOffset()
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			depth++
			if depth == 3 && strings.HasPrefix(tok.Name.Local, "Oppf") {
				start = before
			}
		case xml.EndElement:
			if depth == 3 && strings.HasPrefix(tok.Name.Local, "Oppf") {
				entry := text[start:d.InputOffset()]
				out = append(out, source{entryID(t, entry), entry})
			}
			depth--
		}
	}
}

// entryID is the text of the first Id, whatever its prefix.
func entryID(t *testing.T, entry []byte) string {
	t.Helper()
	_, rest, ok := bytes.Cut(entry, []byte("Id>"))
	id, _, ok2 := bytes.Cut(rest, []byte("<"))
	if !ok || !ok2 {
		t.Fatalf("no entry id in %.200s", entry)
	}
	return string(id)
}

// node is an element: its name with namespace, attributes, and either
// children or text.
type node struct {
	name     xml.Name
	attrs    map[xml.Name]string
	text     string
	children []*node
}

// parse makes a tree of a document. White space between elements is left out,
// and so are namespace declarations: the names have their URIs.
func parse(t *testing.T, text []byte) *node {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	root := &node{}
	stack := []*node{root}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return root
		}
		if err != nil {
			t.Fatalf("%v in %.300s", err, text)
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &node{name: tok.Name}
			for _, a := range tok.Attr {
				if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
					continue
				}
				if n.attrs == nil {
					n.attrs = map[xml.Name]string{}
				}
				n.attrs[a.Name] = a.Value
			}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.CharData:
			top.text += string(tok)
		case xml.EndElement:
			if len(top.children) > 0 && strings.TrimSpace(top.text) == "" {
				top.text = ""
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// differ returns the path of the first difference, "" where there is none.
func differ(a, b *node) string {
	at := a.name.Local
	if a.name != b.name || a.text != b.text || len(a.attrs) != len(b.attrs) || len(a.children) != len(b.children) {
		return at
	}
	for name, v := range a.attrs {
		if w, ok := b.attrs[name]; !ok || v != w {
			return at + "/@" + name.Local
		}
	}
	for i := range a.children {
		if d := differ(a.children[i], b.children[i]); d != "" {
			return at + "/" + d
		}
	}
	return ""
}
