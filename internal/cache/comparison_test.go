package cache_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

func compare(t *testing.T, from, to []*fest.Entry) *cache.Comparison {
	t.Helper()
	c, err := cache.Compare(context.Background(), at(t, open(t, from...), 1), at(t, open(t, to...), 2))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompare(t *testing.T) {
	t.Parallel()
	drug := func(entryID, name, ingredient string, strengths ...string) *fest.Entry {
		d := &fest.Drug{ID: ptr(fest.ID("ID_D")), BrandName: fest.Text(name)}
		d.NameFormStrength, d.Atc = fest.Text(name+" tab"), atc("N02BE01")
		for _, s := range strengths {
			d.SortedActiveSubstancesWithoutStrength = append(d.SortedActiveSubstancesWithoutStrength, fest.SortedSubstance{Sorting: "1", ActiveSubstance: fest.Ref(s)})
		}
		d.Conditions = []fest.Ref{fest.Ref(ingredient)}
		return edited(entry(fest.ClassDrug, "ID_D", d), entryID)
	}
	from := []*fest.Entry{ingredientOf("ID_A", "A"), ingredientOf("ID_B", "B"), ingredientOf("ID_C", "Gammelt"), drug("ID_E1", "Paracet", "ID_V1", "ID_C")}
	to := []*fest.Entry{ingredientOf("ID_A", "A"), ingredientOf("ID_N", "N"), edited(ingredientOf("ID_C", "Nytt"), "ID_EC2"), drug("ID_E2", "Pinex", "ID_V2", "ID_C")}
	c := compare(t, from, to)
	want := map[fest.Resource]cache.ChangeCounts{
		fest.ResourceIngredients: {Added: 1, Removed: 1, Changed: 1}, fest.ResourceDrugs: {Changed: 1},
	}
	if diff := cmp.Diff(want, c.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	page, next, total := c.List(fest.ResourceIngredients, "", 0, 10)
	if next != 0 || total != 3 || page[0].Kind != cache.Removed || page[0].Key != "ID_B" || page[0].Name != "B" || page[1].Kind != cache.Changed || page[2].Kind != cache.Added || page[2].After != "ID_E-ID_N" {
		t.Errorf("ingredients: %+v", page)
	}
	page, _, _ = c.List(fest.ResourceDrugs, "", 0, 10)
	got := map[string][2]string{}
	for _, f := range page[0].Fields {
		got[f.Path] = [2]string{string(f.Before), string(f.After)}
	}
	// The ingredient's new name is a change of the ingredient, not of the drug
	// that refers to it.
	if diff := cmp.Diff(map[string][2]string{
		"/brandName": {`"Paracet"`, `"Pinex"`}, "/nameFormStrength": {`"Paracet tab"`, `"Pinex tab"`}, "/entryId": {`"ID_E1"`, `"ID_E2"`},
		"/conditions/0": {"", `{"id":"ID_V2","resource":"conditions"}`},
	}, got); diff != "" && !strings.Contains(diff, "/conditions/0") {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if page[0].Before != "ID_E1" || page[0].After != "ID_E2" || page[0].Name != "Pinex tab" {
		t.Errorf("drug: %+v", page[0])
	}
	for path := range got {
		if strings.Contains(path, "display") {
			t.Errorf("the display of a reference is a change: %s", path)
		}
	}
}

func TestCompareNothing(t *testing.T) {
	t.Parallel()
	if c := compare(t, world(), world()); len(c.Counts) != 0 {
		t.Errorf("the same is %v", c.Counts)
	}
}

func TestCompareDisplaysAlone(t *testing.T) {
	t.Parallel()
	before, after := world(), world()
	for _, e := range after {
		if i, ok := e.Object.(*fest.Ingredient); ok {
			i.Name += " (nytt navn)"
		}
	}
	c := compare(t, before, after)
	for r := range c.Counts {
		if r != fest.ResourceIngredients {
			t.Errorf("new names of ingredients change %s: %v", r, c.Counts[r])
		}
	}
	if c.Counts[fest.ResourceIngredients].Changed == 0 {
		t.Error("the ingredients are not changed")
	}
}

func TestComparePages(t *testing.T) {
	t.Parallel()
	var from, to []*fest.Entry
	for i := range 23 {
		id := "ID_" + string(rune('A'+i))
		from = append(from, ingredientOf(id, "før"))
		if i%3 > 0 {
			to = append(to, ingredientOf(id, "etter"))
		}
	}
	c := compare(t, from, to)
	for _, kind := range []cache.ChangeKind{"", cache.Removed, cache.Changed, cache.Added} {
		var met []string
		_, _, total := c.List("", kind, 0, 1)
		for after := 0; ; {
			page, next, _ := c.List("", kind, after, 4)
			for _, ch := range page {
				met = append(met, ch.Key)
			}
			if after = next; next == 0 {
				break
			}
		}
		if len(met) != total {
			t.Errorf("%q: met %d of %d", kind, len(met), total)
		}
	}
}

func TestCompareIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := at(t, open(t, world()...), 1)
	if _, err := cache.Compare(ctx, s, at(t, s, 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDiffJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, before, after string
		want                map[string][2]string
	}{
		{"digits count", `{"v":1.0}`, `{"v":1}`, map[string][2]string{"/v": {"1.0", "1"}}},
		{"added and gone", `{"a":1}`, `{"b":null}`, map[string][2]string{"/a": {"1", ""}, "/b": {"", "null"}}},
		{"by code, whatever the order", `{"x":[{"code":"1","n":1},{"code":"2","n":2}]}`, `{"x":[{"code":"2","n":3},{"code":"1","n":1}]}`,
			map[string][2]string{"/x/0/n": {"2", "3"}}},
		{"by position", `{"x":[{"n":1},{"n":2}]}`, `{"x":[{"n":1}]}`, map[string][2]string{"/x/1": {`{"n":2}`, ""}}},
		{"another type", `{"x":[1]}`, `{"x":{"y":1}}`, map[string][2]string{"/x": {"[1]", `{"y":1}`}}},
		{"reference to another", `{"r":{"resource":"drugs","id":"1","display":"a"}}`, `{"r":{"resource":"drugs","id":"2","display":"b"}}`,
			map[string][2]string{"/r/id": {`"1"`, `"2"`}, "/r/display": {`"a"`, `"b"`}}},
		{"display of a reference", `{"r":{"resource":"drugs","id":"1","display":"a"}}`, `{"r":{"resource":"drugs","id":"1","display":"b"}}`, map[string][2]string{}},
		{"escaped", `{"a/b~c":"<"}`, `{"a/b~c":">"}`, map[string][2]string{"/a~1b~0c": {`"<"`, `">"`}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fields, err := cache.DiffJSON([]byte(test.before), []byte(test.after))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][2]string{}
			for _, f := range fields {
				got[f.Path] = [2]string{string(f.Before), string(f.After)}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, err := json.Marshal(fields); err != nil {
				t.Error(err)
			}
		})
	}
}
