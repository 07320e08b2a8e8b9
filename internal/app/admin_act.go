package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

const (
	// maxAdvisory is how long an advisory may be, in bytes: it stands in a header.
	maxAdvisory = 500
	// maxWaiver is how far ahead a waiver may expect something.
	maxWaiver = 366 * 24 * time.Hour
)

// Reject implements [api.Admin].
func (a *Admin) Reject(ctx context.Context, ref string, d api.Decision) (_ fest.Act, err error) {
	defer func() { a.told("reject", ref, d.By, d.Reason, err) }()
	if err := person(d.By, d.Reason); err != nil {
		return fest.Act{}, err
	}
	l, err := a.ledger(ctx)
	if err != nil {
		return fest.Act{}, err
	}
	if ref == "" {
		return fest.Act{}, fmt.Errorf("%w: what to reject must be named", api.ErrAdminInvalid)
	}
	s, err := l.find(ref)
	if err != nil {
		return fest.Act{}, err
	}
	if s.digest == l.current.Content.Digest {
		return fest.Act{}, fmt.Errorf("%w: content %s is what release %d serves; server releases rollback goes back from it, and rejects it",
			api.ErrAdminConflict, s.digest.Short(), l.current.Serial)
	}
	if by, ok := l.docket.Rejected[s.digest]; ok {
		return fest.Act{}, fmt.Errorf("%w: content %s was rejected already, by %s: %s", api.ErrAdminConflict, s.digest.Short(), by.By, by.Reason)
	}
	return a.record(ctx, fest.Act{Kind: fest.ActReject, By: d.By, Reason: d.Reason, Content: s.digest})
}

// Act implements [api.Admin].
func (a *Admin) Act(ctx context.Context, act fest.Act) (_ fest.Act, err error) {
	defer func() { a.told(string(act.Kind), "", act.By, act.Reason, err) }()
	if err := person(act.By, act.Reason); err != nil {
		return fest.Act{}, err
	}
	now := a.now()
	if act.Until != nil && !act.Until.After(now) {
		return fest.Act{}, fmt.Errorf("%w: until %s is past", api.ErrAdminInvalid, act.Until.UTC().Format(time.RFC3339))
	}
	if act.Kind == fest.ActAdopt {
		return a.adopt(ctx, fest.Act{Kind: act.Kind, By: act.By, Reason: act.Reason})
	}
	l, err := a.ledger(ctx)
	if err != nil {
		return fest.Act{}, err
	}
	// What a kind has no use for is not kept.
	out := fest.Act{Kind: act.Kind, By: act.By, Reason: act.Reason}
	switch act.Kind {
	case fest.ActFreeze:
		out.Until = act.Until
	case fest.ActUnfreeze:
		if l.docket.Frozen == nil {
			return fest.Act{}, fmt.Errorf("%w: publications are not frozen", api.ErrAdminConflict)
		}
	case fest.ActAdvise:
		if err := advisory(act.Text); err != nil {
			return fest.Act{}, err
		}
		out.Text, out.Until = act.Text, act.Until
	case fest.ActWithdraw:
		if l.docket.Advisory == nil {
			return fest.Act{}, fmt.Errorf("%w: there is no advisory to withdraw", api.ErrAdminConflict)
		}
	case fest.ActWaive:
		if out.Waiver, err = waiver(act, now); err != nil {
			return fest.Act{}, err
		}
	default:
		return fest.Act{}, fmt.Errorf("%w: %q cannot be recorded by itself: want freeze, unfreeze, advise, withdraw, waive or adopt", api.ErrAdminInvalid, act.Kind)
	}
	return a.record(ctx, out)
}

func advisory(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%w: an advisory must say something", api.ErrAdminInvalid)
	case len(text) > maxAdvisory:
		return fmt.Errorf("%w: the advisory has %d bytes, answers carry at most %d", api.ErrAdminInvalid, len(text), maxAdvisory)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, isControl):
		return fmt.Errorf("%w: the advisory has line breaks, control characters or is no UTF-8", api.ErrAdminInvalid)
	default:
		return nil
	}
}

// waiver checks what is expected, as the gate's configuration would, and that
// it ends.
func waiver(act fest.Act, now time.Time) (json.RawMessage, error) {
	var w gate.Waiver
	d := json.NewDecoder(bytes.NewReader(act.Waiver))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("%w: waiver: %w", api.ErrAdminInvalid, err)
	}
	w.By = act.By
	if strings.TrimSpace(w.Reason) == "" {
		w.Reason = act.Reason
	}
	c := gate.Default()
	c.Waivers = []gate.Waiver{w}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %s", api.ErrAdminInvalid, strings.ReplaceAll(err.Error(), "waivers[0]", "waiver"))
	}
	switch {
	case !w.Expires.After(now):
		return nil, fmt.Errorf("%w: the waiver expired on %s", api.ErrAdminInvalid, w.Expires.UTC().Format(time.DateOnly))
	case w.Expires.After(now.Add(maxWaiver)):
		return nil, fmt.Errorf("%w: the waiver would expire on %s; at most a year ahead can be expected: a wider limit is configuration",
			api.ErrAdminInvalid, w.Expires.UTC().Format(time.DateOnly))
	}
	return json.Marshal(w)
}
