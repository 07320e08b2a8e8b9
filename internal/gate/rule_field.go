package gate

import (
	"fmt"
	"math"

	"github.com/festd/festd/internal/fest"
)

// fieldCheck is one field of a class in both contents.
type fieldCheck struct {
	slot          slot
	class         class
	before, after *field
	sizeBefore    int
	sizeAfter     int
	limit         Level
}

// eachField visits the fields of classes that are large enough for shares to
// mean something.
func (j *judgement) eachField(visit func(f fieldCheck)) {
	if j.served == nil || j.baseline == nil {
		return
	}
	for i, s := range compiled().slots {
		f := fieldCheck{
			slot: s, class: s.class, before: &j.baseline.fields[i], after: &j.candidate.fields[i],
			sizeBefore: j.baseline.objects[s.class], sizeAfter: j.candidate.objects[s.class],
		}
		if f.sizeBefore < j.cfg.Parameters.FieldClass || f.sizeAfter == 0 || s.dated() {
			continue
		}
		f.limit = j.limit(s.class, f.sizeBefore)
		visit(f)
	}
}

// moved is by how much a part of all objects differs between two contents: as
// a share, and in objects of the candidate.
func moved(before, ofBefore, after, ofAfter int) (points float64, objects int) {
	if ofBefore == 0 || ofAfter == 0 {
		return 0, 0
	}
	points = float64(after)/float64(ofAfter) - float64(before)/float64(ofBefore)
	return points, int(math.Round(points * float64(ofAfter)))
}

// presence is how the share of objects that have the field moved.
func (f *fieldCheck) presence() (points float64, objects int) {
	return moved(f.before.having, f.sizeBefore, f.after.having, f.sizeAfter)
}

func (f *fieldCheck) level(points float64, objects int) Level {
	return Level{Count: abs(objects), Of: f.sizeAfter, Share: math.Abs(points)}
}

