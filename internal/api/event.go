package api

import (
	"strings"
	"unicode/utf8"
)

// eventHeader is the header by which a call is followed through the services
// of Norsk helsenett: what the first caller sends, mostly a GUID, is passed on
// by all that it calls.
const eventHeader = "Nhn-Event-Id"

// mostEventID is the length that an event id may have: a GUID in braces with
// as much again before it.
const mostEventID = 128

// validEventID reports whether an event id can be echoed and logged: short, of
// letters, digits and marks that mean nothing to a log or a terminal, and with
// nothing in it that looks like a person's number. What is not is treated as
// not sent; a lookup is not refused for it.
func validEventID(s string) bool {
	if s == "" || len(s) > mostEventID {
		return false
	}
	for _, b := range []byte(s) {
		if !alphanumeric(b) && !eventMark(b) {
			return false
		}
	}
	return !personal(s)
}

func eventMark(b byte) bool {
	switch b {
	case '-', '.', '_', '~', ':', '+', '/', '=', '@', '{', '}':
		return true
	default:
		return false
	}
}

func alphanumeric(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// personal reports whether s has a number as a Norwegian national identity
// number is, and none of FEST's are: a word of eleven digits, or one of six and
// then one of five, as people write it.
func personal(s string) bool {
	before := 0 // length of the word before, if that is of digits
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r >= utf8.RuneSelf || !alphanumeric(byte(r)) }) {
		digits := len(word)
		if strings.Trim(word, "0123456789") != "" {
			digits = 0
		}
		if digits == 11 || digits == 5 && before == 6 {
			return true
		}
		before = digits
	}
	return false
}
