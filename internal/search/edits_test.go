package search

import (
	"testing"

	"pgregory.net/rapid"
)

// distance is optimal string alignment, by the book.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

func TestPatternIsTheDistance(t *testing.T) {
	word := rapid.StringMatching(`[abc]{1,12}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, k := word.Draw(t, "a"), word.Draw(t, "b"), rapid.IntRange(0, 2).Draw(t, "edits")
		p := newPattern([]byte(a), k)
		whole, beginning := p.match([]byte(b))
		limit := func(n int) int {
			if n > k {
				return mostEdits + 1
			}
			return n
		}
		best := distance(a, "")
		for n := range len(b) + 1 {
			best = min(best, distance(a, b[:n]))
		}
		if whole != limit(distance(a, b)) || beginning != limit(best) {
			t.Fatalf("%q and %q, %d edits: whole %d, beginning %d; want %d and %d", a, b, k, whole, beginning, limit(distance(a, b)), limit(best))
		}
	})
}

// One typo of any word that may have one is met, wherever it is.
func TestEveryTypoIsMet(t *testing.T) {
	const word = "paracetamol"
	for _, length := range []int{4, 7, 8, 11} {
		w := word[:length]
		p := newPattern([]byte(w), editsFor([]byte(w)))
		try := func(typed string) {
			if whole, _ := p.match([]byte(typed)); whole > 1 {
				t.Errorf("%q for %q: %d", typed, w, whole)
			}
		}
		for i := range length + 1 {
			for c := byte('a'); c <= 'z'; c++ {
				try(w[:i] + string(c) + w[i:])
				if i < length {
					try(w[:i] + string(c) + w[i+1:])
				}
			}
			if i < length {
				try(w[:i] + w[i+1:])
			}
			if i+1 < length {
				try(w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:])
			}
		}
	}
	for word, want := range map[string]int{"abc": 0, "abcd": 1, "abcdefg": 1, "abcdefgh": 2, "b12a": 0, "500": 0, "άλφα": 0} {
		if got := editsFor([]byte(word)); got != want {
			t.Errorf("%q may have %d typos, want %d", word, got, want)
		}
	}
}
