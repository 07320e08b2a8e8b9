package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// Admin administers the releases of a store. One implementation stands behind
// the ops API and the command line: it keeps no state, and asks the store each
// time. Safe for concurrent use; the store orders what changes it.
type Admin struct {
	loader *loader
	gate   gate.Config
	log    *slog.Logger
	now    func() time.Time
}

var _ api.Admin = (*Admin)(nil)

// adminOptions are optional, all of them.
type adminOptions struct {
	gate gate.Config      // judges again where the baseline moved; zero = gate.Default
	log  *slog.Logger     // nil = the loader's
	now  func() time.Time // nil = time.Now
}

// newAdmin administers the store of the loader.
func newAdmin(l *loader, o adminOptions) *Admin {
	a := &Admin{loader: l, gate: o.gate, log: o.log, now: o.now}
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

var errAdminUnbuilt = errors.New("not built yet")

// Releases implements [api.Admin].
func (a *Admin) Releases(context.Context) (api.AdminState, error) {
	return api.AdminState{}, errAdminUnbuilt
}

// Release implements [api.Admin].
func (a *Admin) Release(context.Context, string) (api.AdminRelease, error) {
	return api.AdminRelease{}, errAdminUnbuilt
}

// Diff implements [api.Admin].
func (a *Admin) Diff(context.Context, string, string) (*cache.Comparison, error) {
	return nil, errAdminUnbuilt
}

// Approve implements [api.Admin].
func (a *Admin) Approve(context.Context, string, api.Decision) (fest.Release, error) {
	return fest.Release{}, errAdminUnbuilt
}

// Reject implements [api.Admin].
func (a *Admin) Reject(context.Context, string, api.Decision) (fest.Act, error) {
	return fest.Act{}, errAdminUnbuilt
}

// Rollback implements [api.Admin].
func (a *Admin) Rollback(context.Context, string, api.Decision) (fest.Release, error) {
	return fest.Release{}, errAdminUnbuilt
}

// Act implements [api.Admin].
func (a *Admin) Act(context.Context, fest.Act) (fest.Act, error) { return fest.Act{}, errAdminUnbuilt }

// Audit implements [api.Admin].
func (a *Admin) Audit(context.Context) ([]fest.Act, error) { return nil, errAdminUnbuilt }
