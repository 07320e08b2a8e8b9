package app

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/sample"
)

// memory holds source slices in memory: release 0 is in no store.
type memory []fest.Slice

func (m memory) Slice(i int) (fest.Slice, error) {
	if i < 0 || i >= len(m) {
		return fest.Slice{}, fmt.Errorf("entry %d of %d", i, len(m))
	}
	return m[i], nil
}

func (memory) Close() error { return nil }

// sampleSnapshot builds release 0: made-up data in memory only, never in a
// store, never a baseline (DESIGN §5). It goes the way of every file, through
// XML and decoder, so that what works on it works on FEST.
func sampleSnapshot(ctx context.Context, limits m30.Limits) (*cache.Snapshot, error) {
	var file bytes.Buffer
	if err := sample.Small(sampleDate(time.Now())).WriteXML(&file); err != nil {
		return nil, fmt.Errorf("writing the sample: %w", err)
	}
	reader := m30.NewReader(&file, limits)
	decoder := m30.NewDecoder(limits)
	builder := cache.NewBuilder(cache.Options{Sample: true})
	defer builder.Discard()
	var slices memory
	counts := fest.Counts{}
	for s, err := range reader.Slices() {
		if err != nil {
			return nil, fmt.Errorf("reading the sample: %w", err)
		}
		e, err := decoder.Decode(s)
		if err != nil {
			return nil, fmt.Errorf("decoding the sample: %w", err)
		}
		p, err := builder.Prepare(e)
		if err != nil {
			return nil, fmt.Errorf("rendering the sample: %w", err)
		}
		if err := builder.Add(p, len(slices)); err != nil {
			return nil, err
		}
		slices = append(slices, s)
		counts.Add(e)
	}
	c := fest.Content{Document: reader.Document(), Filter: fest.FilterPrescriber, Sample: true, Counts: counts}
	var flat bytes.Buffer
	if err := builder.Finish(ctx, c, &flat); err != nil {
		return nil, fmt.Errorf("building the sample: %w", err)
	}
	rel := fest.Release{Stream: "sample", PublishedAt: time.Now().UTC(), Content: c, Source: fest.Source{Location: "the built-in sample"}}
	return cache.OpenBytes(flat.Bytes(), rel, slices)
}

// sampleDate is the sample's HentetDato: some days ago, as FEST's is (R9), so
// that what depends on today (selling out, coming prices) shows in any year.
func sampleDate(now time.Time) time.Time {
	d := now.UTC().AddDate(0, 0, -4)
	return time.Date(d.Year(), d.Month(), d.Day(), 3, 9, 6, 0, time.UTC)
}
