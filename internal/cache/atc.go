package cache

// atcLengths are the lengths of the levels 1 to 5 of an ATC code (R136).
var atcLengths = [...]int{1, 3, 4, 5, 7}

// atcOffset is 1 for codes with a letter before the ATC code proper:
// veterinary ones (Q…) and FEST's own (Z…, such as ZV80AA01; R115). ATC has no
// main group Q or Z.
func atcOffset(code string) int {
	if code != "" && (code[0] == 'Q' || code[0] == 'Z') {
		return 1
	}
	return 0
}

// atcLevel returns the level of a well-formed ATC code, 1 to 5; 0 for
// anything else, such as WITHOUT (R115).
func atcLevel(code string) int {
	code = code[atcOffset(code):]
	for i := range len(code) {
		letter := i != 1 && i != 2 && i != 5 && i != 6
		c := code[i]
		if letter && (c < 'A' || c > 'Z') || !letter && (c < '0' || c > '9') {
			return 0
		}
	}
	for i, n := range atcLengths {
		if len(code) == n {
			return i + 1
		}
	}
	return 0
}

// atcParent returns the code one level up, "" for none.
func atcParent(code string) string {
	level := atcLevel(code)
	if level < 2 {
		return ""
	}
	return code[:atcOffset(code)+atcLengths[level-2]]
}
