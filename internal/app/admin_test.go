package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/pgtest"
	"github.com/festd/festd/internal/sample"
)

// register is a store under administration, and the files that are offered to
// it: each has another content and a later HentetDato than those before.
type register struct {
	*app.Admin
	t            *testing.T
	dir, url     string
	base         *sample.Data
	files        string
	good, damage string // the base; the next fortnight without 60 ingredients
}

// eachStore runs a test over both stores.
func eachStore(t *testing.T, test func(t *testing.T, r *register)) {
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"directory", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			r := &register{t: t, dir: filepath.Join(t.TempDir(), "data"), base: data, files: t.TempDir()}
			if kind == "postgres" {
				r.url = pgtest.Database(t, "", nil)
			}
			r.good = r.file("good", data)
			r.damage = r.file("damaged", r.later(1).Without(fest.ClassIngredient, 60))
			if _, err := r.try(r.good, nil); err != nil {
				t.Fatal(err)
			}
			r.Admin = r.admin()
			test(t, r)
		})
	}
}

// admin is what another process would open.
func (r *register) admin() *app.Admin {
	r.t.Helper()
	a, closeStore, err := app.OpenAdmin(r.t.Context(), app.AdminOptions{DataDir: r.dir, DatabaseURL: r.url})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := closeStore(); err != nil {
			r.t.Error(err)
		}
	})
	return a
}

// later is the base some days later, unchanged but for that.
func (r *register) later(days int) *sample.Data {
	return r.base.WithRetrieved(r.base.Retrieved().AddDate(0, 0, days))
}

