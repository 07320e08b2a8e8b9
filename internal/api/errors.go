package api

import (
	"errors"
	"net/http"

	"github.com/festd/festd/internal/cache"
)

// The sentinel errors of this package: what can go wrong with a request. Each
// has a row in [problemTypes].
var (
	errInvalidParameter    = errors.New("invalid parameter")
	errInvalidCursor       = errors.New("invalid cursor")
	errCursorExpired       = errors.New("the cursor's release is gone")
	errNotFound            = errors.New("nothing has this key")
	errRemoved             = errors.New("removed from FEST")
	errNoRoute             = errors.New("no such resource")
	errMethodNotAllowed    = errors.New("method not allowed")
	errNotAcceptable       = errors.New("not acceptable")
	errEncodingUnsupported = errors.New("no acceptable content coding")
	errSeveral             = errors.New("several entries have this key")
	errURITooLong          = errors.New("the URL is too long")
	errBodyTooLarge        = errors.New("the body is too large")
	errNotReady            = errors.New("nothing is served yet")
	errInternal            = errors.New("internal error")
)

// problemType is a kind of failure as clients see it. The table is the only
// place where an error meets its status.
type problemType struct {
	err    error
	status int
	slug   string // last part of the type URI
	title  string
	doc    string // what it means and what to do
}

// typeBase is what type URIs start with; dereferenced, they are this table.
const typeBase = "/problems/"

var problemTypes = []problemType{
	{errInvalidParameter, http.StatusBadRequest, "invalid-parameter", "Invalid parameter",
		"A query parameter is unknown, repeated, empty or has a value that cannot be used. The members parameter, value and expected say which, what it was and what would be right."},
	{cache.ErrUnknownFilter, http.StatusBadRequest, "invalid-parameter", "Invalid parameter", ""},
	{errInvalidCursor, http.StatusBadRequest, "invalid-cursor", "Invalid cursor",
		"The cursor was not made by this list: it is damaged, or its filters are others. Follow the link next of the page before, or start again without a cursor."},
	{errCursorExpired, http.StatusGone, "cursor-expired", "Cursor expired",
		"The list was begun in a release that is no longer served. Start again without a cursor; the pages of one walk are of one release."},
	{errNotFound, http.StatusNotFound, "not-found", "Not found",
		"No release that this service has held has the key. The member knownSince is the retrieval date of the oldest of them: what was removed from FEST before that is unknown here, too."},
	{errRemoved, http.StatusGone, "removed", "Removed from FEST",
		"The entry was in an earlier release and is no longer in FEST. Removed does not mean withdrawn from the market."},
	{errNoRoute, http.StatusNotFound, "no-such-resource", "No such resource",
		"The path is none of this API's. /v1 lists the resources, /openapi.yaml describes them."},
	{errMethodNotAllowed, http.StatusMethodNotAllowed, "method-not-allowed", "Method not allowed",
		"The header Allow has the methods of the resource. This API is read only."},
	{errNotAcceptable, http.StatusNotAcceptable, "not-acceptable", "Not acceptable",
		"The header Accept leaves out every representation of the resource; the member available has them. Single entries come as JSON and as XML, lists as JSON only."},
	{errEncodingUnsupported, http.StatusNotAcceptable, "no-acceptable-encoding", "No acceptable content coding",
		"The header Accept-Encoding forbids identity and names none of gzip and zstd."},
	{errSeveral, http.StatusMultipleChoices, "several-entries", "Several entries have this key",
		"Nothing promises that an item number or another key of FEST is unique. The member choices has a link to each of the entries."},
	{errURITooLong, http.StatusRequestURITooLong, "url-too-long", "URL too long",
		"Path and query together are longer than this service reads."},
	{errBodyTooLarge, http.StatusRequestEntityTooLarge, "body-too-large", "Body too large",
		"The request declares a body larger than this service takes."},
	{errNotReady, http.StatusServiceUnavailable, "not-ready", "Not ready",
		"No verified release is served yet. Come back after the seconds in Retry-After, which differ from answer to answer so that clients do not come back in step."},
	{errInternal, http.StatusInternalServerError, "internal-error", "Internal error",
		"A fault of this service. Its log has the cause under the trace id."},
}

// problemTypeOf finds the row of an error; what has none is an internal error.
func problemTypeOf(err error) *problemType {
	if f, ok := asFailure(err); ok {
		err = f.kind // its cause is for the log
	}
	for i := range problemTypes {
		if errors.Is(err, problemTypes[i].err) {
			return &problemTypes[i]
		}
	}
	return &problemTypes[len(problemTypes)-1]
}
