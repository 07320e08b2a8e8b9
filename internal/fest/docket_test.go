package fest_test

import (
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
)

func TestDocket(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	past, future := now.Add(-time.Hour), now.Add(time.Hour)
	rel := func(serial fest.Serial, digest fest.Digest, cause fest.Cause, left fest.Digest) fest.Release {
		return fest.Release{Serial: serial, Content: fest.Content{Digest: digest}, Cause: cause, Left: left, By: "Kari", Reason: "r"}
	}
	hold := func(id uint64, after fest.Serial, digest fest.Digest) fest.Act {
		return fest.Act{ID: id, After: after, Kind: fest.ActHold, Content: digest, Candidate: &fest.Candidate{Content: fest.Content{Digest: digest}, Baseline: after}}
	}
	act := func(id uint64, after fest.Serial, kind fest.ActKind, digest fest.Digest, until *time.Time) fest.Act {
		return fest.Act{ID: id, After: after, Kind: kind, Content: digest, Until: until, By: "Ola", Reason: "why", Text: "text"}
	}
	for _, test := range []struct {
		name     string
		releases []fest.Release
		acts     []fest.Act
		states   map[fest.Digest]fest.CandidateState
		rejected []fest.Digest
		frozen   bool
		advisory bool
		held     int
	}{
		{name: "empty"},
		{name: "held", releases: []fest.Release{rel(1, "a", fest.CauseImport, "")}, acts: []fest.Act{hold(1, 1, "b")},
			states: map[fest.Digest]fest.CandidateState{"b": fest.CandidateHeld}, held: 1},
		{name: "approved", releases: []fest.Release{rel(1, "a", fest.CauseImport, ""), rel(2, "b", fest.CauseApproval, "")}, acts: []fest.Act{hold(1, 1, "b")},
			states: map[fest.Digest]fest.CandidateState{"b": fest.CandidatePublished}},
		{name: "approved and rolled back", releases: []fest.Release{rel(3, "a", fest.CauseRollback, "b"), rel(1, "a", fest.CauseImport, ""), rel(2, "b", fest.CauseApproval, "")},
			acts:   []fest.Act{hold(1, 1, "b")},
			states: map[fest.Digest]fest.CandidateState{"b": fest.CandidateRejected}, rejected: []fest.Digest{"b"}},
		{name: "rolled back and approved after all", releases: []fest.Release{rel(1, "a", fest.CauseImport, ""), rel(2, "b", fest.CauseImport, ""), rel(3, "a", fest.CauseRollback, "b"), rel(4, "b", fest.CauseApproval, "")}},
		{name: "rejected", acts: []fest.Act{act(2, 0, fest.ActReject, "b", nil), hold(1, 0, "b")},
			states: map[fest.Digest]fest.CandidateState{"b": fest.CandidateRejected}, rejected: []fest.Digest{"b"}},
		{name: "rejected without having been held", acts: []fest.Act{act(1, 0, fest.ActReject, "b", nil)}, rejected: []fest.Digest{"b"}},
		{name: "held again after a newer release is one candidate", releases: []fest.Release{rel(1, "a", fest.CauseImport, ""), rel(2, "c", fest.CauseImport, "")},
			acts: []fest.Act{hold(1, 1, "b"), hold(2, 2, "b")}, states: map[fest.Digest]fest.CandidateState{"b": fest.CandidateHeld}, held: 1},
		{name: "a publication before an act of the same serial", releases: []fest.Release{rel(2, "b", fest.CauseApproval, "")},
			acts: []fest.Act{hold(1, 1, "b"), act(2, 2, fest.ActReject, "b", nil)}, states: map[fest.Digest]fest.CandidateState{"b": fest.CandidateRejected}, rejected: []fest.Digest{"b"}},
		{name: "frozen", acts: []fest.Act{act(1, 0, fest.ActFreeze, "", nil)}, frozen: true},
		{name: "frozen until", acts: []fest.Act{act(1, 0, fest.ActFreeze, "", &future)}, frozen: true},
		{name: "frozen until an hour ago", acts: []fest.Act{act(1, 0, fest.ActFreeze, "", &past)}},
		{name: "unfrozen", acts: []fest.Act{act(1, 0, fest.ActFreeze, "", nil), act(2, 0, fest.ActUnfreeze, "", nil)}},
		{name: "advisory", acts: []fest.Act{act(1, 0, fest.ActAdvise, "", &future)}, advisory: true},
		{name: "advisory that is over", acts: []fest.Act{act(1, 0, fest.ActAdvise, "", &past)}},
		{name: "advisory withdrawn", acts: []fest.Act{act(1, 0, fest.ActAdvise, "", nil), act(2, 0, fest.ActWithdraw, "", nil)}},
		{name: "a hold without a candidate is passed over", acts: []fest.Act{{ID: 1, Kind: fest.ActHold}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := fest.NewDocket(test.releases, test.acts, now)
			if len(d.Candidates) != len(test.states) || d.Held() != test.held {
				t.Errorf("candidates %+v, held %d", d.Candidates, d.Held())
			}
			for digest, want := range test.states {
				if c, _ := d.Candidate(digest); c.State != want || (want == fest.CandidateHeld) != (c.Decision == nil) {
					t.Errorf("candidate %s: %+v, want %s", digest, c, want)
				}
			}
			if len(d.Rejected) != len(test.rejected) {
				t.Errorf("rejected %v, want %v", d.Rejected, test.rejected)
			}
			for _, digest := range test.rejected {
				if d.Rejected[digest].By == "" {
					t.Errorf("nobody rejected %s", digest)
				}
			}
			if (d.Frozen != nil) != test.frozen || (d.Advisory != nil) != test.advisory {
				t.Errorf("frozen %v, advisory %v", d.Frozen, d.Advisory)
			}
		})
	}
}
