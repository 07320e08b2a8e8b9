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
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.01})
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

// Without its database the administration says so, and what is served stays.
func TestAdminWithoutDatabase(t *testing.T) {
	cluster := pgtest.Start(t)
	url := cluster.URL(cluster.Database(t, ""))
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.01})
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
