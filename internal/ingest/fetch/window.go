package fetch

import (
	"fmt"
	"strings"
	"time"
)

// Window is a part of every day, by the clock on the wall: from From up to,
// not including, To, both counted from midnight. With To before From it ends
// on the next day. The zero Window is the whole day.
type Window struct{ From, To time.Duration }

// ParseWindow reads "03:30-05:30"; "" is the whole day.
func ParseWindow(s string) (Window, error) {
	if s == "" {
		return Window{}, nil
	}
	from, to, found := strings.Cut(s, "-")
	var w Window
	var err error
	if w.From, err = parseClock(from); err == nil && found {
		w.To, err = parseClock(to)
	}
	if err != nil || !found || w.From == w.To {
		return Window{}, fmt.Errorf("window %q: want two different times of day, such as 03:30-05:30", s)
	}
	return w, nil
}

func parseClock(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if s == "24:00" { // the end of a day
		return 0, nil
	}
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// String is what ParseWindow reads.
func (w Window) String() string {
	if w.whole() {
		return ""
	}
	clock := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute) }
	return clock(w.From) + "-" + clock(w.To)
}

// UnmarshalText is for flags.
func (w *Window) UnmarshalText(text []byte) (err error) {
	*w, err = ParseWindow(string(text))
	return err
}

func (w Window) whole() bool { return w.From == w.To }

func (w Window) valid() bool {
	const day = 24 * time.Hour
	return w.From >= 0 && w.From < day && w.To >= 0 && w.To < day
}

// on is the window that begins on a day of a zone, as instants. Where the
// clock jumps over an end of it, that end is the jump.
func (w Window) on(year int, month time.Month, day int, zone *time.Location) (from, to time.Time) {
	last := day
	if w.To <= w.From { // the whole day ends at midnight, too
		last++
	}
	return wall(year, month, day, w.From, zone), wall(year, month, last, w.To, zone)
}

// contains says whether an instant is in the window, in a zone.
func (w Window) contains(t time.Time, zone *time.Location) bool {
	if w.whole() {
		return true
	}
	y, m, d := t.In(zone).Date()
	for _, day := range []int{d - 1, d} { // one that began yesterday may last
		if from, to := w.on(y, m, day, zone); !t.Before(from) && t.Before(to) {
			return true
		}
	}
	return false
}

// wall is the first instant at which the clock on the wall shows a time of a
// day, or the instant at which it jumps over it. (time.Date may give either
// of two instants.)
func wall(year int, month time.Month, day int, clock time.Duration, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, int(clock/time.Minute), 0, 0, zone)
	want := time.Date(year, month, day, 0, int(clock/time.Minute), 0, 0, time.UTC)
	start, end := t.ZoneBounds()
	switch shown := onWall(t); {
	case shown.After(want): // pushed behind the jump
		return start
	case shown.Before(want):
		return end
	}
	if start.IsZero() {
		return t
	}
	// Shown a second time, if the clock was set back less than so long ago.
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	if early := t.Add(-time.Duration(before-now) * time.Second); before > now && early.Before(start) {
		return early
	}
	return t
}

// onWall is what the clock shows at an instant, as if it were UTC, so that it
// can be compared.
func onWall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}
