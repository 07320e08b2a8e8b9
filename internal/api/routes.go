package api

import (
	"net/http"

	"github.com/festd/festd/internal/fest"
)

// Cost is the class of a route: what answering it takes, and so which bounds
// it stands under.
type Cost uint8

const (
	// CostOps is a probe: never refused.
	CostOps Cost = iota
	// CostLookup is one or some entries by key.
	CostLookup
	// CostCompute is work that grows with the question.
	CostCompute
	// CostBulk is a body of megabytes.
	CostBulk
	costs
)

// What a request takes from its client's quota, where it is more than one
// token: about what it takes of the machine, beside a lookup.
const (
	tokensList    = 2
	tokensSearch  = 4
	tokensAnswer  = 4
	tokensCompute = 10
	tokensBulk    = 20
)

// Caching is what a route's answers say of their caching.
type Caching uint8

const (
	// CacheNever says that the answer holds for this moment only (no-store).
	CacheNever Caching = iota
	// CacheRevalidate says that the answer is kept and asked for with If-None-Match (no-cache), which
	// costs next to nothing.
	CacheRevalidate
)

// Route is a row of the route table: everything that is true of a route
// without looking into its handler.
type Route struct {
	// Pattern is chi's, and the label route of metrics and logs.
	Pattern string
	// Methods beside OPTIONS, which all routes have.
	Methods []string
	Cost    Cost
	// Body is how many bytes a posted body may have, which the endpoint
	// receives before the request takes a slot; zero: the route takes none.
	Body int64
	// Tokens are what a request takes from its client's quota; zero is one.
	Tokens  int
	Caching Caching
	// Resource is what the route serves entries of; "" if none.
	Resource fest.Resource
	// Data routes answer from a snapshot and need one.
	Data bool
	// AsOf routes take the parameter release. An answer from another release
	// than the one served costs [CostCompute], whatever Cost says.
	AsOf bool
	// Scope is what a route of the ops listener asks of its callers; routes of
	// the public one have none.
	Scope  Scope
	act    string // what a route of the administration does, for the audit log
	handle handler
}

// handler writes the answer, or returns an error and has written nothing. v is
// nil for routes without data.
type handler func(c *call, v *view) error

// atcPattern is the route of the ATC codes, which are no class of M30.
const atcPattern = "/v1/atc/{code}"

var readOnly = []string{http.MethodGet, http.MethodHead}

// routes is the route table of the public listener.
func (a *API) routes() []Route {
	rs := []Route{
		{Pattern: "/healthz", Cost: CostOps, Caching: CacheNever, handle: a.healthz},
		{Pattern: "/openapi.yaml", Cost: CostLookup, Caching: CacheRevalidate, handle: a.openapi},
		{Pattern: "/problems/{type}", Cost: CostLookup, Caching: CacheRevalidate, handle: a.problemDoc},
		{Pattern: "/fest/fest251.zip", Cost: CostBulk, Tokens: tokensBulk, Caching: CacheRevalidate, Data: true, handle: a.source},
		{Pattern: "/v1", Cost: CostLookup, Caching: CacheRevalidate, Data: true, handle: a.resources},
		{Pattern: registerPath, Cost: CostLookup, Tokens: tokensList, Caching: CacheRevalidate, handle: a.register},
		{Pattern: "/v1/releases", Cost: CostLookup, Caching: CacheRevalidate, Data: true, handle: a.ledger},
		{Pattern: "/v1/releases/current", Cost: CostLookup, Caching: CacheRevalidate, Data: true, handle: a.currentRelease},
		{Pattern: "/v1/releases/{serial}", Cost: CostLookup, Caching: CacheRevalidate, Data: true, handle: a.ledgerRelease},
		{Pattern: "/v1/releases/{serial}/verdict", Cost: CostLookup, Caching: CacheRevalidate, Data: true, handle: a.verdict},
		{Pattern: "/v1/releases/{serial}/changes", Cost: CostCompute, Tokens: tokensCompute, Caching: CacheRevalidate, Data: true, handle: a.changes},
		{Pattern: searchPath, Cost: CostCompute, Tokens: tokensSearch, Caching: CacheRevalidate, Data: true, AsOf: true, handle: a.search},
		{Pattern: atcPattern, Cost: CostLookup, Caching: CacheRevalidate, Data: true, AsOf: true, handle: a.atc},
	}
	rs = append(rs, a.pageRoutes()...)
	rs = append(rs, a.identifierRoutes()...)
	for _, res := range fest.Resources() {
		path, key := "/v1/"+string(res), "{key}"
		if res == fest.ResourceNotAssessed {
			key = "{atc}"
		}
		rs = append(rs,
			Route{Pattern: path, Cost: CostLookup, Tokens: tokensList, Caching: CacheRevalidate, Data: true, AsOf: true, Resource: res, handle: a.list(res)},
			Route{Pattern: path + "/" + key, Cost: CostLookup, Caching: CacheRevalidate, Data: true, AsOf: true, Resource: res, handle: a.item(res)},
		)
	}
	rs = append(rs, a.interactionChecks(), a.interactionSearch())
	for i := range rs {
		if rs[i].Methods = readOnly; rs[i].Body > 0 {
			rs[i].Methods = post // a question that is too long for a query
		}
	}
	rs = append(rs, a.substitutionRoutes()...)
	rs = append(rs, a.reimbursementRoutes()...)
	rs = append(rs, a.prescribingRoutes()...)
	rs = append(rs, a.relationRoutes()...)
	return append(rs, a.timelineRoutes()...)
}
