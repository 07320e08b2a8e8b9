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

// reset empties the counts, for an index.
func (f *Facets) reset(x *Index) {
	f.Kinds, f.Markets, f.Substitutable = [NumKinds]uint32{}, [NumMarkets]uint32{}, 0
	for _, c := range []struct {
		list *[]uint32
		part int
	}{{&f.atc, partATC}, {&f.forms, partForms}, {&f.groups, partGroups}} {
		n := len(x.parts[c.part])/valueSize + 1
		if cap(*c.list) < n {
			*c.list = make([]uint32, n)
		}
		*c.list = (*c.list)[:n]
		clear(*c.list)
	}
}

func (f *Facets) clone() Facets {
	out := *f
	out.atc, out.forms, out.groups = slices.Clone(f.atc), slices.Clone(f.forms), slices.Clone(f.groups)
	return out
}

func (f *Facets) add(d document, m Market, substitutable bool) {
	f.Kinds[d.kind()]++
	f.Markets[m]++
	f.atc[d.atc()]++
	f.forms[d.form()]++
	f.groups[d.group()]++
	if substitutable {
		f.Substitutable++
	}
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

func (x *Index) counts(part int, counts []uint32, most int) []Count {
	out := []Count{}
	for i, n := range counts {
		if i > 0 && n > 0 {
			code, display := x.value(part, uint32(i-1)) //nolint:gosec // a number of the list
			out = append(out, Count{string(code), string(display), int(n)})
		}
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
	for i, count := range f.atc {
		if i == 0 || count == 0 {
			continue
		}
		code, _ := x.value(partATC, uint32(i-1)) //nolint:gosec // a number of the list
		length := n
		if code[0] == 'Q' || code[0] == 'Z' {
			length++
		}
		if len(code) < length {
			continue
		}
		code = code[:length]
		if last := len(out) - 1; last >= 0 && out[last].Code == string(code) {
			out[last].Count += int(count)
			continue
		}
		c := Count{Code: string(code), Count: int(count)}
		if lo, hi := x.atcRange(c.Code); lo < hi {
			if first, display := x.value(partATC, lo); string(first) == c.Code {
				c.Display = string(display)
			}
		}
		out = append(out, c)
	}
	return frequent(out, most)
}
