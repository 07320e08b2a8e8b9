// Package storetest is the conformance suite of festdb.Store: what every
// store must do, whatever it keeps its releases in. Tests of an implementation
// call [Run] with a factory of stores.
//
// It is for tests only. It imports fest, festdb and the standard library.
package storetest
