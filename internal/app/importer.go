package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/ingest/fetch"
	"github.com/festd/festd/internal/m30"
)

// ImportOptions is what an import from outside a server needs.
type ImportOptions struct {
	SourceOptions          // where Path is a URL
	DataDir                string
	DatabaseURL            string       // PostgreSQL; "" = the directory store
	Path                   string       // file, or URL
	Source                 *fest.Source // what Path is a copy of; optional
	Version                string       // of the program, for the User-Agent
	Filter                 fest.Filter  // "" = Rekvirent
	Limits                 m30.Limits   // zero = the defaults
	KeepDays, KeepReleases int
	Gate                   gate.Config    // zero = gate.Default
	Approval               *fest.Approval // publishes although held; optional
	AuditLog               string         // tells of an approval; "" = audit.jsonl in DataDir
	Rehearse               bool           // everything but publish
	// Changed is told of every change against the served release, in a
	// rehearsal where something is served, by resource, then key; optional.
	Changed  func(Change) error
	Ready    func() bool           // may it be published now; optional, see ingest.Options
	Progress func(ingest.Progress) // optional
	Log      *slog.Logger          // nil = discarded
}

// Import imports one file into the store of a data directory and publishes
// it. A server on the same directory follows by itself. Errors: those of
// ingest.Run.
func Import(ctx context.Context, o ImportOptions) (_ ingest.Result, err error) {
	o.defaults()
	if a := o.Approval; a != nil && !o.Rehearse {
		defer func() { // last of all, when a store that nothing came into is gone again
			if _, gone := os.Stat(o.DataDir); gone == nil {
				newAuditLog(o.AuditLog, o.DataDir, o.Log).commanded("approve", fetch.Location(o.Path), a.By, a.Reason, err)
			}
		}()
	}
	leftover := newLeftover(o.DataDir)
	store, err := openStore(ctx, storeOptions{
		dataDir: o.DataDir, databaseURL: o.DatabaseURL, keepDays: o.KeepDays, keepReleases: o.KeepReleases, log: o.Log,
	})
	if err != nil {
		return ingest.Result{}, err
	}
	defer func() {
		err = errors.Join(err, store.Close())
		if err != nil || o.Rehearse {
			leftover.remove()
		}
	}()
	l := &loader{store: store, limits: o.Limits, log: o.Log, metrics: newMetrics(nil)}
	if !fetch.IsURL(o.Path) {
		return l.importFile(ctx, o)
	}
	d, err := newDownload(l, o.Path, false, o)
	if err != nil {
		return ingest.Result{}, err
	}
	return d.run(ctx)
}

func (o *ImportOptions) defaults() {
	if o.Filter == "" {
		o.Filter = fest.FilterPrescriber
	}
	if o.Limits == (m30.Limits{}) {
		o.Limits = m30.DefaultLimits()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Gate.Rules == nil {
		o.Gate = gate.Default()
	}
}

// importFile runs one import into the loader's store; of o it takes what is
// about the file and the gate.
func (l *loader) importFile(ctx context.Context, o ImportOptions) (ingest.Result, error) {
	o.defaults()
	if !o.Rehearse {
		l.mendTombstones(ctx)
	}
	return ingest.Run(ctx, l.ingestOptions(o))
}

func (l *loader) ingestOptions(o ImportOptions) ingest.Options {
	var compare func(context.Context, fest.Release, *cache.Snapshot) error
	if o.Changed != nil {
		compare = func(ctx context.Context, served fest.Release, next *cache.Snapshot) error {
			return l.compare(ctx, served, next, o.Changed)
		}
	}
	return ingest.Options{
		Path:   o.Path,
		Source: o.Source,
		Filter: o.Filter,
		Limits: l.limits,
		Stage: func(ctx context.Context) (ingest.Stage, error) {
			stage, err := l.store.Stage(ctx)
			return approving{stage}, err
		},
		Current: func(ctx context.Context) (fest.Release, bool, error) {
			rel, err := l.store.Current(ctx)
			if errors.Is(err, festdb.ErrNoRelease) {
				return fest.Release{}, false, nil
			}
			return rel, err == nil, err
		},
		Snapshot: func(d fest.Digest) (ingest.SnapshotFile, error) {
			return l.store.Disk().CreateSnapshot(d, cache.Format)
		},
		Intact:    l.intact,
		Leaving:   l.leaving,
		Unchanged: l.unchanged,
		Gate: &ingest.Gate{
			Config: o.Gate, Facts: l.baselines, Keep: l.keepFacts, Approval: o.Approval, Docket: l.docket, Hold: l.hold,
		},
		Ready:    o.Ready,
		Rehearse: o.Rehearse,
		Compare:  compare,
		Progress: o.Progress,
		TempDir:  l.store.Disk().Dir(),
	}
}

// compare tells what next changes in the served release.
func (l *loader) compare(ctx context.Context, served fest.Release, next *cache.Snapshot, each func(Change) error) error {
	old, err := l.snapshot(ctx, served)
	if err != nil {
		return fmt.Errorf("reading release %d: %w", served.Serial, err)
	}
	defer old.Close()
	return cache.CompareEach(ctx, old, next, each)
}

// approving is a stage that tells the store of an approval.
type approving struct{ festdb.Stage }

// Publish implements [ingest.Stage].
func (s approving) Publish(ctx context.Context, c fest.Content, src fest.Source, expect fest.Serial) (fest.Release, error) {
	if a := c.Approval; a != nil {
		ctx = festdb.WithActor(ctx, festdb.Actor{Who: a.By, Why: a.Reason, Cause: fest.CauseApproval})
	}
	return s.Stage.Publish(ctx, c, src, expect)
}
