package api

import (
	"sync"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/search"
)

// days are the states of what can be had on some days, of one release: made
// when a day is asked for, once, and kept for a few days. Nearly all ask for
// today.
type days struct {
	mu   sync.Mutex
	kept []keptDay // the one asked for last stands first
}

const mostDays = 8

type keptDay struct {
	day  rules.Day
	make func() *search.Day
}

// on is that of a day.
func (d *days) on(index *search.Index, day rules.Day) *search.Day {
	d.mu.Lock()
	at := 0
	for at < len(d.kept) && d.kept[at].day != day {
		at++
	}
	var k keptDay
	switch {
	case at < len(d.kept):
		k = d.kept[at]
	default:
		k = keptDay{day, sync.OnceValue(func() *search.Day { return index.On(offersOn(index, day)) })}
		if at = len(d.kept); at == mostDays {
			at--
		} else {
			d.kept = append(d.kept, k)
		}
	}
	copy(d.kept[1:], d.kept[:at])
	d.kept[0] = k
	d.mu.Unlock()
	return k.make()
}

// offersOn is what the rules say of each offer on a day: whether it can be had
// (R49–R51), and whether it is a member of a substitution group (R94).
func offersOn(index *search.Index, day rules.Day) []search.OfferState {
	dates := index.Offers()
	out := make([]search.OfferState, len(dates))
	for i := range dates {
		o := &dates[i]
		var m *fest.MarketingInformation
		if o.Marketing {
			m = &fest.MarketingInformation{
				MarketingDate: dateOf(o.MarketingDate), WithdrawalDate: dateOf(o.Withdrawal), TemporarilyDiscontinuedDate: dateOf(o.TemporarilyDiscontinued),
			}
		}
		out[i].Market, _ = search.MarketOf(string(rules.AvailabilityOf(m, day).Market))
		out[i].Substitutable = o.Linked && o.Grouped &&
			rules.BeforeUnsure(dateOf(o.LinkFrom), dateOf(o.LinkUntil)).On(day) == rules.Valid &&
			rules.BeforeUnsure(dateOf(o.GroupFrom), dateOf(o.GroupUntil)).On(day) == rules.Valid
	}
	return out
}

func dateOf(s string) *fest.Date {
	if s == "" {
		return nil
	}
	d := fest.Date(s)
	return &d
}
