package rig

import (
	"fmt"
	"io"
)

// Promises are compared with what was seen, and told line by line.
type Promises struct {
	w      io.Writer
	broken int
	total  int
}

// NewPromises tells them to w.
func NewPromises(w io.Writer) *Promises { return &Promises{w: w} }

// Keep notes a promise and whether it was kept.
func (p *Promises) Keep(kept bool, format string, args ...any) {
	p.total++
	mark := "kept  "
	if !kept {
		mark = "BROKEN"
		p.broken++
	}
	_, _ = fmt.Fprintf(p.w, "  %s  %s\n", mark, fmt.Sprintf(format, args...))
}

// Unknown notes what could not be seen, and why.
func (p *Promises) Unknown(format string, args ...any) {
	_, _ = fmt.Fprintf(p.w, "  not seen  %s\n", fmt.Sprintf(format, args...))
}

// Err is an error if a promise was broken.
func (p *Promises) Err() error {
	if p.broken == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d promises were broken", p.broken, p.total)
}
