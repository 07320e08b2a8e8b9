package gate

import (
	"fmt"

	"github.com/festd/festd/internal/fest"
)

// ruleDangling: in a full extract every reference resolves (R145). The DMP's
// own slips pass as long as they do not become more; a first file has no
// before, and only a note.
func ruleDangling() rule {
	return rule{
		name:    RuleDangling,
		numbers: countOnly,
		limit:   Limit{Severity: fest.SeverityHold},
		meaning: "Entries refer to objects that are not in the file, more of them than in the served release.",
		advice:  "Part of the file is missing, or it is an extract of an extract. Reject and fetch again; where references really break, DMP has to mend them.",
		check: func(j *judgement) {
			f := j.candidate
			n := len(f.dangling)
			if n == 0 {
				return
			}
			before := 0
			if j.baseline != nil {
				before = len(j.baseline.dangling)
			}
			found := Finding{Finding: fest.Finding{Count: n}, Measured: Level{Count: n}, Limit: Level{Count: before + j.level.Count}}
			slots := compiled().slots
			for _, d := range f.dangling {
				a := f.affected(d.class, d.row)
				a.Name = fmt.Sprintf("%s: %s → %s", orElse(a.Name, d.class.String()), slots[d.slot].path, f.text[d.target])
				found.Affected = append(found.Affected, a)
			}
			found.Text = fmt.Sprintf("%d references name something that is not in the file; in the served release %d do", n, before)
			switch {
			case j.baseline == nil:
				found.Text = fmt.Sprintf("%d references name something that is not in the file; in a full extract all resolve (R145)", n)
				found.Severity = fest.SeverityNote
				j.add(found)
			case n > found.Limit.Count:
				found.Against = AgainstServed
				j.report(found)
			default:
				found.Against, found.Severity = AgainstServed, fest.SeverityNote
				j.add(found)
			}
		},
	}
}

// ruleDuplicateID: ids are xs:ID, unique in the document, those of entries as
// well as those of objects. What two objects answer to answers for neither.
func ruleDuplicateID() rule {
	return rule{
		name:    RuleDuplicateID,
		numbers: countOnly,
		limit:   Limit{Severity: fest.SeverityHold},
		meaning: "An id stands more than once; lookups could not tell the objects apart.",
		advice:  "Doubled rows. Reject and fetch again.",
		check: func(j *judgement) {
			f := j.candidate
			if len(f.duplicates) <= j.level.Count {
				return
			}
			found := Finding{Finding: fest.Finding{Count: len(f.duplicates)}, Measured: Level{Count: len(f.duplicates)}, Limit: Level{Count: j.level.Count}}
			objects := 0
			for _, d := range f.duplicates {
				what := "object id"
				if d.entry {
					what = "id of its entry"
				} else {
					objects++
				}
				found.Affected = append(found.Affected, fest.Affected{
					ID: f.text[d.id], Name: fmt.Sprintf("%s (%s, %s %d ×)", f.text[d.name], d.class, what, d.n),
				})
			}
			found.Text = fmt.Sprintf("%d object ids and %d entry ids stand more than once", objects, len(f.duplicates)-objects)
			j.report(found)
		},
	}
}

// ruleDuplicateKey: classes without an object id are known by a code, an OID
// or a digest (R16). Nothing promises that these are unique, so one more than
// before passes; a doubled class does not.
func ruleDuplicateKey() rule {
	return rule{
		name:    RuleDuplicateKey,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold, Count: 1},
		classes: only(fest.ClassNotification, fest.ClassCodeSystem, fest.ClassInteractionNotAssessed,
			fest.ClassShortDose),
		meaning: "Objects that have no id of their own stand more than once, more of them than in the served release.",
		advice:  "Doubled rows. Reject and fetch again.",
		check: func(j *judgement) {
			for _, c := range j.rule.classes {
				rows := j.candidate.repeated(c)
				before := 0
				if j.baseline != nil {
					before = len(j.baseline.repeated(c))
				}
				size := j.candidate.count(c)
				limit := j.limit(c, size)
				more := levelOf(len(rows)-before, size)
				if len(rows) <= before || !more.exceeds(limit) {
					continue
				}
				f := Finding{Finding: fest.Finding{
					Class: c.String(), Count: len(rows),
					Text: fmt.Sprintf("%d of %d %s stand more than once; in the served release %d do, and more than %d beyond that is held",
						len(rows), size, c, before, limit.Count),
				}, Measured: more, Limit: limit}
				for _, row := range rows {
					f.Affected = append(f.Affected, j.candidate.affected(c, row))
				}
				j.report(f)
			}
		},
	}
}

// repeated are the rows of a class whose key stood before.
func (f *Facts) repeated(c class) []uint32 {
	t := &f.tables[c]
	var out []uint32
	for i := 1; i < len(t.own); i++ {
		if t.own[i] == t.own[i-1] && (t.parent == nil || t.parent[i] == t.parent[i-1]) {
			out = append(out, uint32(i))
		}
	}
	return out
}

// ruleDuplicateItem: an item number may stand twice, over packages and
// commodities alike; lookups by it give a list (R21). Worth knowing, no more.
func ruleDuplicateItem() rule {
	return rule{
		name:    RuleDuplicateItem,
		numbers: countOnly,
		limit:   Limit{Severity: fest.SeverityNote},
		meaning: "Item numbers stand more than once. Nothing promises that they do not; lookups by them give all.",
		advice:  "Nothing, unless there are suddenly many.",
		check: func(j *judgement) {
			f := j.candidate
			if len(f.sameItem) <= j.level.Count {
				return
			}
			found := Finding{Finding: fest.Finding{
				Count: len(f.sameItem), Text: fmt.Sprintf("%d item numbers stand more than once", len(f.sameItem)),
			}, Measured: Level{Count: len(f.sameItem)}, Limit: Level{Count: j.level.Count}}
			for _, s := range f.sameItem {
				found.Affected = append(found.Affected, fest.Affected{ID: f.text[s.number], Name: fmt.Sprintf("%s (%d ×)", f.text[s.name], s.n)})
			}
			j.report(found)
		},
	}
}
