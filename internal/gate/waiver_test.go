package gate_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

func TestWaivers(t *testing.T) {
	before, after := newWorld().facts(), removeFirst[fest.SubstitutionGroup](newWorld(), 10).fortnight().facts()
	w := gate.Waiver{
		Rule: gate.RuleRemoved, Class: "substitution-groups", Most: gate.Bound{Count: ptr(10), Share: ptr(0.05)}, Reason: "announced", By: "kari",
		Expires: now().Add(time.Hour),
	}
	for _, c := range []struct {
		name   string
		edit   func(w *gate.Waiver)
		waived bool
	}{
		{"expected", func(*gate.Waiver) {}, true},
		{"more than expected", func(w *gate.Waiver) { w.Most.Count = ptr(9) }, false},
		{"a greater share than expected", func(w *gate.Waiver) { w.Most.Share = ptr(0.039) }, false},
		{"by share alone", func(w *gate.Waiver) { w.Most.Count = nil }, true},
		{"of another class", func(w *gate.Waiver) { w.Class = "doses" }, false},
		{"of another rule", func(w *gate.Waiver) { w.Rule = gate.RuleAdded }, false},
		{"of another field", func(w *gate.Waiver) { w.Path = "atc" }, false},
		{"expires now", func(w *gate.Waiver) { w.Expires = now() }, false},
		{"without a bound", func(w *gate.Waiver) { w.Most = gate.Bound{} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := w
			c.edit(&w)
			cfg := gate.Default()
			cfg.Waivers = []gate.Waiver{w}
			v := gate.Judge(after, before, nil, cfg, now(), nil)
			if v.Held == c.waived {
				t.Fatalf("Held = %t", v.Held)
			}
			f := find(t, v, gate.RuleRemoved, "substitution-groups")
			switch {
			case c.waived && (f.Severity != fest.SeverityNote || f.Waived == nil || cmp.Diff(*f.Waived, w) != ""):
				t.Errorf("waived finding: %s, %+v", f.Severity, f.Waived)
			case !c.waived && f.Waived != nil:
				t.Errorf("waived by %+v", f.Waived)
			}
			if expired := !now().Before(w.Expires); expired {
				find(t, v, gate.RuleWaiverExpired, "substitution-groups")
			}
		})
	}
}

func TestWhatWaitsInside(t *testing.T) {
	after := newWorld().fortnight()
	add := func(typ, headline string) {
		n := notification(1, ordinarySizes())
		n.NotificationType.Code, n.Headline = typ, fest.Text(headline)
		after.add(fest.ClassNotification, n)
	}
	add("1", "Tilbakekalling av Merke 1")
	add("3", "Salgsstopp for Merke 2")
	add("2", "Leveringssvikt")
	change(after, func(i int, p *fest.Package) {
		switch {
		case i < 40:
			p.Prices = prices(100+i%50, 150+i%50, "2026-10-01")
		case i < 50:
			p.Prices = prices(100+i%50, 150+i%50, "2026-10-15")
		case i == 50:
			p.Prices = prices(100, 150, "2026-09-25") // today
		}
	})
	change(after, func(i int, r *fest.Reimbursement) {
		if i == 0 {
			r.ReimbursementGroups[0].ReimbursementCodes[0].PrescribeUntilDate = ptr(fest.Date("2026-10-01"))
		}
	})
	change(after, func(_ int, c *fest.Condition) { c.ValidFromDate = ptr(fest.Date("2026-09-26")) }) // R8: no validity
	want := gate.Waiting{
		Notifications: []gate.Notice{{Type: "1", Headline: "Tilbakekalling av Merke 1"}, {Type: "3", Headline: "Salgsstopp for Merke 2"}},
		NextDate:      "2026-10-01",
		Dates:         map[string]int{"packages": 80, "reimbursement-codes": 1},
	}
	got := judge(after, newWorld(), gate.Default()).Waiting
	for i := range got.Notifications {
		got.Notifications[i].Key = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("waiting (-want +got):\n%s", diff)
	}
	if got := judge(newWorld().fortnight(), newWorld(), gate.Default()).Waiting; cmp.Diff(gate.Waiting{}, got) != "" {
		t.Errorf("of what is served already: %+v", got)
	}
	first := judge(after, nil, gate.Default()).Waiting
	if len(first.Notifications) != 26 { // two in five of sixty are of types 1 and 3
		t.Errorf("first ever: %d notices", len(first.Notifications))
	}
	// Half an hour to midnight in UTC, the first of October has begun in Oslo (R1).
	late := gate.Judge(after.facts(), newWorld().facts(), nil, gate.Default(), time.Date(2026, 9, 30, 23, 30, 0, 0, time.UTC), nil).Waiting
	if late.NextDate != "2026-10-15" {
		t.Errorf("in the night to the first of October: next is %s", late.NextDate)
	}
	same := judge(after, after, gate.Default()).Waiting
	if same.NextDate != "" {
		t.Errorf("a date that the served release knows waits: %+v", same)
	}
}
