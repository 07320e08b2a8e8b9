package fest

// Namespace is an XML namespace URI of M30.
type Namespace string

// The two namespaces of FEST 2.5.1 (schemas of 2014-12-01). The prefix a file
// uses is irrelevant; the URI decides.
const (
	NamespaceM30 Namespace = "http://www.kith.no/xmlstds/eresept/m30/2014-12-01"
	NamespaceFS  Namespace = "http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01"
)

// OIDRoot is what every code list number of the Norwegian registry of code
// lists (volven.no) is appended to.
const OIDRoot = "2.16.578.1.12.4.1.1."

func namespaceOf(prefix string) (Namespace, bool) {
	switch prefix {
	case "m30":
		return NamespaceM30, true
	case "fs":
		return NamespaceFS, true
	default:
		return "", false
	}
}

// Prefix is the short name that the tags and docs use for the namespace: m30
// or fs, and the URI itself for any other.
func (n Namespace) Prefix() string {
	switch n {
	case NamespaceM30:
		return "m30"
	case NamespaceFS:
		return "fs"
	default:
		return string(n)
	}
}
