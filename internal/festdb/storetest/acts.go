package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

func record(t testing.TB, s festdb.Store, a fest.Act) fest.Act {
	t.Helper()
	got, err := s.Record(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func actsOf(t testing.TB, s festdb.Store) []fest.Act {
	t.Helper()
	list, err := s.Acts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func docket(t testing.TB, s festdb.Store) *fest.Docket {
	t.Helper()
	records, err := s.Releases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var releases []fest.Release
	for _, r := range records {
		releases = append(releases, r.Release)
	}
	return fest.NewDocket(releases, actsOf(t, s), time.Now())
}

// acts are durable, in order, and seen by all handles.
func acts(t *testing.T, b Backend) {
	one, two := b.Open(t), b.Open(t)
	if list := actsOf(t, one); len(list) != 0 {
		t.Errorf("a new store has acts: %v", list)
	}
	until := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	first := record(t, one, fest.Act{Kind: fest.ActFreeze, By: "Kari", Reason: "stocktaking, æøå", Until: &until})
	rel := Publish(t, one, 50, 1, 0)
	second := record(t, two, fest.Act{Kind: fest.ActAdvise, By: "Ola", Reason: "r", Text: "Bruk Felleskatalogen \u2028"})
	third := record(t, one, fest.Act{Kind: fest.ActWaive, By: "Ola", Reason: "r", Waiver: json.RawMessage(`{"rule": "removed"}`)})
	if first.After != 0 || second.After != rel.Serial || first.ID == 0 || first.ID >= second.ID || second.ID >= third.ID || first.At.IsZero() {
		t.Errorf("acts %+v, %+v, %+v", first, second, third)
	}
	want := []fest.Act{first, second, third}
	same := cmp.Comparer(func(a, b json.RawMessage) bool {
		var x, y any
		return len(a) == len(b) && len(a) == 0 || json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
	})
	instant := cmp.Comparer(func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Millisecond })
	for _, s := range []festdb.Store{one, two, b.Open(t)} {
		if diff := cmp.Diff(want, actsOf(t, s), same, instant); diff != "" {
			t.Errorf("the audit log differs (-want +got):\n%s", diff)
		}
	}
}

func actsHinted(t *testing.T, b Backend) {
	one, two := b.Open(t), b.Open(t)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	hints := two.Changed(ctx)
	actsOf(t, two)
	time.Sleep(50 * time.Millisecond)
	for len(hints) > 0 { // a hint may come for nothing
		<-hints
	}
	want := record(t, one, fest.Act{Kind: fest.ActAdvise, By: "Ola", Reason: "r", Text: "x"})
	within := b.HintWithin
	if within == 0 {
		within = 250*time.Millisecond + 2*time.Second
	}
	for deadline := time.After(within); ; {
		select {
		case <-hints:
		case <-deadline:
			t.Fatalf("no hint of an act within %v", within)
		}
		if list := actsOf(t, two); len(list) == 1 && list[0].ID == want.ID {
			return
		}
	}
}

// causes says of each release how it came to be served, and what it left.
func causes(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 50, 1, 0)
	second := Publish(t, s, 60, 2, first.Serial)
	if first.Cause != fest.CauseImport || first.By != "" || second.Left != "" {
		t.Errorf("imports: %+v, %+v", first, second)
	}
	g, err := s.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g)
	by := festdb.WithActor(ctx, festdb.Actor{Who: "Kari", Why: "8000 are missing", Cause: fest.CauseRollback})
	back, err := g.Publish(by, first.Content, first.Source, second.Serial)
	if err != nil {
		t.Fatal(err)
	}
	if back.Cause != fest.CauseRollback || back.By != "Kari" || back.Reason != "8000 are missing" || back.Left != second.Content.Digest {
		t.Errorf("rollback: %+v", back)
	}
	for _, s := range []festdb.Store{s, b.Open(t)} {
		if diff := cmp.Diff(back, current(t, s)); diff != "" {
			t.Errorf("current differs (-published +current):\n%s", diff)
		}
		if d := docket(t, s); d.Rejected[second.Content.Digest].By != "Kari" {
			t.Errorf("what was left is not rejected: %+v", d.Rejected)
		}
	}
}

