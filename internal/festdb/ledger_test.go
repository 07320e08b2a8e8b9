package festdb

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
)

const testStream = "00112233445566778899aabbccddeeff"

func testRelease(serial fest.Serial) *fest.Release {
	return &fest.Release{
		Serial: serial, Stream: testStream, PublishedAt: time.Date(2026, 9, int(serial), 3, 0, 0, 0, time.UTC),
		Content: fest.Content{Digest: fest.Digest(fmt.Sprintf("%064x", serial)), Counts: fest.Counts{"drugs": 7}},
	}
}

func lines(t testing.TB, values ...any) []byte {
	t.Helper()
	var b []byte
	for _, v := range values {
		var err error
		if b, err = appendLine(b, v); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func released(serial fest.Serial) ledgerLine {
	return ledgerLine{Kind: kindRelease, Release: testRelease(serial)}
}

func serials(s *state) (list []fest.Serial) {
	for _, r := range s.releases {
		list = append(list, r.Serial)
	}
	return list
}

// TestCombine: what is served, whatever state CURRENT and the ledger are in.
func TestCombine(t *testing.T) {
	one, two, three := lines(t, released(1)), lines(t, released(2)), lines(t, released(3))
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	cur := func(serial fest.Serial, ledger []byte) []byte {
		l := currentLine{Stream: testStream, Ledger: int64(len(ledger))}
		if serial > 0 {
			l.Release = testRelease(serial)
		}
		return lines(t, l)
	}
	broken := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)/2] ^= 1
		return b
	}
	for _, test := range []struct {
		name     string
		current  []byte // nil: missing
		ledger   []byte // nil: missing
		want     []fest.Serial
		next     fest.Serial
		problems string // part of one; "": none
		lost     bool
		err      error
	}{
		{name: "new store", current: cur(0, nil), ledger: []byte{}, next: 1},
		{name: "as written", current: cur(2, join(one, two)), ledger: join(one, two), want: []fest.Serial{1, 2}, next: 3},
		{name: "killed before CURRENT was renamed", current: cur(2, join(one, two)), ledger: join(one, two, three),
			want: []fest.Serial{1, 2}, next: 4, problems: "never published"},
		{name: "killed in the middle of a line", current: cur(2, join(one, two)), ledger: join(one, two, three[:30]),
			want: []fest.Serial{1, 2}, next: 3, problems: "never published"},
		{name: "killed during the first publication", current: cur(0, nil), ledger: one, next: 2, problems: "never published"},
		{name: "CURRENT missing", ledger: join(one, two), want: []fest.Serial{1, 2}, next: 3, problems: "CURRENT", lost: true},
		{name: "CURRENT damaged", current: broken(cur(2, join(one, two))), ledger: join(one, two), want: []fest.Serial{1, 2}, next: 3, problems: "CURRENT", lost: true},
		{name: "CURRENT damaged, ledger torn", current: broken(cur(1, one)), ledger: join(one, two[:40]), want: []fest.Serial{1}, next: 2, problems: "CURRENT", lost: true},
		{name: "CURRENT of another store", current: lines(t, currentLine{Stream: "other", Ledger: int64(len(one)), Release: testRelease(9)}), ledger: one,
			want: []fest.Serial{1}, next: 2, problems: "other", lost: true},
		{name: "ledger missing", current: cur(2, join(one, two)), want: []fest.Serial{2}, next: 3, problems: "ledger", lost: true},
		{name: "ledger cut", current: cur(2, join(one, two)), ledger: join(one, two[:50]), want: []fest.Serial{1, 2}, next: 3, problems: "ledger", lost: true},
		{name: "ledger damaged in front", current: cur(2, join(one, two)), ledger: join(broken(one), two), want: []fest.Serial{2}, next: 3, problems: "line 1 at byte 0", lost: true},
		{name: "ledger damaged at the end", current: cur(2, join(one, two)), ledger: join(one, broken(two)), want: []fest.Serial{1, 2}, next: 3, problems: "line 2", lost: true},
		{name: "line of a later kind", current: cur(1, join(one, lines(t, ledgerLine{Kind: "approval"}))), ledger: join(one, lines(t, ledgerLine{Kind: "approval"})),
			want: []fest.Serial{1}, next: 2},
		{name: "both damaged", current: broken(cur(1, one)), ledger: broken(one), err: ErrDamaged},
		{name: "both missing", err: ErrDamaged},
		{name: "CURRENT missing, ledger empty", ledger: []byte{}, err: ErrDamaged},
	} {
		t.Run(test.name, func(t *testing.T) {
			var curErr, ledErr error
			if test.current == nil {
				curErr = fs.ErrNotExist
			}
			if test.ledger == nil {
				ledErr = fs.ErrNotExist
			}
			s, err := combine(testStream, test.current, curErr, test.ledger, ledErr)
			if test.err != nil {
				if !errors.Is(err, test.err) {
					t.Fatalf("error %v, want %v", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, serials(s)); diff != "" || s.next != test.next {
				t.Errorf("next serial %d, want %d; releases differ:\n%s", s.next, test.next, diff)
			}
			if s.lost != test.lost {
				t.Errorf("lost = %v, want %v", s.lost, test.lost)
			}
			if text := fmt.Sprint(s.problems); (test.problems == "") != (len(s.problems) == 0) || !strings.Contains(text, test.problems) {
				t.Errorf("problems = %v, want %q", s.problems, test.problems)
			}
			// And the next publication mends it.
			more, err := s.extend(*testRelease(s.next))
			if err != nil {
				t.Fatal(err)
			}
			mended := join(test.ledger, more)
			after, err := combine(testStream, cur(s.next, mended), nil, mended, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append(serials(s), s.next), serials(after)); diff != "" {
				t.Errorf("after the next publication the releases differ:\n%s", diff)
			}
			if after.missing != nil || after.torn || after.counted != after.size {
				t.Errorf("after the next publication: %+v", after)
			}
		})
	}
}

// TestLedgerDamage flips every bit and cuts at every length: the releases that
// remain are those that were written, and the one that CURRENT names is served.
func TestLedgerDamage(t *testing.T) {
	ledger := lines(t, released(1), released(2), ledgerLine{Kind: kindVoid, From: 1 << 40}, released(4))
	cur := lines(t, currentLine{Stream: testStream, Ledger: int64(len(ledger)), Release: testRelease(4)})
	check := func(what string, current, ledger []byte) {
		t.Helper()
		s, err := combine(testStream, current, nil, ledger, nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for i, r := range s.releases {
			if diff := cmp.Diff(*testRelease(r.Serial), r); diff != "" {
				t.Fatalf("%s: release %d was never written so:\n%s", what, i, diff)
			}
		}
		if r, ok := s.current(); !ok || r.Serial != 4 {
			t.Fatalf("%s: release %d is served, want 4", what, r.Serial)
		}
		if len(s.problems) == 0 {
			t.Fatalf("%s: nothing was reported", what)
		}
	}
	for i := range ledger {
		b := bytes.Clone(ledger)
		b[i] ^= 1 << (i % 8)
		check(fmt.Sprintf("ledger: bit flipped in byte %d", i), cur, b)
		check(fmt.Sprintf("ledger: cut at byte %d", i), cur, ledger[:i])
	}
	for i := range cur {
		b := bytes.Clone(cur)
		b[i] ^= 1 << (i % 8)
		check(fmt.Sprintf("CURRENT: bit flipped in byte %d", i), b, ledger)
		check(fmt.Sprintf("CURRENT: cut at byte %d", i), cur[:i], ledger)
	}
}

func TestLine(t *testing.T) {
	b := lines(t, streamLine{Stream: "a\nb\u2028", Layout: 1})
	if bytes.Count(b, []byte("\n")) != 1 {
		t.Fatalf("%q is not one line", b)
	}
	var got streamLine
	if err := parseFileLine(b, &got); err != nil || got.Stream != "a\nb\u2028" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := parseFileLine(append(b, b...), &got); !errors.Is(err, ErrDamaged) {
		t.Errorf("two lines: error %v, want %v", err, ErrDamaged)
	}
	if err := parseFileLine(lines(t, []int{1}), &got); !errors.Is(err, ErrNewer) {
		t.Errorf("another shape: error %v, want %v", err, ErrNewer)
	}
}

// FuzzLedger reads any bytes as CURRENT and ledger: an error or releases that
// some line holds, in order, and never a serial that was given.
func FuzzLedger(f *testing.F) {
	ledger := lines(f, released(1), released(2), ledgerLine{Kind: kindVoid, From: 100}, released(4))
	cur := lines(f, currentLine{Stream: testStream, Ledger: int64(len(ledger)), Release: testRelease(4)})
	f.Add(cur, ledger)
	f.Add(cur, ledger[:len(ledger)-1])
	f.Add([]byte{}, ledger)
	f.Add(cur, []byte("\n\n\n"))
	f.Add(lines(f, currentLine{Stream: testStream, Ledger: -5}), lines(f, released(0), ledgerLine{Kind: kindVoid, From: -1}))
	f.Add(lines(f, currentLine{Stream: testStream, Ledger: 1 << 62, Release: &fest.Release{}}), []byte{})
	f.Fuzz(func(t *testing.T, current, ledger []byte) {
		s, err := combine(testStream, current, nil, ledger, nil)
		if err != nil {
			return
		}
		last := fest.Serial(0)
		for i, r := range s.releases {
			if i > 0 && r.Serial <= last {
				t.Errorf("serial %d after %d", r.Serial, last)
			}
			last = r.Serial
		}
		if s.next <= last {
			t.Errorf("next serial %d after %d", s.next, last)
		}
		if s.counted < 0 || s.counted > s.size {
			t.Errorf("%d bytes count of %d", s.counted, s.size)
		}
		if _, err := s.extend(*testRelease(1)); err != nil {
			t.Error(err)
		}
	})
}
