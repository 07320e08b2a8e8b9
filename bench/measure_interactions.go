package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	answers "github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

func interactionsMeasurement() measurement {
	return measurement{
		name:  "interactions",
		title: "Interaction checks, in process",
		how: "The snapshot of the release is mapped in this process, and what a check of ten drugs (45 pairs) does is done with it, but for HTTP and JSON: finding " +
			"each drug by its id, its code and substances, the state of each pair, and all that is shown of the interactions found. The drugs are drawn at random. " +
			"Beside it the same with fifty drugs (1225 pairs), and with the answer rendered as JSON. The table of interactions, which a server makes once per content, " +
			"at the first check, is made before, and its time told; each list is checked once before it is measured, so that the pages it reads are in memory.",
		rows: []row{{id: "check-p99", what: "interaction check of 10 drugs, p99", unit: milliseconds, target: atMost(milliseconds, 1, 0)}},
		run:  measureInteractions,
	}
}

func measureInteractions(ctx context.Context, b *bench, res *result) error {
	return b.mapped(ctx, func(snap *cache.Snapshot) error { return checksMapped(b, res, snap) })
}

func checksMapped(b *bench, res *result, snap *cache.Snapshot) error {
	start := time.Now()
	if _, err := answers.New(snap, "", rules.Set{}).CheckInteractions(&answers.InteractionQuestion{}); err != nil {
		return err
	}
	made := time.Since(start)
	lists := 2000
	if b.quick {
		lists = 50
	}
	ten, err := drawDrugs(snap, lists, 10)
	if err != nil {
		return err
	}
	fifty, err := drawDrugs(snap, lists/10, 50)
	if err != nil {
		return err
	}

	// The first time all that a check reads is brought in page by page.
	first, _, _, err := checkAll(snap, ten, false)
	if err != nil {
		return err
	}
	var p50, p99, most, cpu99, json50, json99, fifty50, fifty99 series
	found := 0
	err = b.rounds(b.runs,
		func(int) error {
			took, busy, n, err := checkAll(snap, ten, false)
			p50, p99, most, cpu99, found = append(p50, took.at(0.5)), append(p99, took.at(0.99)), append(most, took.at(1)), append(cpu99, busy.at(0.99)), n
			return err
		},
		func(int) error {
			took, _, _, err := checkAll(snap, ten, true)
			json50, json99 = append(json50, took.at(0.5)), append(json99, took.at(0.99))
			return err
		},
		func(int) error {
			took, _, _, err := checkAll(snap, fifty, false)
			fifty50, fifty99 = append(fifty50, took.at(0.5)), append(fifty99, took.at(0.99))
			return err
		})
	if err != nil {
		return err
	}
	res.set("check-p99", p99, fmt.Sprintf("%s of CPU", milliseconds.format(cpu99.median())))
	res.columns = []string{"p50", "p99"}
	res.detail("ten drugs", milliseconds.spread(p50), milliseconds.spread(p99))
	res.detail("of it CPU of the thread", "", milliseconds.spread(cpu99))
	res.detail("ten drugs, each read for the first time since the file was mapped", milliseconds.spread(series{first.at(0.5)}), milliseconds.spread(series{first.at(0.99)}))
	res.detail("the slowest of all checks", "", milliseconds.spread(most))
	res.detail("ten drugs, with the answer as JSON", milliseconds.spread(json50), milliseconds.spread(json99))
	res.detail("fifty drugs", milliseconds.spread(fifty50), milliseconds.spread(fifty99))
	res.remark("%d checks of ten drugs, one at a time, in which %d interactions were found; the table of %d interactions was made in %s.",
		len(ten), found, snap.Len(fest.ResourceInteractions), milliseconds.format(made.Seconds()*1000))
	return nil
}

// drawDrugs draws lists of drugs, by their ids.
func drawDrugs(snap *cache.Snapshot, lists, size int) ([]*answers.InteractionQuestion, error) {
	page, err := snap.List(fest.ResourceDrugs, nil, 0, 1<<30)
	if err != nil || len(page.Items) == 0 {
		return nil, errors.Join(err, errors.New("no drugs"))
	}
	rnd := rand.New(rand.NewPCG(1, 119))
	out := make([]*answers.InteractionQuestion, lists)
	for i := range out {
		out[i] = &answers.InteractionQuestion{}
		for range size {
			id := snap.Item(page.Items[rnd.IntN(len(page.Items))]).Key
			out[i].Lines = append(out[i].Lines, answers.Line{ID: string(id)})
		}
	}
	return out, nil
}

// checkAll asks each question once: how long it took, how much of that the
// processor worked for it, and how many interactions there were.
func checkAll(snap *cache.Snapshot, questions []*answers.InteractionQuestion, render bool) (took, busy times, found int, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, q := range questions {
		start, before := time.Now(), threadCPU()
		r := answers.New(snap, "2026-09-09", rules.Set{})
		c, err := r.CheckInteractions(q)
		if err == nil {
			err = r.Err()
		}
		if err == nil && render {
			_, err = json.Marshal(c)
		}
		if err != nil {
			return nil, nil, 0, err
		}
		took, busy, found = append(took, time.Since(start)), append(busy, threadCPU()-before), found+len(c.Interactions)
	}
	return took, busy, found, nil
}
