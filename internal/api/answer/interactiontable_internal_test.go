package answer

import (
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// tableOf files interactions: each a list of groups, each a list of codes.
func tableOf(t *testing.T, interactions ...[][]string) *interactionTable {
	t.Helper()
	table := &interactionTable{codes: map[string][]posting{}, refs: map[fest.ID][]posting{}, moieties: rules.NewMoieties(nil)}
	names := newNameCollector()
	for n, groups := range interactions {
		in := &fest.Interaction{}
		for _, codes := range groups {
			var g fest.SubstanceGroup
			for _, c := range codes {
				g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text(c), Atc: &fest.CV{Code: c}})
			}
			in.SubstanceGroups = append(in.SubstanceGroups, g)
		}
		if err := table.add(n, in, names); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

// A pair is a merge of two short lists: it takes no memory but for what it
// finds.
func TestPairsTakeNoMemory(t *testing.T) {
	var all [][][]string
	for range 300 {
		all = append(all, [][]string{{"N06AA", "N06AA09"}, {"N06AB", "N06AB06"}, {"A01AA01"}})
	}
	table := tableOf(t, all...)
	a, b := rules.Subject{ATC: []string{"N06AA09"}}, rules.Subject{ATC: []string{"N06AB06"}}
	left, right := table.find(nil, &a), table.find(nil, &b)
	if len(left) != 600 || len(right) != 600 {
		t.Fatalf("%d and %d postings", len(left), len(right))
	}
	buf, found := make([]posting, 0, 1000), make([]meeting, 0, 400)
	if n := testing.AllocsPerRun(100, func() { buf = table.find(buf[:0], &a) }); n > 0 {
		t.Errorf("finding postings takes %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { found = meet(found[:0], left, right) }); n > 0 {
		t.Errorf("a pair takes %v allocations", n)
	}
	if len(found) != 300 || found[7].interaction() != 7 || found[7].a[0].group() != 0 || found[7].b[0].group() != 1 || len(found[7].a) != 2 || found[7].b[1].substance() != 1 {
		t.Errorf("%d meetings; the eighth is %+v", len(found), found[7])
	}
}

func TestPostingsKeepTheirNumbers(t *testing.T) {
	for _, n := range [][3]int{{0, 0, 0}, {1<<24 - 1, mostNumber, mostNumber}, {5, 0, mostNumber}, {5, mostNumber, 0}} {
		p := newPosting(n[0], n[1], n[2])
		if got := [3]int{p.interaction(), p.group(), p.substance()}; got != n {
			t.Errorf("%v is kept as %v", n, got)
		}
	}
	if newPosting(1, 0, 0) <= newPosting(0, mostNumber, mostNumber) || newPosting(0, 1, 0) <= newPosting(0, 0, mostNumber) {
		t.Error("postings do not sort by interaction, group, substance")
	}
}