// rejectedNotServed: what a person went back from, or rejected, is not served
// in the place of a damaged content.
func rejectedNotServed(t *testing.T, b Backend) {
	s := b.Open(t)
	old := Publish(t, s, 40, 1, 0)
	good := Publish(t, s, 50, 2, old.Serial)
	bad := Publish(t, s, 60, 3, good.Serial)
	g, err := s.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g)
	by := festdb.WithActor(ctx, festdb.Actor{Who: "Kari", Why: "8000 are missing", Cause: fest.CauseRollback})
	back, err := g.Publish(by, good.Content, good.Source, bad.Serial)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := newest(t, s); err != nil || got.Serial != back.Serial {
		t.Fatalf("release %d, %v; want %d", got.Serial, err, back.Serial)
	}
	b.Damage(t, good.Content.Digest)
	got, _, err := newest(t, s)
	if err != nil || got.Serial != old.Serial {
		t.Errorf("beside a damaged release %d, release %d is served, %v; want %d, for %d was rejected", back.Serial, got.Serial, err, old.Serial, bad.Serial)
	}
	record(t, s, fest.Act{Kind: fest.ActReject, By: "Ola", Reason: "r", Content: old.Content.Digest})
	_, _, err = newest(t, s)
	wantErr(t, err, festdb.ErrDamaged)
}

// candidateKept: what the gate held is there when a person has decided.
func candidateKept(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 50, 1, 0)
	g, c, src := Seal(t, s, 60, 2)
	record(t, s, fest.Act{Kind: fest.ActHold, By: "festd", Content: c.Digest, Candidate: &fest.Candidate{
		Content: c, Source: src, Baseline: first.Serial, Verdict: json.RawMessage(`{"held": true}`)}})
	discarding(t, g)
	Publish(t, s, 50, 1, first.Serial) // whatever sweeps has swept
	s2 := b.Open(t)
	wantContent(t, s2, c.Digest, Slices(60, 2))
	d := docket(t, s2)
	got, ok := d.Candidate(c.Digest)
	if !ok || got.State != fest.CandidateHeld || d.Held() != 1 || got.Baseline != first.Serial || len(got.Verdict) == 0 {
		t.Fatalf("candidate %+v", got)
	}
	g, err := s2.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g)
	cur := current(t, s2)
	by := festdb.WithActor(ctx, festdb.Actor{Who: "Kari", Why: "as expected", Cause: fest.CauseApproval})
	r, err := g.Publish(by, got.Content, got.Source, cur.Serial)
	if err != nil {
		t.Fatal(err)
	}
	if r.Cause != fest.CauseApproval || r.By != "Kari" || r.Left != "" {
		t.Errorf("approved: %+v", r)
	}
	if c, _ := docket(t, s2).Candidate(c.Digest); c.State != fest.CandidatePublished || c.Decision == nil || c.Decision.Serial != r.Serial {
		t.Errorf("the candidate afterwards: %+v", c)
	}
}

// heldForWeeks: a source that is bad for weeks adds a whole verdict with every
// file. The list has those of the newest that wait, and Act has all.
func heldForWeeks(t *testing.T, b Backend) {
	s := b.Open(t)
	rel := Publish(t, s, 50, 1, 0)
	verdict := json.RawMessage(`{"held": true, "names": "` + strings.Repeat("x", 100<<10) + `"}`)
	var held []fest.Act
	for i := range 9 {
		c := fest.Content{
			Digest: fest.Digest(strings.Repeat(string(rune('0'+i)), 64)), Document: Document(i), Filter: fest.FilterPrescriber,
			Findings: []fest.Finding{{Rule: "removed", Severity: fest.SeverityHold, Text: "many", Affected: []fest.Affected{{ID: "ID_1"}}}},
		}
		held = append(held, record(t, s, fest.Act{Kind: fest.ActHold, By: "festd", Content: c.Digest,
			Candidate: &fest.Candidate{Content: c, Baseline: rel.Serial, Verdict: verdict}}))
	}
	record(t, s, fest.Act{Kind: fest.ActReject, By: "Ola", Reason: "r", Content: held[8].Content})
	for _, s := range []festdb.Store{s, b.Open(t)} {
		whole := 0
		for _, a := range actsOf(t, s) {
			if a.Candidate == nil {
				continue
			}
			if len(a.Candidate.Verdict)+len(a.Candidate.Content.Findings[0].Affected) > 0 {
				whole++
			}
			if f := a.Candidate.Content.Findings; len(f) != 1 || f[0].Text != "many" {
				t.Errorf("%+v; want the finding, if not its names", f)
			}
		}
		if whole > 5 {
			t.Errorf("the list has %d verdicts, want those of the five newest that wait", whole)
		}
		d := docket(t, s)
		for i := range held {
			c, ok := d.Candidate(held[i].Content)
			want := i > 3 && i < 8
			if i == 3 { // it was not among the five before the last one was rejected
				want = len(c.Verdict) > 0
			}
			if !ok || (len(c.Verdict) > 0) != want || c.Act != held[i].ID {
				t.Errorf("candidate %d: act %d, want %d; a verdict of %d bytes, want one: %v", i, c.Act, held[i].ID, len(c.Verdict), want)
			}
			a, err := s.Act(ctx, held[i].ID)
			if err != nil || a.ID != held[i].ID || a.Candidate == nil || len(a.Candidate.Verdict) < 100<<10 || len(a.Candidate.Content.Findings) != 1 {
				t.Errorf("act %d: %v, not whole", held[i].ID, err)
			}
		}
		_, err := s.Act(ctx, 4711)
		wantErr(t, err, festdb.ErrNotKept)
	}
}

