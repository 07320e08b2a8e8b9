package gate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// verdictCase is one file before the gate: what is served, what comes, and
// which findings hold it, all of them.
type verdictCase struct {
	name   string
	before func() *world // nil: the ordinary world
	first  bool          // nothing was ever served
	after  func(w *world)
	config func(c *gate.Config)
	holds  []string
}

func run(t *testing.T, cases []verdictCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			world := newWorld
			before := ordinary()
			if c.before != nil {
				world = c.before
				before = world().facts()
			}
			after := world()
			after.fortnight()
			if c.after != nil {
				c.after(after)
			}
			if c.first {
				before = nil
			}
			cfg := gate.Default()
			if c.config != nil {
				c.config(&cfg)
			}
			v := gate.Judge(after.facts(), before, nil, cfg, now(), nil)
			if diff := cmp.Diff(c.holds, holds(v)); diff != "" {
				t.Errorf("what holds differs (-want +got):\n%s", diff)
			}
			if v.Held != (len(c.holds) > 0) {
				t.Errorf("Held = %t", v.Held)
			}
		})
	}
}

func rule(c *gate.Config, name string, edit func(l *gate.Limit)) {
	l := c.Rules[name]
	edit(&l)
	c.Rules[name] = l
}

// quiet silences what a case has to break besides the rule it is about.
func quiet(names ...string) func(c *gate.Config) {
	return func(c *gate.Config) {
		for _, n := range names {
			rule(c, n, func(l *gate.Limit) { l.Severity = gate.SeverityOff })
		}
	}
}

func TestAnOrdinaryFortnightPasses(t *testing.T) {
	run(t, []verdictCase{
		{name: "nothing but a new HentetDato"},
		{name: "first ever", first: true},
		{name: "bulk re-issue: new entry ids and times on everything (R142)", after: func(w *world) {
			for i, e := range w.entries {
				e.EntryID, e.RegistrationTime = id[fest.EntryID]("NEW", i), "2026-09-20T03:00:00"
			}
		}},
		{name: "price revision: new prices and dates on most packages (R141)", after: func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i%10 < 6 {
					p.Prices = prices(110+i%50, 165+i%50, "2027-01-01")
				}
			})
		}},
		{name: "dated links come and go (R141)", after: func(w *world) {
			change(w, func(_ int, p *fest.MedicalConsumable) { p.Reimbursement.ValidFromDate = "2026-10-01" })
			change(w, func(_ int, r *fest.Reimbursement) {
				for k := range r.ReimbursementGroups[0].ReimbursementCodes {
					r.ReimbursementGroups[0].ReimbursementCodes[k].ValidFromDate = "2026-10-01"
				}
			})
		}},
		{name: "a quarter's commodities: all entries new, a fifth of the items too (R133)", after: func(w *world) {
			change(w, func(i int, c *fest.MedicalConsumable) {
				c.Prices[0].ValidFromDate, c.Prices[0].ValidUntilDate = ptr(fest.Date("2026-10-01")), ptr(fest.Date("2026-12-31"))
				if i < 120 {
					c.ItemNumber = "8" + c.ItemNumber
				}
			})
		}},
		{name: "a list in another order", after: func(w *world) {
			change(w, func(_ int, x *fest.Interaction) {
				x.SubstanceGroups[0], x.SubstanceGroups[1] = x.SubstanceGroups[1], x.SubstanceGroups[0]
			})
			change(w, func(_ int, g *fest.Generic) { g.Packages[0], g.Packages[1] = g.Packages[1], g.Packages[0] })
		}},
		{name: "groups packed in fewer entries (R144)", after: func(w *world) {
			var packed [3]*fest.Reimbursement
			change(w, func(i int, r *fest.Reimbursement) {
				if i < 3 {
					packed[i] = r
				} else {
					p := packed[i%3]
					p.ReimbursementGroups = append(p.ReimbursementGroups, r.ReimbursementGroups...)
				}
			})
			remove(w, func(i int, _ *fest.Reimbursement) bool { return i >= 3 })
		}},
		{name: "a field newly filled (R144)", after: func(w *world) {
			change(w, func(_ int, d *fest.Drug) {
				d.PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P10D"}}
				d.ApplicationType = &fest.CS{Code: "1", Display: "Skal ikke søkes"}
			})
			change(w, func(i int, g *fest.Generic) { g.Conditions = []fest.Ref{id[fest.Ref]("C", i%100)} })
		}},
		{name: "another term on codes that had one (R144)", before: func() *world {
			return change(newWorld(), func(_ int, s *fest.CodeSystem) {
				for i := range s.Elements {
					s.Elements[i].Terms[0].Language = &fest.CS{Code: []string{"en", "en", "no"}[i%3]}
				}
			})
		}, after: func(w *world) {
			change(w, func(_ int, s *fest.CodeSystem) {
				for i := range s.Elements {
					other := map[string]string{"en": "no", "no": "en"}[s.Elements[i].Terms[0].Language.Code]
					s.Elements[i].Terms = append(s.Elements[i].Terms, fest.Term{Term: "code", Language: &fest.CS{Code: other}})
				}
			})
		}},
	})
}

