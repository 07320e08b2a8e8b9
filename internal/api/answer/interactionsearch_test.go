package answer_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// names that are searched for: of groups, substances and ingredients, with
// their beginnings.
func names(entries []*fest.Entry) []string {
	out := map[string]bool{}
	add := func(s string) {
		out[s] = true
		if r := []rune(s); len(r) > 4 {
			out[string(r[:4])] = true
		}
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Ingredient:
			add(string(o.Name))
		case *fest.Interaction:
			for _, g := range o.SubstanceGroups {
				add(answer.TextOf(g.Name))
				for _, s := range g.Substances {
					add(string(s.Substance))
				}
			}
		}
	}
	delete(out, "")
	return slices.Sorted(maps.Keys(out))
}

// TestR121SearchEqualsTheReference asks for all codes and all names.
func TestR121SearchEqualsTheReference(t *testing.T) {
	for name, entries := range contents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := entries(t)
			x := reference.NewInteractions(all)
			r := register(t, all)
			found := 0
			for _, thing := range everything(all, x) {
				if code := thing.line.ATC; rules.ATCLevel(code) > 0 {
					found += searchBoth(t, r, code, x.SearchCode(code))
				}
			}
			for _, name := range names(all) {
				if _, isCode := r.Snapshot().ATC(name); !isCode {
					found += searchBoth(t, r, name, x.SearchName(name))
				}
			}
			if found < 100 {
				t.Errorf("only %d interactions were found: is anything compared?", found)
			}
		})
	}
}

// searchBoth compares what a query finds.
func searchBoth(t *testing.T, r *answer.Register, query string, want []*fest.Interaction) int {
	t.Helper()
	got, err := r.SearchInteractions(&answer.InteractionSearch{Query: query, Limit: 1 << 20})
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	relevance := "0"
	for _, in := range got.Items {
		ids[in.ID]++
		if in.Relevance.Code < relevance {
			t.Errorf("%q: relevance %s after %s (R116)", query, in.Relevance.Code, relevance)
		}
		relevance = in.Relevance.Code
		if in.Match == "" || len(in.Matched) == 0 {
			t.Errorf("%q: %s was found by nothing", query, in.ID)
		}
	}
	wanted := map[string]int{}
	for _, in := range want {
		wanted[string(in.ID)]++
	}
	if diff := cmp.Diff(wanted, ids); diff != "" {
		t.Errorf("%q (-reference +search):\n%s", query, diff)
	}
	sum := 0
	for _, c := range got.ByRelevance {
		sum += c.Count
	}
	if got.Total != len(got.Items) || sum != got.Total {
		t.Errorf("%q: total %d, by relevance %d, items %d", query, got.Total, sum, len(got.Items))
	}
	return len(want)
}
