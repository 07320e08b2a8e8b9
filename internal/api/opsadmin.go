package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/festd/festd/internal/fest"
)

// adminRoutes are the administration of the ops listener, all of it behind an
// administrator's credential, wherever the listener is. Its one implementation is [Options].Admin; the command line is the
// other door to it.
func (a *API) adminRoutes() []Route {
	rs := []Route{
		{Pattern: "/admin/v1/releases", handle: a.adminReleases},
		{Pattern: "/admin/v1/releases/{ref}", handle: a.adminRelease},
		{Pattern: "/admin/v1/diff", handle: a.adminDiff},
		{Pattern: "/admin/v1/audit", handle: a.adminAudit},
		{Pattern: "/admin/v1/releases/{ref}/approve", Methods: post, act: "approve", handle: a.adminApprove},
		{Pattern: "/admin/v1/releases/{ref}/reject", Methods: post, act: "reject", handle: a.adminReject},
		{Pattern: "/admin/v1/releases/{ref}/rollback", Methods: post, act: "rollback", handle: a.adminRollback},
		{Pattern: "/admin/v1/rollback", Methods: post, act: "rollback", handle: a.adminRollback},
		{Pattern: "/admin/v1/freeze", Methods: post, act: string(fest.ActFreeze), handle: a.adminAct(fest.ActFreeze)},
		{Pattern: "/admin/v1/unfreeze", Methods: post, act: string(fest.ActUnfreeze), handle: a.adminAct(fest.ActUnfreeze)},
		{Pattern: "/admin/v1/advisory", Methods: post, act: string(fest.ActAdvise), handle: a.adminAct(fest.ActAdvise)},
		{Pattern: "/admin/v1/advisory", Methods: []string{http.MethodDelete}, act: string(fest.ActWithdraw), handle: a.adminAct(fest.ActWithdraw)},
		{Pattern: "/admin/v1/waivers", Methods: post, act: string(fest.ActWaive), handle: a.adminAct(fest.ActWaive)},
		{Pattern: "/admin/v1/adopt", Methods: post, act: string(fest.ActAdopt), handle: a.adminAct(fest.ActAdopt)},
	}
	for i := range rs {
		if rs[i].Methods == nil {
			rs[i].Methods = readOnly
		}
		rs[i].Scope = ScopeAdmin
	}
	return rs
}

var post = []string{http.MethodPost}

// adminReleases answers GET /admin/v1/releases.
func (a *API) adminReleases(c *call, _ *view) error {
	if _, err := a.parameters(c.r.URL.RawQuery, nil); err != nil {
		return err
	}
	state, err := a.opts.Admin.Releases(c.r.Context())
	return a.adminAnswer(c, state, err)
}

// adminRelease answers GET /admin/v1/releases/{ref}.
func (a *API) adminRelease(c *call, _ *view) error {
	if _, err := a.parameters(c.r.URL.RawQuery, nil); err != nil {
		return err
	}
	release, err := a.opts.Admin.Release(c.r.Context(), c.key)
	return a.adminAnswer(c, release, err)
}

// adminDiff answers GET /admin/v1/diff.
func (a *API) adminDiff(c *call, _ *view) error {
	q, err := a.changesQuery(c.r.URL.RawQuery, []string{paramFrom, paramTo, paramResource, paramKind, paramLimit, paramCursor})
	if err != nil {
		return err
	}
	for _, p := range [...]struct{ name, value string }{{paramFrom, q.from}, {paramTo, q.to}} {
		if p.value == "" {
			return badParameter(p.name, "", "the parameter is missing", "a serial, or a digest or at least eight digits of it")
		}
	}
	cmp, err := a.opts.Admin.Diff(c.r.Context(), q.from, q.to)
	if err != nil {
		return adminFailure(err)
	}
	body, err := a.changesPage(cmp, &q, "/admin/v1/diff")
	if err != nil {
		return err
	}
	return a.adminAnswer(c, body, nil)
}

// auditBody is a page of the audit log, newest first.
type auditBody struct {
	Total int        `json:"total"`
	Next  string     `json:"next,omitempty"`
	Acts  []fest.Act `json:"acts"`
}

