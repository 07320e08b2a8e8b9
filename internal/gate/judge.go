package gate

import (
	"cmp"
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Judge compares a candidate with the release served and with the anchor, and
// says whether it may be published.
//
// baseline is nil where nothing was ever published. anchor is the last release
// that a person approved, else the oldest of the last 60 days; nil means that
// the baseline is the anchor too. probe looks up sentinels in the candidate's
// own snapshot; nil where there is none, which a first release in production
// does not pass.
//
// A baseline of another filter is not compared with (R27): its finding holds,
// and the candidate is judged like a first one.
func Judge(candidate, baseline, anchor *Facts, cfg Config, now time.Time, probe Probe) Verdict {
	j := &judgement{candidate: candidate, cfg: cfg, now: now, probe: probe, emptied: map[string]bool{}}
	if baseline != nil {
		j.served = compare(baseline, candidate, AgainstServed)
		j.otherFilter = baseline.Filter != candidate.Filter
		if !j.otherFilter {
			j.baseline = baseline
		}
	}
	switch {
	case j.baseline == nil:
	case anchor == nil || anchor == baseline:
		// One comparison, but each rule has a limit of its own.
		j.anchored = &comparison{before: baseline, after: candidate, against: AgainstAnchor, diffs: j.served.diffs}
	case anchor.Filter == candidate.Filter:
		j.anchored = compare(anchor, candidate, AgainstAnchor)
	}
	for _, r := range rules() {
		j.rule, j.level = r, cfg.Rules[r.name]
		if j.level.Severity != SeverityOff {
			r.check(j)
		}
	}
	v := Verdict{
		Profile: cfg.Profile, JudgedAt: now, Candidate: summaryOf(candidate), Baseline: summaryOf(baseline), Anchor: summaryOf(anchor),
		Findings: j.waive(), Waiting: j.waiting(),
	}
	for i := range v.Findings {
		v.Held = v.Held || v.Findings[i].Severity == fest.SeverityHold
	}
	if v.Held {
		v.Removed = j.losses()
	}
	slices.SortStableFunc(v.Findings, func(a, b Finding) int { return cmp.Compare(weight(&a), weight(&b)) })
	return v
}

// judgement is one candidate before the gate. It is used by one goroutine and
// dropped.
type judgement struct {
	candidate *Facts
	baseline  *Facts // nil where there is none to compare with
	// served and anchored are nil where there is nothing to compare with. Of
	// a baseline with another filter served has the facts, but no rule
	// compares.
	served, anchored *comparison
	otherFilter      bool
	cfg              Config
	now              time.Time
	probe            Probe

	rule  rule  // under way
	level Limit // of the rule
	found []Finding

	gone, removed [numClasses]bool // classes that are reported already
	emptied       map[string]bool  // code lists that are
}

// named is how many entries of a loss are named: findings name all of those
// that hold.
const named = 100

// losses is what each class loses beside the release served; nothing where
// there is none to compare with.
func (j *judgement) losses() []fest.Loss {
	if j.baseline == nil {
		return nil
	}
	var out []fest.Loss
	for _, c := range allClasses() {
		rows := j.served.of(c).removed
		if len(rows) == 0 {
			continue
		}
		l := fest.Loss{Class: c.String(), Count: len(rows), Of: j.baseline.count(c), First: make([]fest.Affected, 0, min(named, len(rows)))}
		for _, row := range rows[:min(named, len(rows))] {
			l.First = append(l.First, j.baseline.affected(c, row))
		}
		out = append(out, l)
	}
	return out
}

// limit is the running rule's for a class of the size.
func (j *judgement) limit(c class, size int) Level {
	return j.level.in(c, size, j.cfg.Parameters.SmallClass)
}

// report adds a finding of the running rule.
func (j *judgement) report(f Finding) {
	f.Severity = j.level.Severity
	j.add(f)
}

// add adds a finding of the running rule that knows its severity.
func (j *judgement) add(f Finding) {
	f.Rule = j.rule.name
	if f.Severity == "" {
		f.Severity = fest.SeverityNote
	}
	j.found = append(j.found, f)
}

// note passes on a finding of the decoder as it is.
func (j *judgement) note(f fest.Finding) {
	f.Severity = fest.SeverityNote
	j.found = append(j.found, Finding{Finding: f, Measured: Level{Count: f.Count}})
}

// waive makes notes of what was expected.
func (j *judgement) waive() []Finding {
	for i := range j.found {
		f := &j.found[i]
		if f.Severity != fest.SeverityHold {
			continue
		}
		for k := range j.cfg.Waivers {
			if w := j.cfg.Waivers[k]; w.covers(f, j.now) {
				f.Severity, f.Waived = fest.SeverityNote, &w
				break
			}
		}
	}
	return j.found
}

// sentinels is how many are configured for the candidate's filter.
func (j *judgement) sentinels() int {
	n := 0
	for i := range j.cfg.Sentinels {
		if j.cfg.Sentinels[i].appliesTo(j.candidate.Filter) {
			n++
		}
	}
	return n
}

// weight orders findings: what holds, what was waived, notes.
func weight(f *Finding) int {
	switch {
	case f.Severity == fest.SeverityHold:
		return 0
	case f.Waived != nil:
		return 1
	default:
		return 2
	}
}
