package app

import (
	"context"
	"errors"
	"log/slog"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/m30"
)

// ImportOptions is what an import from outside a server needs.
type ImportOptions struct {
	DataDir                string
	Path                   string
	Filter                 fest.Filter // "" = Rekvirent
	Limits                 m30.Limits  // zero = the defaults
	KeepDays, KeepReleases int
	Progress               func(ingest.Progress) // optional
	Log                    *slog.Logger          // nil = discarded
}

// Import imports one file into the store of a data directory and publishes
// it. A server on the same directory follows by itself. Errors: those of
// ingest.Run.
func Import(ctx context.Context, o ImportOptions) (_ ingest.Result, err error) {
	if o.Filter == "" {
		o.Filter = fest.FilterPrescriber
	}
	if o.Limits == (m30.Limits{}) {
		o.Limits = m30.DefaultLimits()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	store, err := openStore(o.DataDir, o.KeepDays, o.KeepReleases, o.Log)
	if err != nil {
		return ingest.Result{}, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	l := &loader{store: store, limits: o.Limits, log: o.Log, metrics: newMetrics(nil)}
	return l.importFile(ctx, o.Path, o.Filter, o.Progress, nil)
}

// importFile runs one import into the loader's store.
func (l *loader) importFile(ctx context.Context, path string, filter fest.Filter, progress func(ingest.Progress),
	judge func(fest.Content, *fest.Release) []fest.Finding,
) (ingest.Result, error) {
	return ingest.Run(ctx, ingest.Options{
		Path:   path,
		Filter: filter,
		Limits: l.limits,
		Stage:  func(ctx context.Context) (ingest.Stage, error) { return l.store.Stage(ctx) },
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
		Intact:   l.intact,
		Judge:    judge,
		Progress: progress,
		TempDir:  l.store.Disk().Dir(),
	})
}

// notOlder holds a source that the server imports on its own when its data
// are not newer than what is served: an import by hand may go back, a restart
// with an old file on the command line must not.
func notOlder(c fest.Content, baseline *fest.Release) []fest.Finding {
	if baseline == nil || c.RetrievalDate > baseline.Content.RetrievalDate {
		return nil
	}
	return []fest.Finding{{
		Rule: "retrieval-date", Severity: fest.SeverityHold, Count: 1,
		Text: "HentetDato " + string(c.RetrievalDate) + " is not after that of the served release, " +
			string(baseline.Content.RetrievalDate) + "; `server import` publishes it all the same",
	}}
}
