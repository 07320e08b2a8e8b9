package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
)

// administered is a gate that keeps what it holds, and heeds a docket made of
// the acts.
func (s *store) administered(t *testing.T, o *ingest.Options, acts *[]fest.Act) {
	gated(o, factsOf(t, festtest.File(t, "mini/fest-mini-ns.xml.gz")))
	o.Gate.Docket = func(context.Context) (*fest.Docket, error) { return fest.NewDocket(nil, *acts, time.Now()), nil }
	o.Gate.Hold = func(_ context.Context, c fest.Candidate) error {
		s.acts = append(s.acts, c)
		*acts = append(*acts, fest.Act{ID: uint64(len(*acts) + 1), Kind: fest.ActHold, At: c.HeldAt, Content: c.Content.Digest, Candidate: &c})
		return nil
	}
	o.Gate.Keep = func(fest.Digest, *gate.Facts) error { s.facts++; return nil }
}

// What is held is kept with its verdict, once; what was rejected is not even
// judged, until a person approves it.
func TestRunKeepsWhatIsHeld(t *testing.T) {
	path := festtest.File(t, "mini/fest-utdrag-2026-09-08.xml")
	var s store
	var acts []fest.Act
	run := func(change func(*ingest.Options)) (ingest.Result, *ingest.HeldError, error) {
		t.Helper()
		o := s.options(t, path)
		s.administered(t, &o, &acts)
		if change != nil {
			change(&o)
		}
		r, err := ingest.Run(t.Context(), o)
		var held *ingest.HeldError
		errors.As(err, &held)
		return r, held, err
	}
	r, held, err := run(nil)
	if held == nil || s.published != 0 {
		t.Fatalf("%v, %d published; want it held", err, s.published)
	}
	if len(s.acts) != 1 || s.snapshots != 1 || s.facts != 1 {
		t.Fatalf("%d acts, %d snapshots, %d facts; want one of each, for the approval", len(s.acts), s.snapshots, s.facts)
	}
	c := s.acts[0]
	var v gate.Verdict
	if err := json.Unmarshal(c.Verdict, &v); err != nil || !v.Held || c.Baseline != 0 || c.Content.Digest != r.Content.Digest || c.Source.Digest == "" || len(c.Content.Findings) == 0 {
		t.Errorf("%+v, %v; want the content with its source, findings and verdict", c, err)
	}
	if _, held, _ = run(nil); held == nil || len(s.acts) != 1 {
		t.Errorf("the same file again: %d acts; want no more", len(s.acts))
	}
	if _, _, err = run(func(o *ingest.Options) { o.Rehearse = true }); err == nil || len(s.acts) != 1 {
		t.Errorf("a rehearsal: %v, %d acts; want it held, and nothing recorded", err, len(s.acts))
	}
	failing := errors.New("no database")
	_, held, err = run(func(o *ingest.Options) {
		o.Filter = fest.FilterInstitution // another candidate
		o.Gate.Hold = func(context.Context, fest.Candidate) error { return failing }
	})
	if held == nil || !errors.Is(err, failing) {
		t.Errorf("%v; want it held, and that it could not be recorded", err)
	}

	acts = append(acts, fest.Act{ID: 9, Kind: fest.ActReject, Content: c.Content.Digest, By: "Kari", Reason: "half is missing", At: time.Date(2026, 9, 22, 3, 12, 0, 0, time.UTC)})
	before := s.snapshots
	r, held, err = run(nil)
	if held == nil || held.Rejected == nil || held.Verdict != nil || ingest.Outcome(r, err) != "held" || s.snapshots != before || len(s.acts) != 1 {
		t.Fatalf("%+v; want it kept out without a verdict", held)
	}
	for _, want := range []string{"rejected by Kari on 2026-09-22 03:12 UTC: half is missing", "server import FILE --approve-by NAME --approve-reason TEXT"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %q", err, want)
		}
	}
	if r, held, err = run(func(o *ingest.Options) { o.Rehearse = true }); held == nil || held.Rejected == nil || r.Verdict == nil {
		t.Errorf("rehearsed: %v; want the verdict too", err)
	}
	r, _, err = run(func(o *ingest.Options) { o.Gate.Approval = &fest.Approval{By: "Ola", Reason: "it is all there"} })
	if err != nil || s.published != 1 || r.Release.Content.Approval == nil || r.Release.Content.Approval.By != "Ola" {
		t.Errorf("approved: %+v, %v", r.Release, err)
	}
}

