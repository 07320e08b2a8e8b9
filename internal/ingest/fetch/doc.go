// Package fetch downloads a FEST file for the importer: DMP's open
// fest251.zip, or a copy of it on a mirror. It knows HTTP and nothing of what
// is in the file.
//
// A [Fetcher] asks one URL. [Fetcher.Fetch] brings the file into a directory,
// whole, durable and with its digest, or says that there is nothing new. The
// caller imports the file and then calls [Fetcher.Confirm], or
// [Fetcher.Discard] if the import failed. Only what was confirmed makes later
// requests conditional (If-None-Match, If-Modified-Since): a file that was
// downloaded but never imported is downloaded again.
//
// A download that is cut off, by the server, the network or the end of the
// process, goes on where it stopped when the server names the file by a
// strong validator (Range with If-Range, RFC 9110 §13.1.5 and §14.2). What is
// on disk is checked against its recorded digest first, so that a torn write
// costs a download and never a wrong file.
//
// A server cannot hold a fetch: there are bounds on connecting, TLS, headers,
// the rate of the body, its size, redirects, attempts, and all of it together.
//
// # Redirects
//
// At most [Options.MaxRedirects] are followed, never from https to http, and
// only to the host of the URL, to hosts below it, or to those named in
// [Options.RedirectHosts]. A leading "www." of the URL's host is left out of
// the comparison: www.dmp.no leads to dmp.no and cdn.dmp.no, but files.dmp.no
// does not lead to cdn.dmp.no. (Registrable domains proper would need the
// public suffix list, which ages.) Credentials of the URL go to its own
// scheme, host and port alone; no Referer is sent.
//
// # Secrets
//
// A URL may hold a user, a password, or a signature in its query. Neither
// user info nor query are in any error, log line, file or result: see
// [Location].
//
// # Concurrency
//
// A Fetcher is safe for concurrent use. Of several fetches of a URL into the
// same directory, in this process or another, one runs and the others fail
// with [ErrBusy]: kernel locks on the files say what is in use, and a killed
// process leaves none. What killed processes left is swept at the next fetch.
//
// [Schedule] says when to fetch.
//
// The package may import fest and the standard library, and serves no HTTP.
package fetch
