package m30

import "github.com/festd/festd/internal/fest"

// space is a namespace by number, so that the decoder compares integers.
type space uint8

const (
	spaceNone  space = iota // no namespace
	spaceM30                // fest.NamespaceM30
	spaceFS                 // fest.NamespaceFS
	spaceXSI                // XML Schema instance: hints for validators, not data
	spaceOther              // any other; told apart by its URI
)

const (
	uriXSI   = "http://www.w3.org/2001/XMLSchema-instance"
	uriXSD   = "http://www.w3.org/2001/XMLSchema"
	uriXML   = "http://www.w3.org/XML/1998/namespace"
	uriXMLNS = "http://www.w3.org/2000/xmlns/"
)

func spaceOf(uri string) space {
	switch uri {
	case "":
		return spaceNone
	case string(fest.NamespaceM30):
		return spaceM30
	case string(fest.NamespaceFS):
		return spaceFS
	case uriXSI:
		return spaceXSI
	default:
		return spaceOther
	}
}

// binding is a namespace declaration: prefix ("" = default) to URI ("" = none).
type binding struct {
	prefix, uri string
	space       space
}

// appendContext writes the declarations in scope as fest.Slice.Context has
// them. Those of own (an element's own) and what they hide are left out.
func appendContext(dst []byte, scope, own []binding) []byte {
next:
	for i, b := range scope {
		for _, later := range scope[i+1:] {
			if later.prefix == b.prefix {
				continue next
			}
		}
		for _, mine := range own {
			if mine.prefix == b.prefix {
				continue next
			}
		}
		if b.uri == "" { // xmlns="": says nothing that silence does not
			continue
		}
		dst = append(dst, " xmlns"...)
		if b.prefix != "" {
			dst = append(append(dst, ':'), b.prefix...)
		}
		dst = append(dst, `="`...)
		dst = appendAttr(dst, b.uri)
		dst = append(dst, '"')
	}
	return dst
}
