package fest_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	xsdNamespace  = "http://www.w3.org/2001/XMLSchema"
	kithNamespace = "http://www.kith.no/xmlstds"
)

// xsdNode is an element of a schema, as it stands.
type xsdNode struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []*xsdNode `xml:",any"`

	file *xsdFile
}

// xsdFile is one schema file: its prefixes resolve the names in it.
type xsdFile struct {
	path, target string
	prefixes     map[string]string
}

// xsdSet is a schema with everything that it imports.
type xsdSet struct {
	elements, types, attributes map[xml.Name]*xsdNode
	seen                        map[string]bool
}

// xsdParticle is an element at one place of a content model, with the
// cardinality that it has there by itself: that of a choice around it is not
// multiplied in.
type xsdParticle struct {
	name     xml.Name
	typ      xml.Name // of a named type
	decl     *xsdNode // where the content stands: element or complexType
	min, max int      // max -1: unbounded
	choice   int      // 0: none; else the number of the choice in its content
}

// readXSD reads a schema and its imports. It knows as much of XSD as the
// schemas of FEST use and fails on the rest.
func readXSD(t *testing.T, path string) *xsdSet {
	t.Helper()
	s := &xsdSet{map[xml.Name]*xsdNode{}, map[xml.Name]*xsdNode{}, map[xml.Name]*xsdNode{}, map[string]bool{}}
	if err := s.read(path); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *xsdSet) read(path string) error {
	if s.seen[path] {
		return nil
	}
	s.seen[path] = true
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	dec := xml.NewDecoder(f)
	dec.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		if !strings.EqualFold(charset, "ISO-8859-1") {
			return nil, fmt.Errorf("%s: encoding %s", path, charset)
		}
		b, err := io.ReadAll(r)
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return strings.NewReader(string(runes)), err
	}
	var root xsdNode
	if err := dec.Decode(&root); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	file := &xsdFile{path: path, prefixes: map[string]string{}}
	for _, a := range root.Attrs {
		switch {
		case a.Name.Space == "xmlns":
			file.prefixes[a.Name.Local] = a.Value
		case a.Name.Local == "xmlns":
			file.prefixes[""] = a.Value
		case a.Name.Local == "targetNamespace":
			file.target = a.Value
		}
	}
	root.adopt(file)
	return s.declare(&root)
}

func (n *xsdNode) adopt(f *xsdFile) {
	n.file = f
	for _, c := range n.Children {
		c.adopt(f)
	}
}

func (s *xsdSet) declare(root *xsdNode) error {
	for _, n := range root.Children {
		name := xml.Name{Space: root.file.target, Local: n.attr("name")}
		switch n.XMLName.Local {
		case "import":
			if err := s.read(filepath.Join(filepath.Dir(root.file.path), n.attr("schemaLocation"))); err != nil {
				return err
			}
		case "element":
			s.elements[name] = n
		case "complexType", "simpleType":
			s.types[name] = n
		case "attribute":
			s.attributes[name] = n
		case "annotation":
		default:
			return n.unknown()
		}
	}
	return nil
}

func (n *xsdNode) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// qname resolves an attribute that holds a prefixed name; zero if absent.
func (n *xsdNode) qname(attr string) (name xml.Name, err error) {
	v := n.attr(attr)
	if v == "" {
		return name, nil
	}
	prefix, local, ok := strings.Cut(v, ":")
	if !ok {
		prefix, local = "", v
	}
	space, known := n.file.prefixes[prefix]
	if !known {
		return name, fmt.Errorf("%s: prefix of %s=%q is not declared", n.file.path, attr, v)
	}
	return xml.Name{Space: space, Local: local}, nil
}

func (n *xsdNode) unknown() error {
	return fmt.Errorf("%s: %s %s: not a construct that the comparison knows", n.file.path, n.XMLName.Local, n.attr("name"))
}

