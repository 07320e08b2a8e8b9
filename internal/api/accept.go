package api

import "strings"

// mediaType is a representation that a route offers, without parameters.
type mediaType string

const (
	mediaJSON mediaType = "application/json"
	mediaXML  mediaType = "application/xml"
	mediaHTML mediaType = "text/html"
	mediaText mediaType = "text/plain"
	mediaYAML mediaType = "application/yaml"
)

// negotiate picks the offer that the header Accept prefers; the first offer
// wins a tie and is what a request without the header gets. "" means that
// none is acceptable. A browser that follows a link to data (an Accept that
// names text/html where no HTML is offered) gets the first offer if it takes
// it at all: it names XML only as a fallback for pages.
func negotiate(header []string, offers []mediaType) mediaType {
	if len(header) == 0 {
		return offers[0]
	}
	if len(header) == 1 && (header[0] == "*/*" || header[0] == string(offers[0])) {
		return offers[0]
	}
	best, bestQ := mediaType(""), 0
	browser := quality(header, mediaHTML) > 0 && namesHTML(header)
	for i, offer := range offers {
		q := quality(header, offer)
		if q > bestQ {
			best, bestQ = offer, q
		}
		if i == 0 && browser && q > 0 {
			return offer
		}
	}
	return best
}

func namesHTML(header []string) bool {
	for _, v := range header {
		if strings.Contains(strings.ToLower(v), string(mediaHTML)) {
			return true
		}
	}
	return false
}

// quality is the weight that the header gives an offer, in thousandths, by
// the most specific range that matches; 0 means not acceptable.
func quality(header []string, offer mediaType) int {
	kind, _, _ := strings.Cut(string(offer), "/")
	q, specific := 0, -1
	for item := range elements(header) {
		name, params := cutParams(item)
		s := -1
		switch {
		case strings.EqualFold(name, string(offer)):
			s = 2
		case len(name) == len(kind)+2 && strings.EqualFold(name[:len(kind)], kind) && name[len(kind):] == "/*":
			s = 1
		case name == "*/*":
			s = 0
		}
		if s > specific {
			q, specific = weight(params), s
		}
	}
	return q
}

// elements yields the elements of a list header, empty ones left out.
func elements(header []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, line := range header {
			for line != "" {
				var item string
				item, line, _ = strings.Cut(line, ",")
				if item = strings.Trim(item, " \t"); item != "" && !yield(item) {
					return
				}
			}
		}
	}
}

func cutParams(item string) (name, params string) {
	name, params, _ = strings.Cut(item, ";")
	return strings.TrimRight(name, " \t"), params
}

// weight is the parameter q in thousandths; 1000 where there is none, 0 where
// it cannot be read.
func weight(params string) int {
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		name, value, ok := strings.Cut(strings.Trim(p, " \t"), "=")
		if ok && strings.EqualFold(name, "q") {
			return thousandths(value)
		}
	}
	return 1000
}

// thousandths reads a qvalue of RFC 9110 §12.4.2: 0, 1, and up to three
// decimals between them.
func thousandths(s string) int {
	if s == "" || len(s) > 5 || s[0] != '0' && s[0] != '1' || len(s) > 1 && s[1] != '.' {
		return 0
	}
	q, unit := int(s[0]-'0')*1000, 100
	for i := 2; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		q += int(s[i]-'0') * unit
		unit /= 10
	}
	return min(q, 1000)
}
