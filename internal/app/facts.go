package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
)

// factsDir holds the gate's facts beside the contents they were made of. They
// are derived: what is missing or damaged is made again.
const factsDir = "facts"

// anchorAge is how far back the anchor lies where nobody approved anything
// (DESIGN §2).
const anchorAge = 60 * 24 * time.Hour

// baselines gives the facts of the release served and of the anchor.
func (l *loader) baselines(ctx context.Context, served fest.Release) (baseline, anchor *gate.Facts, err error) {
	if served.Serial == 0 {
		return nil, nil, nil
	}
	if baseline, err = l.factsOf(ctx, served); err != nil {
		return nil, nil, err
	}
	all, err := l.store.Releases(ctx)
	if err != nil {
		return nil, nil, err
	}
	acts, err := l.store.Acts(ctx)
	if err != nil {
		return nil, nil, err
	}
	rel, ok := anchorOf(all, acts, served, time.Now())
	if !ok {
		return baseline, nil, nil
	}
	if anchor, err = l.factsOf(ctx, rel); err != nil {
		l.log.Warn("the anchor cannot be compared with, the served release takes its place", "serial", rel.Serial, "error", err)
		return baseline, nil, nil
	}
	return baseline, anchor, nil
}

// anchorOf picks the anchor: the last release that a person approved, else
// the oldest one published in the last 60 days; of the same filter, kept, and
// not rejected since: what people went back from vouches for nothing.
// False where that is the served release itself.
func anchorOf(newestFirst []festdb.Record, acts []fest.Act, served fest.Release, now time.Time) (fest.Release, bool) {
	releases := make([]fest.Release, len(newestFirst))
	for i := range newestFirst {
		releases[i] = newestFirst[i].Release
	}
	rejected := fest.NewDocket(releases, acts, now).Rejected
	anchor := served
	for _, r := range newestFirst {
		if _, no := rejected[r.Content.Digest]; no || r.Content.Filter != served.Content.Filter || r.Serial > served.Serial || !r.Kept {
			continue
		}
		if r.Content.Approval != nil {
			anchor = r.Release
			break
		}
		if now.Sub(r.PublishedAt) <= anchorAge {
			anchor = r.Release
		}
	}
	return anchor, anchor.Serial != served.Serial
}

// factsOf reads the facts of a release, or makes them anew.
func (l *loader) factsOf(ctx context.Context, rel fest.Release) (*gate.Facts, error) {
	digest := rel.Content.Digest
	if data, err := os.ReadFile(l.factsPath(digest)); err == nil {
		if f, err := gate.DecodeFacts(data); err == nil {
			return f, nil
		}
	}
	content, err := l.store.Content(ctx, digest)
	if err != nil {
		return nil, err
	}
	f, err := ingest.Facts(ctx, rel.Content, content.Slices(), l.limits)
	if err = errors.Join(err, content.Close()); err != nil {
		return nil, err
	}
	return f, l.keepFacts(digest, f)
}

func (l *loader) factsPath(d fest.Digest) string {
	return filepath.Join(l.store.Disk().Dir(), factsDir, string(d))
}

// keepFacts writes facts beside the contents, and removes those whose content
// is gone.
func (l *loader) keepFacts(d fest.Digest, f *gate.Facts) error {
	data, err := f.MarshalBinary()
	if err != nil {
		return err
	}
	path := l.factsPath(d)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".facts-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(tmp.Name()))
	}
	l.sweepFacts(d)
	return nil
}

func (l *loader) sweepFacts(but fest.Digest) {
	entries, err := os.ReadDir(filepath.Join(l.store.Disk().Dir(), factsDir))
	if err != nil {
		return // nothing to sweep
	}
	for _, e := range entries {
		if d, err := fest.ParseDigest(e.Name()); err == nil && d != but {
			if kept, _ := l.store.Disk().Kept(d); !kept {
				_ = os.Remove(l.factsPath(d)) // tried again by the next import
			}
		}
	}
}
