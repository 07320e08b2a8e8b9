package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/festd/festd/bench/internal/rig"
)

// form is how a table is written.
type form int

const (
	plain form = iota
	markdown
)

// lines are what is compared: what, that day, here.
func (d *day) lines() [][3]string {
	s, q := d.lookups[storm], d.lookups[evening]
	return [][3]string{
		{"the damaged file", "published in the night, served until the day", fmt.Sprintf("held by the import after %.1f s; %d lookups meanwhile, all as the day before", d.heldIn.Seconds(), d.lookups[night].Answered)},
		{"who knew", "customers, in the morning", fmt.Sprintf("the import named all %d ingredients; every replica's metric told %.1f s later", len(d.lost), d.alarmed.Seconds())},
		{"the same, published by mistake", fmt.Sprintf("%d ingredients missing", missing), fmt.Sprintf("needs a person's name; then %d are missing, each answered as removed, with its last content", d.gone)},
		{"going back", "a job from 09:00 to about 10:45", fmt.Sprintf("one command, %.2f s until three replicas served it", d.backIn.Seconds())},
		{"the restart", "about 10:45, overrun at once", fmt.Sprintf("three replicas killed together, no database: ready after %.2f s", d.ready.Seconds())},
		{"consumers have their data", "most by 11:30, some 45 minutes later", fmt.Sprintf("all %d after %.0f s", d.crowd.Done(), d.crowd.Took.Seconds())},
		{"lookups meanwhile", "slow and unstable, 10:57–11:46", fmt.Sprintf("%d of %d answered, p99 %s (the evening before %s)", s.Answered, s.Answered+s.Failed, ms(s.P99), ms(q.P99))},
	}
}

// table sets that day beside ours.
func (d *day) table(f form) string {
	lines := append([][3]string{{"", "6 June 2024", "here"}}, d.lines()...)
	var b strings.Builder
	if f == markdown {
		for i, l := range lines {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", l[0], l[1], l[2])
			if i == 0 {
				b.WriteString("|---|---|---|\n")
			}
		}
		return b.String()
	}
	var width [2]int
	for _, l := range lines {
		for i := range width {
			width[i] = max(width[i], utf8.RuneCountInString(l[i]))
		}
	}
	for _, l := range lines {
		for i := range width {
			b.WriteString(l[i] + strings.Repeat(" ", width[i]-utf8.RuneCountInString(l[i])+2))
		}
		b.WriteString(l[2] + "\n")
	}
	return b.String()
}

// judge compares the day with what is promised.
func (d *day) judge(p *rig.Promises) {
	d.promises = p
	l := d.lookups
	p.Keep(len(d.lost) == d.lacking, "the findings of the held file name %d of the %d ingredients that it lacks", len(d.lost), d.lacking)
	p.Keep(l[night].Failed == 0 && l[night].Statuses[200] == l[night].Answered, "lookups of the night that were not answered as before: %d of %d",
		l[night].Answered+l[night].Failed-l[night].Statuses[200], l[night].Answered+l[night].Failed)
	p.Keep(d.gone == d.lacking, "after the mistake %d of %d ingredients are answered as removed", d.gone, d.lacking)
	p.Keep(d.backIn <= time.Second, "going back took %.2f s, at most 1 s", d.backIn.Seconds())
	p.Keep(d.returned == d.lacking, "after going back %d of %d ingredients are found", d.returned, d.lacking)
	p.Keep(!slices.ContainsFunc(d.loads, func(n float64) bool { return n != 1 }), "releases loaded by each restarted replica: %v, one each", d.loads)
	p.Keep(d.crowd.Done() == d.crowd.Consumers, "%d of %d consumers have their data", d.crowd.Done(), d.crowd.Consumers)
	failed := 0
	for _, phase := range l {
		failed += phase.Failed
	}
	p.Keep(failed == 0, "lookups of a ready server that failed, all day: %d", failed)
	p.Keep(l[storm].P99 <= time.Second, "lookup p99 while everybody came back: %s, at most 1 s", ms(l[storm].P99))
	p.Keep(l[noon].Statuses[200] == l[noon].Answered, "lookups at noon that were not answered as the day before: %d", l[noon].Answered-l[noon].Statuses[200])
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
