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
	errBodyTimeout         = errors.New("the body did not come in time")
	errMediaType           = errors.New("unsupported media type")
	errInvalidBody         = errors.New("invalid body")
	errNotReady            = errors.New("nothing is served yet")
	errTooManyRequests     = errors.New("the client's quota is used up")
	errOverloaded          = errors.New("too much is under way")
	errCredentialRequired  = errors.New("a credential is required")
	errClassNotAllowed     = errors.New("the client may not use the class")
	errPrecondition        = errors.New("precondition failed")
	errRange               = errors.New("range not satisfiable")
	errInternal            = errors.New("internal error")

	errUnauthorized = errors.New("unauthorized")
	errForbidden    = errors.New("forbidden")
	errCrossOrigin  = errors.New("cross-origin")
	errAdminOff     = errors.New("administration is off")
	errAdminFailed  = errors.New("the administration failed")
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
		"The list was begun in a release that is no longer kept here. Start again without a cursor; the pages of one walk are of one release."},
	{errNotFound, http.StatusNotFound, "not-found", "Not found",
		"No release that this service has held has the key. The member knownSince is the retrieval date of the oldest of them: what was removed from FEST before that is unknown here, too."},
	{errRemoved, http.StatusGone, "removed", "Removed from FEST",
		"The entry was in an earlier release and is no longer in FEST. Removed does not mean withdrawn from the market. The members say since which release, why as far as that is known, what FEST names in its place, and what the entry said last; include=removed answers 200 with that."},
	{ErrNotKept, http.StatusNotFound, "release-not-kept", "Release not kept",
		"The release that was asked for is not on this server's disk, or there is none. The member kept lists those that can be read."},
	{errNoRoute, http.StatusNotFound, "no-such-resource", "No such resource",
		"The path is none of this API's. /v1 lists the resources, /openapi.yaml describes them."},
	{errMethodNotAllowed, http.StatusMethodNotAllowed, "method-not-allowed", "Method not allowed",
		"The header Allow has the methods of the resource. No method of this API changes anything."},
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
	{errInvalidBody, http.StatusBadRequest, "invalid-body", "Invalid body",
		"The body is not the JSON object that is described: a member is unknown, missing, repeated or of the wrong kind, or a list is too long. The members pointer, value and expected say which, what it was and what would be right."},
	{errMediaType, http.StatusUnsupportedMediaType, "unsupported-media-type", "Unsupported media type",
		"The body is to be JSON (Content-Type: application/json), in UTF-8 and without a content coding."},
	{errBodyTimeout, http.StatusRequestTimeout, "request-timeout", "Request timeout",
		"The body did not come within the time that a request may take."},
	{errNotReady, http.StatusServiceUnavailable, "not-ready", "Not ready",
		"No verified release is served yet. Come back after the seconds in Retry-After, which differ from answer to answer so that clients do not come back in step."},
	{ErrBusy, http.StatusServiceUnavailable, "busy", "Busy",
		"Too many releases of the past are being read at once. Come back after the seconds in Retry-After."},
	{errTooManyRequests, http.StatusTooManyRequests, "too-many-requests", "Too many requests",
		"This client has used up its quota. Come back after the seconds in Retry-After, with all your requests; the headers RateLimit-Policy and RateLimit say how much there is. Operators can give a client a key with a quota of its own."},
	{errOverloaded, http.StatusServiceUnavailable, "overloaded", "Overloaded",
		"More is under way than this service does at once, so it does not begin this. Come back after the seconds in Retry-After, which differ from answer to answer."},
	{ErrUnknownKey, http.StatusUnauthorized, "unknown-api-key", "Unknown API key",
		"The key in Authorization or X-Api-Key belongs to no client. Where the operators allow it, requests without a key are answered, too, under the quota of their address."},
	{ErrUnknownCertificate, http.StatusForbidden, "unknown-certificate", "Unknown client certificate",
		"The client certificate of the connection is good, and its name belongs to no client of this server."},
	{ErrExpiredCredential, http.StatusUnauthorized, "expired-credential", "Expired credential",
		"The key or certificate was that of a client, and its time is over. The operators can give the client another."},
	{errCredentialRequired, http.StatusUnauthorized, "credential-required", "Credential required",
		"This server, or this class of its routes, answers only clients that show an API key (Authorization: Bearer or X-Api-Key) or a client certificate."},
	{errClassNotAllowed, http.StatusForbidden, "class-not-allowed", "Class not allowed",
		"The client is known, and may not use the class of the route: lookup is entries by key and lists, compute is search and questions, bulk is the file."},
	{ErrNoSource, http.StatusNotFound, "source-not-kept", "Source file not kept",
		"This server does not have the zip file that the served release was made of. The detail says why, and whether it is on its way."},
	{errPrecondition, http.StatusPreconditionFailed, "precondition-failed", "Precondition failed",
		"What If-Match or If-Unmodified-Since asks for does not hold: the file is another one by now."},
	{errRange, http.StatusRequestedRangeNotSatisfiable, "range-not-satisfiable", "Range not satisfiable",
		"The header Range asks for bytes that the file does not have; Content-Range says how many there are."},
	{errInternal, http.StatusInternalServerError, "internal-error", "Internal error",
		"A fault of this service. Its log has the cause under the trace id."},
}

// opsProblemTypes are those of the ops listener alone. Their details are for
// operators and so are shown whatever the status.
var opsProblemTypes = []problemType{
	{errUnauthorized, http.StatusUnauthorized, "unauthorized", "Unauthorized",
		"The administration, and all of a protected ops listener, want the header Authorization: Bearer with a token of --admin-token-file or --ops-token-file, or a client certificate."},
	{errForbidden, http.StatusForbidden, "forbidden", "Forbidden",
		"The credential is good for probes, metrics and descriptions. Administration and profiles want a token of --admin-token-file, or a certificate named in --ops-admin-certs."},
	{errCrossOrigin, http.StatusForbidden, "cross-origin", "Cross-origin",
		"A browser sent this for a page of another site (Sec-Fetch-Site, Origin). A browser shows its client certificate to whatever page asks, so that administration is refused then."},
	{errAdminOff, http.StatusForbidden, "administration-off", "Administration is off",
		"The server was started without --admin-token-file and --ops-admin-certs, so nobody may administer it over HTTP; the command server releases can."},
	{ErrAdminNotFound, http.StatusNotFound, "unknown-release", "Unknown release",
		"No release or candidate has that serial or digest."},
	{ErrAdminConflict, http.StatusConflict, "conflict", "Conflict",
		"The state is not what the caller believed, such as another baseline than the one that the verdict was given against. Look again, then decide again."},
	{ErrAdminInvalid, http.StatusUnprocessableEntity, "unprocessable", "Unprocessable",
		"What was asked for makes no sense; the detail says what would."},
	{ErrAdminUnavailable, http.StatusServiceUnavailable, "store-unavailable", "Store unavailable",
		"The store of releases cannot be reached. What is served stays served."},
	{errAdminFailed, http.StatusInternalServerError, "administration-failed", "Administration failed",
		"Something went wrong on the way; nothing was published by halves. The detail and the log have the cause."},
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
	for i := range opsProblemTypes {
		if errors.Is(err, opsProblemTypes[i].err) {
			return &opsProblemTypes[i]
		}
	}
	return &problemTypes[len(problemTypes)-1]
}

// forOperators says whether only operators see problems of the type.
func (t *problemType) forOperators() bool {
	for i := range opsProblemTypes {
		if t == &opsProblemTypes[i] {
			return true
		}
	}
	return false
}
