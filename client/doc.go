// Package client asks a FEST lookup service the way the service wants to be
// asked, and keeps working when it is away.
//
// A [Client] has timeouts, retries what may be retried with full jitter and
// within a budget, honours Retry-After and RateLimit, asks conditionally
// for what it has seen before, and answers from its last good copies when the
// service cannot be reached; such answers say that they are stale. The rules
// are those of docs/CLIENTS.md, which states them for other languages.
//
// A Client is safe for concurrent use. Make one for the process, not one for
// each request.
package client