// A content that a person rejected needs an approval although the gate lets it
// pass, and the approval stands in the release.
func TestRunRejectedThoughItPasses(t *testing.T) {
	path := festtest.File(t, "mini/fest-utdrag-2026-09-08.xml")
	for _, approve := range []bool{false, true} {
		var s store
		o := s.options(t, path)
		gated(&o, nil)
		o.Gate.Docket = func(context.Context) (*fest.Docket, error) {
			digest, err := s.Seal(fest.Document{RetrievalDate: "2026-09-08T03:09:06"})
			return &fest.Docket{Rejected: map[fest.Digest]fest.Decision{digest: {By: "Kari", Reason: "going back", Serial: 4}}}, err
		}
		if approve {
			o.Gate.Approval = &fest.Approval{By: "Ola", Reason: "it was not the file"}
		}
		r, err := ingest.Run(t.Context(), o)
		switch {
		case !approve && (err == nil || !strings.Contains(err.Error(), "was left by Kari, going back with release 4 on") || s.published > 0):
			t.Errorf("%v, %d published; want it kept out", err, s.published)
		case approve && (err != nil || r.Release.Content.Approval == nil):
			t.Errorf("%v, approval %+v; want it published by approval", err, r.Release.Content.Approval)
		}
	}
}

// A freeze holds what would pass; an approval goes through.
func TestRunFrozen(t *testing.T) {
	path := festtest.File(t, "mini/fest-utdrag-2026-09-08.xml")
	for _, approve := range []bool{false, true} {
		var s store
		o := s.options(t, path)
		gated(&o, nil)
		o.Gate.Docket = func(context.Context) (*fest.Docket, error) {
			return &fest.Docket{Frozen: &fest.Act{By: "Kari", Reason: "the ward moves", At: time.Now()}}, nil
		}
		if approve {
			o.Gate.Approval = &fest.Approval{By: "Ola", Reason: "needed tonight"}
		}
		r, err := ingest.Run(t.Context(), o)
		var held *ingest.HeldError
		switch {
		case !approve && (!errors.As(err, &held) || !held.Frozen() || s.published > 0):
			t.Errorf("%v, %d published; want it held by the freeze", err, s.published)
		case approve && (err != nil || r.Release.Content.Approval == nil):
			t.Errorf("%v, approval %+v; want it published by approval", err, r.Release.Content.Approval)
		}
	}
}

// What leaves the register is published with the release; that it cannot be
// told is a warning, for the release is right all the same.
func TestRunTellsWhatLeaves(t *testing.T) {
	mini := festtest.File(t, "mini/fest-mini-ns.xml.gz")
	for name, fail := range map[string]error{"told": nil, "not told": errors.New("damaged")} {
		t.Run(name, func(t *testing.T) {
			s := store{current: &fest.Release{Serial: 3, Content: fest.Content{Digest: "old"}}}
			o := s.options(t, mini)
			o.Leaving = func(_ context.Context, served fest.Release, next *cache.Snapshot) ([]byte, error) {
				if served.Serial != 3 || len(next.ByKey(nil, fest.ResourceIngredients, "")) > 0 || next.Len(fest.ResourceIngredients) != 71 {
					t.Errorf("asked beside %d with %d ingredients", served.Serial, next.Len(fest.ResourceIngredients))
				}
				return []byte("gone"), fail
			}
			r, err := ingest.Run(t.Context(), o)
			if err != nil || s.published != 1 {
				t.Fatalf("%v, %d published", err, s.published)
			}
			if fail == nil && (string(s.removed) != "gone" || r.Warning != nil) {
				t.Errorf("the stage was told %q, warning %v", s.removed, r.Warning)
			}
			if fail != nil && (s.removed != nil || !errors.Is(r.Warning, fail) || !strings.Contains(r.Warning.Error(), "import --history")) {
				t.Errorf("the stage was told %q, warning %v; want what to do", s.removed, r.Warning)
			}
		})
	}
}