// adminAudit answers GET /admin/v1/audit.
func (a *API) adminAudit(c *call, _ *view) error {
	const paramBefore = "before"
	params, err := a.parameters(c.r.URL.RawQuery, []string{paramLimit, paramBefore})
	if err != nil {
		return err
	}
	limit, before := a.opts.DefaultLimit, uint64(0)
	for _, p := range params {
		if p.name == paramLimit {
			limit, err = a.limit(p)
		} else if before, err = strconv.ParseUint(p.value, 10, 64); err != nil {
			err = badParameter(p.name, p.value, "not the id of an act", "a whole number")
		}
		if err != nil {
			return err
		}
	}
	acts, err := a.opts.Admin.Audit(c.r.Context())
	if err != nil {
		return adminFailure(err)
	}
	body := auditBody{Total: len(acts), Acts: slices.DeleteFunc(slices.Clone(acts), func(x fest.Act) bool { return before != 0 && x.ID >= before })}
	if len(body.Acts) > limit {
		body.Acts = body.Acts[:limit]
		body.Next = "/admin/v1/audit?before=" + strconv.FormatUint(body.Acts[limit-1].ID, 10) + "&limit=" + strconv.Itoa(limit)
	}
	if body.Acts == nil {
		body.Acts = []fest.Act{}
	}
	return a.adminAnswer(c, body, nil)
}

// decision reads the body of an approval, rejection or rollback.
func (a *API) decision(c *call) (Decision, error) {
	var d Decision
	if err := a.body(c, &d); err != nil {
		return d, err
	}
	c.said.By, c.said.Reason = d.By, d.Reason
	return d, signed(d.By, d.Reason)
}

// adminApprove answers POST /admin/v1/releases/{ref}/approve.
func (a *API) adminApprove(c *call, _ *view) error {
	d, err := a.decision(c)
	if err != nil {
		return err
	}
	release, err := a.opts.Admin.Approve(c.r.Context(), c.key, d)
	return a.adminAnswer(c, release, err)
}

// adminReject answers POST /admin/v1/releases/{ref}/reject.
func (a *API) adminReject(c *call, _ *view) error {
	d, err := a.decision(c)
	if err != nil {
		return err
	}
	act, err := a.opts.Admin.Reject(c.r.Context(), c.key, d)
	return a.adminAnswer(c, act, err)
}

// adminRollback answers POST /admin/v1/releases/{ref}/rollback, and POST
// /admin/v1/rollback, which goes to the release before.
func (a *API) adminRollback(c *call, _ *view) error {
	d, err := a.decision(c)
	if err != nil {
		return err
	}
	release, err := a.opts.Admin.Rollback(c.r.Context(), c.key, d)
	return a.adminAnswer(c, release, err)
}

// actBody is the body of the other acts. Which members an act takes is in
// actMembers.
type actBody struct {
	By     string          `json:"by"`
	Reason string          `json:"reason"`
	Until  *time.Time      `json:"until"`
	Text   string          `json:"text"`
	Waiver json.RawMessage `json:"waiver"`
}

// adminAct answers POST /admin/v1/{freeze,unfreeze,advisory,waivers,adopt} and
// DELETE /admin/v1/advisory.
func (a *API) adminAct(kind fest.ActKind) handler {
	return func(c *call, _ *view) error {
		var b actBody
		if err := a.body(c, &b); err != nil {
			return err
		}
		c.said = fest.Act{By: b.By, Reason: b.Reason, Text: b.Text}
		if err := b.fits(kind); err != nil {
			return err
		}
		act, err := a.opts.Admin.Act(c.r.Context(), fest.Act{Kind: kind, By: b.By, Reason: b.Reason, Until: b.Until, Text: b.Text, Waiver: b.Waiver})
		return a.adminAnswer(c, act, err)
	}
}

// fits checks that the body has what the act takes, and nothing that it does
// not: an until that nobody heeds would be a promise.
func (b *actBody) fits(kind fest.ActKind) error {
	for _, m := range [...]struct {
		name       string
		has, takes bool
		wants      bool
	}{
		{"until", b.Until != nil, kind == fest.ActFreeze || kind == fest.ActAdvise, false},
		{"text", b.Text != "", kind == fest.ActAdvise, true},
		{"waiver", b.Waiver != nil, kind == fest.ActWaive, true},
	} {
		switch {
		case m.has && !m.takes:
			return fail(errInvalidBody, "unknown member "+m.name)
		case !m.has && m.takes && m.wants:
			return fail(errInvalidBody, "the member "+m.name+" is missing")
		}
	}
	return signed(b.By, b.Reason)
}