func (r *register) file(name string, d *sample.Data) string {
	r.t.Helper()
	path := filepath.Join(r.files, name+".zip")
	if err := d.WriteFile(path); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// try imports, as another process would.
func (r *register) try(file string, a *app.Approval) (app.ImportResult, error) {
	return app.Import(r.t.Context(), app.ImportOptions{DataDir: r.dir, DatabaseURL: r.url, Path: file, Approval: a})
}

// held imports a file that must be held, and returns the candidate's digest.
func (r *register) held(file string) string {
	r.t.Helper()
	got, err := r.try(file, nil)
	var held *ingest.HeldError
	if !errors.As(err, &held) || held.Verdict == nil {
		r.t.Fatalf("%s: %v; want it held with a verdict", filepath.Base(file), err)
	}
	return string(got.Content.Digest)
}

func (r *register) state() api.AdminState {
	r.t.Helper()
	s, err := r.Releases(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// kinds are the acts of a kind.
func (r *register) acts(kind fest.ActKind) (n int) {
	r.t.Helper()
	acts, err := r.Audit(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, a := range acts {
		if a.Kind == kind {
			n++
		}
	}
	return n
}

var kari = api.Decision{By: "Kari", Reason: "seen and understood"}

// The night of the incident as it should have been: held and kept, approved
// without the file, gone back from, and out for good (P2, P9).
func TestAdminHoldApproveRollback(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		digest := r.held(r.damage)
		if again := r.held(r.damage); again != digest || r.acts(fest.ActHold) != 1 {
			t.Errorf("held again as %s, %d acts; want one act for one candidate beside one release", again, r.acts(fest.ActHold))
		}
		s := r.state()
		if s.Serial != 1 || len(s.Candidates) != 1 || s.Candidates[0].State != fest.CandidateHeld || string(s.Candidates[0].Content.Digest) != digest {
			t.Fatalf("%+v; want release 1 served and one candidate held", s)
		}
		if s.Candidates[0].Verdict != nil || s.Candidates[0].Content.Findings != nil {
			t.Error("the list has verdicts and findings, which are large")
		}
		one, err := r.Release(ctx, digest[:8])
		if err != nil || !one.Kept || !one.OnDisk || one.Release != nil || !strings.Contains(one.Text, "server releases approve "+digest[:12]) {
			t.Errorf("%+v, %v; want the candidate, kept, and what to do", one, err)
		}
		var v gate.Verdict
		if err := json.Unmarshal(one.Verdict, &v); err != nil || !v.Held || v.Baseline == nil {
			t.Errorf("the verdict: %+v, %v", v, err)
		}

		rel, err := r.Approve(ctx, digest[:12], kari)
		if err != nil || rel.Serial != 2 || rel.Cause != fest.CauseApproval || rel.By != "Kari" || rel.Content.Approval == nil || rel.Content.Approval.Baseline != 1 {
			t.Fatalf("%+v, %v; want release 2 by Kari's approval beside 1", rel, err)
		}
		if rel.Source.Location != r.damage {
			t.Errorf("the release came from %q, want %q", rel.Source.Location, r.damage)
		}
		rel, err = r.Rollback(ctx, "", kari)
		if err != nil || rel.Serial != 3 || rel.Cause != fest.CauseRollback || string(rel.Left) != digest || rel.Content.RetrievalDate != fest.DateTime("2026-09-08T03:09:06") {
			t.Fatalf("%+v, %v; want release 3 with the first content", rel, err)
		}
		s = r.state()
		if len(s.Rejected) != 1 || string(s.Rejected[0]) != digest || s.Candidates[0].State != fest.CandidateRejected {
			t.Errorf("rejected %v, candidate %s; want what was left", s.Rejected, s.Candidates[0].State)
		}
		for range 2 {
			_, err := r.try(r.damage, nil)
			var held *ingest.HeldError
			if !errors.As(err, &held) || held.Rejected == nil || held.Rejected.By != "Kari" || held.Rejected.Serial != 3 {
				t.Errorf("%v; want it kept out, and by whom", err)
			}
		}
		if n := r.acts(fest.ActHold); n != 1 {
			t.Errorf("%d holds were recorded; want no more for what is rejected", n)
		}
		// There is nothing to go back to any more: what was left is rejected.
		if _, err := r.Rollback(ctx, "", kari); !errors.Is(err, api.ErrAdminNotFound) {
			t.Errorf("going back twice: %v", err)
		}
		// The same beside the same content: the verdict stands, and the approval counts.
		if rel, err = r.Approve(ctx, digest, kari); err != nil || rel.Serial != 4 {
			t.Errorf("approved after all: %+v, %v", rel, err)
		}
		if _, err = r.Rollback(ctx, "1", kari); err != nil {
			t.Error(err)
		}
		// With the file, an import may carry the approval.
		if got, err := r.try(r.damage, approval()); err != nil || got.Release.Serial != 6 || got.Release.Cause != fest.CauseApproval || got.Release.By != "test" {
			t.Errorf("%+v, %v; want release 6 by approval", got.Release, err)
		}
	})
}

// An approval counts beside what the verdict was given beside: if something
// else is served, the gate judges again.
func TestApproveJudgesAgain(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		digest := r.held(r.damage)
		fewer := r.later(2).Without(fest.ClassIngredient, 60)
		passes := r.file("passes", fewer.WithRetrieved(fewer.Retrieved().AddDate(0, 0, 1)))
		later := r.held(passes)
		if got, err := r.try(r.file("next", r.base.WithRetrieved(r.base.Retrieved().Add(time.Hour))), nil); err != nil || got.Release.Serial != 2 {
			t.Fatalf("%+v, %v", got.Release, err)
		}

		_, err := r.Approve(ctx, digest, kari)
		var held *ingest.HeldError
		if !errors.Is(err, api.ErrAdminConflict) || !errors.As(err, &held) || !strings.Contains(err.Error(), "release 2 is served now") {
			t.Fatalf("%v; want a conflict with the new verdict", err)
		}
		if c := r.state().Candidates[0]; string(c.Content.Digest) != digest || c.Baseline != 2 || c.State != fest.CandidateHeld {
			t.Errorf("%s beside %d is %s; want the candidate held beside 2", c.Content.Digest.Short(), c.Baseline, c.State)
		}
		other := fest.Serial(1)
		if _, err := r.Approve(ctx, digest, api.Decision{By: "Kari", Reason: "x", Baseline: &other}); !errors.Is(err, api.ErrAdminConflict) {
			t.Errorf("the person saw release 1 served: %v", err)
		}
		if n := r.acts(fest.ActHold); n != 3 {
			t.Errorf("%d holds were recorded; want 3: what did not change is not recorded again", n)
		}
		if rel, err := r.Approve(ctx, digest, kari); err != nil || rel.Serial != 3 {
			t.Fatalf("%+v, %v; want it published once the new verdict was seen", rel, err)
		}
		// What was held beside the old content passes beside this one.
		if rel, err := r.Approve(ctx, later, kari); err != nil || rel.Serial != 4 {
			t.Errorf("%+v, %v; want it published, for the gate lets it pass now", rel, err)
		}
	})
}

