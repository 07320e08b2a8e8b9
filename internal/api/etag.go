package api

import (
	"crypto/sha256"
	"strings"
)

// matches reports whether an If-None-Match names the tag, by weak comparison
// (RFC 9110 §13.1.2). The tag has its quotes and is strong.
func matches(header []string, tag string) bool {
	for _, line := range header {
		for {
			line = strings.TrimLeft(line, " \t,")
			if line == "" {
				break
			}
			if line[0] == '*' {
				return true
			}
			line = strings.TrimPrefix(line, "W/")
			if line == "" || line[0] != '"' {
				break // not an entity tag: what follows cannot be trusted
			}
			end := strings.IndexByte(line[1:], '"')
			if end < 0 {
				break
			}
			if line[:end+2] == tag {
				return true
			}
			line = line[end+2:]
		}
	}
	return false
}

// anyTag reports whether an If-None-Match is "*": whatever there is.
func anyTag(header []string) bool { return len(header) == 1 && strings.Trim(header[0], " \t") == "*" }

// withSuffix adds to a tag, inside its quotes.
func withSuffix(tag, suffix string) string {
	if suffix == "" {
		return tag
	}
	return tag[:len(tag)-1] + suffix + `"`
}

// quoteTag is the tag of a hash.
func quoteTag(sum []byte, suffix string) string {
	const digits = "0123456789abcdef"
	b := make([]byte, 0, 2*len(sum)+len(suffix)+2)
	b = append(b, '"')
	for _, c := range sum {
		b = append(b, digits[c>>4], digits[c&15])
	}
	b = append(b, suffix...)
	return string(append(b, '"'))
}

// tagOf is the tag of a body.
func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return quoteTag(sum[:16], "")
}
