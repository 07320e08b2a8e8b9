package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// ruleRetrievalDate: HentetDato is the version (R9). What is not after the
// served one is older or the same edition with other content; what is in the
// future was not made by DMP's clock.
func ruleRetrievalDate() rule {
	return rule{
		name:    RuleRetrievalDate,
		limit:   Limit{Severity: fest.SeverityHold},
		meaning: "The file's HentetDato, the version of the data, is not what a newer release has.",
		advice:  "An old file under a new name, or a wrong clock at the source. Approve only to go back on purpose.",
		check: func(j *judgement) {
			found := func(text string) {
				j.report(Finding{Finding: fest.Finding{Count: 1, Text: text}, Measured: Level{Count: 1}})
			}
			text := string(j.candidate.Document.RetrievalDate)
			at, ok := wallTime(text)
			if !ok {
				found(fmt.Sprintf("HentetDato %q is no date and time, so the age of the data is unknown; like 2026-09-08T03:09:06 would be right", text))
				return
			}
			if limit := j.now.UTC().Add(time.Duration(j.cfg.Parameters.FutureBy)); at.After(limit) {
				found(fmt.Sprintf("HentetDato %s is in the future: it is now %s UTC", text, j.now.UTC().Format("2006-01-02T15:04:05")))
			}
			if j.baseline == nil {
				return
			}
			served := string(j.baseline.Document.RetrievalDate)
			if before, ok := wallTime(served); ok && !at.After(before) {
				found(fmt.Sprintf("HentetDato %s is not after that of the served release, %s", text, served))
			}
		},
	}
}

// wallTime reads a dateTime as the clock on the wall showed it: the zone, of
// which FEST states none, is ignored.
func wallTime(s string) (time.Time, bool) {
	const form = "2006-01-02T15:04:05"
	if len(s) < len(form) {
		return time.Time{}, false
	}
	head, rest := s[:len(form)], s[len(form):]
	t, err := time.Parse(form, head)
	if err != nil {
		return time.Time{}, false
	}
	if digits, ok := strings.CutPrefix(rest, "."); ok {
		n := 0
		for n < len(digits) && digits[n] >= '0' && digits[n] <= '9' {
			n++
		}
		fraction := (digits[:n] + "000000000")[:9]
		var ns time.Duration
		for _, d := range []byte(fraction) {
			ns = ns*10 + time.Duration(d-'0')
		}
		t, rest = t.Add(ns), digits[n:]
		if n == 0 {
			return time.Time{}, false
		}
	}
	zone := rest == "" || rest == "Z" || len(rest) == len("+01:00") && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':'
	return t, zone
}

// ruleUnknownMarkup: what the schemas do not know is left out of the answers,
// and so must not be published unseen. Attributes of the xsi namespace are
// no content; the decoder does not report them.
func ruleUnknownMarkup() rule {
	return rule{
		name:    RuleUnknownMarkup,
		numbers: countOnly,
		limit:   Limit{Severity: fest.SeverityHold},
		meaning: "The file has elements or attributes that the schemas of 2014-12-01 do not have. They would be left out of the answers.",
		advice: "DMP has extended the format, or this is not FEST 2.5.1. If what is left out does not matter, approve, and add a waiver until " +
			"festd knows it.",
		check: func(j *judgement) {
			for i := range j.candidate.Findings {
				if f := &j.candidate.Findings[i]; f.Rule == fest.RuleUnknownElement || f.Rule == fest.RuleUnknownAttribute {
					j.passOn(f, 0)
				}
			}
		},
	}
}

// ruleSchema passes on what else the decoder would have a person look at:
// missing, repeated and misplaced elements. DMP's own slips must not hold
// every release from then on, so what the served release has too passes.
func ruleSchema() rule {
	return rule{
		name:    RuleSchema,
		numbers: countOnly,
		limit:   Limit{Severity: fest.SeverityHold},
		meaning: "The file departs from the schemas more than the served release does: something required is missing, or something stands where it must not.",
		advice:  "See the named entries in the source. Approve if what is missing does not matter to prescribing; else reject and tell DMP.",
		check: func(j *judgement) {
			for i := range j.candidate.Findings {
				f := &j.candidate.Findings[i]
				switch {
				case f.Rule == fest.RuleUnknownElement || f.Rule == fest.RuleUnknownAttribute:
				case f.Severity != fest.SeverityHold:
					j.note(*f)
				default:
					before := 0
					if j.baseline != nil {
						before = countOf(j.baseline.Findings, f)
					}
					j.passOn(f, before)
				}
			}
			if n := j.candidate.expired; n > 0 {
				j.report(Finding{Finding: fest.Finding{
					Count: n, Text: fmt.Sprintf("%d entries have no object (Status U): the file is an increment, not a full extract", n),
				}, Measured: Level{Count: n}})
			}
		},
	}
}

// countOf is how often a baseline had the same finding.
func countOf(found []fest.Finding, f *fest.Finding) int {
	n := 0
	for i := range found {
		if g := &found[i]; g.Rule == f.Rule && g.Class == f.Class && g.Path == f.Path {
			n += g.Count
		}
	}
	return n
}

// passOn reports a finding of the decoder under the rule that judges it, if
// there is more of it than before and than the limit lets pass beyond that.
func (j *judgement) passOn(f *fest.Finding, before int) {
	limit := Level{Count: before + j.level.Count}
	if f.Count <= limit.Count {
		g := *f
		g.Text += fmt.Sprintf("; up to %d pass", limit.Count)
		j.note(g)
		return
	}
	g := *f
	g.Affected = slices.Clone(f.Affected)
	g.Text = f.Rule + ": " + f.Text
	if before > 0 {
		g.Text += fmt.Sprintf("; %d × in the served release", before)
	}
	j.report(Finding{Finding: g, Measured: Level{Count: f.Count}, Limit: limit})
}
