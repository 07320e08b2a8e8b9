package festdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Validate fills in what is zero, and refuses what makes no sense.
func (r *Retention) Validate() error {
	for _, n := range []int{r.Contents, r.Snapshots, r.Sources, int(r.Age)} {
		if n < 0 {
			return fmt.Errorf("%w: retention %+v: want no negative value", ErrState, *r)
		}
	}
	if r.Age == 0 {
		r.Age = 400 * 24 * time.Hour
	}
	if r.Contents == 0 {
		r.Contents = 7
	}
	if r.Snapshots == 0 {
		r.Snapshots = 3
	}
	if r.Sources == 0 {
		r.Sources = 3
	}
	return nil
}

// wanted is what retention keeps.
type wanted struct {
	contents, snapshots, sources map[fest.Digest]bool
}

// plan says what is kept of releases, newest first. The first is served.
// Whatever a release that is kept refers to is kept, also where an older one
// that is not kept refers to it, too: digests decide.
func (d *Disk) plan(releases []fest.Release) wanted {
	r := d.opts.Retention
	w := wanted{map[fest.Digest]bool{}, map[fest.Digest]bool{}, map[fest.Digest]bool{}}
	oldest := d.opts.Now().Add(-r.Age)
	seen := map[fest.Digest]bool{}
	whole, recent := 0, 0 // contents met so far that are on disk and undamaged; that are on disk
	for i, rel := range releases {
		digest := rel.Content.Digest
		if seen[digest] {
			continue
		}
		seen[digest] = true
		kept, damaged := d.Kept(digest)
		if i == 0 || whole < r.Contents || !rel.PublishedAt.Before(oldest) {
			w.contents[digest] = true
		}
		if i == 0 || recent < r.Snapshots && kept {
			w.snapshots[digest] = true
		}
		if i == 0 || recent < r.Sources && kept {
			w.sources[rel.Source.Digest] = true
		}
		if kept {
			recent++
		}
		if kept && !damaged {
			whole++
		}
	}
	return w
}

// Prune removes what retention no longer keeps, one release's files at a time,
// each under the lock and after the releases were asked for again. What is
// derived goes first and the content last, so a crash in between leaves only
// what the next Prune finds. Open files stay readable.
func (d *Disk) Prune(ctx context.Context) error {
	if d.opts.Released == nil {
		return nil
	}
	for {
		more := false
		err := d.locked(ctx, func() (err error) {
			more, err = d.pruneOne()
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// pruneOne removes the files of one digest and reports whether it did.
func (d *Disk) pruneOne() (bool, error) {
	releases, all, err := d.opts.Released()
	if err != nil {
		return false, fmt.Errorf("retention in %s: nothing is removed: %w", d.opts.Dir, err)
	}
	_, claimed, err := d.living()
	if err != nil {
		return false, err
	}
	if err := d.claimHeld(claimed); err != nil {
		return false, fmt.Errorf("retention in %s: nothing is removed: %w", d.opts.Dir, err)
	}
	w := d.plan(releases)
	known := map[fest.Digest]bool{}
	for i := range releases {
		known[releases[i].Content.Digest] = true
		known[releases[i].Source.Digest] = true
	}
	oldest := d.opts.Now().Add(-d.opts.Retention.Age)
	var victim fest.Digest
	unwanted := func(keep map[fest.Digest]bool) func(fest.Digest, fs.FileInfo) bool {
		return func(digest fest.Digest, info fs.FileInfo) bool {
			// A release that is missing from the list may refer to what none
			// refers to; such a file goes by its own age.
			spared := !all && !known[digest] && !info.ModTime().Before(oldest)
			if keep[digest] || claimed[digest] || spared || victim != "" && victim != digest {
				return false
			}
			victim = digest
			return true
		}
	}
	err = errors.Join(
		d.removeIf(snapshotDir, unwanted(w.snapshots)),
		d.removeIf(sourceDir, unwanted(w.sources)),
		d.removeIf(contentDir, unwanted(w.contents)),
	)
	return victim != "" && err == nil, err
}
