package answer

// WrongCheckDigit says so of a GTIN; "" for a good one, and for anything else.
func WrongCheckDigit(code string) string {
	switch len(code) {
	case 8, 12, 13, 14:
	default:
		return ""
	}
	if !onlyDigits(code) {
		return ""
	}
	last := len(code) - 1
	if want := checkDigit(code[:last]); code[last] != want {
		return "the check digit of the GTIN " + code + " is wrong: the last digit is " + code[last:] + ", and the others want " + string(want) + "; perhaps a digit was mistyped"
	}
	return ""
}

// checkDigit is the last digit of a GTIN whose others are given: modulo 10,
// weights 3 and 1 from the right (GS1 General Specifications).
func checkDigit(others string) byte {
	sum := 0
	for i := range len(others) {
		n := int(others[len(others)-1-i] - '0')
		if i%2 == 0 {
			n *= 3
		}
		sum += n
	}
	return '0' + byte((10-sum%10)%10)
}
