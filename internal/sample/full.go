package sample

import (
	"time"

	"github.com/festd/festd/internal/fest"
)

type full struct{}

func newFull(seed uint64, retrieved time.Time, scale float64) *full { return &full{} }
func (f *full) len() int                                            { return 0 }
func (f *full) class(i int) fest.Class                              { return 0 }
func (f *full) entry(i int) *fest.Entry                             { return nil }
