package postgres

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestRunsRoundTrip: what was packed is what is unrolled.
func TestRunsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ids []int32
		for range rapid.IntRange(0, 20).Draw(t, "runs") {
			from := rapid.Int32Range(1, 1<<30).Draw(t, "from")
			for i := range rapid.Int32Range(1, 9).Draw(t, "count") {
				ids = append(ids, from+i)
			}
		}
		first, count := runs(ids)
		got, err := unroll(first, count, len(ids))
		if err != nil || !slices.Equal(got, ids) {
			t.Errorf("%v packed as %v, %v is %v, %v", ids, first, count, got, err)
		}
		lines := rapid.SliceOf(rapid.IntRange(0, 1<<31-1)).Draw(t, "lines")
		var e lineEncoder
		for _, l := range lines {
			e.add(l)
		}
		packed, err := e.bytes()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeLines(packed, len(lines))
		if err != nil || !slices.Equal(back, lines) && len(lines) > 0 {
			t.Errorf("lines %v are %v, %v", lines, back, err)
		}
	})
}

// FuzzUnpack: whatever the database gives, the answer is as long as it should
// be or an error.
func FuzzUnpack(f *testing.F) {
	var e lineEncoder
	for _, l := range []int{3, 9, 40, 2} {
		e.add(l)
	}
	packed, err := e.bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed, 4, int32(1), int32(4), int32(9), int32(0))
	f.Add([]byte{}, 0, int32(1), int32(-1), int32(1<<31-1), int32(7))
	f.Fuzz(func(t *testing.T, packed []byte, n int, f1, c1, f2, c2 int32) {
		n = min(max(n, 0), 1000)
		if lines, err := decodeLines(packed, n); err == nil && len(lines) != n {
			t.Errorf("%d lines, want %d", len(lines), n)
		}
		if ids, err := unroll([]int32{f1, f2}, []int32{c1, c2}, n); err == nil && len(ids) != n {
			t.Errorf("%d entries, want %d", len(ids), n)
		}
	})
}
