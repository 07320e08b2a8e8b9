package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/gate"
)

// Admin administers the releases of a store. One implementation stands behind
// the ops API and the command line: it keeps no state, and asks the store each
// time. Safe for concurrent use; the store orders what changes it.
type Admin struct {
	loader *loader
	gate   gate.Config
	served *cache.Served
	log    *slog.Logger
	now    func() time.Time
	audit  *auditLog // of the command line's attempts; nil: of another door, which tells itself
}

// told tells the audit log of an attempt of the command line.
func (a *Admin) told(act, ref, by, reason string, err error) {
	if a.audit != nil {
		a.audit.commanded(act, ref, by, reason, err)
	}
}

var _ api.Admin = (*Admin)(nil)

// adminOptions are optional, all of them.
type adminOptions struct {
	gate   gate.Config      // judges again where the baseline moved; zero = gate.Default
	served *cache.Served    // what this process serves: it need not be opened again
	log    *slog.Logger     // nil = the loader's
	now    func() time.Time // nil = time.Now
}

// newAdmin administers the store of the loader.
func newAdmin(l *loader, o adminOptions) *Admin {
	a := &Admin{loader: l, gate: o.gate, served: o.served, log: o.log, now: o.now}
	if a.gate.Rules == nil {
		a.gate = gate.Default()
	}
	if a.log == nil {
		a.log = l.log
	}
	if a.now == nil {
		a.now = time.Now
	}
	return a
}

// Texts of people stand in headers, tables and the audit log.
const (
	maxName   = 100
	maxReason = 1000
)

// person checks who does something, and why.
func person(by, reason string) error {
	for _, f := range [...]struct {
		what, value string
		most        int
	}{{"by: who does it", by, maxName}, {"reason: why it is done", reason, maxReason}} {
		switch {
		case strings.TrimSpace(f.value) == "":
			return fmt.Errorf("%w: %s must be said", api.ErrAdminInvalid, f.what)
		case len(f.value) > f.most:
			return fmt.Errorf("%w: %s has %d bytes, at most %d are kept", api.ErrAdminInvalid, f.what, len(f.value), f.most)
		case strings.ContainsFunc(f.value, isControl):
			return fmt.Errorf("%w: %s has line breaks or control characters", api.ErrAdminInvalid, f.what)
		}
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }

// adminError says of an error of the store what it means to the caller.
func adminError(err error) error {
	for from, to := range map[error]error{
		festdb.ErrConflict: api.ErrAdminConflict, festdb.ErrStream: api.ErrAdminConflict,
		festdb.ErrUnavailable: api.ErrAdminUnavailable, festdb.ErrLocked: api.ErrAdminUnavailable, festdb.ErrNotKept: api.ErrAdminNotFound,
	} {
		if errors.Is(err, from) && !errors.Is(err, to) {
			return fmt.Errorf("%w: %w", to, err)
		}
	}
	return err
}

// record adds an act to the audit log.
func (a *Admin) record(ctx context.Context, act fest.Act) (fest.Act, error) {
	done, err := a.loader.store.Record(ctx, act)
	if err != nil && !errors.Is(err, festdb.ErrNotDurable) {
		return fest.Act{}, adminError(err)
	}
	if err != nil {
		a.log.Warn("recorded, but", "act", act.Kind, "error", err)
	}
	a.log.Info("administration", "act", act.Kind, "by", act.By, "reason", act.Reason, "content", act.Content.Short())
	return done, nil
}
