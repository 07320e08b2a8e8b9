package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// known is what this process knows of the store, for requests, which never
// ask the store itself (P5): the ledger, the acts, what left the register.
type known struct {
	store store
	log   *slog.Logger

	mu     sync.Mutex // of learn
	gone   []festdb.Removal
	noted  map[uint64]bool               // acts that were told of
	primed bool                          // the acts of before the start were noted
	judged map[uint64]*api.HeldCandidate // by act, so that a verdict is read once
	costs  costs

	now   atomic.Pointer[knowledge]
	grave atomic.Pointer[cache.Graveyard]
}

// knowledge is what was learned at one time; it never changes.
type knowledge struct {
	releases []api.ArchivedRelease // newest first
	docket   *fest.Docket
	waiting  waiting
	acts     []fest.Act
	plain    []fest.Release
	since    string        // HentetDato of the oldest that is known
	advisory *api.Advisory // the last one that was not withdrawn; it says itself when it ends
	register *api.Register
}

func newKnown(s store, log *slog.Logger) *known {
	m := &known{store: s, log: log, noted: map[uint64]bool{}, costs: costs{}}
	m.now.Store(&knowledge{docket: fest.NewDocket(nil, nil, time.Now()), register: new(api.Register)})
	return m
}

// learn asks the store. Where it cannot be asked, what is known stands.
func (m *known) learn(ctx context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	records, err := m.store.Releases(ctx)
	if err != nil {
		m.log.Debug("the ledger cannot be read, what is known stands", "error", err)
		return
	}
	acts, err := m.store.Acts(ctx)
	if err != nil {
		m.log.Debug("the audit log cannot be read, what is known stands", "error", err)
		return
	}
	k := &knowledge{acts: acts}
	for _, r := range records {
		k.plain = append(k.plain, r.Release)
	}
	k.releases = m.located(k.plain)
	k.docket = fest.NewDocket(k.plain, acts, time.Now())
	k.waiting = m.costs.of(k.docket)
	if a := k.docket.Advisory; a != nil {
		k.advisory = &api.Advisory{Text: a.Text, Since: a.At, Until: a.Until}
	}
	k.register = m.registerOf(k)
	m.bury(ctx)
	k.since = m.oldest(k.plain)
	m.now.Store(k)
	m.tell(acts)
}

// locate looks again which releases this node has on disk; it asks no store.
func (m *known) locate() {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := *m.now.Load()
	k.releases = m.located(k.plain)
	m.now.Store(&k)
}

func (m *known) located(releases []fest.Release) []api.ArchivedRelease {
	list := make([]api.ArchivedRelease, len(releases))
	for i, r := range releases {
		onDisk, damaged := m.store.Disk().Kept(r.Content.Digest)
		list[i] = api.ArchivedRelease{Release: r, OnDisk: onDisk && !damaged}
	}
	return list
}

// bury reads what left the register, if that has changed.
func (m *known) bury(ctx context.Context) {
	gone, err := m.store.Removed(ctx)
	if err != nil {
		m.log.Warn("what left the register cannot be read, what is known stands", "error", err)
		return
	}
	if m.grave.Load() != nil && sameRemovals(gone, m.gone) {
		return
	}
	sets := make([]cache.RemovedSet, len(gone))
	for i, r := range gone {
		sets[i] = cache.RemovedSet{Serial: r.Serial, RetrievalDate: r.RetrievalDate, Data: r.Data}
	}
	g, err := cache.OpenGraveyard(sets)
	if err != nil {
		g, err = cache.OpenGraveyard(m.readable(sets))
	}
	if err != nil {
		m.log.Error("what left the register cannot be read", "error", err)
		return
	}
	m.gone = gone
	m.grave.Store(g)
}

