package answer

import "github.com/festd/festd/internal/cache"

// hint says what was perhaps meant by an identifier that names nothing; "" is
// no idea. bySystem says that a system narrowed what was tried.
func (id *identifier) hint(snap *cache.Snapshot, bySystem bool) string {
	if onlyDigits(id.text) {
		if h := id.lostZero(snap); h != "" {
			return h
		}
		if h := WrongCheckDigit(id.text); h != "" {
			return h
		}
	}
	if bySystem {
		if other, bad := readIdentifier(id.text, ""); bad == nil {
			if n := other.items(snap, nil); len(n) > 0 {
				return "not by this system, but it is the " + n[0].way.words() + " of " + pathOf(snap, n[0].item)
			}
		}
	}
	return ""
}

// lostZero finds what the number is with the zero that spreadsheets take from
// the front of numbers (R20).
func (id *identifier) lostZero(snap *cache.Snapshot) string {
	zero := identifier{text: "0" + id.text, ways: []Way{WayItemNumber, WayLMRNumber}}
	if n := zero.items(snap, nil); len(n) > 0 {
		return "perhaps a leading zero was lost on the way: " + zero.text + " is the " + n[0].way.words() + " of " + pathOf(snap, n[0].item)
	}
	return ""
}

// words are a way as people say it.
func (w Way) words() string {
	switch w {
	case WayGTIN:
		return "GTIN"
	case WayItemNumber:
		return "item number"
	case WayOutgoingItemNumber:
		return "outgoing item number"
	case WayLMRNumber:
		return "LMR number"
	case WayATC:
		return "ATC code"
	case WayGroupCode:
		return "code"
	case WayGroupNumber:
		return "number"
	case WayEntryID:
		return "entry id"
	default:
		return "id"
	}
}

// pathOf is where an item is to be had.
func pathOf(snap *cache.Snapshot, i cache.Index) string {
	it := snap.Item(i)
	return "/v1/" + string(it.Resource) + "/" + string(it.Key)
}
