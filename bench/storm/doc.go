// Command storm replays the restart of a server with all its consumers: N of
// them lose their connection at the same instant and come back the way real
// ones do, while a quiet probe goes on looking things up at a fixed rate,
// whatever the answers take (an open model: what waits is counted from when it
// should have been sent).
//
// The server and this program run on different processors; each consumer has
// an address of its own in 127.0.0.0/8. Everything is loopback, and stops by
// itself. -valves=off starts the server without its valves, so that the
// difference is seen.
package main
