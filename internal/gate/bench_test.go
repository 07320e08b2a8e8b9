package gate_test

import (
	"runtime"
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// fullSize has about the entries and nested objects of the published file
// (69,000 and 400,000; the guess is 32 substances an interaction, as in the
// real extract of 2017).
func fullSize() *world {
	w := worldOf(sizes{ingredients: 8639, drugs: 8962, packages: 10_828, commodities: 5700, notifications: 60, interactions: 11_000, conditions: 205, groups: 1158, elements: 20_000})
	return change(w, func(i int, x *fest.Interaction) {
		for k := range 26 {
			g := &x.SubstanceGroups[k%2]
			g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text("stoff " + atc(i*7+k).Code), Atc: atc(i*7 + k)})
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	w := fullSize()
	b.ReportAllocs()
	for b.Loop() {
		o := gate.NewObserver()
		for _, e := range w.entries {
			o.Add(e)
		}
	}
	b.ReportMetric(float64(len(w.entries))*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkFacts(b *testing.B) {
	w := fullSize()
	for b.Loop() {
		b.StopTimer()
		o := gate.NewObserver()
		for _, e := range w.entries {
			o.Add(e)
		}
		b.StartTimer()
		_ = o.Facts(w.doc, w.filter)
	}
}

func BenchmarkMarshal(b *testing.B) {
	f := fullSize().facts()
	size := 0
	for b.Loop() {
		size = len(marshal(b, f))
	}
	b.ReportMetric(float64(size), "bytes")
}

func BenchmarkDecode(b *testing.B) {
	data := marshal(b, fullSize().facts())
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, err := gate.DecodeFacts(data)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(f)
	for b.Loop() {
		if _, err := gate.DecodeFacts(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "heap-bytes")
}

func BenchmarkJudge(b *testing.B) {
	before, after := fullSize().facts(), fullSize().fortnight().facts()
	anchor := fullSize().facts()
	cfg := gate.Production()
	for b.Loop() {
		if v := gate.Judge(after, before, anchor, cfg, now(), nil); len(v.Findings) > 1000 {
			b.Fatal("unlikely")
		}
	}
}
