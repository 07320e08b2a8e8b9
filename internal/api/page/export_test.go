package page

import "io/fs"

// NewSet reads other files than the embedded ones.
func NewSet(files fs.FS) (*Set, error) { return newSet(files) }
