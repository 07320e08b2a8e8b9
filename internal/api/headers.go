package api

// Values of headers that do not depend on the request. They are shared by all
// answers: never changed, never appended to.
var (
	typeJSON    = []string{"application/json"}
	typeXML     = []string{"application/xml; charset=utf-8"}
	typeHTML    = []string{"text/html; charset=utf-8"}
	typeText    = []string{"text/plain; charset=utf-8"}
	typeYAML    = []string{"application/yaml"}
	typeZip     = []string{"application/zip"}
	typeProblem = []string{"application/problem+json"}

	noCache    = []string{"no-cache"}
	noStore    = []string{"no-store"}
	varyAccept = []string{"Accept, Accept-Encoding"}
	varyPage   = []string{"Accept, Accept-Encoding, Accept-Language"}
	nosniff    = []string{"nosniff"}
	gzipCoding = []string{"gzip"}
	zstdCoding = []string{"zstd"}

	// FEST is open data: pages of any origin may read it, with no more rights
	// than anybody has. Nothing here depends on cookies or on the origin.
	anyOrigin     = []string{"*"}
	exposeHeaders = []string{"FEST-Release, FEST-Retrieved, FEST-Sample, FEST-Advisory, FEST-Removed, ETag, Link, RateLimit, RateLimit-Policy, Retry-After, nhn-event-id, traceresponse"}
	allowHeaders  = []string{"Accept, Accept-Language, Authorization, Content-Type, If-Modified-Since, If-None-Match, nhn-event-id, Range, traceparent, tracestate, X-Api-Key"}
	maxAge        = []string{"86400"}
	sampleValue   = []string{sampleText}

	closeConnection = []string{"close"}
)

// The headers that name the release of an answer. The keys are written as
// documented, not in Go's canonical form: header names have no case, and this
// is what people see in a terminal.
const (
	headerRelease   = "FEST-Release"
	headerRetrieved = "FEST-Retrieved"
	headerSample    = "FEST-Sample"
	// headerAdvisory is what operators want all clients to know.
	headerAdvisory = "FEST-Advisory"
	// headerRemoved says, on the last content of an entry that was removed, the
	// HentetDato of the first release known without it.
	headerRemoved = "FEST-Removed"
	// What a client's quota is and what is left of it.
	headerPolicy = "RateLimit-Policy"
	headerLimit  = "RateLimit"
)

// sampleText marks made-up data.
const sampleText = "not for clinical use"
