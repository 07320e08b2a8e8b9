//go:build !race

package search

import (
	"strings"
	"testing"
)

// A search needs memory for its answer only, however much it finds or passes
// over; reading the query needs some for each word, and an item that is shown
// some for its texts. (With the race detector pools forget at random.)
func TestAllocations(t *testing.T) {
	x := index(t)
	day := today(x)
	const search, word, item = 9, 21, 30
	for _, text := range []string{
		"p", "pa", "paracet", "paracet 500 mg", "parcaetamol", "parcaetmol 500", "prcet", "østradiol", "0,5 mg/ml", "n02be01", "a b c d e f g h i j k l", "xyzzy", "paracet xyzzy",
		strings.Repeat("øåxyzzyz ", 12),
	} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		res := x.Search(q, day, &Filter{}, 0, 20)
		hits, missed := float64(len(res.Hits)), float64(len(res.Missed))
		if got, budget := testing.AllocsPerRun(100, func() { _, _ = Parse(text) }), float64(word*(q.Words()+1)); got > budget {
			t.Errorf("reading %q allocates %v times; the budget is %v", text, got, budget)
		}
		if got := testing.AllocsPerRun(100, func() { x.Search(q, day, &Filter{}, 0, 20) }); got > search+missed {
			t.Errorf("searching %q allocates %v times; the budget is %v", text, got, search+missed)
		}
		show := func() {
			for _, h := range res.Hits {
				x.Facts(h.Document, day)
				x.Highlight(h.Document, q, false, 4)
			}
		}
		if got := testing.AllocsPerRun(100, show); got > item*hits {
			t.Errorf("showing %q allocates %v times; the budget is %v", text, got, item*hits)
		}
	}
}