// readable leaves out the sets that cannot be read.
func (m *known) readable(sets []cache.RemovedSet) []cache.RemovedSet {
	return slices.DeleteFunc(sets, func(s cache.RemovedSet) bool {
		_, err := cache.OpenGraveyard([]cache.RemovedSet{s})
		if err != nil {
			m.log.Error("what left with a release cannot be read; those ids answer as unknown", "serial", s.Serial, "error", err)
		}
		return err != nil
	})
}

// knows says whether a release was there when the store was asked last: then
// all that left with it is known, too.
func (m *known) knows(rel fest.Release) bool {
	now := m.now.Load().plain
	return len(now) > 0 && now[0].Stream == rel.Stream && now[0].Serial == rel.Serial && now[0].PublishedAt.Equal(rel.PublishedAt)
}

func sameRemovals(a, b []festdb.Removal) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Serial != b[i].Serial || a[i].Content != b[i].Content || string(a[i].Data) != string(b[i].Data) {
			return false
		}
	}
	return true
}

// tell logs what people and the gate did since the last time, on every
// replica.
func (m *known) tell(acts []fest.Act) {
	for _, a := range acts {
		if m.noted[a.ID] {
			continue
		}
		m.noted[a.ID] = true
		if !m.primed {
			continue // it was told when it happened
		}
		attrs := []any{"act", a.ID, "by", a.By, "reason", a.Reason}
		switch a.Kind {
		case fest.ActHold:
			if a.Candidate == nil {
				continue
			}
			c := a.Candidate
			m.log.Error("a candidate is held: it is not served, what was served is", append(attrs, "digest", c.Content.Digest.Short(), "hentet_dato", c.Content.RetrievalDate,
				"findings", len(c.Content.Findings), "baseline", c.Baseline, "next", "server releases show "+c.Content.Digest.Short())...)
		case fest.ActReject:
			m.log.Warn("a content was rejected", append(attrs, "digest", a.Content.Short())...)
		case fest.ActFreeze:
			m.log.Warn("publishing is frozen", append(attrs, "until", a.Until)...)
		case fest.ActUnfreeze:
			m.log.Info("publishing goes on", attrs...)
		case fest.ActAdvise:
			m.log.Warn("answers carry an advisory", append(attrs, "text", a.Text, "until", a.Until)...)
		case fest.ActWithdraw:
			m.log.Info("the advisory was withdrawn", attrs...)
		case fest.ActWaive:
			m.log.Info("a finding is expected ahead", append(attrs, "waiver", string(a.Waiver))...)
		case fest.ActAdopt:
			m.log.Warn("a node follows a database that went back or is another one", append(attrs, "text", a.Text)...)
		case fest.ActUnchanged:
			m.log.Info("an import changed nothing", append(attrs, "digest", a.Content.Short(), "serial", a.After)...)
		case fest.ActHistory:
			m.log.Info("an older file told what has left", append(attrs, "digest", a.Content.Short())...)
		}
	}
	m.primed = true
}

// docket is what the releases and acts add up to now: a freeze or an advisory
// may have run out since they were learned.
func (m *known) docket() *fest.Docket {
	k := m.now.Load()
	d := *k.docket
	now := time.Now()
	for _, a := range []**fest.Act{&d.Frozen, &d.Advisory} {
		if *a != nil && (*a).Until != nil && !now.Before(*(*a).Until) {
			*a = nil
		}
	}
	return &d
}

// advisory is what answers carry, nil for nothing; the API looks at its end.
func (m *known) advisory() *api.Advisory { return m.now.Load().advisory }

// knownSince is the HentetDato of the oldest that is known: a release or a
// history (R26).
func (m *known) knownSince() string { return m.now.Load().since }

// oldest is [known.knownSince] of what was just learned.
func (m *known) oldest(releases []fest.Release) string {
	var oldest fest.DateTime
	if g := m.grave.Load(); g != nil {
		oldest = g.KnownSince()
	}
	for i := range releases {
		if at := releases[i].Content.RetrievalDate; oldest == "" || at < oldest {
			oldest = at
		}
	}
	return string(oldest)
}
