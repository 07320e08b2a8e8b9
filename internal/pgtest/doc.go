// Package pgtest gives tests a real PostgreSQL of their own: a cluster that is
// made with initdb in a temporary directory, listens on a Unix socket there
// and nowhere else, does not sync, and ends with the test binary.
//
// One cluster serves all tests of a binary, and each test gets a database of
// its own, copied from a template. TestMain hands over to [Main]:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
// Tests that kill the server start one of their own with [Start].
//
// The programs are looked for in PATH and in /usr/lib/postgresql. Where they
// are missing a test fails under CI and is skipped elsewhere. PostgreSQL
// refuses to run as root, so root starts it as user postgres, or nobody.
//
// It is for tests only, may be used by many goroutines, and imports nothing of
// this module.
package pgtest
