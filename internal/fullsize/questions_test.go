//go:build !race

package fullsize_test

import (
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/sample"
)

// How many answers of a kind are compared: a million, or as many as fit into
// the time, and no fewer than answersLeast, so that a slow machine compares
// some, too.
const (
	answersMost  = 1_000_000
	answersLeast = 100
)

// long is the time for each kind that make reference gives.
var long = func() time.Duration {
	text := os.Getenv("FESTD_REFERENCE_TIME")
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		panic("FESTD_REFERENCE_TIME=" + text + ": want a duration, such as 10m")
	}
	return d
}()

// answersTime is for each kind of question.
func answersTime() time.Duration {
	if long > 0 {
		return long
	}
	return 2 * time.Second
}

// A day is asked about by a register of its own, and this many questions, as
// those of a request with many lines are: each entry is decoded once for it. In
// a short time there are fewer, so that there are several days.
const (
	questionsOfDay = 2000
	daysInTime     = 10
)

// questions are what is asked about something on days, from a fixed seed, no
// question twice. Half of the days are such that something begins or ends on or
// next to them, half are any; half of what is asked about on a day of the first
// kind is what it begins or ends for.
type questions[T any] struct {
	kind  string
	seed  uint64
	about []T
	// days are those on which something begins or ends for one of about.
	days func(T) []string
	// least is how many answers are compared, however long it takes; 0 is
	// answersLeast.
	least int
}

// ask asks until there are enough. compare says how many answers it has
// compared, and how many of them were not empty.
func (q *questions[T]) ask(t *testing.T, compare func(r *answer.Register, about T, day string) (compared, full int)) {
	snap, _ := full()
	rnd := rand.New(rand.NewPCG(1, q.seed))
	days, near := make([][]string, len(q.about)), map[string][]int{}
	for i := range q.about {
		for _, d := range q.days(q.about[i]) {
			for n := -1; n <= 1; n++ {
				days[i] = append(days[i], shift(d, n))
			}
		}
		slices.Sort(days[i])
		days[i] = slices.Compact(days[i])
		for _, d := range days[i] {
			near[d] = append(near[d], i)
		}
	}
	type question struct {
		about int
		day   string
	}
	asked, on := map[question]bool{}, map[string]bool{}
	start := time.Now()
	end, compared, notEmpty := start.Add(answersTime()), 0, 0
	more := func() bool {
		return compared < answersMost && (compared < max(q.least, answersLeast) || time.Now().Before(end))
	}
	for more() {
		day := randomDay(rnd)
		if of := days[rnd.IntN(len(days))]; len(of) > 0 && rnd.IntN(2) == 0 {
			day = of[rnd.IntN(len(of))]
		}
		on[day] = true
		r := answer.New(snap, rules.Day(day), rules.Set{})
		began := time.Now()
		for n := 0; n < questionsOfDay && more() && time.Since(began) < answersTime()/daysInTime; n++ {
			one := question{rnd.IntN(len(q.about)), day}
			if list := near[day]; len(list) > 0 && n%2 == 0 {
				one.about = list[rnd.IntN(len(list))]
			}
			if asked[one] {
				continue
			}
			asked[one] = true
			c, f := compare(r, q.about[one.about], day)
			compared, notEmpty = compared+c, notEmpty+f
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
	}
	report(t, q.kind, compared, notEmpty, start)
	t.Logf("%d questions on %d days", len(asked), len(on))
}

// report logs a line of the table that make reference prints.
func report(t *testing.T, kind string, compared, notEmpty int, start time.Time) {
	t.Helper()
	t.Logf("reference: %-14s %8d answers compared in %6.1f s, %5.1f %% of them not empty", kind, compared, time.Since(start).Seconds(), 100*float64(notEmpty)/float64(compared))
	if notEmpty == 0 {
		t.Error("all answers were empty")
	}
}

// randomDay is a day near those of the data.
func randomDay(rnd *rand.Rand) string {
	return sample.DefaultRetrieved().AddDate(0, 0, rnd.IntN(1600)-800).Format(time.DateOnly)
}

func shift(day string, days int) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return d.AddDate(0, 0, days).Format(time.DateOnly)
}

// boundaries are the days of an entry: all dates in it, in the substitution
// group that it links to and in the codes of the reimbursement groups; and the
// end of the three months of selling out (R50).
func boundaries(e *fest.Entry) []string {
	var out []string
	datesIn(reflect.ValueOf(e.Object), func(day string) { out = append(out, day) })
	of := linked()
	if p, ok := e.Object.(*fest.Package); ok {
		if m := p.MarketingInformation; m != nil {
			for _, d := range []*fest.Date{m.WithdrawalDate, m.TemporarilyDiscontinuedDate} {
				if d == nil || len(*d) < len(time.DateOnly) {
					continue
				}
				if day, err := time.Parse(time.DateOnly, string(*d)[:len(time.DateOnly)]); err == nil {
					out = append(out, day.AddDate(0, 3, 0).Format(time.DateOnly))
				}
			}
		}
		if link := p.PackageSubstitutionGroup; link != nil {
			out = append(out, of[link.SubstitutionGroup]...)
		}
	}
	links, _ := reference.Links(e)
	for i := range links {
		for _, ref := range links[i].ReimbursementGroups {
			out = append(out, of[ref]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// linked are the days of substitution and reimbursement groups, by their ids.
var linked = sync.OnceValue(func() map[fest.Ref][]string {
	out := map[fest.Ref][]string{}
	note := func(id fest.ID, of any) {
		var days []string
		datesIn(reflect.ValueOf(of), func(day string) { days = append(days, day) })
		slices.Sort(days)
		out[fest.Ref(id)] = slices.Compact(days)
	}
	_, entries := full()
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.SubstitutionGroup:
			note(o.ID, o)
		case *fest.Reimbursement:
			for i := range o.ReimbursementGroups {
				note(o.ReimbursementGroups[i].ID, &o.ReimbursementGroups[i])
			}
		}
	}
	return out
})

// datesIn finds all dates of an object.
func datesIn(v reflect.Value, found func(day string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			datesIn(v.Elem(), found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			datesIn(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			datesIn(v.Field(i), found)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[fest.Date]() && v.Len() >= len(time.DateOnly) {
			if day := v.String()[:len(time.DateOnly)]; isDay(day) {
				found(day)
			}
		}
	default: // has none
	}
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
