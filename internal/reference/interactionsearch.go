package reference

import (
	"slices"
	"strings"
	"unicode"

	"github.com/festd/festd/internal/fest"
)

// SearchCode are the interactions of a code of any level: of it, of what is
// below it, and of what is above it and so holds for it (R121).
func (x *Interactions) SearchCode(code string) []*fest.Interaction {
	var out []*fest.Interaction
	for _, i := range x.interactions {
		if slices.ContainsFunc(codesOf(i), func(c string) bool { return within(c, code) || within(code, c) }) {
			out = append(out, i)
		}
	}
	return out
}

// SearchName are the interactions of what has a name: of groups and substances
// so called, and of what is in the groups (R121). Each word of the query is the
// beginning of a word of the name; case does not count, nor how æ, ø and å are
// written in English.
func (x *Interactions) SearchName(name string) []*fest.Interaction {
	var codes []string
	var refs []fest.ID
	add := func(s *fest.Substance) {
		if own := realCodes(codeText(s.Atc)); len(own) > 0 {
			codes = append(codes, own...)
			return
		}
		for _, r := range s.ActiveSubstances {
			refs = append(refs, fest.ID(r))
		}
	}
	for _, i := range x.ingredients {
		if called(string(i.Name), name) || i.NameEnglish != nil && called(string(*i.NameEnglish), name) {
			codes, refs = append(codes, x.Derived(i.ID)...), append(refs, i.ID)
		}
	}
	named := map[*fest.Interaction]bool{}
	for _, i := range x.interactions {
		for _, g := range i.SubstanceGroups {
			whole := g.Name != nil && called(string(*g.Name), name)
			for _, s := range g.Substances {
				if whole || called(string(s.Substance), name) || s.Atc != nil && called(s.Atc.Display, name) {
					named[i] = true
					add(&s)
				}
			}
		}
	}
	var out []*fest.Interaction
	for _, i := range x.interactions {
		hit := named[i]
		for _, c := range codesOf(i) {
			hit = hit || slices.ContainsFunc(codes, func(q string) bool { return within(c, q) || within(q, c) })
		}
		for _, g := range i.SubstanceGroups {
			for _, s := range g.Substances {
				hit = hit || x.Matches(Subject{Substances: refs}, &s)
			}
		}
		if hit {
			out = append(out, i)
		}
	}
	return out
}

// codesOf are all codes of an interaction's substances.
func codesOf(i *fest.Interaction) []string {
	var out []string
	for _, g := range i.SubstanceGroups {
		for _, s := range g.Substances {
			out = append(out, realCodes(codeText(s.Atc))...)
		}
	}
	return out
}

func called(name, query string) bool {
	wanted := words(query)
	for _, w := range wanted {
		if !slices.ContainsFunc(words(name), func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return len(wanted) > 0
}

var plainLetters = strings.NewReplacer("æ", "ae", "ø", "o", "å", "a", "é", "e", "ü", "u", "ö", "o", "ä", "a")

func words(s string) []string {
	s = plainLetters.Replace(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
