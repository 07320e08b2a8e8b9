// Package examples holds the programs of docs/API-GUIDE.md, and the test that
// runs them and keeps the page the same as they are.
package examples
