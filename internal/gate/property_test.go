package gate_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

func drawSizes(t *rapid.T) sizes {
	n := rapid.IntRange(1, 60)
	return sizes{
		ingredients: n.Draw(t, "ingredients"), drugs: n.Draw(t, "drugs"), packages: n.Draw(t, "packages"), commodities: n.Draw(t, "commodities"),
		notifications: n.Draw(t, "notifications"), interactions: n.Draw(t, "interactions"), conditions: n.Draw(t, "conditions"), groups: n.Draw(t, "groups"),
		elements: n.Draw(t, "elements"), substitutions: n.Draw(t, "substitutions"),
	}
}

// drop takes entries away at random.
func drop(t *rapid.T, w *world, label string) {
	gone := rapid.SliceOfNDistinct(rapid.IntRange(0, len(w.entries)-1), 0, len(w.entries)/3, rapid.ID).Draw(t, label)
	kept := w.entries[:0:0]
	for i, e := range w.entries {
		if !slices.Contains(gone, i) {
			kept = append(kept, e)
		}
	}
	w.entries = kept
}

// What is compared with itself has nothing to hold it but its HentetDato,
// whatever is in it.
func TestAContentBesideItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worldOf(drawSizes(t))
		drop(t, w, "dropped")
		f := w.facts()
		if got := holds(gate.Judge(f, f, f, gate.Default(), now(), nil)); !slices.Equal(got, []string{"retrieval-date"}) {
			t.Fatalf("held by %v", got)
		}
	})
}

// Taking more entries away never makes a removed share smaller.
func TestRemovingMoreNeverLowersTheRemovedShare(t *testing.T) {
	everything := gate.Default()
	for name, l := range everything.Rules {
		l.Share, l.Count, l.Small, l.Classes = 0, 0, nil, nil // any at all
		everything.Rules[name] = l
	}
	shares := func(v gate.Verdict) map[string]float64 {
		out := map[string]float64{}
		for _, f := range v.Findings {
			if f.Rule == gate.RuleRemoved || f.Rule == gate.RuleClassGone && f.Measured.Share == 1 {
				out[f.Class] = max(out[f.Class], f.Measured.Share)
			}
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		n := drawSizes(t)
		baseline := worldOf(n).facts()
		w := worldOf(n).fortnight()
		drop(t, w, "first")
		some := shares(gate.Judge(w.facts(), baseline, nil, everything, now(), nil))
		drop(t, w, "then")
		more := shares(gate.Judge(w.facts(), baseline, nil, everything, now(), nil))
		for class, s := range some {
			if more[class] < s {
				t.Fatalf("%s: %g removed, after removing more %g", class, s, more[class])
			}
		}
	})
}

// The order of entries, and which observer saw which, do not matter.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawSizes(t)
		w := worldOf(n)
		// Faults that facts list one by one.
		for i := range rapid.IntRange(0, 5).Draw(t, "faults") {
			e := *w.entries[rapid.IntRange(0, len(w.entries)-1).Draw(t, "entry")]
			w.entries = append(w.entries, &e)
			w.add(fest.ClassDrug, &fest.Drug{ID: ptr(fest.ID("ID_x")), BrandName: fest.Text("x"), SortedActiveSubstancesWithStrength: []fest.SortedStrength{{ActiveSubstanceWithStrength: id[fest.Ref]("nowhere", i)}}})
		}
		want := marshalRapid(t, w.facts())
		w.shuffle(rapid.Uint64().Draw(t, "seed"))
		if !bytes.Equal(marshalRapid(t, w.facts()), want) {
			t.Fatal("facts depend on the order of the entries")
		}
		a, b := gate.NewObserver(), gate.NewObserver()
		cut := rapid.IntRange(0, len(w.entries)).Draw(t, "cut")
		for i, e := range w.entries {
			if i < cut {
				a.Add(e)
			} else {
				b.Add(e)
			}
		}
		a.Merge(b)
		if !bytes.Equal(marshalRapid(t, a.Facts(w.doc, w.filter)), want) {
			t.Fatal("facts depend on which observer saw which entry")
		}
	})
}

// Facts that were kept are judged like those just made, on either side.
func TestFactsReadBackAreJudgedAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawSizes(t)
		before, w := worldOf(n).facts(), worldOf(n).fortnight()
		drop(t, w, "dropped")
		after := w.facts()
		back := func(f *gate.Facts) *gate.Facts {
			got, err := gate.DecodeFacts(marshalRapid(t, f))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		want := gate.Judge(after, before, nil, gate.Default(), now(), nil)
		got := gate.Judge(back(after), back(before), nil, gate.Default(), now(), nil)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("judged otherwise (-made +read):\n%s", diff)
		}
	})
}

func marshalRapid(t *rapid.T, f *gate.Facts) []byte {
	b, err := f.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDamagedFactsAreToldFromOutdatedOnes(t *testing.T) {
	data := marshal(t, worldOf(sizes{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}).tiny().facts())
	for i := range data {
		bad := slices.Clone(data)
		bad[i] ^= 0x40
		if _, err := gate.DecodeFacts(bad); !errors.Is(err, gate.ErrDamaged) && !errors.Is(err, gate.ErrOutdated) {
			t.Fatalf("byte %d turned: %v", i, err)
		}
		if _, err := gate.DecodeFacts(data[:i]); !errors.Is(err, gate.ErrDamaged) && !errors.Is(err, gate.ErrOutdated) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	newer := slices.Clone(data)
	newer[8]++ // the format
	if _, err := gate.DecodeFacts(newer); !errors.Is(err, gate.ErrOutdated) {
		t.Errorf("a newer format: %v", err)
	}
}

func FuzzDecodeFacts(f *testing.F) {
	for _, w := range []*world{{}, worldOf(sizes{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}).tiny()} {
		data := marshal(f, w.facts())
		f.Add(data[:len(data)-4])
	}
	f.Add([]byte("festfact"))
	baseline := worldOf(sizes{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}).tiny().facts()
	f.Fuzz(func(t *testing.T, body []byte) {
		// With a right checksum, so that what is behind it is reached.
		data := binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
		facts, err := gate.DecodeFacts(data)
		if err != nil {
			return
		}
		again := marshal(t, facts)
		back, err := gate.DecodeFacts(again)
		if err != nil {
			t.Fatalf("written anew it is refused: %v", err)
		}
		if !bytes.Equal(marshal(t, back), again) {
			t.Error("written anew it reads otherwise")
		}
		// Whatever was accepted can be judged and told.
		v := gate.Judge(facts, baseline, facts, gate.Default(), now(), nil)
		_ = v.Text(gate.TextOptions{})
		v = gate.Judge(baseline, facts, baseline, gate.Default(), now(), nil)
		_ = v.Text(gate.TextOptions{})
	})
}
