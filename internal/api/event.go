package api

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

// personal reports whether a word of s is eleven digits, as a Norwegian
// national identity number is, and none of FEST's numbers.
func personal(s string) bool {
	length, digits := 0, true
	for i := range len(s) {
		if alphanumeric(s[i]) {
			length++
			digits = digits && s[i] <= '9'
			continue
		}
		if length == 11 && digits {
			return true
		}
		length, digits = 0, true
	}
	return length == 11 && digits
}
