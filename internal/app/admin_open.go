package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/m30"
)

// AdminOptions name the store that is administered from outside a server. All
// but DataDir are optional.
type AdminOptions struct {
	DataDir                string
	DatabaseURL            string // PostgreSQL; "" = the directory store
	KeepDays, KeepReleases int
	Gate                   gate.Config  // zero = gate.Default
	Limits                 m30.Limits   // zero = the defaults
	AuditLog               string       // "" = audit.jsonl in DataDir
	Log                    *slog.Logger // nil = discarded
}

// OpenAdmin opens a store for administration, beside a running server, which
// follows. It makes no store where there is none. The caller closes it.
func OpenAdmin(ctx context.Context, o AdminOptions) (_ *Admin, closeStore func() error, err error) {
	if o.Limits == (m30.Limits{}) {
		o.Limits = m30.DefaultLimits()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.DatabaseURL == "" {
		there, err := festdb.Open(festdb.Options{Dir: o.DataDir, ReadOnly: true})
		if errors.Is(err, festdb.ErrNoStore) {
			return nil, nil, fmt.Errorf("%s holds no releases; name the server's folder with --data-dir, or its database with --database-url", o.DataDir)
		}
		if err == nil {
			err = there.Close()
		}
		if err != nil {
			return nil, nil, err
		}
	}
	s, err := openStore(ctx, storeOptions{
		dataDir: o.DataDir, databaseURL: o.DatabaseURL, keepDays: o.KeepDays, keepReleases: o.KeepReleases, log: o.Log,
	})
	if err != nil {
		return nil, nil, err
	}
	l := &loader{store: s, limits: o.Limits, log: o.Log, metrics: newMetrics(nil)}
	a := newAdmin(l, adminOptions{gate: o.Gate})
	a.audit = newAuditLog(o.AuditLog, o.DataDir, o.Log)
	return a, s.Close, nil
}