// repeated: objects have more values of the field than before, as when DMP
// repeats what was single (R144). A value that more objects have then has not
// taken the place of another.
func (f *fieldCheck) repeated() bool {
	return levelOf(f.after.total, f.after.having).Share-levelOf(f.before.total, f.before.having).Share > f.limit.Share
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func fieldLimit() Limit { return Limit{Severity: fest.SeverityHold, Share: 0.05, Count: 20} }

// ruleFieldLoss: fewer objects have a field than before. It judges coded and
// boolean fields, and all others but dates, which come and go by themselves:
// references, quantities and texts are what answers are made of too.
func ruleFieldLoss() rule {
	return rule{
		name:    RuleFieldLoss,
		numbers: shareAndCount,
		limit:   fieldLimit(),
		classes: without(func(c class) bool { return c == classPackages }),
		meaning: "A field has been emptied on part of the class: it would be answered as not stated.",
		advice:  "Look at one of the named entries in the source. If DMP has announced that the field goes, approve; else reject.",
		check: func(j *judgement) {
			j.eachField(func(f fieldCheck) {
				points, objects := f.presence()
				measured := f.level(points, objects)
				if points >= 0 || !measured.exceeds(f.limit) {
					return
				}
				j.report(Finding{Finding: fest.Finding{
					Class: f.class.String(), Path: f.slot.path, Count: measured.Count, Affected: j.lost(f.slot),
					Text: fmt.Sprintf("%s of %s: %d of %d have it (%s), in the served release %d of %d (%s); a fall of more than %s points and %d is held",
						f.slot.path, f.class, f.after.having, f.sizeAfter, percent(levelOf(f.after.having, f.sizeAfter).Share),
						f.before.having, f.sizeBefore, percent(levelOf(f.before.having, f.sizeBefore).Share), percent(f.limit.Share), f.limit.Count),
				}, Measured: measured, Limit: f.limit, Against: AgainstServed})
			})
		},
	}
}

// lost names the objects that had the field and have it no more.
func (j *judgement) lost(s slot) []fest.Affected {
	if j.candidate.tables[s.class].name == nil {
		return nil
	}
	var out []fest.Affected
	for _, p := range j.served.of(s.class).pairs {
		if j.baseline.has(s.class, p.before, s.bit) && !j.candidate.has(s.class, p.after, s.bit) {
			out = append(out, j.candidate.affected(s.class, p.after))
		}
	}
	return out
}

// ruleFieldGain: filling what was empty is DMP's normal way (R144).
func ruleFieldGain() rule {
	l := fieldLimit()
	l.Severity = fest.SeverityNote
	return rule{
		name:    RuleFieldGain,
		numbers: shareAndCount,
		limit:   l,
		classes: without(func(c class) bool { return c == classPackages }),
		meaning: "A field is filled on more of the class than before, as DMP does now and then.",
		advice:  "Nothing; consumers may want to know.",
		check: func(j *judgement) {
			j.eachField(func(f fieldCheck) {
				points, objects := f.presence()
				measured := f.level(points, objects)
				if points <= 0 || !measured.exceeds(f.limit) {
					return
				}
				j.report(Finding{Finding: fest.Finding{
					Class: f.class.String(), Path: f.slot.path, Count: measured.Count,
					Text: fmt.Sprintf("%s of %s is filled on %s, in the served release on %s", f.slot.path, f.class,
						percent(levelOf(f.after.having, f.sizeAfter).Share), percent(levelOf(f.before.having, f.sizeBefore).Share)),
				}, Measured: measured, Limit: f.limit, Against: AgainstServed})
			})
		},
	}
}

// ruleFieldValue: of the objects that have a coded or boolean field, the share
// with the commonest value has moved. The commonest of the served release may
// have become rare, or what is the commonest now was rare.
func ruleFieldValue() rule {
	return rule{
		name:    RuleFieldValue,
		numbers: shareAndCount,
		limit:   fieldLimit(),
		classes: without(func(c class) bool { return c == classPackages }),
		meaning: "A coded field says something else than before on part of the class: one value has taken the place of others.",
		advice:  "One wrong value on many entries, or a code that DMP has replaced. Look at the entries with the value named; approve only what DMP has announced.",
		check: func(j *judgement) {
			j.eachField(func(f fieldCheck) {
				if !f.slot.coded() || len(f.before.values) == 0 || len(f.after.values) == 0 {
					return
				}
				if p, n := f.presence(); p > 0 && f.level(p, n).exceeds(f.limit) {
					return // filled on more than before: the others' values say nothing (R144)
				}
				for _, value := range j.commonestValues(f) {
					if j.checkValue(f, value) {
						return
					}
				}
			})
		},
	}
}

// commonestValues are the commonest value of either content.
func (j *judgement) commonestValues(f fieldCheck) []string {
	before, after := j.baseline.text[f.before.values[0].value], j.candidate.text[f.after.values[0].value]
	if before == after {
		return []string{before}
	}
	return []string{before, after}
}

func (j *judgement) checkValue(f fieldCheck, value string) bool {
	nb, known := j.baseline.lookup(value)
	before := f.before.count(nb, known)
	na, known := j.candidate.lookup(value)
	after := f.after.count(na, known)
	points, objects := moved(before, f.before.having, after, f.after.having)
	measured := Level{Count: abs(objects), Of: f.after.having, Share: math.Abs(points)}
	if !measured.exceeds(f.limit) || points > 0 && f.repeated() {
		return false
	}
	j.report(Finding{Finding: fest.Finding{
		Class: f.class.String(), Path: f.slot.path, Count: measured.Count,
		Text: fmt.Sprintf("%s of %s is %q on %d of %d (%s), in the served release on %d of %d (%s); a move of more than %s points and %d is held",
			f.slot.path, f.class, value, after, f.after.having, percent(levelOf(after, f.after.having).Share),
			before, f.before.having, percent(levelOf(before, f.before.having).Share), percent(f.limit.Share), f.limit.Count),
	}, Measured: measured, Limit: f.limit, Against: AgainstServed})
	return true
}
