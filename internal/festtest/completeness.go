package festtest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Missing looks for every element's text and every attribute's value of an
// entry's XML in the JSON of its items, and returns what it does not find,
// with its path (P7). It knows nothing of FEST: XML and JSON are walked
// generically, and each value in the JSON answers for one in the XML.
//
// Compared are texts byte for byte, numbers by the source's digits, booleans
// by value (1 is true), OIDs with or without urn:oid:. Not looked for are
// namespace declarations, attributes of xsi, and white space between elements.
func Missing(source []byte, items ...[]byte) ([]string, error) {
	have := map[string]int{}
	for _, item := range items {
		d := json.NewDecoder(bytes.NewReader(item))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("JSON of an item: %w", err)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("JSON of an item: something follows it")
		}
		countValues(have, v)
	}
	want, err := xmlValues(source)
	if err != nil {
		return nil, err
	}
	// What has one form only first: 1 may be a number or a boolean, and must
	// not take the true of another element.
	var missing, rest []xmlValue
	for _, v := range want {
		if !take(have, v.text) {
			rest = append(rest, v)
		}
	}
	for _, v := range rest {
		found := false
		for _, form := range v.forms() {
			if found = take(have, form); found {
				break
			}
		}
		if !found {
			missing = append(missing, v)
		}
	}
	var out []string
	for _, v := range missing {
		out = append(out, fmt.Sprintf("%s = %q", v.path, v.text))
	}
	return out, nil
}

func take(have map[string]int, text string) bool {
	if have[text] == 0 {
		return false
	}
	have[text]--
	return true
}

// noValue stands for an object without properties.
const noValue = "\x00{}"

func countValues(have map[string]int, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			have[noValue]++
		}
		for _, e := range v {
			countValues(have, e)
		}
	case []any:
		for _, e := range v {
			countValues(have, e)
		}
	case string:
		have[v]++
	case json.Number:
		have[v.String()]++
	case bool:
		have[fmt.Sprint(v)]++
	}
}

type xmlValue struct {
	path string
	text string
}

// forms are the other forms that JSON may write the value in.
func (v xmlValue) forms() []string {
	switch {
	case v.text == "1":
		return []string{"true"}
	case v.text == "0":
		return []string{"false"}
	case strings.TrimSpace(v.text) == "":
		return []string{noValue}
	default:
		return []string{"urn:oid:" + v.text}
	}
}

// xmlValues returns the values of an XML document in document order.
func xmlValues(source []byte) ([]xmlValue, error) {
	type element struct {
		path                 string
		text                 strings.Builder
		attributes, children bool // has attributes, has child elements
	}
	var out []xmlValue
	var stack []*element
	d := xml.NewDecoder(bytes.NewReader(source))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("XML of an entry: %w", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := &element{path: tok.Name.Local}
			if n := len(stack); n > 0 {
				stack[n-1].children = true
				e.path = stack[n-1].path + "/" + tok.Name.Local
			}
			for _, a := range tok.Attr {
				if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || strings.HasSuffix(a.Name.Space, "XMLSchema-instance") || a.Name.Space == "xsi" {
					continue
				}
				e.attributes = true
				out = append(out, xmlValue{e.path + "/@" + a.Name.Local, a.Value})
			}
			stack = append(stack, e)
		case xml.CharData:
			if n := len(stack); n > 0 {
				_, _ = stack[n-1].text.Write(tok) // never fails
			}
		case xml.EndElement:
			e := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			text := e.text.String()
			if blank := strings.TrimSpace(text) == ""; blank && (e.attributes || e.children) {
				continue
			}
			out = append(out, xmlValue{e.path, text})
		}
	}
}
