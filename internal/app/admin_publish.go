package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
)

// Approve implements [api.Admin]. Where something else is served than what the
// verdict was given beside, the gate judges again, and what it holds then is
// recorded and refused: the error wraps ErrAdminConflict and *ingest.HeldError.
func (a *Admin) Approve(ctx context.Context, ref string, d api.Decision) (_ fest.Release, err error) {
	defer func() { a.told("approve", ref, d.By, d.Reason, err) }()
	if err := person(d.By, d.Reason); err != nil {
		return fest.Release{}, err
	}
	l, err := a.ledger(ctx)
	if err != nil {
		return fest.Release{}, err
	}
	if ref == "" {
		return fest.Release{}, fmt.Errorf("%w: what to approve must be named", api.ErrAdminInvalid)
	}
	s, err := l.find(ref)
	if err != nil {
		return fest.Release{}, err
	}
	if err := a.whole(ctx, s.candidate); err != nil {
		return fest.Release{}, err
	}
	_, rejected := l.docket.Rejected[s.digest]
	switch {
	case s.digest == l.current.Content.Digest:
		return fest.Release{}, fmt.Errorf("%w: content %s is what release %d serves; there is nothing to approve", api.ErrAdminConflict, s.digest.Short(), l.current.Serial)
	case !rejected && (s.candidate == nil || s.candidate.State != fest.CandidateHeld):
		return fest.Release{}, fmt.Errorf("%w: %s is neither held nor rejected; to serve it again: server releases rollback %d",
			api.ErrAdminInvalid, name(s), s.release.Serial)
	}
	old := a.leaver(ctx, l.current)
	defer old.close()
	next, err := a.loader.snapshot(ctx, fest.Release{Content: s.content, Source: s.source})
	if err != nil {
		return fest.Release{}, adminError(fmt.Errorf("opening %s, whose content must be kept (else import its source again, with --approve-by): %w", name(s), err))
	}
	defer next.Close()
	if l.moved(s, d.Baseline) {
		v, err := a.judge(ctx, l, s, next)
		if err != nil {
			return fest.Release{}, adminError(err)
		}
		if v.Held {
			return fest.Release{}, a.holdAgain(ctx, l, s, v)
		}
		s.content.Findings = v.All()
	} else if s.candidate != nil {
		s.content.Findings = s.candidate.Content.Findings
	}
	s.content.Approval = &fest.Approval{By: d.By, Reason: d.Reason, At: a.now().UTC(), Baseline: l.current.Serial}
	return a.publish(ctx, l, s, old, next, festdb.Actor{Who: d.By, Why: d.Reason, Cause: fest.CauseApproval})
}

// moved says whether there is no verdict beside what is served now, or the
// person has seen another release served.
func (l *ledger) moved(s subject, seen *fest.Serial) bool {
	if seen != nil && *seen != l.current.Serial || s.candidate == nil {
		return true
	}
	if s.candidate.Baseline == l.current.Serial {
		return false
	}
	before, ok := l.served(s.candidate.Baseline)
	return !ok || before.Digest != l.current.Content.Digest || before.Filter != l.current.Content.Filter
}

// judge asks the gate about a content that is kept, beside what is served now.
// A freeze does not count: it is for imports.
func (a *Admin) judge(ctx context.Context, l *ledger, s subject, next *cache.Snapshot) (*gate.Verdict, error) {
	facts, err := a.loader.factsOf(ctx, fest.Release{Content: s.content})
	if err != nil {
		return nil, err
	}
	baseline, anchor, err := a.loader.baselines(ctx, l.current)
	if err != nil {
		return nil, err
	}
	config := a.gate
	if config.Waivers, err = ingest.Waivers(config.Waivers, l.docket, a.now()); err != nil {
		return nil, err
	}
	return ingest.Judge(facts, baseline, anchor, config, a.now(), next), nil
}

// holdAgain records the new verdict and says why nothing was published.
func (a *Admin) holdAgain(ctx context.Context, l *ledger, s subject, v *gate.Verdict) error {
	s.content.Findings, s.content.Approval = ingest.Brief(v.All()), nil
	c := fest.Candidate{Content: s.content, Source: s.source, Baseline: l.current.Serial, HeldAt: v.JudgedAt.UTC()}
	var err error
	if c.Verdict, err = json.Marshal(v); err != nil {
		return err
	}
	if s.candidate == nil || !ingest.SameHold(*s.candidate, c) {
		if err := a.loader.hold(ctx, c); err != nil {
			return adminError(err)
		}
	}
	return fmt.Errorf("%w: release %d is served now, so the gate has judged %s again; look at its verdict and approve once more: %w",
		api.ErrAdminConflict, l.current.Serial, name(s), &ingest.HeldError{Verdict: v, Digest: s.digest})
}

// Rollback implements [api.Admin].
func (a *Admin) Rollback(ctx context.Context, ref string, d api.Decision) (_ fest.Release, err error) {
	defer func() { a.told("rollback", ref, d.By, d.Reason, err) }()
	if err := person(d.By, d.Reason); err != nil {
		return fest.Release{}, err
	}
	l, err := a.ledger(ctx)
	if err != nil {
		return fest.Release{}, err
	}
	if d.Baseline != nil && *d.Baseline != l.current.Serial {
		return fest.Release{}, fmt.Errorf("%w: release %d is served, not %d", api.ErrAdminConflict, l.current.Serial, *d.Baseline)
	}
	s, err := l.target(ref)
	if err != nil {
		return fest.Release{}, err
	}
	old := a.leaver(ctx, l.current)
	defer old.close()
	next, err := a.loader.snapshot(ctx, s.release.Release)
	if err != nil {
		return fest.Release{}, adminError(fmt.Errorf("opening %s: %w", name(s), err))
	}
	defer next.Close()
	return a.publish(ctx, l, s, old, next, festdb.Actor{Who: d.By, Why: d.Reason, Cause: fest.CauseRollback})
}

