package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/go-json-experiment/json"

	asked "github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

func lookupsMeasurement() measurement {
	return measurement{
		name:  "lookups",
		title: "1000 ids in one call, in process",
		how: "The snapshot of the release is mapped in this process, and what a request to /v1/lookups with 1000 lines does is done with it, but for HTTP: reading the " +
			"JSON of the question, finding each line, and writing the answer, entries and all, to nowhere. The ids are drawn at random from those of drugs, generics, " +
			"packages, doses and ingredients; by key each with its resource, by code as SFM names them, with the URI of its name space.",
		rows: []row{
			{id: "lookups-key", what: "1000 ids by key, p99", unit: milliseconds, target: atMost(milliseconds, 5, 0)},
			{id: "lookups-code", what: "1000 ids by code and system, p99", unit: milliseconds, target: atMost(milliseconds, 5, 0)},
		},
		run: measureLookups,
	}
}

func measureLookups(ctx context.Context, b *bench, res *result) error {
	return b.mapped(ctx, func(snap *cache.Snapshot) error { return lookupsMapped(b, res, snap) })
}

func lookupsMapped(b *bench, res *result, snap *cache.Snapshot) error {
	calls := 200
	if b.quick {
		calls = 5
	}
	byKey, err := lookupQuestions(snap, calls, func(it cache.Item) asked.LookupLine {
		return asked.LookupLine{Resource: it.Resource, Key: string(it.Key)}
	})
	if err != nil {
		return err
	}
	byCode, err := lookupQuestions(snap, calls, func(it cache.Item) asked.LookupLine {
		return asked.LookupLine{Code: string(it.Key), System: "http://ehelse.no/fhir/CodeSystem/FEST"}
	})
	if err != nil {
		return err
	}
	var key50, key99, keyCPU50, keyCPU, code50, code99, codeCPU50, codeCPU series
	var bytes int64
	turn := func(questions [][]byte, p50, p99, cpu50, cpu99 *series) func(int) error {
		return func(int) error {
			took, busy, n, err := lookUpAll(snap, questions)
			*p50, *p99, bytes = append(*p50, took.at(0.5)), append(*p99, took.at(0.99)), n
			*cpu50, *cpu99 = append(*cpu50, busy.at(0.5)), append(*cpu99, busy.at(0.99))
			return err
		}
	}
	for _, questions := range [][][]byte{byKey, byCode} { // what is mapped is touched
		if _, _, _, err := lookUpAll(snap, questions); err != nil {
			return err
		}
	}
	if err := b.rounds(b.runs, turn(byKey, &key50, &key99, &keyCPU50, &keyCPU), turn(byCode, &code50, &code99, &codeCPU50, &codeCPU)); err != nil {
		return err
	}
	res.set("lookups-key", key99, fmt.Sprintf("%s of CPU", milliseconds.format(keyCPU.median())))
	res.set("lookups-code", code99, fmt.Sprintf("%s of CPU", milliseconds.format(codeCPU.median())))
	res.columns = []string{"p50", "p99"}
	res.detail("by key", milliseconds.spread(key50), milliseconds.spread(key99))
	res.detail("of it CPU of the thread", milliseconds.spread(keyCPU50), milliseconds.spread(keyCPU))
	res.detail("by code and system", milliseconds.spread(code50), milliseconds.spread(code99))
	res.detail("of it CPU of the thread", milliseconds.spread(codeCPU50), milliseconds.spread(codeCPU))
	res.remark("%d calls of %d lines, one at a time; an answer has %.1f MB on average.", calls, asked.MostLookups, float64(bytes)/float64(calls)/1e6)
	return nil
}

// lookupQuestions are bodies as they are posted, of ids drawn at random.
func lookupQuestions(snap *cache.Snapshot, calls int, ask func(cache.Item) asked.LookupLine) ([][]byte, error) {
	var all []cache.Index
	for _, res := range []fest.Resource{fest.ResourceDrugs, fest.ResourceGenerics, fest.ResourcePackages, fest.ResourceDoses, fest.ResourceIngredients} {
		page, err := snap.List(res, nil, 0, 1<<30)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is nothing to look up")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([][]byte, calls)
	for i := range out {
		lines := make([]asked.LookupLine, asked.MostLookups)
		for k := range lines {
			lines[k] = ask(snap.Item(all[rnd.IntN(len(all))]))
		}
		var err error
		if out[i], err = json.Marshal(lines); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lookUpAll asks each question once: how long it took, how much of that the
// processor worked for it, and the bytes of all answers.
func lookUpAll(snap *cache.Snapshot, questions [][]byte) (took, busy times, bytes int64, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, body := range questions {
		start, before := time.Now(), threadCPU()
		var lines []asked.LookupLine
		if err := json.Unmarshal(body, &lines, json.RejectUnknownMembers(true)); err != nil {
			return nil, nil, 0, err
		}
		l := asked.Lookup(snap, lines, asked.LookupOptions{})
		n, err := l.WriteTo(io.Discard)
		if found := l.Count(asked.StatusFound); err == nil && found+l.Cut() < len(lines) {
			err = fmt.Errorf("only %d of %d lines were found", found, len(lines))
		}
		l.Release()
		if err != nil {
			return nil, nil, 0, err
		}
		bytes += n
		took, busy = append(took, time.Since(start)), append(busy, threadCPU()-before)
	}
	return took, busy, bytes, nil
}
