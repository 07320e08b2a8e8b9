package app

import (
	"fmt"

	"github.com/festd/festd/internal/ingest/fetch"
)

// schedule says when a URL is looked at: at an interval, or once a night; with
// a publish window within it only.
func (o *Options) schedule() (fetch.Schedule, error) {
	window, err := fetch.ParseWindow(o.PublishWindow)
	if err != nil {
		return fetch.Schedule{}, fmt.Errorf("publish window: %w", err)
	}
	s := fetch.ScheduleOptions{Poll: o.Poll, Publish: window}
	if schedule, err := fetch.NewSchedule(s); err == nil {
		return schedule, nil
	}
	s.Night = window // the usual night does not lie in it
	return fetch.NewSchedule(s)
}
