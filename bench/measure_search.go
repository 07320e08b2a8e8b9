package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/search"
)

func searchMeasurement() measurement {
	return measurement{
		name:  "search",
		title: "Search, in process",
		how: "The snapshot of the release is mapped in this process, and what a request for a page of 20 does is done with it, but for HTTP and JSON: reading the " +
			"words, finding, ranking and counting all that has them, and the facts and highlights of 20. The queries are beginnings of 2 to 12 letters of words of " +
			"names drawn at random, and the same with a typo from four letters on: a letter too many, one missing, another, or two that changed places. In the details " +
			"also two typos from eight letters on, and four and twelve words, each cut somewhere. Beside it: SQLite FTS5 in memory over the same texts (bench/fts5, a module of its " +
			"own), which finds the first 20 by beginnings of words, ranked by its BM25; it counts nothing and knows no typos, so it gets the queries without.",
		rows: []row{
			{id: "search-p99", what: "search, 2 to 12 letters and a typo, p99", unit: milliseconds, target: atMost(milliseconds, 2, 0)},
			{id: "search-fts5", what: "search, 2 to 12 letters, p99 ÷ SQLite FTS5"},
		},
		run: measureSearch,
	}
}

// typed are queries: beginnings of a word, the same with a typo and with two,
// and several words.
type typed struct{ plain, mistyped, twice, four, twelve []string }

func measureSearch(ctx context.Context, b *bench, res *result) error {
	return b.mapped(ctx, func(snap *cache.Snapshot) error { return searchMapped(ctx, b, res, snap) })
}

func searchMapped(ctx context.Context, b *bench, res *result, snap *cache.Snapshot) error {
	index := snap.Search()
	day := index.On(make([]search.OfferState, len(index.Offers())))
	queries := b.typed(index, day)

	var p50, p99, most, cpu99, plain50, plain99, fts50, fts99, build series
	others := []struct {
		what     string
		queries  []string
		p50, p99 series
	}{{what: "two typos, from eight letters on", queries: queries.twice}, {what: "four words", queries: queries.four}, {what: "twelve words", queries: queries.twelve}}
	version := ""
	beside, besideErr := b.fts5(ctx, index, day, queries.plain)
	err := b.rounds(b.runs,
		func(int) error {
			took, busy, err := searchAll(index, day, slices.Concat(queries.plain, queries.mistyped))
			p50, p99, most, cpu99 = append(p50, took.at(0.5)), append(p99, took.at(0.99)), append(most, took.at(1)), append(cpu99, busy.at(0.99))
			return err
		},
		func(int) error {
			took, _, err := searchAll(index, day, queries.plain)
			plain50, plain99 = append(plain50, took.at(0.5)), append(plain99, took.at(0.99))
			return err
		},
		func(int) error {
			for i := range others {
				took, _, err := searchAll(index, day, others[i].queries)
				if err != nil {
					return err
				}
				others[i].p50, others[i].p99 = append(others[i].p50, took.at(0.5)), append(others[i].p99, took.at(0.99))
			}
			return nil
		},
		func(int) error {
			if beside == nil {
				return nil
			}
			a, err := beside()
			if err != nil {
				return err
			}
			took := make(times, len(a.Nanoseconds))
			for i, n := range a.Nanoseconds {
				took[i] = time.Duration(n)
			}
			fts50, fts99 = append(fts50, took.at(0.5)), append(fts99, took.at(0.99))
			build, version = append(build, float64(a.Build)/1e6), a.Version
			return nil
		})
	if err != nil {
		return err
	}
	res.set("search-p99", p99, fmt.Sprintf("%s of CPU", milliseconds.format(cpu99.median())))
	if besideErr != nil {
		res.cannot(besideErr, "search-fts5")
	} else {
		res.set("search-fts5", plain99.ratios(fts99), fmt.Sprintf("%s / %s", milliseconds.format(plain99.median()), milliseconds.format(fts99.median())))
	}
	res.columns = []string{"p50", "p99"}
	res.detail("all queries", milliseconds.spread(p50), milliseconds.spread(p99))
	res.detail("of it CPU of the thread", "", milliseconds.spread(cpu99))
	res.detail("the slowest of all queries", "", milliseconds.spread(most))
	res.detail("those without a typo", milliseconds.spread(plain50), milliseconds.spread(plain99))
	for i := range others {
		res.detail(others[i].what, milliseconds.spread(others[i].p50), milliseconds.spread(others[i].p99))
	}
	if besideErr == nil {
		res.detail("SQLite FTS5, those without a typo", milliseconds.spread(fts50), milliseconds.spread(fts99))
		res.remark("SQLite %s, which takes %s to make its index.", version, milliseconds.format(build.median()))
	}
	res.remark("%d queries without and %d with a typo, over %d documents and %d words, one at a time.", len(queries.plain), len(queries.mistyped), index.Len(), index.Keys())
	return nil
}

// times are what each query took.
type times []time.Duration

