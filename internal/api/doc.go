// Package api answers HTTP: the routes of the public API over the snapshot
// they are handed, problems, negotiation, caching headers, the page for
// people, and the handler of the ops listener.
//
// The contract is api/openapi.yaml; tests hold the routes, parameters and
// schemas of this package against it, both ways.
//
// A request acquires the served snapshot once, before its handler runs, and
// gives it back after the last byte of the body was handed to net/http (P1).
// Handlers see nothing else of the program: no store, no network, no clock but
// the one of [Options] (P5). Releases before the one served come from an
// [Archive], which has them in memory or on the local disk; a call holds the one
// that its answer is drawn from just so.
//
// The ops listener has a contract of its own, api/ops.yaml. Its administration
// stands behind a token and hands everything to an [Admin], which may wait for
// the store; the public listener never does.
//
// A handler writes its answer or returns an error, never both. Errors are
// sentinels, wrapped with what the caller needs to know; one table says their
// status, type and title, and one function writes them (RFC 9457).
//
// Everything here is safe for concurrent use. There is no mutable state at
// package level. The package must not import m30, festdb, ingest or app.
package api
