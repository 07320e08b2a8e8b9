package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Waiting is what a hold costs: what is inside the candidate that clients
// should have.
type Waiting struct {
	// Notifications are the new ones of type 1 (safety) and 3 (sales stop).
	Notifications []Notice `json:"notifications,omitempty"`
	// NextDate is the first day after today on which something inside begins
	// or ends that the served release does not know of; "" if nothing does.
	NextDate string `json:"nextDate,omitempty"`
	// Dates is how much does on that day, by class.
	Dates map[string]int `json:"dates,omitempty"`
}

// Notice is a notification (VarselSlv).
type Notice struct {
	Type     string `json:"type"` // list 7441
	Key      string `json:"key"`
	Headline string `json:"headline"`
}

// Types of notifications that must not wait (list 7441).
const (
	noticeSafety    = "1"
	noticeSalesStop = "3"
)

// waiting compares with what is served, of whatever filter; with nothing
// served all is new.
func (j *judgement) waiting() Waiting {
	var w Waiting
	f := j.candidate
	c := class(fest.ClassNotification)
	rows := make([]uint32, 0, f.count(c))
	if j.served != nil {
		rows = j.served.of(c).added
	} else {
		for row := range f.count(c) {
			rows = append(rows, uint32(row))
		}
	}
	for _, row := range rows {
		if t := f.value(c, c.column(mapType), row); t == noticeSafety || t == noticeSalesStop {
			w.Notifications = append(w.Notifications, Notice{t, f.key(c, row), f.name(c, row)})
		}
	}
	slices.SortFunc(w.Notifications, func(a, b Notice) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Headline, b.Headline), strings.Compare(a.Key, b.Key))
	})
	j.nextDate(&w)
	return w
}

// nextDate finds the first coming day that stands in the candidate more often
// than in what is served, field by field.
func (j *judgement) nextDate(w *Waiting) {
	type at struct {
		slot uint32
		date string
	}
	known := map[at]uint32{}
	if j.served != nil {
		for _, d := range j.served.before.dates {
			known[at{d.slot, day(j.served.before.text[d.date])}] += d.n
		}
	}
	today := j.now.In(fest.Oslo()).Format(time.DateOnly) // R1
	slots := compiled().slots
	inside := map[at]uint32{}
	for _, d := range j.candidate.dates {
		if date := day(j.candidate.text[d.date]); date > today {
			inside[at{d.slot, date}] += d.n
		}
	}
	for d, n := range inside {
		if n <= known[d] {
			continue
		}
		if w.NextDate == "" || d.date < w.NextDate {
			w.NextDate, w.Dates = d.date, map[string]int{}
		}
		if d.date == w.NextDate {
			w.Dates[slots[d.slot].class.String()] += int(n - known[d])
		}
	}
}