// at is a quantile, in milliseconds.
func (t times) at(q float64) float64 {
	sorted := slices.Sorted(slices.Values(t))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)].Seconds() * 1000
}

// searchAll asks each query once, as a request for a page would: how long it
// took, and how much of that the processor worked for it.
func searchAll(index *search.Index, day *search.Day, queries []string) (took, busy times, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, text := range queries {
		start, before := time.Now(), threadCPU()
		q, err := search.Parse(text)
		if err != nil {
			return nil, nil, err
		}
		res := index.Search(q, day, &search.Filter{}, 0, 20)
		for _, h := range res.Hits {
			index.Facts(h.Document, day)
			index.Highlight(h.Document, q, false, 4)
		}
		index.ATC(&res.Facets, 1, 20)
		index.Forms(&res.Facets, 20)
		index.Groups(&res.Facets, 20)
		took, busy = append(took, time.Since(start)), append(busy, threadCPU()-before)
	}
	return took, busy, nil
}

// typed draws names at random and cuts their words.
func (b *bench) typed(index *search.Index, day *search.Day) (t typed) {
	rnd := rand.New(rand.NewPCG(1, 2))
	names := 400
	if b.quick {
		names = 40
	}
	word := func() []rune {
		for {
			words := strings.Fields(index.Facts(uint32(rnd.IntN(index.Len())), day).Name) //nolint:gosec // fewer than 2^31
			if len(words) > 0 {
				return []rune(words[rnd.IntN(len(words))])
			}
		}
	}
	several := func(n int) string {
		words := make([]string, n)
		for i := range words {
			w := word()
			words[i] = string(w[:min(len(w), 2+rnd.IntN(10))])
		}
		return strings.Join(words, " ")
	}
	for range names {
		w := word()
		for n := 2; n <= min(12, len(w)); n++ {
			t.plain = append(t.plain, string(w[:n]))
			if n >= 4 {
				t.mistyped = append(t.mistyped, string(mistype(rnd, w[:n])))
			}
			if n >= 8 {
				t.twice = append(t.twice, string(mistype(rnd, mistype(rnd, w[:n]))))
			}
		}
		t.four = append(t.four, several(4))
		if q := several(12); len(q) <= search.MaxBytes {
			if _, err := search.Parse(q); err == nil { // some words are two, such as mg/ml
				t.twelve = append(t.twelve, q)
			}
		}
	}
	return t
}

// mistype makes a typo.
func mistype(rnd *rand.Rand, word []rune) []rune {
	w := slices.Clone(word)
	at, letter := rnd.IntN(len(w)-1), rune('a'+rnd.IntN(26))
	switch rnd.IntN(4) {
	case 0:
		return slices.Insert(w, at, letter)
	case 1:
		return slices.Delete(w, at, at+1)
	case 2:
		w[at] = letter
	default:
		w[at], w[at+1] = w[at+1], w[at]
	}
	return w
}

// fts5Answer is what bench/fts5 prints.
type fts5Answer struct {
	Nanoseconds []int64 `json:"nanoseconds"`
	Build       int64   `json:"build"`
	Version     string  `json:"version"`
}

// fts5 builds what the search is measured beside, and returns how to run it.
func (b *bench) fts5(ctx context.Context, index *search.Index, day *search.Day, queries []string) (func() (*fts5Answer, error), error) {
	if b.quick {
		return nil, errors.New("a quick run does not build it")
	}
	dir, err := b.folder("fts5")
	if err != nil {
		return nil, err
	}
	binary := filepath.Join(dir, "fts5")
	if _, err := b.complete(ctx, command{name: "go build", args: []string{"go", "build", "-C", b.path("bench", "fts5"), "-o", binary, "."}, cpu: -1}); err != nil {
		return nil, fmt.Errorf("bench/fts5 cannot be built: %w", err)
	}
	var texts strings.Builder
	for i := range index.Len() {
		f := index.Facts(uint32(i), day)                                                                             //nolint:gosec // fewer than 2^31
		line := append([]string{f.ItemNumber, f.ATC.Code, f.ATC.Display, f.Form.Display}, index.Texts(uint32(i))...) //nolint:gosec // fewer than 2^31
		texts.WriteString(strings.Join(strings.Fields(strings.Join(line, " ")), " ") + "\n")
	}
	textFile, queryFile := filepath.Join(dir, "texts"), filepath.Join(dir, "queries")
	if err := errors.Join(os.WriteFile(textFile, []byte(texts.String()), 0o600), os.WriteFile(queryFile, []byte(strings.Join(queries, "\n")), 0o600)); err != nil {
		return nil, err
	}
	return func() (*fts5Answer, error) {
		var out bytes.Buffer
		if _, err := b.complete(ctx, command{name: "fts5", args: []string{binary, textFile, queryFile}, stdout: &out, cpu: -1}); err != nil {
			return nil, err
		}
		a := new(fts5Answer)
		return a, json.Unmarshal(out.Bytes(), a)
	}, nil
}
