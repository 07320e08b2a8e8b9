package gate

import (
	"cmp"
	"strings"
)

// comparison is a candidate beside a baseline. Differences are made when they
// are first asked for.
type comparison struct {
	before, after *Facts
	against       Against
	diffs         *[numClasses]*diff
}

// diff says what became of the objects of a class. Rows of removed are the
// baseline's, of added the candidate's; a pair has both.
type diff struct {
	removed, added []uint32
	pairs          []pair
}

type pair struct{ before, after uint32 }

func compare(before, after *Facts, against Against) *comparison {
	return &comparison{before: before, after: after, against: against, diffs: new([numClasses]*diff)}
}

// of is the difference of a class. Both tables are in the order of their keys;
// what stands twice under one key is matched one to one.
func (c *comparison) of(k class) *diff {
	if c.diffs[k] != nil {
		return c.diffs[k]
	}
	b, a := &c.before.tables[k], &c.after.tables[k]
	d := &diff{pairs: make([]pair, 0, min(len(b.own), len(a.own)))}
	i, j := uint32(0), uint32(0)
	for int(i) < len(b.own) && int(j) < len(a.own) {
		order := 0
		if b.parent != nil {
			order = strings.Compare(c.before.text[b.parent[i]], c.after.text[a.parent[j]])
		}
		switch order = cmp.Or(order, strings.Compare(c.before.text[b.own[i]], c.after.text[a.own[j]])); {
		case order < 0:
			d.removed = append(d.removed, i)
			i++
		case order > 0:
			d.added = append(d.added, j)
			j++
		default:
			d.pairs = append(d.pairs, pair{i, j})
			i, j = i+1, j+1
		}
	}
	for ; int(i) < len(b.own); i++ {
		d.removed = append(d.removed, i)
	}
	for ; int(j) < len(a.own); j++ {
		d.added = append(d.added, j)
	}
	c.diffs[k] = d
	return d
}
