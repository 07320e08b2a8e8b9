package fetch

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// ScheduleOptions configures a [Schedule]; the zero value is once a night
// between 03:30 and 05:30 in Oslo.
type ScheduleOptions struct {
	// Night is when to fetch, once in each; zero = 03:30-05:30. Not used with
	// Poll.
	Night Window
	// Jitter is how far the time moves from night to night, within Night;
	// 0 = 10 min.
	Jitter time.Duration
	// Poll fetches at this interval instead, give or take a tenth; at least
	// 1 s. 0 = nightly.
	Poll time.Duration
	// Publish is when a new release may be published without a person: no
	// fetch is due outside of it. Zero = any time. Night must lie in it.
	Publish Window
	// Zone of the windows; nil = Europe/Oslo.
	Zone *time.Location
	// Seed makes processes differ; 0 = random. The same seed gives the same
	// times.
	Seed uint64
}

// Schedule says when to fetch. It is a value and keeps nothing.
type Schedule struct{ o ScheduleOptions }

// NewSchedule checks the options. It fails, too, where Oslo's time zone is
// not known: a program embeds time/tzdata against that.
func NewSchedule(o ScheduleOptions) (Schedule, error) {
	if o.Zone == nil {
		oslo, err := time.LoadLocation("Europe/Oslo")
		if err != nil {
			return Schedule{}, err
		}
		o.Zone = oslo
	}
	if o.Night == (Window{}) {
		o.Night = Window{3*time.Hour + 30*time.Minute, 5*time.Hour + 30*time.Minute}
	}
	if o.Jitter == 0 {
		o.Jitter = 10 * time.Minute
	}
	for o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	switch {
	case o.Poll < 0 || o.Poll > 0 && o.Poll < time.Second:
		return Schedule{}, fmt.Errorf("poll interval %v: want at least 1s, or 0 for once a night", o.Poll)
	case o.Jitter < 0:
		return Schedule{}, fmt.Errorf("jitter %v: want 0 or more", o.Jitter)
	case !o.Night.valid() || !o.Publish.valid():
		return Schedule{}, errors.New("a window's times of day must be from 00:00 up to 24:00")
	case o.Poll == 0 && !o.Publish.covers(o.Night):
		return Schedule{}, fmt.Errorf("the publish window %v leaves out part of the nightly window %v: nothing would be published then", o.Publish, o.Night)
	}
	return Schedule{o}, nil
}

// covers says whether another window lies within this one.
func (w Window) covers(inner Window) bool {
	const day = 24 * time.Hour
	if w.whole() {
		return true
	}
	if inner.whole() {
		return false
	}
	length := (w.To - w.From + day) % day
	begin := (inner.From - w.From + day) % day
	return begin+(inner.To-inner.From+day)%day <= length
}

// Open says whether a release may be published without a person at t.
func (s Schedule) Open(t time.Time) bool { return s.o.Publish.contains(t, s.o.Zone) }

// Next is when to fetch next, after t. It is computed from t and the options
// alone. Nightly there is exactly one in each window; a window that was slept
// through is not made up for.
func (s Schedule) Next(t time.Time) time.Time {
	if s.o.Poll > 0 {
		return s.nextPoll(t)
	}
	y, m, d := t.In(s.o.Zone).Date()
	for day := d - 1; ; day++ { // yesterday's window may last until today
		if at := s.night(y, m, day); at.After(t) {
			return at
		}
	}
}

// night is the time in the window that begins on a day: where in it is the
// process's own, moved by the jitter of the day.
func (s Schedule) night(y int, m time.Month, d int) time.Time {
	from, to := s.o.Night.on(y, m, d, s.o.Zone)
	length := to.Sub(from)
	if length <= 0 { // jumped over by the clock
		return from
	}
	jitter := min(s.o.Jitter, length)
	day := uint64(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix())
	offset := s.share(0)*float64(length-jitter) + s.share(1, day)*float64(jitter)
	return from.Add(min(time.Duration(offset), length-1)).Truncate(time.Second)
}

func (s Schedule) nextPoll(t time.Time) time.Time {
	poll, at := float64(s.o.Poll), uint64(t.UnixNano())
	next := t.Add(time.Duration(0.9*poll + 0.2*poll*s.share(2, at)))
	if s.Open(next) {
		return next
	}
	y, m, d := next.In(s.o.Zone).Date()
	for day := d; ; day++ {
		from, to := s.o.Publish.on(y, m, day, s.o.Zone)
		if to.After(from) && from.After(next) {
			// Not all at once when the window opens.
			return from.Add(time.Duration(s.share(3, at) * float64(min(to.Sub(from), s.o.Poll))))
		}
	}
}

// share is a number from 0 up to 1 that depends on the seed and what is given.
func (s Schedule) share(of ...uint64) float64 {
	h := fnv.New64a()
	for _, v := range append(of, s.o.Seed) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], v)
		_, _ = h.Write(b[:]) // never fails
	}
	return rand.New(rand.NewPCG(s.o.Seed, h.Sum64())).Float64()
}

// Wait waits until a fetch is due and returns when that was, or the context's
// error. It goes by the clock on the wall, looked at every minute: after a
// suspend or a jump forward one fetch is due at once, after a jump back the
// next one is reckoned anew.
func (s Schedule) Wait(ctx context.Context) (time.Time, error) {
	return s.wait(ctx, time.Now)
}

const glance = time.Minute

func (s Schedule) wait(ctx context.Context, clock func() time.Time) (time.Time, error) {
	now := clock().Round(0) // without the monotonic reading
	due := s.Next(now)
	for {
		if err := ctx.Err(); err != nil {
			return time.Time{}, err
		}
		seen := now
		now = clock().Round(0)
		if now.Before(seen.Add(-glance)) {
			due = s.Next(now)
		}
		if !now.Before(due) {
			return due, nil
		}
		if !sleep(ctx, min(due.Sub(now), glance)) {
			return time.Time{}, ctx.Err()
		}
	}
}
