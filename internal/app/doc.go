// Package app wires the rooms of festd into a program: [New], [App.Start],
// [App.Addr], [App.Stop], as often as a test likes in one process. It owns
// every goroutine, listener and file of a running server and gives each back
// in Stop, in the reverse order of taking.
//
// Signals, environment and exit codes are cmd/server's; app takes all it needs
// from [Options].
package app
