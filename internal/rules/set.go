package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Highest is the number of the last rule of docs/RULES.md.
const Highest = 147

// inferred are the rules that docs/RULES.md marks INF, in their order: ours,
// without a source. Those that an answer can do without may be switched off;
// the others say how all data are read, kept or found, and cannot.
var inferred = []struct {
	rule       string
	switchable bool
}{
	{"R1", false}, {"R6", true}, {"R7", false}, {"R11", false}, {"R12", false}, {"R18", false}, {"R21", false}, {"R22", false}, {"R26", false},
	{"R28", false}, {"R34", false}, {"R37", false}, {"R54", false}, {"R62", true}, {"R67", true}, {"R68", true}, {"R70", false}, {"R73", true},
	{"R76", false}, {"R84", true}, {"R98", true}, {"R99", true}, {"R109", false}, {"R110", false}, {"R113", true}, {"R114", true}, {"R115", true},
	{"R117", true}, {"R119", false}, {"R120", true}, {"R123", true}, {"R147", false},
}

// Inferred reports whether docs/RULES.md marks the rule INF.
func Inferred(rule string) bool { return inferredSet().Has(rule) }

// inferredSet is the list as a set, for those who ask of every part of an
// answer.
var inferredSet = sync.OnceValue(func() (s Set) {
	for i := range inferred {
		if n, ok := numberOf(inferred[i].rule); ok {
			s.bits[n/64] |= 1 << (n % 64)
		}
	}
	return s
})

// Switchable are the rules that can be switched off, in their order.
func Switchable() []string {
	var out []string
	for _, r := range inferred {
		if r.switchable {
			out = append(out, r.rule)
		}
	}
	return out
}

// Set is a set of rules: those that an operator has switched off. It is a
// value; the zero Set is empty.
type Set struct {
	bits [Highest/64 + 1]uint64
}

// ParseSet reads the rules to switch off, such as R62, one or several with
// commas in each text. It refuses what is no rule, what has a source, and what
// no answer can do without.
func ParseSet(texts ...string) (Set, error) {
	var s Set
	for _, text := range texts {
		for rule := range strings.SplitSeq(text, ",") {
			rule = strings.ToUpper(strings.TrimSpace(rule))
			if rule == "" {
				continue
			}
			n, ok := numberOf(rule)
			if !ok {
				return Set{}, fmt.Errorf("rule %q: want a number of docs/RULES.md, R1 to R%d", rule, Highest)
			}
			if !slices.Contains(Switchable(), rule) {
				why := "has a source"
				if Inferred(rule) {
					why = "is inferred, but says how all data are read"
				}
				return Set{}, fmt.Errorf("rule %s %s and cannot be switched off; those that can are %s", rule, why, strings.Join(Switchable(), ", "))
			}
			s.bits[n/64] |= 1 << (n % 64)
		}
	}
	return s, nil
}

// numberOf is the number of a rule; false for what is none.
func numberOf(rule string) (int, bool) {
	digits, ok := strings.CutPrefix(rule, "R")
	if !ok || digits == "" || len(digits) > 3 || digits[0] == '0' {
		return 0, false
	}
	n := 0
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = 10*n + int(digits[i]-'0')
	}
	return n, n <= Highest
}

// Has reports whether the rule, such as R62, is in the set.
func (s Set) Has(rule string) bool {
	n, ok := numberOf(rule)
	return ok && s.bits[n/64]&(1<<(n%64)) != 0
}

// Rules lists the set in the order of the numbers.
func (s Set) Rules() []string {
	var out []string
	for n := 1; n <= Highest; n++ {
		if s.bits[n/64]&(1<<(n%64)) != 0 {
			out = append(out, "R"+strconv.Itoa(n))
		}
	}
	return out
}

// String lists the set with commas; "" is the empty one.
func (s Set) String() string { return strings.Join(s.Rules(), ",") }
