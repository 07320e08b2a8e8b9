package reference

import (
	"regexp"
	"slices"
	"strings"
)

// Drawn is a query that a document must be found by, whatever else is found.
type Drawn struct {
	Text string
	Of   Found // without Match
}

var (
	onlyLetters = regexp.MustCompile(`^\p{L}+$`)
	onlyNumber  = regexp.MustCompile(`^\d+([.,]\d+)?$`)
)

// Dice give numbers from 0 to below n, at random or not: a *rand.Rand.
type Dice interface{ IntN(n int) int }

// Draw takes a word of a document as it is written, the beginning of one, or
// one with a typo.
func (s *Search) Draw(rnd Dice) Drawn {
	for {
		d := s.docs[rnd.IntN(len(s.docs))]
		words := strings.Fields(d.texts[rnd.IntN(len(d.texts))].s)
		word := words[rnd.IntN(len(words))]
		switch rnd.IntN(3) {
		case 0:
			word = beginning(rnd, word)
		case 1:
			word = mistyped(rnd, word)
		}
		if len(cutUp(word, false)) > 0 {
			return Drawn{word, Found{Resource: d.resource, Key: d.key}}
		}
	}
}

// beginning cuts a word; what has letters and digits mixed stays as it is, for
// its beginning may be another word, such as 5 m of 5 mg.
func beginning(rnd Dice, word string) string {
	if !onlyLetters.MatchString(word) && !onlyNumber.MatchString(word) {
		return word
	}
	r := []rune(word)
	return string(r[:1+rnd.IntN(len(r))])
}

// mistyped makes a typo, if the word may have one.
func mistyped(rnd Dice, word string) string {
	if !onlyLetters.MatchString(word) {
		return word
	}
	r := []rune(word)
	at, letter := rnd.IntN(len(r)), rune('a'+rnd.IntN(26))
	switch rnd.IntN(4) {
	case 0:
		r = slices.Insert(r, at, letter)
	case 1:
		r = slices.Delete(r, at, at+1)
	case 2:
		r[at] = letter
	default:
		if at+1 < len(r) {
			r[at], r[at+1] = r[at+1], r[at]
		}
	}
	typed := string(r)
	for _, form := range append(spellings(typed), spellings(word)...) {
		if !latin.MatchString(form) || len(form) < 4 || len(form) > 60 {
			return word
		}
	}
	return typed
}
