//go:build !race

package search

import "testing"

// A search needs memory for its answer only. (With the race detector pools
// forget at random.)
func TestSearchAllocations(t *testing.T) {
	x := index(t)
	day := today(x)
	for _, tc := range []struct {
		query  string
		budget float64
	}{{"paracet", 8}, {"paracet 500 mg", 8}, {"parcaetamol", 8}} {
		q, err := Parse(tc.query)
		if err != nil {
			t.Fatal(err)
		}
		got := testing.AllocsPerRun(100, func() { x.Search(q, day, &Filter{}, 0, 10) })
		if got > tc.budget {
			t.Errorf("%q allocates %v times; the budget is %v", tc.query, got, tc.budget)
		}
	}
}