// A rejected content stays out although the gate would let it pass.
func TestReject(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		digest := r.held(r.damage)
		if _, err := r.Reject(t.Context(), digest, kari); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Reject(t.Context(), digest, kari); !errors.Is(err, api.ErrAdminConflict) {
			t.Errorf("rejecting twice: %v", err)
		}
		_, err := r.try(r.damage, nil)
		var held *ingest.HeldError
		if !errors.As(err, &held) || !strings.Contains(err.Error(), "was rejected by Kari on ") || !strings.Contains(err.Error(), "--approve-by") {
			t.Errorf("%v; want who rejected it, and how to approve", err)
		}
		next := r.file("next", r.later(2))
		if got, err := r.try(next, nil); err != nil || got.Release.Serial != 2 {
			t.Fatalf("the next file: %v", err)
		}
		// Of a release that was published before, too.
		if _, err := r.Reject(t.Context(), "1", kari); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Rollback(t.Context(), "", kari); !errors.Is(err, api.ErrAdminNotFound) {
			t.Errorf("%v; want nothing to go back to", err)
		}
	})
}

// What is frozen is held, though nothing is wrong with it; a person goes on.
func TestFreeze(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		if _, err := r.Act(ctx, fest.Act{Kind: fest.ActFreeze, By: "Kari", Reason: "the ward moves"}); err != nil {
			t.Fatal(err)
		}
		next := r.file("next", r.later(2))
		digest := r.held(next)
		one, err := r.Release(ctx, digest)
		if err != nil || !strings.Contains(one.Text, "1. frozen") {
			t.Errorf("%v; want the freeze among the findings:\n%s", err, one.Text)
		}
		if rel, err := r.Approve(ctx, digest, kari); err != nil || rel.Serial != 2 {
			t.Errorf("%+v, %v; want approvals to go through", rel, err)
		}
		if rel, err := r.Rollback(ctx, "", kari); err != nil || rel.Serial != 3 {
			t.Errorf("%+v, %v; want rollbacks to go through", rel, err)
		}
		third := r.file("third", r.later(3))
		r.held(third)
		if _, err := r.Act(ctx, fest.Act{Kind: fest.ActUnfreeze, By: "Kari", Reason: "moved"}); err != nil {
			t.Fatal(err)
		}
		if got, err := r.try(third, nil); err != nil || got.Release.Serial != 4 || got.Release.Cause == fest.CauseApproval {
			t.Errorf("%+v, %v; want it published by itself after the thaw", got.Release, err)
		}
	})
}

