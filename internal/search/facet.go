package search

import (
	"cmp"
	"slices"
)

// Count is a value of a facet.
type Count struct {
	Code, Display string
	Count         int
}

// tally is how many of a value there are, by its number in its list, plus 1.
type tally struct{ value, count uint32 }

// counter counts what is found.
type counter struct {
	sums               Facets // but for the lists
	atc, forms, groups []uint32
}

// reset empties the counts, for an index.
func (c *counter) reset(x *Index) {
	c.sums = Facets{}
	for _, l := range []struct {
		list *[]uint32
		part int
	}{{&c.atc, partATC}, {&c.forms, partForms}, {&c.groups, partGroups}} {
		n := len(x.parts[l.part])/valueSize + 1
		if cap(*l.list) < n {
			*l.list = make([]uint32, n)
		}
		*l.list = (*l.list)[:n]
		clear(*l.list)
	}
}

func (c *counter) add(d document, m Market, substitutable bool) {
	c.sums.Kinds[d.kind()]++
	c.sums.Markets[m]++
	c.atc[d.atc()]++
	c.forms[d.form()]++
	c.groups[d.group()]++
	if substitutable {
		c.sums.Substitutable++
	}
}

// facets are the counts, to keep. What is not stated is not counted.
func (c *counter) facets() Facets {
	f := c.sums
	f.atc, f.forms, f.groups = tallies(c.atc), tallies(c.forms), tallies(c.groups)
	return f
}

// tallies are the values that there are.
func tallies(counts []uint32) []tally {
	n := 0
	for _, count := range counts[1:] {
		if count > 0 {
			n++
		}
	}
	out := make([]tally, 0, n)
	for i, count := range counts {
		if i > 0 && count > 0 {
			out = append(out, tally{uint32(i), count}) //nolint:gosec // a number of the list
		}
	}
	return out
}

// Forms are the pharmaceutical forms of what was found, the most frequent
// first; most of them.
func (x *Index) Forms(f *Facets, most int) []Count { return x.counts(partForms, f.forms, most) }

// Groups are the prescription groups, likewise.
func (x *Index) Groups(f *Facets, most int) []Count { return x.counts(partGroups, f.groups, most) }

// AllGroups are the codes of all prescription groups, found or not.
func (x *Index) AllGroups() []string {
	var out []string
	for i := range len(x.parts[partGroups]) / valueSize {
		code, _ := x.value(partGroups, uint32(i)) //nolint:gosec // a number of the list
		out = append(out, string(code))
	}
	slices.Sort(out)
	return out
}

func (x *Index) counts(part int, tallies []tally, most int) []Count {
	out := make([]Count, 0, len(tallies))
	for _, t := range tallies {
		code, display := x.value(part, t.value-1)
		out = append(out, Count{string(code), string(display), int(t.count)})
	}
	return frequent(out, most)
}

func frequent(list []Count, most int) []Count {
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	return list[:min(len(list), most)]
}

// ATC counts the ATC codes of what was found, cut to the first n characters
// (one more for codes of Q and Z), the most frequent first. Codes that are
// shorter than that are left out.
func (x *Index) ATC(f *Facets, n, most int) []Count {
	out := []Count{}
	for _, t := range f.atc {
		code, _ := x.value(partATC, t.value-1)
		length := n
		if code[0] == 'Q' || code[0] == 'Z' {
			length++
		}
		if len(code) < length {
			continue
		}
		code = code[:length]
		if last := len(out) - 1; last >= 0 && out[last].Code == string(code) {
			out[last].Count += int(t.count)
			continue
		}
		c := Count{Code: string(code), Count: int(t.count)}
		if lo, hi := x.atcRange(c.Code); lo < hi {
			if first, display := x.value(partATC, lo); string(first) == c.Code {
				c.Display = string(display)
			}
		}
		out = append(out, c)
	}
	return frequent(out, most)
}
