package fetch_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/festd/festd/internal/ingest/fetch"
)

func oslo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func schedule(t *testing.T, o fetch.ScheduleOptions) fetch.Schedule {
	t.Helper()
	s, err := fetch.NewSchedule(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func window(t *testing.T, s string) fetch.Window {
	t.Helper()
	w, err := fetch.ParseWindow(s)
	if err != nil || s != "" && w.String() != s {
		t.Fatalf("%q is read as %q, %v", s, w, err)
	}
	return w
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOnceANight(t *testing.T) {
	zone := oslo(t)
	for seed := uint64(1); seed <= 20; seed++ {
		s := schedule(t, fetch.ScheduleOptions{Seed: seed})
		begin := time.Date(2026, 10, 3, 12, 0, 0, 0, zone)
		now, first := begin, time.Duration(-1)
		for day := range 3 * 365 {
			next := s.Next(now)
			y, m, d := begin.AddDate(0, 0, day+1).Date()
			// 03:30 is after both changes of the clock.
			from := time.Date(y, m, d, 3, 30, 0, 0, zone)
			if next.Before(from) || !next.Before(from.Add(2*time.Hour)) {
				t.Fatalf("seed %d: after %v comes %v, want it between 03:30 and 05:30 on the next day", seed, now, next.In(zone))
			}
			if again := s.Next(next.Add(-time.Nanosecond)); !again.Equal(next) {
				t.Fatalf("seed %d: just before %v the next is %v", seed, next, again)
			}
			if first < 0 {
				first = next.Sub(from)
			} else if moved := (next.Sub(from) - first).Abs(); moved > 10*time.Minute {
				t.Fatalf("seed %d: the time moved by %v", seed, moved)
			}
			now = next
		}
	}
}

func TestProcessesAndNightsDiffer(t *testing.T) {
	zone := oslo(t)
	now := time.Date(2026, 10, 3, 12, 0, 0, 0, zone)
	quarters, times := map[int]int{}, map[time.Time]bool{}
	for seed := uint64(1); seed <= 200; seed++ {
		next := schedule(t, fetch.ScheduleOptions{Seed: seed}).Next(now)
		quarters[int(next.Sub(time.Date(2026, 10, 4, 3, 30, 0, 0, zone))/(30*time.Minute))]++
		times[next] = true
	}
	for q := range 4 {
		if quarters[q] < 20 {
			t.Errorf("%d of 200 processes in quarter %d of the window: %v", quarters[q], q, quarters)
		}
	}
	if len(times) < 180 {
		t.Errorf("only %d times of 200 processes", len(times))
	}
	s := schedule(t, fetch.ScheduleOptions{Seed: 1})
	if a := s.Next(now); s.Next(a).Sub(a) == 24*time.Hour {
		t.Error("two nights at the same time to the second")
	}
	a, b := schedule(t, fetch.ScheduleOptions{}), schedule(t, fetch.ScheduleOptions{})
	if a.Next(now).Equal(b.Next(now)) && a.Next(now.AddDate(0, 0, 1)).Equal(b.Next(now.AddDate(0, 0, 1))) {
		t.Error("two processes with the same times")
	}
}

// Windows on the nights when the clock changes: at 01:00 UTC it goes from
// 02:00 to 03:00 on 2027-03-28, and from 03:00 to 02:00 on 2026-10-25.
func TestWhenTheClockChanges(t *testing.T) {
	for name, tt := range map[string]struct{ window, noon, from, to string }{
		"an ordinary night":   {"01:30-02:30", "2026-10-03T12:00:00+02:00", "2026-10-03T23:30:00Z", "2026-10-04T00:30:00Z"},
		"spring, before":      {"00:30-01:30", "2027-03-27T12:00:00+01:00", "2027-03-27T23:30:00Z", "2027-03-28T00:30:00Z"},
		"spring, ends within": {"01:30-02:30", "2027-03-27T12:00:00+01:00", "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"},
		"spring, all of it":   {"02:15-02:45", "2027-03-27T12:00:00+01:00", "2027-03-28T01:00:00Z", "2027-03-28T01:00:01Z"},
		"spring, over it":     {"01:30-03:30", "2027-03-27T12:00:00+01:00", "2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"},
		"autumn, once":        {"02:15-02:45", "2026-10-24T12:00:00+02:00", "2026-10-25T00:15:00Z", "2026-10-25T00:45:00Z"},
		"autumn, over it":     {"01:30-03:30", "2026-10-24T12:00:00+02:00", "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z"},
		"over midnight":       {"23:30-00:30", "2026-10-24T12:00:00+02:00", "2026-10-24T21:30:00Z", "2026-10-24T22:30:00Z"},
	} {
		for seed := uint64(1); seed < 40; seed++ {
			s := schedule(t, fetch.ScheduleOptions{Night: window(t, tt.window), Seed: seed})
			next := s.Next(at(t, tt.noon))
			if next.Before(at(t, tt.from)) || !next.Before(at(t, tt.to)) {
				t.Errorf("%s: %v, want it from %s to %s", name, next.UTC(), tt.from, tt.to)
			}
			// Once, and the next one in the next night.
			if gap := s.Next(next).Sub(next); gap < 20*time.Hour || gap > 28*time.Hour {
				t.Errorf("%s: the next after %v", name, gap)
			}
		}
	}
}

func TestWall(t *testing.T) {
	for _, tt := range []struct {
		zone, day string
		clock     time.Duration
		want      string
	}{
		{"Europe/Oslo", "2027-03-28T00:00:00Z", 90 * time.Minute, "2027-03-28T00:30:00Z"},
		{"Europe/Oslo", "2027-03-28T00:00:00Z", 2 * time.Hour, "2027-03-28T01:00:00Z"},
		{"Europe/Oslo", "2027-03-28T00:00:00Z", 150 * time.Minute, "2027-03-28T01:00:00Z"},
		{"Europe/Oslo", "2027-03-28T00:00:00Z", 3 * time.Hour, "2027-03-28T01:00:00Z"},
		{"Europe/Oslo", "2026-10-25T00:00:00Z", 2 * time.Hour, "2026-10-25T00:00:00Z"},
		{"Europe/Oslo", "2026-10-25T00:00:00Z", 150 * time.Minute, "2026-10-25T00:30:00Z"},
		{"Europe/Oslo", "2026-10-25T00:00:00Z", 3 * time.Hour, "2026-10-25T02:00:00Z"},
		{"America/New_York", "2027-03-14T00:00:00Z", 150 * time.Minute, "2027-03-14T07:00:00Z"},
		{"America/New_York", "2026-11-01T00:00:00Z", 90 * time.Minute, "2026-11-01T05:30:00Z"},
		{"UTC", "2026-11-01T00:00:00Z", 90 * time.Minute, "2026-11-01T01:30:00Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		y, m, d := at(t, tt.day).Date()
		if got := fetch.Wall(y, m, d, tt.clock, zone); !got.Equal(at(t, tt.want)) {
			t.Errorf("%v on %s in %s: %v, want %s", tt.clock, tt.day[:10], tt.zone, got.UTC(), tt.want)
		}
	}
}

func TestPoll(t *testing.T) {
	s := schedule(t, fetch.ScheduleOptions{Poll: 10 * time.Minute, Seed: 1})
	now := at(t, "2026-10-24T12:00:00Z")
	seen := map[time.Duration]bool{}
	for range 1000 {
		next := s.Next(now)
		gap := next.Sub(now)
		if gap < 9*time.Minute || gap > 11*time.Minute {
			t.Fatalf("%v between polls, want 10m give or take a tenth", gap)
		}
		seen[gap], now = true, next
	}
	if len(seen) < 900 {
		t.Errorf("only %d different intervals of 1000", len(seen))
	}
}

func TestPublishWindow(t *testing.T) {
	s := schedule(t, fetch.ScheduleOptions{Poll: time.Hour, Publish: window(t, "22:00-06:00"), Seed: 1})
	for _, tt := range []struct {
		at   string
		open bool
	}{
		{"2026-10-03T21:59:59+02:00", false}, {"2026-10-03T22:00:00+02:00", true}, {"2026-10-04T00:00:00+02:00", true},
		{"2026-10-04T05:59:59+02:00", true}, {"2026-10-04T06:00:00+02:00", false}, {"2026-10-04T12:00:00+02:00", false},
	} {
		if s.Open(at(t, tt.at)) != tt.open {
			t.Errorf("open at %s: %v", tt.at, !tt.open)
		}
	}
	now, polls := at(t, "2026-10-03T12:00:00+02:00"), 0
	for now.Before(at(t, "2026-10-13T12:00:00+02:00")) {
		now = s.Next(now)
		if polls++; !s.Open(now) {
			t.Fatalf("a poll at %v, outside of the window", now)
		}
	}
	if polls < 60 || polls > 90 { // 8 a night, for 10 nights
		t.Errorf("%d polls in ten nights", polls)
	}
	if !schedule(t, fetch.ScheduleOptions{}).Open(now) {
		t.Error("without a window something is closed")
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	for name, o := range map[string]fetch.ScheduleOptions{
		"poll too often":       {Poll: time.Millisecond},
		"negative poll":        {Poll: -time.Hour},
		"negative jitter":      {Jitter: -1},
		"night not in publish": {Publish: window(t, "08:00-16:00")},
		"night begins before":  {Publish: window(t, "04:00-08:00")},
		"night ends after":     {Publish: window(t, "23:00-05:00")},
		"no time of day":       {Night: fetch.Window{To: 25 * time.Hour}},
	} {
		if _, err := fetch.NewSchedule(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	schedule(t, fetch.ScheduleOptions{Publish: window(t, "23:00-05:30")})
	for _, s := range []string{"03:30", "03:30-", "-05:30", "3-5", "24:30-05:00", "03:30-03:30", "03:30-25:00", "x-y"} {
		if w, err := fetch.ParseWindow(s); err == nil {
			t.Errorf("%q is read as %v", s, w)
		}
	}
	if w, err := fetch.ParseWindow("22:00-24:00"); err != nil || w != (fetch.Window{From: 22 * time.Hour}) {
		t.Errorf("until midnight: %v, %v", w, err)
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // bubbles begin at 2000-01-01T00:00:00Z
		s := schedule(t, fetch.ScheduleOptions{Seed: 1})
		for range 3 {
			want := s.Next(time.Now())
			due, err := s.Wait(t.Context())
			if err != nil || !due.Equal(want) || !time.Now().Equal(want) {
				t.Fatalf("woke at %v for %v, %v; want %v", time.Now(), due, err, want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := s.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// The clock on the wall jumps (FAULTS 19): one fetch at once after a jump
// forward, no burst; none early after a jump back, and none lost.
func TestWaitWhenTheClockJumps(t *testing.T) {
	for name, jump := range map[string]time.Duration{"a day forward": 24 * time.Hour, "a day back": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := schedule(t, fetch.ScheduleOptions{Seed: 1})
				begin := time.Now()
				clock := func() time.Time {
					if time.Since(begin) > 30*time.Minute {
						return time.Now().Add(jump)
					}
					return time.Now()
				}
				first := s.Next(begin)
				due, err := s.WaitBy(t.Context(), clock)
				if err != nil || clock().Before(due) {
					t.Fatalf("woke at %v for %v, %v", clock(), due, err)
				}
				waited := time.Since(begin)
				if jump > 0 && (waited > 32*time.Minute || !due.Equal(first)) {
					t.Errorf("woke after %v for %v, want at once for %v", waited, due, first)
				}
				if jump < 0 && waited > 7*time.Hour {
					t.Errorf("woke after %v, want in the night that the clock says is next", waited)
				}
				if next := s.Next(clock()).Sub(clock()); next < time.Hour {
					t.Errorf("and again in %v", next)
				}
			})
		})
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"", "03:30-05:30", "22:00-24:00", "24:00-01:00", "00:00-24:00", " 1:02 - 3:04 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := fetch.ParseWindow(s)
		if err != nil {
			return
		}
		if again, err := fetch.ParseWindow(w.String()); err != nil || again != w {
			t.Errorf("%q is %q, which is %q, %v", s, w, again, err)
		}
		if _, err := fetch.NewSchedule(fetch.ScheduleOptions{Night: w, Seed: 1}); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}