// target is the release to go back to; "" is the newest one before with
// another content that nobody rejected.
func (l *ledger) target(ref string) (subject, error) {
	if l.current.Serial == 0 {
		return subject{}, fmt.Errorf("%w: nothing was published yet, so there is nothing to go back from", api.ErrAdminConflict)
	}
	if ref == "" {
		for i := range l.records {
			r := &l.records[i]
			if _, rejected := l.docket.Rejected[r.Content.Digest]; rejected || r.Serial >= l.current.Serial || r.Content.Digest == l.current.Content.Digest {
				continue
			}
			if s := l.subject(r.Content.Digest, r); l.publishable(s) {
				return s, nil
			}
		}
		return subject{}, fmt.Errorf("%w: no release before %d has another content that is kept and was not rejected", api.ErrAdminNotFound, l.current.Serial)
	}
	s, err := l.find(ref)
	if err != nil {
		return s, err
	}
	by, rejected := l.docket.Rejected[s.digest]
	switch {
	case s.release == nil:
		return s, fmt.Errorf("%w: %s was never published, so there is no going back to it; server releases approve %s publishes it",
			api.ErrAdminInvalid, name(s), s.digest.Short())
	case s.digest == l.current.Content.Digest:
		return s, fmt.Errorf("%w: %s has the content that release %d serves", api.ErrAdminConflict, name(s), l.current.Serial)
	case rejected:
		return s, fmt.Errorf("%w: %s was rejected by %s: %s; if it is right after all: server releases approve %s",
			api.ErrAdminConflict, name(s), by.By, by.Reason, s.digest.Short())
	case !l.publishable(s):
		return s, fmt.Errorf("%w: the content of %s is not kept any more, or damaged; import its source again", api.ErrAdminNotFound, name(s))
	}
	return s, nil
}

func (l *ledger) publishable(s subject) bool {
	kept, _ := l.kept(s)
	return kept
}

// publish makes a kept content the one that is served.
func (a *Admin) publish(ctx context.Context, l *ledger, s subject, old *leaver, next *cache.Snapshot, actor festdb.Actor) (rel fest.Release, err error) {
	start := time.Now()
	stage, err := a.loader.store.Stage(ctx)
	if err != nil {
		return rel, adminError(err)
	}
	defer func() { err = errors.Join(err, stage.Discard()) }()
	if data, err := old.leaving(ctx, next); err != nil {
		// Going back must work above all where what is served is damaged.
		a.log.Error("what leaves the register is not known; the next import tries again, server import --history of the file tells", "serial", l.current.Serial, "error", err)
	} else if data != nil {
		if err := stage.Remove(data); err != nil {
			return rel, adminError(err)
		}
	}
	s.content.Findings = ingest.Brief(s.content.Findings) // the verdict, or the first release with it, has all
	rel, err = stage.Publish(festdb.WithActor(ctx, actor), s.content, s.source, l.current.Serial)
	if err != nil && rel.Serial == 0 {
		return rel, adminError(err)
	}
	if err != nil { // published, but the store has something to say
		a.log.Warn("published, but", "serial", rel.Serial, "error", err)
	}
	a.log.Info("published by hand", "cause", actor.Cause, "serial", rel.Serial, "digest", s.digest.Short(), "instead_of", l.current.Serial,
		"by", actor.Who, "reason", actor.Why, "seconds", time.Since(start).Seconds())
	return rel, nil
}

// leaver is the served release on its way to be opened, to see what leaves.
type leaver struct {
	served fest.Release
	opened chan struct{}
	snap   *cache.Snapshot
	err    error
}

// leaver begins to open what is served, unless this process has it mapped, so
// that it is ready when the next one is: people wait for both.
func (a *Admin) leaver(ctx context.Context, served fest.Release) *leaver {
	v := &leaver{served: served, opened: make(chan struct{})}
	if a.served != nil {
		v.snap = a.served.Acquire()
		if v.snap != nil {
			if now := v.snap.Release(); now.Content.Digest == served.Content.Digest && now.Stream == served.Stream {
				close(v.opened)
				return v
			}
			v.snap.Close()
			v.snap = nil
		}
	}
	if served.Serial == 0 {
		close(v.opened)
		return v
	}
	go func() { // ends by itself: close waits for it
		defer close(v.opened)
		v.snap, v.err = a.loader.snapshot(ctx, served)
	}()
	return v
}

// leaving is what leaves the register with next.
func (v *leaver) leaving(ctx context.Context, next *cache.Snapshot) ([]byte, error) {
	<-v.opened
	switch {
	case v.err != nil || v.served.Serial == 0:
		return nil, v.err
	case !leaves(v.served, next):
		return cache.NothingLeaves()
	}
	return compareLeaving(ctx, v.snap, next)
}

func (v *leaver) close() {
	<-v.opened
	if v.snap != nil {
		v.snap.Close()
	}
}
