package api

import (
	"net/http"
	"time"
)

// AuditEntry is an attempt at administration, whether it came to something or
// not. It has no secret in it: of a credential it has the name.
type AuditEntry struct {
	Time time.Time `json:"time"`
	Door string    `json:"door"` // http, or command
	Act  string    `json:"act"`  // approve, reject, …; read, for a reader that was refused
	// Ref is the release or candidate, as it was named.
	Ref string `json:"ref,omitempty"`
	// By and Reason are what the caller says; Credential is what is proven.
	By         string `json:"by,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Text       string `json:"text,omitempty"` // of an advisory
	Credential string `json:"credential,omitempty"`
	From       string `json:"from,omitempty"` // address, or the account of the command
	// Outcome is done, refused (nothing was changed, by the caller's fault) or
	// failed.
	Outcome string `json:"outcome"`
	Status  int    `json:"status,omitempty"` // of the answer
	Detail  string `json:"detail,omitempty"` // what was wrong
	TraceID string `json:"traceId,omitempty"`
	// Unlogged is how many refused attempts before this one were counted only:
	// guesses must not fill the disk.
	Unlogged int `json:"unlogged,omitempty"`
}

// The outcomes of an attempt.
const (
	AuditDone    = "done"
	AuditRefused = "refused"
	AuditFailed  = "failed"
)

// audit tells of what was attempted on a route of the administration, once, and
// before it is answered. Reading what may be read is no act.
func (a *API) audit(c *call, failed error) {
	rt := c.route
	reads := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
	if c.audited || a.opts.Audit == nil || rt.Scope != ScopeAdmin || reads && (failed == nil || c.operator != nil) {
		return
	}
	c.audited = true
	e := AuditEntry{
		Time: c.start.UTC().Round(0), Door: "http", Act: rt.act, Ref: clip(c.key), From: RemoteFull.address(c.r.RemoteAddr), TraceID: c.traceID(),
		By: clip(c.said.By), Reason: clip(c.said.Reason), Text: clip(c.said.Text), Outcome: AuditDone, Status: http.StatusOK,
	}
	if reads {
		e.Act = "read"
	}
	if c.operator != nil {
		e.Credential = c.operator.Name
	}
	if failed != nil {
		e.Status, e.Detail, e.Outcome = problemTypeOf(failed).status, clip(failed.Error()), AuditRefused
		if e.Status >= http.StatusInternalServerError {
			e.Outcome = AuditFailed
		}
	}
	a.opts.Audit(&e)
}
