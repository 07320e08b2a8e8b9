package m30

import (
	"bytes"
	"strings"
)

// SampleTarget is the processing instruction in the prolog of made-up files.
const SampleTarget = "festd-sample"

// marks of encodings that are not UTF-8: byte order marks, and < in them.
var otherEncodings = []struct{ mark, name string }{
	{"\xFF\xFE\x00\x00", "UTF-32"}, {"\x00\x00\xFE\xFF", "UTF-32"}, {"<\x00\x00\x00", "UTF-32"}, {"\x00\x00\x00<", "UTF-32"},
	{"\xFF\xFE", "UTF-16"}, {"\xFE\xFF", "UTF-16"}, {"<\x00", "UTF-16"}, {"\x00<", "UTF-16"},
	{"\x4C\x6F\xA7\x94", "EBCDIC"}, {"+/v8", "UTF-7"},
}

// declaration reads the byte order mark and the XML declaration, both of which
// may lack.
func (r *Reader) declaration() error {
	r.w.need(4)
	b := r.w.rest()
	for _, o := range otherEncodings {
		if bytes.HasPrefix(b, []byte(o.mark)) {
			return r.fail(ErrEncoding, "the file is %s; FEST is UTF-8", o.name)
		}
	}
	if bytes.HasPrefix(b, []byte("\uFEFF")) {
		r.w.take(3)
	}
	if !r.w.need(6) {
		return nil
	}
	if b = r.w.rest(); !bytes.HasPrefix(b, []byte("<?xml")) || class[b[5]]&isSpace == 0 {
		return nil
	}
	_, n, err := r.piece()
	if err != nil {
		return err
	}
	if err := r.xmlDeclaration(string(r.w.rest()[5 : n-2])); err != nil {
		return err
	}
	r.w.take(n)
	return nil
}

// xmlDeclaration checks what stands between <?xml and ?>.
func (r *Reader) xmlDeclaration(s string) error {
	order := []string{"version", "encoding", "standalone"}
	place, version := 0, false
	for s = strings.TrimRight(s, " \t\r\n"); s != ""; {
		rest := strings.TrimLeft(s, " \t\r\n")
		name, rest, ok := strings.Cut(rest, "=")
		name = strings.TrimRight(name, " \t\r\n")
		rest = strings.TrimLeft(rest, " \t\r\n")
		if !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' || class[s[0]]&isSpace == 0 {
			return r.fail(ErrSyntax, "%s in the XML declaration is not name=\"value\"", quote(s))
		}
		value, after, ok := strings.Cut(rest[1:], rest[:1])
		if !ok {
			return r.fail(ErrSyntax, "%s in the XML declaration is not name=\"value\"", quote(s))
		}
		for place < len(order) && order[place] != name {
			place++
		}
		switch {
		case place == len(order):
			return r.fail(ErrSyntax, "%s in the XML declaration; it has version, encoding and standalone in this order", quote(name))
		case name == "version" && value != "1.0":
			return r.fail(ErrSyntax, "XML version %s; FEST is XML 1.0", quote(value))
		case name == "encoding" && !strings.EqualFold(value, "utf-8"):
			return r.fail(ErrEncoding, "the file declares encoding %s; FEST is UTF-8", quote(value))
		case name == "standalone" && value != "yes" && value != "no":
			return r.fail(ErrSyntax, "standalone=%s; yes or no is allowed", quote(value))
		}
		if place++; name == "version" {
			version = true
		}
		s = after
	}
	if !version {
		return r.fail(ErrSyntax, "the XML declaration lacks its version")
	}
	return nil
}