func TestANewlyFilledFieldIsANote(t *testing.T) {
	after := newWorld().fortnight()
	change(after, func(_ int, d *fest.Drug) { d.ApplicationType = &fest.CS{Code: "1"} })
	v := judge(after, newWorld(), gate.Default())
	f := find(t, v, gate.RuleFieldGain, "drugs")
	if f.Severity != fest.SeverityNote || f.Path != "applicationType" || f.Measured.Share != 1 || f.Count != 1000 {
		t.Errorf("finding = %+v", f)
	}
}

func TestClassGone(t *testing.T) {
	run(t, []verdictCase{
		{name: "all short doses", after: func(w *world) { removeFirst[fest.ShortDose](w, 30) }, holds: []string{"class-gone short-doses"}},
		{name: "all but one of two", before: func() *world { w := newWorld(); removeFirst[fest.ShortDose](w, 28); return w },
			after: func(w *world) { removeFirst[fest.ShortDose](w, 1) }},
		{name: "the only one there was", before: func() *world { w := newWorld(); removeFirst[fest.ShortDose](w, 29); return w },
			after: func(w *world) { removeFirst[fest.ShortDose](w, 1) }, holds: []string{"class-gone short-doses"}},
		{name: "there was none", before: func() *world { w := newWorld(); removeFirst[fest.ShortDose](w, 30); return w }},
		{name: "a code list emptied of its elements", after: func(w *world) {
			change(w, func(i int, s *fest.CodeSystem) {
				if i == 1 {
					s.Elements = nil
				}
			})
		}, config: quiet(gate.RuleRemoved, gate.RuleRemovedAnchor, gate.RuleRemovedCodeList), holds: []string{"class-gone code-system-elements"}},
		{name: "a code list gone with its elements", after: func(w *world) { remove(w, func(i int, _ *fest.CodeSystem) bool { return i == 2 }) },
			holds: []string{"class-gone code-system-elements"}},
		{name: "an empty file", after: func(w *world) { w.entries = nil }, holds: []string{
			"class-gone code-system-elements", "class-gone code-systems", "class-gone conditions", "class-gone doses", "class-gone drugs",
			"class-gone generic-packages", "class-gone generics", "class-gone ingredient-strengths", "class-gone ingredients",
			"class-gone interaction-substances", "class-gone interactions", "class-gone interactions-not-assessed", "class-gone medical-consumables",
			"class-gone notifications", "class-gone nutrients", "class-gone packages", "class-gone reimbursement-codes", "class-gone reimbursement-groups",
			"class-gone reimbursements", "class-gone short-doses", "class-gone substitution-groups",
		}},
		{name: "an empty file, first ever, is held by floors only", first: true, after: func(w *world) { w.entries = nil }},
	})
}

