package gate_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

func TestFactsCountAsFestDoes(t *testing.T) {
	w := newWorld()
	want := fest.Counts{}
	for _, e := range w.entries {
		want.Add(e)
	}
	want[fest.ClassReimbursement.String()] = 3 // statutory authorities, once each (R144)
	if diff := cmp.Diff(want, w.facts().Counts()); diff != "" {
		t.Errorf("counts differ (-fest +gate):\n%s", diff)
	}
}

func TestFactsDoNotDependOnOrderOrOnWhoSawWhat(t *testing.T) {
	want := marshal(t, newWorld().facts())
	for seed := range uint64(3) {
		w := newWorld().shuffle(seed)
		if got := marshal(t, w.facts()); !bytes.Equal(got, want) {
			t.Errorf("seed %d: facts differ from those in file order", seed)
		}
		parts := [3]*gate.Observer{gate.NewObserver(), gate.NewObserver(), gate.NewObserver()}
		for i, e := range w.entries {
			parts[i%3].Add(e)
		}
		parts[0].Merge(parts[1])
		parts[0].Merge(parts[2])
		if got := marshal(t, parts[0].Facts(w.doc, w.filter)); !bytes.Equal(got, want) {
			t.Errorf("seed %d: facts of three merged observers differ from those of one", seed)
		}
	}
}

func TestFactsRoundTrip(t *testing.T) {
	w := newWorld()
	w.doc.ValidFromDateHelfo = ptr(fest.Date("2026-10-01"))
	w.found = []fest.Finding{{Rule: fest.RuleUnknownElement, Severity: fest.SeverityHold, Path: "a/b", Count: 2, Affected: []fest.Affected{{ID: "x", Line: 7}}}}
	change(w, func(i int, p *fest.Package) {
		if i == 3 {
			p.Prices = prices(200, 100, "2026-10-01")
			p.MarketingInformation = &fest.MarketingInformation{UnitDoseRepackager: ptr(fest.Text("apotek"))}
			p.PackageInformation[0].Drug = "ID_nowhere"
			p.ItemNumber = "000004"
		}
	})
	w.entries = append(w.entries, w.entries[0])
	f := w.facts()
	data := marshal(t, f)
	got, err := gate.DecodeFacts(data)
	if err != nil {
		t.Fatal(err)
	}
	if again := marshal(t, got); !bytes.Equal(again, data) {
		t.Error("facts read back are written otherwise")
	}
	old := newWorld().facts()
	want, have := gate.Judge(f, old, nil, gate.Production(), now(), nil), gate.Judge(got, old, nil, gate.Production(), now(), nil)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("facts read back are judged otherwise (-made +read):\n%s", diff)
	}
	t.Logf("%d entries, %d bytes", len(w.entries), len(data))
}

func marshal(t testing.TB, f *gate.Facts) []byte {
	t.Helper()
	b, err := f.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
