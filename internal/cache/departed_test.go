package cache_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// Departed and DepartedNumber say what Removed and ListRemoved say, but for
// the contents.
func TestDepartedIsRemovedWithoutContents(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	r.publish(1, packageOf("ID_A", "000001", "", "7046260000017"), packageOf("ID_B", "000002", ""), packageOf("ID_C", "000003", ""))
	snap := r.publish(2, edited(packageOf("ID_A", "000009", "000001"), "ID_NEW"), packageOf("ID_B", "000002", ""))
	without := cmpopts.IgnoreFields(cache.RemovedItem{}, "JSON", "XML", "ETag")
	for _, key := range []string{"ID_C", "id_c", "ID_E-ID_C", "ID_E-ID_A", "ID_B", "none"} {
		want, got := snap.Removed(fest.ResourcePackages, key), snap.Departed(fest.ResourcePackages, key)
		if diff := cmp.Diff(want, got, without); diff != "" {
			t.Errorf("%s (-removed +departed):\n%s", key, diff)
		}
		for i := range got {
			if got[i].JSON != nil {
				t.Errorf("%s has a content", key)
			}
		}
	}
	for _, q := range []cache.Query{{Filter: "itemNumber", Value: " 000003 "}, {Filter: "itemNumber", Value: "000001"}, {Filter: "gtin", Value: "7046260000017"}, {Filter: "itemNumber", Value: "3"}} {
		want, _, _, err := snap.ListRemoved(fest.ResourcePackages, []cache.Query{q}, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, snap.DepartedNumber(fest.ResourcePackages, q), without, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v (-removed +departed):\n%s", q, diff)
		}
	}
	if got := snap.DepartedNumber(fest.ResourcePackages, cache.Query{Filter: "name", Value: "pakning"}); got != nil {
		t.Errorf("a filter that is no number: %v", got)
	}
	if got := snap.DepartedNumber(fest.ResourcePackages, cache.Query{Filter: "gtin", Value: "7046260000017"}); len(got) != 1 || got[0].Reason != "identifier-changed" {
		t.Errorf("the bar code that was taken away: %+v", got)
	}
}

func TestGTIN(t *testing.T) {
	for _, test := range []struct {
		value, want string
		ok          bool
	}{
		{"7046260000017", "07046260000017", true}, {" 7046260000017 ", "07046260000017", true}, {"07046260000017", "07046260000017", true},
		{"(01)07046260000017(17)270101(10)A1", "07046260000017", true}, {"]d201070462600000171727010110A1\x1d21S", "07046260000017", true},
		{"\x1d0107046260000017", "07046260000017", true}, {"1727010110A1\x1d0107046260000017", "07046260000017", true},
		{"010704626000001", "010704626000001", false}, {"1727010110A1", "1727010110A1", false}, {"abc", "abc", false}, {"", "", false},
	} {
		if got, ok := cache.GTIN(test.value); got != test.want || ok != test.ok {
			t.Errorf("%q: %q %v, want %q %v", test.value, got, ok, test.want, test.ok)
		}
	}
}
