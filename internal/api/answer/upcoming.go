package answer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// ChangeOf says what becomes of a span on a day.
type ChangeOf string

// The changes.
const (
	// Begins: the day is the first.
	Begins ChangeOf = "begins"
	// Ends: the day is the first on which it does not hold any more. A price
	// that another follows, and a state of availability, do not end: what
	// follows begins.
	Ends ChangeOf = "ends"
	// PrescribingEnds: from the day on it is for dispensing only (R4).
	PrescribingEnds ChangeOf = "prescribingEnds"
)

// Change is a change of a product on a day.
type Change struct {
	Change ChangeOf `json:"change"`
	// Unsure: it is not stated whether the day still counts (R6).
	Unsure bool `json:"unsure,omitempty"`
	Span   Span `json:"span"`
}

// Upcoming are the changes across the register from a day to a day.
type Upcoming struct {
	From  rules.Day `json:"from"`
	Until rules.Day `json:"until,omitempty"` // both days count
	Kind  SpanKind  `json:"kind,omitempty"`
	// Resource is packages or commodities; left out for both.
	Resource fest.Resource `json:"resource,omitempty"`
	*List[UpcomingItem]
}

// UpcomingItem are the changes of one kind of one product on one day.
type UpcomingItem struct {
	Date       rules.Day `json:"date"`
	Kind       SpanKind  `json:"kind"`
	Product    Reference `json:"product"`
	ItemNumber string    `json:"itemNumber,omitempty"`
	Changes    []Change  `json:"changes"`
}

// agenda are the days on which products change, in their order. It is made
// once for each content, and the same whatever the day and the rules.
type agenda struct{ dates []changeDate }

// changeDate is a day, a kind and a product: in twelve bytes, since there are
// hundreds of thousands.
type changeDate struct {
	day  uint32 // 20260131
	item cache.Index
	kind uint8 // its rank
}

func makeAgenda(snap *cache.Snapshot) (*agenda, error) {
	a := new(agenda)
	for _, res := range []fest.Resource{fest.ResourcePackages, fest.ResourceCommodities} {
		page, err := snap.List(res, nil, 0, wholeList)
		if err != nil {
			return nil, err
		}
		r := New(snap, "", rules.Set{})
		for n, i := range page.Items {
			if n%agendaRest == 0 { // what was decoded for those before
				if r.Err() != nil {
					return nil, r.Err()
				}
				r = New(snap, "", rules.Set{})
			}
			product := r.Object(i)
			for _, c := range changesOf(r.spans(product)) {
				if day, ok := compactDay(c.day); ok {
					a.dates = append(a.dates, changeDate{day, i, uint8(c.span.Kind.rank())}) //nolint:gosec // of four
				}
			}
		}
		if r.Err() != nil {
			return nil, r.Err()
		}
	}
	slices.SortFunc(a.dates, func(x, y changeDate) int {
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.kind, y.kind), cmp.Compare(x.item, y.item))
	})
	a.dates = slices.Clip(slices.Compact(a.dates))
	return a, nil
}

// agendaRest is after how many products what was decoded is let go of.
const agendaRest = 1000

// datedChange is a change and its day.
type datedChange struct {
	day  rules.Day
	what ChangeOf
	span *Span
}

// changesOf are the changes that the spans of one product make.
func changesOf(spans []Span) []datedChange {
	var out []datedChange
	for i := range spans {
		s := &spans[i]
		if s.FirstDay != "" {
			out = append(out, datedChange{s.FirstDay, Begins, s})
		}
		if s.LastDay == "" {
			continue
		}
		after := rules.Period{Last: s.LastDay}.Next()
		switch s.Kind {
		case SpanAvailability:
		case SpanPrice:
			if !followed(spans, s, after) {
				out = append(out, datedChange{after, Ends, s})
			}
		case SpanReimbursement, SpanSubstitution:
			out = append(out, datedChange{after, Ends, s})
		}
	}
	for i := range spans {
		s := &spans[i]
		if s.LastPrescribeDay == "" || s.LastPrescribeDay == s.LastDay {
			continue
		}
		out = append(out, datedChange{rules.Period{Last: s.LastPrescribeDay}.Next(), PrescribingEnds, s})
	}
	return out
}

// followed reports whether another price of its type begins on the day.
func followed(spans []Span, s *Span, on rules.Day) bool {
	return slices.ContainsFunc(spans, func(t Span) bool {
		return t.Kind == SpanPrice && t.FirstDay == on && t.Price.typeKey() == s.Price.typeKey()
	})
}

func (p *Price) typeKey() string {
	if p.Type == nil {
		return ""
	}
	return p.Type.System + " " + p.Type.Code
}

// compactDay is a day as a number; false for what is none.
func compactDay(d rules.Day) (uint32, bool) {
	digits := strings.ReplaceAll(string(d), "-", "")
	if len(digits) != 8 {
		return 0, false
	}
	var n uint32
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + uint32(c-'0')
	}
	return n, true
}

// ListUpcoming is the list of what is to come, as Paging names it.
const ListUpcoming = "items"

// Upcoming are the changes from a day to a day, both counting, of one kind and
// resource or of all ("").
func (r *Register) Upcoming(from, until rules.Day, kind SpanKind, res fest.Resource, p *Paging) (Upcoming, error) {
	a, err := cache.Once(r.snap, makeAgenda)
	if err != nil {
		return Upcoming{}, err
	}
	found := a.between(from, until, kind)
	if res != "" {
		found = slices.DeleteFunc(slices.Clone(found), func(c changeDate) bool { return r.snap.Item(c.item).Resource != res })
	}
	return Upcoming{from, until, kind, res, paged(p, ListUpcoming, found, r.upcomingItem)}, nil
}

func (a *agenda) between(from, until rules.Day, kind SpanKind) []changeDate {
	first, _ := compactDay(from)
	at, _ := slices.BinarySearchFunc(a.dates, first, func(c changeDate, day uint32) int { return cmp.Compare(c.day, day) })
	found := a.dates[at:]
	if last, ok := compactDay(until); ok {
		end, _ := slices.BinarySearchFunc(found, last+1, func(c changeDate, day uint32) int { return cmp.Compare(c.day, day) })
		found = found[:end]
	}
	if kind == "" {
		return found
	}
	var out []changeDate
	for _, c := range found {
		if int(c.kind) == kind.rank() {
			out = append(out, c)
		}
	}
	return out
}

func (r *Register) upcomingItem(c changeDate) UpcomingItem {
	kind, product := SpanKinds()[c.kind], r.Object(c.item)
	out := UpcomingItem{Kind: kind, Product: r.Reference(product), ItemNumber: itemNumberOf(product), Changes: []Change{}}
	for _, of := range changesOf(r.spans(product)) {
		if day, _ := compactDay(of.day); day == c.day && of.span.Kind == kind {
			out.Date = of.day
			out.Changes = append(out.Changes, Change{of.what, of.what == Ends && of.span.UnsureDay == of.day, *of.span})
		}
	}
	return out
}
