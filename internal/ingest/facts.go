package ingest

import (
	"context"
	"fmt"
	"iter"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/m30"
)

// Facts makes the gate's facts of a kept content. Slices are the content's.
func Facts(ctx context.Context, c fest.Content, slices iter.Seq2[fest.Slice, error], limits m30.Limits) (*gate.Facts, error) {
	d, o := m30.NewDecoder(limits), gate.NewObserver()
	for s, err := range slices {
		if err == nil {
			err = ctx.Err()
		}
		var e *fest.Entry
		if err == nil {
			e, err = d.Decode(s)
		}
		if err != nil {
			return nil, fmt.Errorf("reading content %s: %w", c.Digest.Short(), err)
		}
		o.Add(e)
	}
	return o.Facts(c.Document, c.Filter, d.Tally().Findings()...), nil
}