// A waiver lets through what was expected, and no more of it.
func TestWaiver(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		for _, rule := range []string{"removed", "removed-anchor"} {
			w := fmt.Sprintf(`{"rule":%q,"class":"ingredients","most":{"count":60},"reason":"announced","expires":%q}`, rule, time.Now().Add(time.Hour).Format(time.RFC3339))
			if _, err := r.Act(t.Context(), fest.Act{Kind: fest.ActWaive, By: "Kari", Reason: "announced", Waiver: json.RawMessage(w)}); err != nil {
				t.Fatal(err)
			}
		}
		holding := func(without int) (out []string) {
			_, err := r.try(r.file(fmt.Sprint("without", without), r.later(2).Without(fest.ClassIngredient, without)), nil)
			var held *ingest.HeldError
			if errors.As(err, &held) {
				for _, f := range held.Verdict.Holding() {
					if f.Class == "ingredients" {
						out = append(out, f.Rule)
					}
				}
			}
			return out
		}
		if got := holding(60); len(got) > 0 {
			t.Errorf("held by %v although it was expected", got)
		}
		if got := holding(61); len(got) == 0 {
			t.Error("one more than expected is not held")
		}
	})
}

// Of several who go back at once, one does.
func TestRollbackRace(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		if got, err := r.try(r.file("next", r.later(2)), nil); err != nil || got.Release.Serial != 2 {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			a := r.admin()
			wg.Go(func() { _, errs[i] = a.Rollback(t.Context(), "1", kari) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, api.ErrAdminConflict):
				t.Errorf("%v; want a conflict", err)
			}
		}
		if s := r.state(); won != 1 || s.Serial != 3 {
			t.Errorf("%d went back, release %d is served; want one, and 3", won, s.Serial)
		}
	})
}

