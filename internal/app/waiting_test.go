package app

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// What waits is that of all held candidates together, each notification once,
// and of nothing that was decided about.
func TestWaitingInsideHeldCandidates(t *testing.T) {
	verdict := func(next string, keys ...string) json.RawMessage {
		v := gate.Verdict{Waiting: gate.Waiting{NextDate: next}}
		for _, k := range keys {
			v.Waiting.Notifications = append(v.Waiting.Notifications, gate.Notice{Type: "1", Key: k})
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	hold := func(id uint64, d string, v json.RawMessage) fest.Act {
		return fest.Act{ID: id, Kind: fest.ActHold, Content: digest(d), Candidate: &fest.Candidate{Content: fest.Content{Digest: digest(d)}, Verdict: v}}
	}
	acts := []fest.Act{
		hold(1, "a", verdict("2026-07-15", "one", "two")),
		hold(2, "b", verdict("2026-07-02", "two", "three")),
		hold(3, "c", verdict("2026-06-30", "four")),
		{ID: 4, Kind: fest.ActReject, Content: digest("c")},
		hold(5, "d", nil),
	}
	docket := func(more ...fest.Act) *fest.Docket {
		return fest.NewDocket(nil, append(acts[:len(acts):len(acts)], more...), time.Now())
	}
	c := costs{}
	w := c.of(docket())
	if want := time.Date(2026, 7, 1, 22, 0, 0, 0, time.UTC); len(w.keys) != 3 || !w.next.Equal(want) {
		t.Errorf("%d notifications wait, and the next day begins at %v; want 3 and %v", len(w.keys), w.next.UTC(), want)
	}
	if _, read := c[3]; read || len(c) != 3 {
		t.Errorf("%d verdicts were read, want those of the three that are held", len(c))
	}
	w = c.of(docket(fest.Act{ID: 6, Kind: fest.ActReject, Content: digest("b")}))
	if want := time.Date(2026, 7, 14, 22, 0, 0, 0, time.UTC); len(w.keys) != 2 || !w.next.Equal(want) || len(c) != 2 {
		t.Errorf("after a rejection: %d wait, next %v, %d remembered; want 2, %v and 2", len(w.keys), w.next.UTC(), len(c), want)
	}
	w = c.of(fest.NewDocket(nil, nil, time.Now()))
	if len(w.keys) != 0 || !w.next.IsZero() || len(c) != 0 {
		t.Errorf("nothing is held: %d wait, next %v, %d remembered", len(w.keys), w.next, len(c))
	}
}