// occurs reads minOccurs and maxOccurs.
func (n *xsdNode) occurs() (lo, hi int, err error) {
	lo, hi = 1, 1
	if v := n.attr("minOccurs"); v != "" {
		if _, err := fmt.Sscanf(v, "%d", &lo); err != nil {
			return 0, 0, fmt.Errorf("minOccurs=%q: %w", v, err)
		}
	}
	switch v := n.attr("maxOccurs"); v {
	case "":
	case "unbounded":
		hi = -1
	default:
		if _, err := fmt.Sscanf(v, "%d", &hi); err != nil {
			return 0, 0, fmt.Errorf("maxOccurs=%q: %w", v, err)
		}
	}
	return lo, hi, nil
}

// content is the content model of an element or a complexType, base types
// first: its elements in order, and whether the last group of them may be
// missing as a whole.
type xsdContent struct {
	particles []xsdParticle
	optional  int // index from which on all are optional together; -1: none
	choices   int
}

// content reads the content model of an element or complexType node. Elements
// of a simple or kith type have none: leaf is the type's name then.
func (s *xsdSet) content(n *xsdNode) (c xsdContent, leaf xml.Name, err error) {
	c.optional = -1
	if n.XMLName.Local == "element" {
		typ, err := n.qname("type")
		if err != nil {
			return c, leaf, err
		}
		if typ.Space == xsdNamespace || typ.Space == kithNamespace {
			return c, typ, nil
		}
		if typ.Local != "" {
			if n = s.types[typ]; n == nil {
				return c, leaf, fmt.Errorf("type %v is not declared", typ)
			}
		} else if n = n.child("complexType"); n == nil {
			return c, leaf, fmt.Errorf("element without a type")
		}
	}
	return c, leaf, s.complexType(n, &c)
}

func (n *xsdNode) child(local string) *xsdNode {
	for _, c := range n.Children {
		if c.XMLName.Local == local {
			return c
		}
	}
	return nil
}

func (s *xsdSet) complexType(n *xsdNode, c *xsdContent) error {
	for _, k := range n.Children {
		switch k.XMLName.Local {
		case "sequence", "choice":
			lo, hi, err := k.occurs()
			if err != nil {
				return err
			}
			if lo == 0 {
				c.optional = len(c.particles)
			}
			if hi != 1 {
				return k.unknown()
			}
			if err := s.group(k, c, 0); err != nil {
				return err
			}
		case "complexContent":
			ext := k.child("extension")
			if ext == nil {
				return k.unknown()
			}
			base, err := ext.qname("base")
			if err != nil {
				return err
			}
			if s.types[base] == nil {
				return fmt.Errorf("type %v is not declared", base)
			}
			if err := s.complexType(s.types[base], c); err != nil {
				return err
			}
			if err := s.complexType(ext, c); err != nil {
				return err
			}
		case "annotation":
		default:
			return k.unknown()
		}
	}
	return nil
}

// group reads a sequence or choice into c; choice is the number of the choice
// that it stands in.
func (s *xsdSet) group(n *xsdNode, c *xsdContent, choice int) error {
	if n.XMLName.Local == "choice" {
		if choice != 0 {
			return n.unknown() // a choice in a choice
		}
		c.choices++
		choice = c.choices
	}
	for _, k := range n.Children {
		switch k.XMLName.Local {
		case "element":
			p := xsdParticle{choice: choice}
			var err error
			if p.min, p.max, err = k.occurs(); err != nil {
				return err
			}
			ref, err := k.qname("ref")
			if err != nil {
				return err
			}
			p.name, p.decl = xml.Name{Space: k.file.target, Local: k.attr("name")}, k
			if ref.Local != "" {
				if p.name, p.decl = ref, s.elements[ref]; p.decl == nil {
					return fmt.Errorf("element %v is not declared", ref)
				}
			}
			if p.typ, err = p.decl.qname("type"); err != nil {
				return err
			}
			c.particles = append(c.particles, p)
		case "sequence", "choice":
			lo, hi, err := k.occurs()
			if err != nil {
				return err
			}
			if lo != 1 || hi != 1 || k.XMLName.Local == n.XMLName.Local {
				return k.unknown()
			}
			if err := s.group(k, c, choice); err != nil {
				return err
			}
		case "annotation":
		default:
			return k.unknown()
		}
	}
	return nil
}