// What makes no sense is refused with its kind, and changes nothing.
func TestAdminRefuses(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		digest := r.held(r.damage)
		nobody, noReason := api.Decision{Reason: "x"}, api.Decision{By: "Kari", Reason: " "}
		lines := api.Decision{By: "Kari", Reason: "two\nlines"}
		served := string(r.state().Releases[0].Release.Content.Digest)
		other := fest.Serial(7)
		past := time.Now().Add(-time.Minute)
		waive := func(w string) func() error {
			return func() error {
				_, err := r.Act(ctx, fest.Act{Kind: fest.ActWaive, By: "Kari", Reason: "x", Waiver: json.RawMessage(w)})
				return err
			}
		}
		approve := func(ref string, d api.Decision) func() error {
			return func() error { _, err := r.Approve(ctx, ref, d); return err }
		}
		rollback := func(ref string, d api.Decision) func() error {
			return func() error { _, err := r.Rollback(ctx, ref, d); return err }
		}
		act := func(a fest.Act) func() error {
			a.By, a.Reason = "Kari", "x"
			return func() error { _, err := r.Act(ctx, a); return err }
		}
		for name, c := range map[string]struct {
			do   func() error
			kind error
			text string
		}{
			"approve by nobody":           {approve(digest, nobody), api.ErrAdminInvalid, "who does it"},
			"approve without a reason":    {approve(digest, noReason), api.ErrAdminInvalid, "why it is done"},
			"a reason of two lines":       {approve(digest, lines), api.ErrAdminInvalid, "line breaks"},
			"approve what is served":      {approve(served, kari), api.ErrAdminConflict, "nothing to approve"},
			"approve the unknown":         {approve("0123456789abcdef", kari), api.ErrAdminNotFound, "no candidate"},
			"approve nothing":             {approve("", kari), api.ErrAdminInvalid, "must be named"},
			"a prefix too short":          {approve(digest[:7], kari), api.ErrAdminInvalid, "at least 8 digits"},
			"no digest":                   {approve("../../etc/passwd", kari), api.ErrAdminInvalid, "names no release"},
			"roll back to what is served": {rollback("1", kari), api.ErrAdminConflict, "has the content that release 1 serves"},
			"roll back to a candidate":    {rollback(digest, kari), api.ErrAdminInvalid, "was never published"},
			"roll back to nothing":        {rollback("", kari), api.ErrAdminNotFound, "no release before 1"},
			"roll back from another":      {rollback("", api.Decision{By: "Kari", Reason: "x", Baseline: &other}), api.ErrAdminConflict, "release 1 is served, not 7"},
			"roll back to the future":     {rollback("12", kari), api.ErrAdminNotFound, "there is no release 12; the served one is 1"},
			"reject what is served":       {func() error { _, err := r.Reject(ctx, served, kari); return err }, api.ErrAdminConflict, "rollback"},
			"show the unknown":            {func() error { _, err := r.Release(ctx, "99"); return err }, api.ErrAdminNotFound, "no release 99"},
			"thaw what is not frozen":     {act(fest.Act{Kind: fest.ActUnfreeze}), api.ErrAdminConflict, "not frozen"},
			"withdraw nothing":            {act(fest.Act{Kind: fest.ActWithdraw}), api.ErrAdminConflict, "no advisory"},
			"advise nothing":              {act(fest.Act{Kind: fest.ActAdvise, Text: " "}), api.ErrAdminInvalid, "say something"},
			"advise a header":             {act(fest.Act{Kind: fest.ActAdvise, Text: "a\r\nSet-Cookie: b"}), api.ErrAdminInvalid, "line breaks"},
			"advise at length":            {act(fest.Act{Kind: fest.ActAdvise, Text: strings.Repeat("a", 501)}), api.ErrAdminInvalid, "at most 500"},
			"freeze until the past":       {act(fest.Act{Kind: fest.ActFreeze, Until: &past}), api.ErrAdminInvalid, "is past"},
			"record a hold by hand":       {act(fest.Act{Kind: fest.ActHold}), api.ErrAdminInvalid, "cannot be recorded by itself"},
			"waive without a bound":       {waive(`{"rule":"removed","class":"drugs","expires":"2099-01-01T00:00:00Z"}`), api.ErrAdminInvalid, "most"},
			"waive for ever":              {waive(`{"rule":"removed","class":"drugs","most":{"count":3}}`), api.ErrAdminInvalid, "expires"},
			"waive for too long":          {waive(`{"rule":"removed","class":"drugs","most":{"count":3},"expires":"2099-01-01T00:00:00Z"}`), api.ErrAdminInvalid, "a year ahead"},
			"waive what is past":          {waive(`{"rule":"removed","class":"drugs","most":{"count":3},"expires":"2020-01-01T00:00:00Z"}`), api.ErrAdminInvalid, "expired on 2020-01-01"},
			"waive an unknown rule":       {waive(`{"rule":"bad","most":{"count":3},"expires":"2099-01-01T00:00:00Z"}`), api.ErrAdminInvalid, "waiver.rule"},
			"waive with an unknown word":  {waive(`{"rule":"removed","klass":"drugs"}`), api.ErrAdminInvalid, "klass"},
		} {
			if err := c.do(); !errors.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), c.text) {
				t.Errorf("%s: %v\nwant %v with %q", name, err, c.kind, c.text)
			}
		}
		if s := r.state(); s.Serial != 1 || len(s.Rejected) > 0 || s.Frozen != nil || s.Advisory != nil {
			t.Errorf("something was changed all the same: %+v", s)
		}
		if acts, err := r.Audit(ctx); err != nil || len(acts) != 1 {
			t.Errorf("%d acts, %v; want the hold alone", len(acts), err)
		}
	})
}

