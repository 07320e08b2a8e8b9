package cache

// Recycle gives a prepared entry back without adding it.
func (b *Builder) Recycle(p *Prepared) { b.recycle(p) }

// DiffJSON is for the tests of comparisons.
var DiffJSON = diffJSON
