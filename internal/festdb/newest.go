package festdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Candidates lists the releases that could be served, in the order in which a
// server should try them: the current one, then those before it, newest first,
// each content once and only where it is kept. Contents that were found
// damaged are among them; opening one tells. What a person rejected is not,
// going back from it included: it is no better for being whole (P2, P9).
func Candidates(ctx context.Context, s Store) ([]Record, error) {
	all, err := s.Releases(ctx)
	if err != nil {
		return nil, err
	}
	acts, err := s.Acts(ctx)
	if err != nil {
		return nil, err
	}
	var list []Record
	tried := rejected(all, acts)
	for _, r := range all {
		if r.Kept && !tried[r.Content.Digest] {
			tried[r.Content.Digest] = true
			list = append(list, r)
		}
	}
	return list, nil
}

// rejected are the contents that people turned away, but for the one that is
// to be served: somebody may reject it before going back.
func rejected(all []Record, acts []fest.Act) map[fest.Digest]bool {
	releases := make([]fest.Release, len(all))
	for i, r := range all {
		releases[i] = r.Release
	}
	set := map[fest.Digest]bool{}
	if len(all) == 0 {
		return set
	}
	for d := range fest.NewDocket(releases, acts, time.Time{}).Rejected {
		if d != all[0].Content.Digest {
			set[d] = true
		}
	}
	return set
}

// Newest opens the newest release that use takes. It verifies a candidate's
// content and hands it to use, who owns it from then on if it returns nil;
// else Newest closes it and goes on to the release before. The second result
// says what was wrong with each release that was passed over.
//
// [ErrNoRelease]: nothing was ever published. [ErrDamaged]: no release could
// be used; the error holds all causes. Where ctx ends nothing more is tried.
func Newest(ctx context.Context, s Store, use func(Record, Content) error) (Record, []error, error) {
	if _, err := s.Current(ctx); err != nil && !errors.Is(err, ErrStream) { // what was followed is served on
		return Record{}, nil, err
	}
	list, err := Candidates(ctx, s)
	if err != nil {
		return Record{}, nil, err
	}
	var passed []error
	for _, r := range list {
		c, err := s.Content(ctx, r.Content.Digest)
		if err == nil {
			if err = use(r, c); err == nil {
				return r, passed, nil
			}
			err = errors.Join(err, c.Close())
		}
		passed = append(passed, fmt.Errorf("release %d: %w", r.Serial, err))
		if ctx.Err() != nil {
			return Record{}, passed, context.Cause(ctx)
		}
	}
	return Record{}, passed, fmt.Errorf("none of the %d releases on disk can be served: %w: %w", len(list), ErrDamaged, errors.Join(passed...))
}
