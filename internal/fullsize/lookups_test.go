//go:build !race

package fullsize_test

import (
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// A thousand ids in one call at full size: the memory that it takes does not
// grow with lines and entries. How long it takes is measured by the bench; here
// it is told, and must only not be a second.
func TestLookupsAtFullSize(t *testing.T) {
	snap, _ := full()
	var all []cache.Index
	for _, res := range []fest.Resource{fest.ResourceDrugs, fest.ResourceGenerics, fest.ResourcePackages, fest.ResourceDoses, fest.ResourceIngredients} {
		page, err := snap.List(res, nil, 0, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
	}
	rnd := rand.New(rand.NewPCG(1, 9))
	byKey, byCode := make([]answer.LookupLine, answer.MostLookups), make([]answer.LookupLine, answer.MostLookups)
	for i := range byKey {
		it := snap.Item(all[rnd.IntN(len(all))])
		byKey[i] = answer.LookupLine{Resource: it.Resource, Key: string(it.Key)}
		byCode[i] = answer.LookupLine{Code: string(it.Key), System: "http://ehelse.no/fhir/CodeSystem/FEST"}
	}
	for name, lines := range map[string][]answer.LookupLine{"by key": byKey, "by code": byCode} {
		var took []time.Duration
		var bytes int64
		allocs := testing.AllocsPerRun(100, func() {
			start := time.Now()
			l := answer.Lookup(snap, lines, answer.LookupOptions{})
			n, err := l.WriteTo(io.Discard)
			if err != nil || l.Count(answer.StatusFound) != len(lines) {
				t.Fatal(l.Count(answer.StatusFound), err)
			}
			l.Release()
			took, bytes = append(took, time.Since(start)), n
		})
		slices.Sort(took)
		t.Logf("%s: %d ids, %.1f MB: fastest %v, median %v; %.0f allocations", name, len(lines), float64(bytes)/1e6, took[0], took[len(took)/2], allocs)
		if allocs > 10 {
			t.Errorf("%s: %.0f allocations", name, allocs)
		}
		if took[0] > time.Second {
			t.Errorf("%s: %v", name, took[0])
		}
	}
}
