package cache

import "encoding/hex"

// guid is an id of FEST, "ID_" and a GUID in capitals, without its text.
type guid [16]byte

const guidForm = "ID_xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

// parseGUID reads an id in exactly the form that String gives.
func parseGUID[T string | []byte](id T) (g guid, ok bool) {
	if len(id) != len(guidForm) {
		return g, false
	}
	n := 0
	for i := range len(guidForm) {
		c, form := id[i], guidForm[i]
		switch {
		case form != 'x':
			if c != form {
				return g, false
			}
			continue
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return g, false
		}
		g[n/2] = g[n/2]<<4 | c
		n++
	}
	return g, true
}

func (g guid) String() string {
	var digits [32]byte
	hex.Encode(digits[:], g[:])
	out, n := []byte(guidForm), 0
	for i, form := range out {
		if form != 'x' {
			continue
		}
		c := digits[n]
		if c >= 'a' {
			c -= 'a' - 'A'
		}
		out[i] = c
		n++
	}
	return string(out)
}
