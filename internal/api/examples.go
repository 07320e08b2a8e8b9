package api

import (
	"encoding/json"
	"net/url"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// example is a link for people to try; it was tried on the release it is
// shown with.
type example struct {
	Kind exampleKind
	Name string // what it looks up
	Href string
}

type exampleKind string

const (
	exampleName         exampleKind = "name"
	exampleDrugs        exampleKind = "drugs"
	exampleATC          exampleKind = "atc"
	exampleItemNumber   exampleKind = "itemNumber"
	exampleGTIN         exampleKind = "gtin"
	exampleEntry        exampleKind = "entry"
	exampleInteractions exampleKind = "interactions"
)

// exampleItem is what examples need of an entry.
type exampleItem struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	NameFormStrength string `json:"nameFormStrength"`
	Atc              struct {
		Code string `json:"code"`
	} `json:"atc"`
	ItemNumber string   `json:"itemNumber"`
	BarCodes   []string `json:"barCodes"`
}

// exampleScan bounds how many entries are looked at for one.
const exampleScan = 200

// examples picks links from the data: paracetamol if it is there, else the
// first entries that will do. What finds nothing is not shown.
func examples(s *cache.Snapshot) []example {
	var out []example
	add := func(kind exampleKind, name string, res fest.Resource, filter, value string) bool {
		if value == "" || countOf(s, res, cache.Query{Filter: filter, Value: value}) == 0 {
			return false
		}
		out = append(out, example{kind, name, "/v1/" + string(res) + "?" + filter + "=" + url.QueryEscape(value)})
		return true
	}
	ingredient, ok := pick(s, fest.ResourceIngredients, []cache.Query{{Filter: "name", Value: "paracetamol"}}, func(exampleItem) bool { return true })
	if !ok {
		ingredient, ok = pick(s, fest.ResourceIngredients, nil, func(i exampleItem) bool { return i.Name != "" })
	}
	var drugs []cache.Query
	if ok {
		add(exampleName, ingredient.Name, fest.ResourceIngredients, "name", ingredient.Name)
		if add(exampleDrugs, ingredient.Name, fest.ResourceDrugs, "ingredient", ingredient.ID) {
			drugs = []cache.Query{{Filter: "ingredient", Value: ingredient.ID}}
		}
	}
	drug, ok := pick(s, fest.ResourceDrugs, drugs, func(i exampleItem) bool { return i.Atc.Code != "" })
	var packages []cache.Query
	if ok {
		out = append(out, example{exampleEntry, drug.NameFormStrength, href(fest.ResourceDrugs, drug.ID)})
		if _, found := s.ATC(drug.Atc.Code); found {
			out = append(out, example{exampleATC, drug.Atc.Code, "/v1/atc/" + url.PathEscape(drug.Atc.Code)})
		}
		if q := (cache.Query{Filter: "drug", Value: drug.ID}); countOf(s, fest.ResourcePackages, q) > 0 {
			packages = []cache.Query{q}
		}
	}
	pack, ok := pick(s, fest.ResourcePackages, packages, func(i exampleItem) bool { return i.ItemNumber != "" && len(i.BarCodes) > 0 })
	if !ok {
		pack, ok = pick(s, fest.ResourcePackages, nil, func(i exampleItem) bool { return i.ItemNumber != "" })
	}
	if ok {
		add(exampleItemNumber, pack.ItemNumber, fest.ResourcePackages, "itemNumber", pack.ItemNumber)
		if len(pack.BarCodes) > 0 {
			add(exampleGTIN, pack.BarCodes[0], fest.ResourcePackages, "gtin", pack.BarCodes[0])
		}
	}
	if !add(exampleInteractions, drug.Atc.Code, fest.ResourceInteractions, "atc", drug.Atc.Code) && s.Len(fest.ResourceInteractions) > 0 {
		out = append(out, example{exampleInteractions, "", "/v1/" + string(fest.ResourceInteractions)})
	}
	return out
}

// pick returns the first entry of a list that will do.
func pick(s *cache.Snapshot, res fest.Resource, q []cache.Query, will func(exampleItem) bool) (exampleItem, bool) {
	page, err := s.List(res, q, 0, exampleScan)
	if err != nil {
		return exampleItem{}, false
	}
	for _, i := range page.Items {
		var it exampleItem
		if json.Unmarshal(s.Item(i).JSON, &it) == nil && will(it) {
			return it, true
		}
	}
	return exampleItem{}, false
}

func countOf(s *cache.Snapshot, res fest.Resource, q cache.Query) int {
	page, err := s.List(res, []cache.Query{q}, 0, 1)
	if err != nil {
		return 0
	}
	return page.Total
}