// Without its database the administration says so, and what is served stays.
func TestAdminWithoutDatabase(t *testing.T) {
	cluster := pgtest.Start(t)
	url := cluster.URL(cluster.Database(t, ""))
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	r := &register{t: t, dir: filepath.Join(t.TempDir(), "data"), url: url, base: data, files: t.TempDir()}
	for i := range 2 {
		if _, err := r.try(r.file(fmt.Sprint(i), r.later(i)), nil); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, app.Options{DatabaseURL: url, DataDir: r.dir})
	s.ready("2")
	r.Admin = r.admin()
	cluster.Kill()
	if st := s.until("the state of the register, from memory", func(st *state) bool { return len(st.Releases) == 2 }); st.Release.Serial != 2 {
		t.Errorf("release %d is served; want 2", st.Release.Serial)
	}
	if _, err := r.Rollback(t.Context(), "1", kari); !errors.Is(err, api.ErrAdminUnavailable) {
		t.Errorf("%v; want that the store cannot be reached", err)
	}
	if _, err := r.Act(t.Context(), fest.Act{Kind: fest.ActFreeze, By: "Kari", Reason: "x"}); !errors.Is(err, api.ErrAdminUnavailable) {
		t.Errorf("%v; want that the store cannot be reached", err)
	}
	if a := s.get("/v1/drugs?limit=1"); a.StatusCode != http.StatusOK || a.Header.Get("FEST-Release") != "2" {
		t.Errorf("%s, release %s", a.Status, a.Header.Get("FEST-Release"))
	}
}

// An import that changes nothing is on record: once for each file beside each
// release, whatever looks at it how often; never for a rehearsal.
func TestUnchangedIsRecorded(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		again := func(file string) {
			t.Helper()
			got, err := r.try(file, nil)
			if err != nil || !got.Unchanged || got.Warning != nil {
				t.Fatalf("%+v, %v, %v; want it unchanged", got.Release, got.Warning, err)
			}
		}
		if _, err := app.Import(t.Context(), app.ImportOptions{DataDir: r.dir, DatabaseURL: r.url, Path: r.good, Rehearse: true}); err != nil {
			t.Fatal(err)
		}
		if n := r.acts(fest.ActUnchanged); n != 0 {
			t.Errorf("a rehearsal left %d acts", n)
		}
		again(r.good)
		again(r.good)
		if n := r.acts(fest.ActUnchanged); n != 1 {
			t.Errorf("the same file twice left %d acts, want 1", n)
		}
		other := filepath.Join(r.files, "other.xml.gz") // the same content in another container
		if err := r.base.WriteFile(other); err != nil {
			t.Fatal(err)
		}
		again(other)
		acts, err := r.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		last := acts[0]
		if last.Kind != fest.ActUnchanged || last.After != 1 || last.By != "festd" || last.Source == nil || last.Source.Location != other ||
			last.Source.Digest == "" || last.Content != r.state().Releases[0].Release.Content.Digest || r.acts(fest.ActUnchanged) != 2 {
			t.Errorf("%+v", last)
		}
		// Another release: the file is compared with that now.
		if _, err := r.try(r.file("next", r.later(14)), nil); err != nil {
			t.Fatal(err)
		}
		again(filepath.Join(r.files, "next.zip"))
		again(filepath.Join(r.files, "next.zip"))
		if n := r.acts(fest.ActUnchanged); n != 3 {
			t.Errorf("%d acts after the next release, want 3", n)
		}
	})
}

// TestShowOldCandidate: of a source that is bad for weeks each verdict can be
// read, also those that no list has any more; and approving what is not kept
// says so.
func TestShowOldCandidate(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		var digests []string
		for i := range 6 {
			digests = append(digests, r.held(r.file(fmt.Sprint("bad", i), r.later(i+1).Without(fest.ClassIngredient, 60+i))))
		}
		for i, digest := range digests {
			shown, err := r.Release(t.Context(), digest)
			if err != nil || !strings.Contains(shown.Text, fmt.Sprint(60+i)) || len(shown.Verdict) < 1000 || len(shown.Candidate.Content.Findings) == 0 {
				t.Errorf("candidate %d: %v, verdict of %d bytes, %.300s", i, err, len(shown.Verdict), shown.Text)
			}
		}
		acts, err := r.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for _, a := range acts {
			if a.Candidate != nil && len(a.Candidate.Verdict) > 0 {
				whole++
			}
		}
		if whole != 5 {
			t.Errorf("%d verdicts are at hand, want 5", whole)
		}
	})
}