// leaves: what left is published with its release, or not at all.
func leaves(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 50, 1, 0)
	try := func(seed uint64, expect fest.Serial, data string) (fest.Release, error) {
		g, c, src := Seal(t, s, 60, seed)
		defer discarding(t, g)
		if err := g.Remove([]byte(data)); err != nil {
			t.Fatal(err)
		}
		if err := g.Remove([]byte("again")); !errors.Is(err, festdb.ErrState) {
			t.Errorf("said twice: %v", err)
		}
		return g.Publish(ctx, c, src, expect)
	}
	_, err := try(2, first.Serial+7, "of a conflict")
	wantErr(t, err, festdb.ErrConflict)
	second, err := try(3, first.Serial, "of three \x00 bytes")
	if err != nil {
		t.Fatal(err)
	}
	third, err := try(4, second.Serial, "of four")
	if err != nil {
		t.Fatal(err)
	}
	want := []festdb.Removal{
		{Serial: second.Serial, Content: second.Content.Digest, RetrievalDate: second.Content.RetrievalDate, Data: []byte("of three \x00 bytes")},
		{Serial: third.Serial, Content: third.Content.Digest, RetrievalDate: third.Content.RetrievalDate, Data: []byte("of four")},
	}
	for _, s := range []festdb.Store{s, b.Open(t)} {
		got, err := s.Removed(ctx)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("removed: %v (-want +got):\n%s", err, diff)
		}
	}
}

// leftLater: what could not be said with a release is said later, once.
func leftLater(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 50, 1, 0)
	second := Publish(t, s, 60, 2, first.Serial)
	say := festdb.Removal{Serial: second.Serial, Content: second.Content.Digest, RetrievalDate: second.Content.RetrievalDate, Data: []byte("of two")}
	for _, wrong := range []festdb.Removal{
		{Serial: second.Serial + 1, Content: say.Content}, {Serial: second.Serial, Content: first.Content.Digest}, {Content: say.Content},
	} {
		wantErr(t, s.AddRemoved(ctx, wrong), festdb.ErrState)
	}
	again := say
	again.Data = []byte("of another mind")
	for _, r := range []festdb.Removal{say, again} {
		if err := s.AddRemoved(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []festdb.Store{s, b.Open(t)} {
		got, err := s.Removed(ctx)
		if diff := cmp.Diff([]festdb.Removal{say}, got); err != nil || diff != "" {
			t.Errorf("removed: %v (-want +got):\n%s", err, diff)
		}
	}
}

// histories come first, oldest first, and one that comes again replaces itself.
func histories(t *testing.T, b Backend) {
	s := b.Open(t)
	Publish(t, s, 50, 1, 0)
	digest := func(n byte) fest.Digest {
		d := []byte("0000000000000000000000000000000000000000000000000000000000000000")
		d[0] = n
		return fest.Digest(d)
	}
	newer := festdb.Removal{Content: digest('a'), RetrievalDate: "2025-02-01T00:00:00", Data: []byte("newer")}
	older := festdb.Removal{Content: digest('b'), RetrievalDate: "2024-02-01T00:00:00", Data: []byte("older")}
	for _, r := range []festdb.Removal{newer, {Content: older.Content, RetrievalDate: older.RetrievalDate, Data: []byte("first")}, older} {
		if err := s.AddHistory(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, s.AddHistory(ctx, festdb.Removal{Serial: 1, Content: digest('c')}), festdb.ErrState)
	for _, s := range []festdb.Store{s, b.Open(t)} {
		got, err := s.Removed(ctx)
		if diff := cmp.Diff([]festdb.Removal{older, newer}, got); err != nil || diff != "" {
			t.Errorf("removed: %v (-want +got):\n%s", err, diff)
		}
	}
}

func oneLeads(t *testing.T, b Backend) {
	one, two := b.Open(t), b.Open(t)
	leading, release, err := one.Lead(ctx)
	if err != nil || leading.Err() != nil {
		t.Fatalf("nobody else leads: %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if _, _, err := two.Lead(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a second one leads: %v", err)
	}
	release()
	if leading.Err() == nil {
		t.Error("who gave it up still leads")
	}
	long, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, release, err = two.Lead(long)
	if err != nil {
		t.Fatalf("nobody takes over: %v", err)
	}
	release()
}
