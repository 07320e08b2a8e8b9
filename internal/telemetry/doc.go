// Package telemetry exports what the program did as spans of OpenTelemetry
// (OTLP over HTTP). It is the only package that knows OpenTelemetry.
//
// A [Tracer] never makes anybody wait: spans go into a bounded queue, and what
// finds no place in it, or no collector, is dropped and counted. A nil Tracer
// is one that does nothing, at no cost.
//
// What is recorded of requests is decided by the client where it sends a
// traceparent, else by a ratio; the rest (imports, loads of releases) is always
// recorded. Spans have no addresses, paths, queries or texts of errors: those
// may tell of a person or have a secret in them, and are the log's.
package telemetry