func TestRemoved(t *testing.T) {
	few := func(n int) func() *world {
		return func() *world { w := newWorld(); removeFirst[fest.Condition](w, 120-n); return w }
	}
	keep := quiet(gate.RuleDangling, gate.RuleRemovedAnchor)
	run(t, []verdictCase{
		{name: "2 % exactly", after: func(w *world) { removeFirst[fest.Interaction](w, 8) }},
		{name: "just over 2 %", after: func(w *world) { removeFirst[fest.Interaction](w, 9) }, holds: []string{"removed interaction-substances", "removed interactions"}},
		{name: "over 2 % but no more than five", before: func() *world { w := newWorld(); removeFirst[fest.SubstitutionGroup](w, 0); return w },
			after: func(w *world) { removeFirst[fest.SubstitutionGroup](w, 5) }},
		{name: "over 2 % and six", after: func(w *world) { removeFirst[fest.SubstitutionGroup](w, 6) }, holds: []string{"removed substitution-groups"}},
		{name: "a small class: 5 % exactly", after: func(w *world) { removeFirst[fest.Condition](w, 6) }, config: keep},
		{name: "a small class: just over 5 %", after: func(w *world) { removeFirst[fest.Condition](w, 7) }, config: keep, holds: []string{"removed conditions"}},
		{name: "one of ten", before: few(10), after: func(w *world) { removeFirst[fest.Condition](w, 1) }, config: keep},
		{name: "two of ten", before: few(10), after: func(w *world) { removeFirst[fest.Condition](w, 2) }, config: keep, holds: []string{"removed conditions"}},
		{name: "notifications: 40 % exactly", after: func(w *world) { removeFirst[fest.Notification](w, 24) }},
		{name: "notifications: just over 40 %", after: func(w *world) { removeFirst[fest.Notification](w, 25) }, holds: []string{"removed notifications"}},
		{name: "commodities: 20 % exactly", after: func(w *world) { removeFirst[fest.MedicalConsumable](w, 120) }},
		{name: "commodities: just over 20 %", after: func(w *world) { removeFirst[fest.MedicalConsumable](w, 121) }, holds: []string{"removed medical-consumables"}},
		{name: "nested: reimbursement codes lost from groups that stay", after: func(w *world) {
			change(w, func(i int, r *fest.Reimbursement) {
				if i < 46 {
					r.ReimbursementGroups[0].ReimbursementCodes = r.ReimbursementGroups[0].ReimbursementCodes[:2]
				}
			})
		}, holds: []string{"removed reimbursement-codes"}},
		{name: "nested: packages of generics", after: func(w *world) {
			change(w, func(i int, g *fest.Generic) {
				if i < 11 {
					g.Packages = g.Packages[:1]
				}
			})
		}, holds: []string{"removed generic-packages"}},
		{name: "a statutory authority of three", after: func(w *world) {
			change(w, func(_ int, r *fest.Reimbursement) {
				if r.StatutoryAuthority.Code == "950" {
					r.StatutoryAuthority.Code = "200"
				}
			})
		}, config: quiet(gate.RuleFieldValue)},
		{name: "a missing class is not judged", before: func() *world { w := newWorld(); removeFirst[fest.Condition](w, 120); return w }},
		{name: "first ever", first: true, after: func(w *world) { removeFirst[fest.Interaction](w, 200) }},
		{name: "a threshold of one's own", after: func(w *world) { removeFirst[fest.Interaction](w, 9) }, config: func(c *gate.Config) {
			rule(c, gate.RuleRemoved, func(l *gate.Limit) { l.Classes["interactions"] = gate.Bound{Share: ptr(0.03)} })
			rule(c, gate.RuleRemoved, func(l *gate.Limit) { l.Classes["interaction-substances"] = gate.Bound{Count: ptr(54)} })
		}},
	})
}

func TestRemovedNamesEveryObject(t *testing.T) {
	after := newWorld().fortnight()
	gone := remove(after, func(i int, _ *fest.Ingredient) bool { return i%2 == 0 })
	f := find(t, judge(after, newWorld(), gate.Default()), gate.RuleRemoved, "ingredients")
	if f.Count != 500 || len(f.Affected) != 500 || f.Measured != (gate.Level{Count: 500, Of: 1000, Share: 0.5}) || f.Limit != (gate.Level{Count: 5, Share: 0.02}) {
		t.Errorf("count %d, %d affected, measured %+v, limit %+v", f.Count, len(f.Affected), f.Measured, f.Limit)
	}
	named := map[string]string{}
	for _, a := range f.Affected {
		named[a.ID] = a.Name
	}
	for _, x := range gone {
		if named[string(x.ID)] != string(x.Name) {
			t.Fatalf("%s (%s) is named as %q", x.ID, x.Name, named[string(x.ID)])
		}
	}
}

