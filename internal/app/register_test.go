package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
)

// state is /v1/register, as far as the tests look.
type state struct {
	Release struct {
		Serial fest.Serial `json:"serial"`
	} `json:"release"`
	Previous *struct {
		Serial fest.Serial `json:"serial"`
	} `json:"previous"`
	Counts []struct {
		Class  string `json:"class"`
		Count  int    `json:"count"`
		Change *int   `json:"change"`
	} `json:"counts"`
	Releases []struct {
		Serial fest.Serial `json:"serial"`
		Kept   bool        `json:"kept"`
		Counts fest.Counts `json:"counts"`
	} `json:"releases"`
	Verdicts []struct {
		Outcome  string         `json:"outcome"`
		Serial   fest.Serial    `json:"serial"`
		Findings []fest.Finding `json:"findings"`
	} `json:"verdicts"`
	Held []struct {
		Digest   string         `json:"digest"`
		Baseline fest.Serial    `json:"baseline"`
		Findings []fest.Finding `json:"findings"`
		Removed  []fest.Loss    `json:"removed"`
	} `json:"held"`
	Frozen *struct {
		Reason string `json:"reason"`
	} `json:"frozen"`
}

func (s *state) outcomes() (out []string) {
	for _, v := range s.Verdicts {
		out = append(out, v.Outcome)
	}
	return out
}

// until asks for the state until it is as wanted: a server follows the store
// by itself.
func (s *server) until(what string, is func(*state) bool) *state {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var st state
		a := s.json("/v1/register", &st)
		if strings.Contains(string(a.body), "Kari") || strings.Contains(string(a.body), "damaged.zip") {
			s.t.Fatalf("the public reads who did it, or where it came from: %s", a.body)
		}
		switch {
		case is(&st):
			return &st
		case time.Now().After(deadline):
			s.t.Fatalf("%s: %s", what, a.body)
		}
	}
}

// The state of the register follows the store: a release, a file that is held
// with what it would have removed, an approval, going back, a rejection.
func TestRegisterFollowsTheStore(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		s := start(t, app.Options{DataDir: r.dir, DatabaseURL: r.url})
		s.ready("1")
		st := s.until("release 1", func(st *state) bool { return len(st.Verdicts) == 1 })
		if st.Previous != nil || len(st.Releases) != 1 || st.Verdicts[0].Outcome != "passed" || len(st.Held) > 0 || st.Counts[0].Change != nil {
			t.Errorf("after the first release: %+v", st)
		}

		digest := r.held(r.damage)
		st = s.until("a file is held", func(st *state) bool { return len(st.Held) == 1 })
		h := st.Held[0]
		i := slices.IndexFunc(h.Removed, func(l fest.Loss) bool { return l.Class == "ingredients" })
		if h.Digest != digest || h.Baseline != 1 || st.Verdicts[0].Outcome != "held" || st.Release.Serial != 1 || i < 0 {
			t.Fatalf("%+v; want the file held beside release 1", st)
		}
		if l := h.Removed[i]; l.Count != 60 || l.Of <= 60 || len(l.First) != 60 || l.First[0].ID == "" || l.First[0].Name == "" {
			t.Errorf("%d of %d ingredients, %d named; want all 60 named", l.Count, l.Of, len(l.First))
		}
		if f := h.Findings[0]; f.Severity != fest.SeverityHold || f.Text == "" || len(st.Verdicts[0].Findings[0].Affected) > 10 {
			t.Errorf("the first finding: %+v", f)
		}

		if _, err := r.Approve(ctx, digest, kari); err != nil {
			t.Fatal(err)
		}
		st = s.until("it is approved", func(st *state) bool { return st.Release.Serial == 2 && len(st.Held) == 0 })
		change := 0
		for _, c := range st.Counts {
			if c.Class == "ingredients" && c.Change != nil {
				change = *c.Change
			}
		}
		if change != -60 || st.Previous.Serial != 1 || st.Verdicts[0].Outcome != "approved" || len(st.Verdicts[0].Findings) == 0 {
			t.Errorf("%+v; want 60 ingredients less than in release 1, and what was approved", st)
		}
		if _, err := r.Rollback(ctx, "", kari); err != nil {
			t.Fatal(err)
		}
		st = s.until("release 3 went back", func(st *state) bool { return st.Release.Serial == 3 })
		if got := st.outcomes(); !slices.Equal(got, []string{"rolledBack", "approved", "passed"}) {
			t.Errorf("%v; want what happened, the last first, each once", got)
		}
		var ingredients []int
		for _, rel := range st.Releases {
			ingredients = append(ingredients, rel.Counts["ingredients"])
		}
		if n := ingredients[0]; !slices.Equal(ingredients, []int{n, n - 60, n}) {
			t.Errorf("ingredients by release, the newest first: %v", ingredients)
		}

		more := r.held(r.file("more", r.later(2).Without(fest.ClassIngredient, 70)))
		if _, err := r.Act(ctx, fest.Act{Kind: fest.ActFreeze, By: kari.By, Reason: "a ward moves"}); err != nil {
			t.Fatal(err)
		}
		s.until("frozen", func(st *state) bool {
			return len(st.Held) == 1 && st.Frozen != nil && st.Frozen.Reason == "a ward moves"
		})
		if _, err := r.Reject(ctx, more, kari); err != nil {
			t.Fatal(err)
		}
		st = s.until("it is rejected", func(st *state) bool { return len(st.Held) == 0 })
		if v := st.Verdicts[0]; v.Outcome != "rejected" || len(v.Findings) == 0 || v.Findings[0].Text == "" {
			t.Errorf("%+v; want why it was held, after somebody rejected it", v)
		}
	})
}

// However many files wait, the state is of bounded size: names of the last, and
// the ten last verdicts.
func TestRegisterIsBounded(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		if r.url != "" {
			return // the same code over the same acts
		}
		for i := range 7 {
			r.held(r.file(fmt.Sprint("bad", i), r.later(1).Without(fest.ClassIngredient, 40+i)))
		}
		s := start(t, app.Options{DataDir: r.dir})
		s.ready("1")
		st := s.until("seven wait", func(st *state) bool { return len(st.Verdicts) == 8 })
		if len(st.Held) != 5 || len(st.Held[0].Removed[0].First) == 0 {
			t.Fatalf("%d are shown; want the newest five, the last one with names", len(st.Held))
		}
		for _, h := range st.Held[1:] {
			for _, l := range h.Removed {
				if l.Count == 0 || len(l.First) > 0 {
					t.Errorf("%s: %+v; want the number alone", h.Digest[:8], l)
				}
			}
		}
	})
}
