package sample

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// guid derives `ID_` and an upper-case UUID from a name. The UUID has version
// 8 (RFC 9562: vendor-specific), which random ones never have.
func guid(name string) string {
	h := sha256.Sum256([]byte("festd sample\x00" + name))
	return formatGUID(h[:16])
}

// guidOf is guid for a number in a class of generated objects: cheap, and
// without an allocation for the name.
func guidOf(kind byte, seed, n uint64, version uint32) string {
	var name [34]byte
	copy(name[:], "festd sample\x01")
	name[13] = kind
	binary.BigEndian.PutUint64(name[14:], seed)
	binary.BigEndian.PutUint64(name[22:], n)
	binary.BigEndian.PutUint32(name[30:], version)
	h := sha256.Sum256(name[:])
	return formatGUID(h[:16])
}

func formatGUID(b []byte) string {
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	var x [32]byte
	hex.Encode(x[:], b)
	var out [39]byte
	copy(out[:], "ID_")
	j := 3
	for i, c := range x {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			out[j] = '-'
			j++
		}
		if c >= 'a' {
			c -= 'a' - 'A'
		}
		out[j] = c
		j++
	}
	return string(out[:])
}

// checkDigit is the GS1 check digit of the digits before it.
func checkDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			n *= 3
		}
		sum += n
	}
	return byte('0' + (10-sum%10)%10)
}

func withCheckDigit(digits string) fest.Number {
	return fest.Number(digits + string(checkDigit(digits)))
}

// ValidGTIN reports whether a bar code has 12 to 14 digits and its check digit
// is right (R22).
func ValidGTIN(n fest.Number) bool {
	if len(n) < 12 || len(n) > 14 || strings.Trim(string(n), "0123456789") != "" {
		return false
	}
	return checkDigit(string(n[:len(n)-1])) == n[len(n)-1]
}

// ean13 is the bar code of an item number. The GS1 prefixes 200 to 299 are for
// numbers inside one company: no product on the market bears one.
func ean13(itemNumber fest.Number) fest.Number {
	return withCheckDigit("299" + pad(string(itemNumber), 9))
}

// ean14 is a bar code of an outer case (packaging level 1).
func ean14(itemNumber fest.Number) fest.Number {
	return withCheckDigit("1299" + pad(string(itemNumber), 9))
}

// upc12 is a bar code of 12 digits; number system 4 is for use inside one
// company.
func upc12(itemNumber fest.Number) fest.Number {
	return withCheckDigit("4" + pad(string(itemNumber), 10))
}

func pad(s string, n int) string {
	if len(s) >= n {
		return s
	}
	return strings.Repeat("0", n-len(s)) + s
}

// spread turns 1, 2, 3 … into six-digit item numbers without an order to see,
// distinct up to 200,000: two of five start with a zero.
func spread(i int) fest.Number {
	const low, high = 40_000, 60_000 // of each 100,000 numbers handed out
	block, k := i/(low+high), i%(low+high)
	var n int
	if k%5 < 2 {
		k = k/5*2 + k%5
		n = block*low%100_000 + k*7919%low
	} else {
		k = k/5*3 + k%5 - 2
		n = 100_000 + block*high%500_000 + k*7919%high
	}
	return fest.Number(pad(strconv.Itoa(n), 6))
}
