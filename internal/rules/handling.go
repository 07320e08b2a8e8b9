package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Paragraph is a part of a text that has one heading; "" is none.
type Paragraph struct {
	Heading string `json:"heading,omitempty"`
	Text    string `json:"text"`
}

// longestHeading bounds what is taken for a heading, in bytes.
const longestHeading = 60

// Paragraphs cuts the handling of an interaction into its headed paragraphs
// (R118). It has them as lines "Heading: text" and ends in a newline. A line
// without a heading belongs to the one before. Nothing is left out: a heading
// is what stands before the first colon of a line, if it starts with a capital,
// is short and no sentence, and a space follows it or nothing.
func Paragraphs(text string) []Paragraph {
	var out []Paragraph
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		heading, rest, ok := cutHeading(line)
		if !ok && len(out) > 0 {
			last := &out[len(out)-1]
			last.Text = strings.TrimLeft(last.Text+"\n"+line, "\n")
			continue
		}
		if !ok {
			rest = line
		}
		out = append(out, Paragraph{heading, rest})
	}
	return out
}

func cutHeading(line string) (heading, rest string, ok bool) {
	heading, rest, ok = strings.Cut(line, ":")
	first, _ := utf8.DecodeRuneInString(heading)
	if !ok || len(heading) > longestHeading || !unicode.IsUpper(first) || strings.ContainsAny(heading, ".,;()") || rest != "" && rest[0] != ' ' {
		return "", "", false
	}
	return strings.TrimSpace(heading), strings.TrimSpace(rest), true
}
