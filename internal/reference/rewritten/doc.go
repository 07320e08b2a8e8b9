// Package rewritten writes answers of the service as internal/reference gives
// them, so that the tests that compare the two, of small and of full size, write
// them in one way. It is pure; imported by tests only.
package rewritten
