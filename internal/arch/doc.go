// Package arch holds the module to the table of rooms in
// docs/ARCHITECTURE.md: which package may import which. It has tests only.
package arch
