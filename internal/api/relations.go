package api

import (
	"strconv"
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
)

// relationRoutes are the questions about what belongs together: substances,
// drugs, packages, generics and product groups, and what holds for a package on
// a day.
func (a *API) relationRoutes() []Route {
	return []Route{
		a.about(fest.ResourceIngredients, "relations", pagingParameters, ingredientRelations),
		a.about(fest.ResourceDrugs, "relations", pagingParameters, drugRelations),
		a.about(fest.ResourceDrugs, "generics", pagingParameters[1:], drugGenerics),
		a.about(fest.ResourcePackages, "relations", pagingParameters, packageRelations),
		a.about(fest.ResourceDoses, "relations", pagingParameters[1:], doseRelations),
		a.about(fest.ResourceGenerics, "relations", pagingParameters, genericRelations),
		a.about(fest.ResourcePackages, "availability", nil, availability),
		a.about(fest.ResourcePackages, "price", nil, price),
		a.about(fest.ResourceCommodities, "price", nil, price),
		a.question("/v1/product-groups", []string{paramParent, paramLimit, paramCursor}, productGroups),
		a.question("/v1/product-groups/{code}", pagingParameters, productGroup),
	}
}

// ingredientRelations answers /v1/ingredients/{key}/relations (R34, R35).
func ingredientRelations(q *asked) (any, error) {
	i, ok := q.Object(q.Item).(*fest.Ingredient)
	if !ok {
		return nil, internal(q.Err())
	}
	p, err := q.paging(answer.ListMoieties, answer.ListSalts, answer.ListStrengths, answer.ListDrugs, answer.ListGenerics, answer.ListPackages)
	if err != nil {
		return nil, err
	}
	return q.IngredientRelations(i, p), nil
}

// drugRelations answers /v1/drugs/{key}/relations (R55–R57).
func drugRelations(q *asked) (any, error) {
	d, ok := q.Object(q.Item).(*fest.Drug)
	if !ok {
		return nil, internal(q.Err())
	}
	p, err := q.paging(answer.ListIngredients, answer.ListPackages, answer.ListGenerics, answer.ListDoses)
	if err != nil {
		return nil, err
	}
	return q.DrugRelations(d, p), nil
}

// drugGenerics answers /v1/drugs/{key}/generics (R59, R60).
func drugGenerics(q *asked) (any, error) {
	d, ok := q.Object(q.Item).(*fest.Drug)
	if !ok {
		return nil, internal(q.Err())
	}
	p, err := q.paging(answer.ListGenerics)
	if err != nil {
		return nil, err
	}
	return q.DrugGenerics(d, p), nil
}

// packageRelations answers /v1/packages/{key}/relations (R46–R48, R55–R57).
func packageRelations(q *asked) (any, error) {
	pack, ok := q.Object(q.Item).(*fest.Package)
	if !ok {
		return nil, internal(q.Err())
	}
	p, err := q.paging(answer.ListGenerics, answer.ListDoses)
	if err != nil {
		return nil, err
	}
	return q.PackageRelations(pack, p), nil
}

// doseRelations answers /v1/doses/{key}/relations (R23, R56).
func doseRelations(q *asked) (any, error) {
	d, ok := q.Object(q.Item).(*fest.Dose)
	if !ok {
		return nil, internal(q.Err())
	}
	p, err := q.paging(answer.ListPackages)
	if err != nil {
		return nil, err
	}
	return q.DoseRelations(d, p), nil
}

// genericRelations answers /v1/generics/{key}/relations (R57, R61–R66).
func genericRelations(q *asked) (any, error) {
	g, ok := q.Object(q.Item).(*fest.Generic)
	if !ok {
		return nil, internal(q.Err())
	}
	p, err := q.paging(answer.ListIngredients, answer.ListSizes, answer.ListDrugs, answer.ListPackages, answer.ListAlso)
	if err != nil {
		return nil, err
	}
	return q.GenericRelations(g, p), nil
}

// availability answers /v1/packages/{key}/availability (R49–R53).
func availability(q *asked) (any, error) {
	p, ok := q.Object(q.Item).(*fest.Package)
	if !ok {
		return nil, internal(q.Err())
	}
	return q.PackageAvailability(p), nil
}

// price answers /v1/packages/{key}/price and /v1/commodities/{key}/price (R5,
// R101–R104).
func price(q *asked) (any, error) {
	prices, ok := q.Prices(q.Object(q.Item))
	if !ok {
		return nil, internal(q.Err())
	}
	return prices, nil
}

// paramParent asks for the groups below one.
const paramParent = "parent"

// productGroups answers /v1/product-groups (R130, R131).
func productGroups(q *asked) (any, error) {
	p, err := q.paging(answer.ListChildGroups)
	if err != nil {
		return nil, err
	}
	parent := q.Param(paramParent)
	groups, ok, err := q.ProductGroups(parent, parent == "", p)
	switch {
	case err != nil:
		return nil, internal(err)
	case !ok:
		return nil, badParameter(paramParent, parent, "no product group has this code", "a code of list 7403, 3 or 5 digits, such as 501")
	}
	return groups, nil
}

// productGroup answers /v1/product-groups/{code} (R130–R132).
func productGroup(q *asked) (any, error) {
	p, err := q.paging(answer.ListChildGroups, answer.ListItems)
	if err != nil {
		return nil, err
	}
	code := strings.TrimSpace(q.PathKey)
	group, ok, err := q.ProductGroup(code, p)
	switch {
	case err != nil:
		return nil, internal(err)
	case !ok:
		return nil, q.api.notFound(q.view, "no product group has the code "+strconv.Quote(clip(code))+"; want a code of list 7403, 3, 5 or 7 digits, such as 501 or 5010101")
	}
	return group, nil
}