func TestRemovedATC(t *testing.T) {
	// 1000 drugs in ten groups of level 3, a hundred each; each group is two
	// codes of fifty.
	of := func(code string, n int) func(w *world) {
		return func(w *world) {
			removed := 0
			remove(w, func(_ int, d *fest.Drug) bool {
				if d.Atc != nil && d.Atc.Code[:4] == code && removed < n {
					removed++
					return true
				}
				return false
			})
		}
	}
	keep := quiet(gate.RuleDangling, gate.RuleRemoved, gate.RuleRemovedAnchor)
	small := func() *world {
		w := newWorld()
		of("N01A", 93)(w) // seven are left
		return w
	}
	run(t, []verdictCase{
		{name: "25 % exactly", after: of("N01A", 25), config: keep},
		{name: "just over 25 %", after: of("N01A", 26), config: keep, holds: []string{"removed-atc drugs"}},
		{name: "three of seven", before: small, after: of("N01A", 3), config: keep},
		{name: "four of seven", before: small, after: of("N01A", 4), config: keep, holds: []string{"removed-atc drugs"}},
		{name: "all of a group, by itself under 2 %", before: func() *world {
			w := newWorld()
			of("N01A", 85)(w)
			return w
		}, after: of("N01A", 15), config: quiet(gate.RuleDangling), holds: []string{"removed-atc drugs"}},
		{name: "moved to another group is not removed", after: func(w *world) {
			change(w, func(_ int, d *fest.Drug) {
				if d.Atc.Code[:4] == "N01A" {
					d.Atc = ptr(cv("7180", "N02BE01", "paracetamol"))
				}
			})
		}, config: quiet(gate.RuleRemapATC, gate.RuleFieldValue)},
		{name: "without a code, and codes that are no ATC (R115)", before: func() *world {
			return change(newWorld(), func(_ int, d *fest.Drug) {
				switch d.Atc.Code[:4] {
				case "N01A":
					d.Atc = nil
				case "N02B":
					d.Atc.Code = "WITHOUT"
				}
			})
		}, after: func(w *world) {
			remove(w, func(i int, d *fest.Drug) bool {
				return d.Atc == nil && i < 300 || d.Atc != nil && d.Atc.Code == "WITHOUT" && i < 300
			})
		}, config: keep},
		{name: "veterinary codes are a level longer (R65)", before: func() *world {
			return change(newWorld(), func(_ int, d *fest.Drug) {
				if d.Atc.Code[:4] == "N01A" {
					d.Atc.Code = "QN01A" + string('A'+d.Atc.Code[6]%2) + "01"
				}
			})
		}, after: func(w *world) {
			n := 0
			remove(w, func(_ int, d *fest.Drug) bool { n++; return d.Atc.Code[:1] == "Q" && n < 270 })
		}, config: keep, holds: []string{"removed-atc drugs"}},
		{name: "first ever", first: true, after: of("N01A", 100), config: keep},
	})
}

func TestRemovedCodeList(t *testing.T) {
	cut := func(list, n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, s *fest.CodeSystem) {
				if i == list {
					s.Elements = s.Elements[:len(s.Elements)-n]
				}
			})
		}
	}
	run(t, []verdictCase{
		{name: "25 % exactly", after: cut(1, 10)},
		{name: "just over 25 %", after: cut(1, 11), holds: []string{"removed-code-list code-system-elements"}},
		{name: "three of twelve", after: cut(2, 3)},
		{name: "four of twelve", after: cut(2, 4), holds: []string{"removed-code-list code-system-elements"}},
		{name: "first ever", first: true, after: cut(1, 39)},
	})
}

func TestAdded(t *testing.T) {
	more := func(n int) func(w *world) {
		return func(w *world) {
			for i := range n {
				x := interaction(i)
				x.ID = id[fest.ID]("INEW", i)
				w.add(fest.ClassInteraction, x)
			}
		}
	}
	run(t, []verdictCase{
		{name: "25 % exactly", after: more(100)},
		{name: "just over 25 %", after: more(101), holds: []string{"added interaction-substances", "added interactions"}},
		{name: "over 25 % but no more than fifty", after: func(w *world) {
			for i := range 50 {
				n := notification(i, ordinarySizes())
				n.Headline += " ny"
				w.add(fest.ClassNotification, n)
			}
		}},
		{name: "doubled", after: func(w *world) {
			for i := range 51 {
				n := notification(i, ordinarySizes())
				n.Headline += " ny"
				w.add(fest.ClassNotification, n)
			}
		}, holds: []string{"added notifications"}},
		{name: "a class that had none", before: func() *world { w := newWorld(); removeFirst[fest.Interaction](w, 400); return w }, after: more(51),
			holds: []string{"added interaction-substances", "added interactions"}},
		{name: "a class that had none, few", before: func() *world { w := newWorld(); removeFirst[fest.Interaction](w, 400); return w }, after: more(8)},
		{name: "first ever", first: true},
	})
}

func TestChanged(t *testing.T) {
	edit := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, x *fest.Interaction) {
				if i < n {
					x.ClinicalConsequence += " Ny tekst."
				}
			})
		}
	}
	run(t, []verdictCase{
		{name: "40 % exactly", after: edit(160)},
		{name: "just over 40 %", after: edit(161), holds: []string{"changed interactions"}},
		{name: "over 40 % but no more than five", before: func() *world { w := newWorld(); removeFirst[fest.ShortDose](w, 20); return w },
			after: func(w *world) {
				change(w, func(i int, d *fest.ShortDose) {
					if i < 5 {
						d.TermDescription = "ny"
					}
				})
			}},
		{name: "garbled displays", after: func(w *world) {
			change(w, func(_ int, d *fest.Drug) { d.PharmaceuticalFormShort.Display = "Tablett Ã¸" })
		}, holds: []string{"changed drugs"}},
		{name: "first ever", first: true, after: edit(400)},
	})
}
