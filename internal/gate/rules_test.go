package gate_test

import (
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

func TestRetrievalDate(t *testing.T) {
	at := func(s string) func(w *world) {
		return func(w *world) { w.doc.RetrievalDate = fest.DateTime(s) }
	}
	held := []string{"retrieval-date"}
	// The clock stands at 2026-09-25T03:09:06 UTC.
	run(t, []verdictCase{
		{name: "a second later", after: at("2026-09-08T03:09:07")},
		{name: "the same", after: at("2026-09-08T03:09:06"), holds: held},
		{name: "a second earlier", after: at("2026-09-08T03:09:05"), holds: held},
		{name: "a fraction later, zone ignored (R9)", after: at("2026-09-08T03:09:06.001Z")},
		{name: "the same with a zone", after: at("2026-09-08T03:09:06+02:00"), holds: held},
		{name: "as far ahead as Oslo and an hour", after: at("2026-09-25T06:09:06")},
		{name: "further ahead", after: at("2026-09-25T06:09:07"), holds: held},
		{name: "next year", after: at("2027-09-20T03:09:06"), holds: held},
		{name: "empty", after: at(""), holds: held},
		{name: "no date", after: at("i går"), holds: held},
		{name: "a date without a time", after: at("2026-09-20"), holds: held},
		{name: "first ever, old", first: true, after: at("2014-09-20T00:00:00")},
		{name: "first ever, in the future", first: true, after: at("2027-01-01T00:00:00"), holds: held},
		{name: "the served one cannot be read", before: func() *world { w := newWorld(); w.doc.RetrievalDate = "?"; return w }},
	})
}

func TestFilter(t *testing.T) {
	as := func(f fest.Filter) func() *world {
		return func() *world { w := newWorld(); w.filter = f; return w }
	}
	repack := func(w *world) {
		change(w, func(i int, p *fest.Package) {
			if i < 3 {
				p.MarketingInformation = &fest.MarketingInformation{UnitDoseRepackager: ptr(fest.Text("Sykehusapoteket"))}
			}
		})
	}
	conditioned := func(number string) func(w *world) {
		return func(w *world) {
			change(w, func(i int, c *fest.Condition) {
				if i == 7 {
					c.ConditionNumber = ptr(fest.Text(number))
				}
			})
			change(w, func(i int, p *fest.Package) {
				if i < 2 {
					p.Conditions = []fest.Ref{id[fest.Ref]("C", 7)}
				}
			})
		}
	}
	hospital := func(w *world) {
		change(w, func(i int, p *fest.Package) {
			if i == 5 {
				p.Prices = append(p.Prices, fest.Price{PriceType: cv("7453", "9", "Maksimalpris H-resept"), Price: fest.MO{Value: "9", Currency: "NOK"}})
			}
		})
	}
	veterinary := func(share int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i%100 < share {
					d.Atc = ptr(cv("7180", "Q"+d.Atc.Code, "vet"))
				}
			})
		}
	}
	all := quiet(gate.RuleRemapATC, gate.RuleFieldValue, gate.RuleChanged)
	run(t, []verdictCase{
		{name: "unit doses in Rekvirent (R52)", after: repack, holds: []string{"filter packages"}},
		{name: "unit doses in Institusjon", before: func() *world { w := as(fest.FilterInstitution)(); repack(w); return w }},
		{name: "unit doses in NAV/Helfo", before: as(fest.FilterHelfo), after: repack},
		{name: "an Institusjon without any", before: as(fest.FilterInstitution), holds: []string{"filter"}},
		{name: "a small Institusjon without any", before: func() *world {
			w := as(fest.FilterInstitution)()
			remove(w, func(i int, _ *fest.Package) bool { return i >= 999 })
			return w
		}},
		{name: "condition 41 in Rekvirent", after: conditioned("41"), holds: []string{"filter packages"}},
		{name: "condition 40 in Rekvirent", after: conditioned("40"), holds: []string{"filter packages"}},
		{name: "condition 42 in Rekvirent", after: conditioned("42")},
		{name: "condition 40 in Rekvirent, first ever", first: true, after: conditioned("40")},
		{name: "condition 40 in Rekvirent, first ever in production", first: true, after: conditioned("40"), config: production, holds: []string{"filter packages"}},
		{name: "prices of H-prescriptions in Rekvirent (R88)", after: hospital, holds: []string{"filter packages"}},
		{name: "prices of H-prescriptions in Farmalogg", before: as(fest.FilterFarmalogg), after: hospital},
		{name: "GyldigFradatoHelfo in Rekvirent", after: func(w *world) { w.doc.ValidFromDateHelfo = ptr(fest.Date("2026-10-01")) }, holds: []string{"filter"}},
		{name: "GyldigFradatoHelfo in NAV/Helfo", before: as(fest.FilterHelfo), after: func(w *world) { w.doc.ValidFromDateHelfo = ptr(fest.Date("2026-10-01")) }},
		{name: "half veterinary in Rekvirent", after: veterinary(50), config: all},
		{name: "mostly veterinary in Rekvirent", after: veterinary(51), config: all, holds: []string{"filter"}},
		{name: "mostly veterinary in Rekvirent, first ever", first: true, after: veterinary(51)},
		{name: "mostly veterinary in Rekvirent, first ever in production", first: true, after: veterinary(51), config: production, holds: []string{"filter"}},
		{name: "Veterinær that is not", before: as(fest.FilterVeterinary), holds: []string{"filter"}},
		{name: "Veterinær that is", before: func() *world { w := as(fest.FilterVeterinary)(); veterinary(60)(w); return w }},
		{name: "Bandasjist with more drugs than commodities", before: as(fest.FilterConsumables), holds: []string{"filter"}},
		{name: "Bandasjist", before: func() *world {
			w := as(fest.FilterConsumables)()
			remove(w, func(i int, _ *fest.Drug) bool { return i >= 10 })
			return w
		}},
		{name: "another filter than the served release's is not compared (R27)", after: func(w *world) {
			w.filter = fest.FilterHelfo
			removeFirst[fest.Drug](w, 900)
		}, holds: []string{"filter"}},
		{name: "empty, missing: nothing to contradict", first: true, after: func(w *world) { w.entries = nil }},
	})
}

func TestUnknownMarkupAndSchema(t *testing.T) {
	found := func(rule string, severity fest.Severity, n int) func(w *world) {
		return func(w *world) {
			w.found = []fest.Finding{{
				Rule: rule, Severity: severity, Class: "drugs", Path: "a/b/c", Count: n, Text: "a/b/c …", Affected: []fest.Affected{{ID: "E1", Line: 12}},
			}}
		}
	}
	had := func(n int) func() *world {
		return func() *world { w := newWorld(); found(fest.RuleMissingElement, fest.SeverityHold, n)(w); return w }
	}
	run(t, []verdictCase{
		{name: "an unknown element", after: found(fest.RuleUnknownElement, fest.SeverityHold, 1), holds: []string{"unknown-markup drugs a/b/c"}},
		{name: "an unknown attribute, first ever", first: true, after: found(fest.RuleUnknownAttribute, fest.SeverityHold, 1), holds: []string{"unknown-markup drugs a/b/c"}},
		{name: "a lost namespace is a note", after: found(fest.RuleNamespaceLost, fest.SeverityNote, 100)},
		{name: "something required is missing", after: found(fest.RuleMissingElement, fest.SeverityHold, 1), holds: []string{"schema drugs a/b/c"}},
		{name: "as often as in the served release", before: had(3)},
		{name: "more often than in the served release", before: had(3), after: found(fest.RuleMissingElement, fest.SeverityHold, 4), holds: []string{"schema drugs a/b/c"}},
		{name: "first ever", first: true, after: found(fest.RuleMissingElement, fest.SeverityHold, 1), holds: []string{"schema drugs a/b/c"}},
		{name: "expired entries", after: func(w *world) { w.add(fest.ClassDrug, nil) }, holds: []string{"schema"}},
	})
}

func TestDangling(t *testing.T) {
	dangle := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Dose) {
				if i < n {
					d.Packages = append(d.Packages, "ID_nowhere")
				}
			})
		}
	}
	some := func() *world { w := newWorld(); dangle(3)(w); return w }
	run(t, []verdictCase{
		{name: "one where none was (R145)", after: dangle(1), holds: []string{"dangling-reference"}},
		{name: "as many as before", before: some},
		{name: "one more than before", before: some, after: func(w *world) {
			change(w, func(i int, d *fest.Dose) {
				if i == 9 {
					d.Packages = append(d.Packages, "ID_nowhere")
				}
			})
		}, holds: []string{"dangling-reference"}},
		{name: "as many more as the limit lets pass", before: some, after: func(w *world) {
			change(w, func(i int, d *fest.Dose) {
				if i == 9 || i == 10 {
					d.Packages = append(d.Packages, "ID_nowhere")
				}
			})
		}, config: func(c *gate.Config) { rule(c, gate.RuleDangling, func(l *gate.Limit) { l.Count = 2 }) }},
		{name: "a reference to the wrong kind of object", after: func(w *world) {
			change(w, func(i int, d *fest.Dose) {
				if i == 0 {
					d.Packages = append(d.Packages, id[fest.Ref]("M", 0))
				}
			})
		}, holds: []string{"dangling-reference"}},
		{name: "first ever is a note: an extract of an extract", first: true, after: dangle(1)},
	})
	after := newWorld().fortnight()
	dangle(2)(after)
	f := find(t, judge(after, newWorld(), gate.Default()), gate.RuleDangling, "")
	if f.Count != 2 || f.Affected[0].ID != "ID_D-000000" || f.Affected[0].Name != "Merke 0 tab 1 mg: packages → ID_nowhere" {
		t.Errorf("finding = %d × %+v", f.Count, f.Affected[0])
	}
}

func TestDuplicates(t *testing.T) {
	run(t, []verdictCase{
		{name: "one object id twice", after: func(w *world) {
			d := drug(0, 1000)
			w.add(fest.ClassDrug, d)
		}, holds: []string{"duplicate-id"}},
		{name: "one id on two classes", after: func(w *world) {
			w.add(fest.ClassSubstitutionGroup, &fest.SubstitutionGroup{ID: id[fest.ID]("M", 0), Code: fest.CS{Code: "1"}, RemarkRegardingSubstitution: "false"})
		}, holds: []string{"duplicate-id"}},
		{name: "one entry id twice", after: func(w *world) { w.entries[1].EntryID = w.entries[0].EntryID }, holds: []string{"duplicate-id"}},
		{name: "first ever", first: true, after: func(w *world) { w.entries[1].EntryID = w.entries[0].EntryID }, holds: []string{"duplicate-id"}},
		{name: "everything doubled", first: true, after: func(w *world) { w.entries = append(w.entries, w.entries...) }, holds: []string{
			"duplicate-id", "duplicate-key code-systems", "duplicate-key interactions-not-assessed", "duplicate-key notifications", "duplicate-key short-doses",
		}},
		{name: "an item number twice is a note (R21)", after: func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i == 1 {
					p.ItemNumber = "900005" // also a commodity's
				}
			})
		}},
		{name: "one notification like another", after: func(w *world) { w.add(fest.ClassNotification, notification(0, ordinarySizes())) }},
		{name: "two more like others", after: func(w *world) {
			w.add(fest.ClassNotification, notification(0, ordinarySizes()))
			w.add(fest.ClassNotification, notification(1, ordinarySizes()))
		}, holds: []string{"duplicate-key notifications"}},
	})
	after := newWorld().fortnight()
	change(after, func(i int, p *fest.Package) {
		if i == 1 {
			p.ItemNumber = "900005"
		}
	})
	f := find(t, judge(after, newWorld(), gate.Default()), gate.RuleDuplicateItem, "")
	if f.Severity != fest.SeverityNote || f.Count != 1 || f.Affected[0].ID != "900005" {
		t.Errorf("finding = %+v", f)
	}
	doubled := newWorld().fortnight()
	doubled.entries = append(doubled.entries, doubled.entries...)
	v := judge(doubled, newWorld(), gate.Default())
	find(t, v, gate.RuleDuplicateID, "")
	find(t, v, gate.RuleAdded, "drugs")
	find(t, v, gate.RuleAdded, "medical-consumables")
}

func TestFieldLoss(t *testing.T) {
	empty := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < n {
					d.PharmaceuticalFormShort = nil
				}
			})
		}
	}
	small := func(n int) func() *world {
		return func() *world { w := newWorld(); remove(w, func(i int, _ *fest.Drug) bool { return i >= n }); return w }
	}
	dangling := quiet(gate.RuleDangling)
	run(t, []verdictCase{
		{name: "5 points exactly", after: empty(50)},
		{name: "just over 5 points", after: empty(51), holds: []string{"field-loss drugs pharmaceuticalFormShort"}},
		{name: "over 5 points but no more than twenty", before: small(300), after: empty(20), config: dangling},
		{name: "over 5 points and 21", before: small(300), after: empty(21), config: dangling, holds: []string{"field-loss drugs pharmaceuticalFormShort"}},
		{name: "a class under 200", before: small(199), after: empty(70), config: dangling},
		{name: "a class of 200", before: small(200), after: empty(70), config: dangling, holds: []string{"field-loss drugs pharmaceuticalFormShort"}},
		{name: "emptied on all, nested", after: func(w *world) {
			change(w, func(_ int, d *fest.Drug) { d.MedicineAdministration = nil })
		}, holds: []string{"changed drugs", "field-loss drugs medicineAdministration.canBeCrushed", "field-loss drugs medicineAdministration.routesOfAdministration"}},
		{name: "a boolean emptied", after: func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < 100 {
					d.ProductInformation.WarningTriangle = nil
				}
			})
		}, holds: []string{"field-loss drugs productInformation.warningTriangle"}},
		{name: "a text emptied", after: func(w *world) {
			change(w, func(i int, x *fest.Interaction) {
				if i < 30 {
					x.Handling = nil
				}
			})
		}, holds: []string{"field-loss interactions handling"}},
		{name: "references emptied", after: func(w *world) {
			change(w, func(i int, c *fest.MedicalConsumable) {
				if i < 100 {
					c.Reimbursement = nil
				}
			})
		}, holds: []string{"field-loss medical-consumables reimbursement.reimbursementGroups"}},
		{name: "an empty code is none", after: func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < 60 {
					d.PrescriptionGroup = fest.CS{}
				}
			})
		}, holds: []string{"field-loss drugs prescriptionGroup", "remap-prescription-group drugs"}},
		{name: "dates come and go", after: func(w *world) {
			change(w, func(_ int, c *fest.MedicalConsumable) { c.Prices[0].ValidUntilDate = nil })
		}},
		{name: "on objects that are gone", after: func(w *world) {
			remove(w, func(i int, _ *fest.Drug) bool { return i < 15 })
		}, config: dangling},
		{name: "first ever", first: true, after: empty(1000)},
	})
	after := newWorld().fortnight()
	empty(51)(after)
	f := find(t, judge(after, newWorld(), gate.Default()), gate.RuleFieldLoss, "drugs")
	if len(f.Affected) != 51 || f.Affected[0].ID != "ID_M-000000" || f.Measured.Count != 51 {
		t.Errorf("finding names %d, measured %+v", len(f.Affected), f.Measured)
	}
}

func TestFieldValue(t *testing.T) {
	// Three in four interactions have relevance 2; display rules none.
	basis := func(n int, code string) func(w *world) {
		return func(w *world) {
			change(w, func(i int, x *fest.Interaction) {
				if i < n {
					x.SourceBasis.Code = code
				}
			})
		}
	}
	mixed := func() *world { w := newWorld(); basis(200, "2")(w); return w }
	run(t, []verdictCase{
		{name: "5 points exactly, and no more than twenty", after: basis(20, "4")},
		{name: "just over", after: basis(21, "4"), holds: []string{"field-value interactions sourceBasis"}},
		{name: "the commonest grows", before: mixed, after: basis(220, "2")},
		{name: "a rare value becomes the commonest", after: func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i%4 == 0 {
					d.Atc = ptr(cv("7180", "N02BE01", "paracetamol"))
				}
			})
		}, config: quiet(gate.RuleRemapATC), holds: []string{"field-value drugs atc"}},
		{name: "a boolean turned round", after: func(w *world) {
			change(w, func(_ int, d *fest.Drug) {
				b := d.ProductInformation.WarningTriangle
				*b = map[fest.Boolean]fest.Boolean{"true": "false", "false": "true"}[*b]
			})
		}, holds: []string{"changed drugs", "field-value drugs productInformation.warningTriangle"}},
		{name: "a boolean in its other spelling", after: func(w *world) {
			change(w, func(_ int, r *fest.Reimbursement) { r.RequiresProductLink = "1" })
		}},
		{name: "a unit", after: func(w *world) {
			change(w, func(i int, s *fest.IngredientStrength) {
				if i < 100 {
					s.Strength.Unit = "g"
				}
			})
		}, config: quiet(gate.RuleRemapStrength), holds: []string{"field-value ingredient-strengths strength"}},
		{name: "the code list of a code (R89)", after: func(w *world) {
			change(w, func(_ int, r *fest.Reimbursement) {
				for k := range r.ReimbursementGroups[0].ReimbursementCodes {
					r.ReimbursementGroups[0].ReimbursementCodes[k].Code.System = fest.OIDRoot + "7170"
				}
			})
		}, holds: []string{"added reimbursement-codes", "removed reimbursement-codes"}},
		{name: "first ever", first: true, after: basis(400, "4")},
	})
}

func production(c *gate.Config) { c.Profile = gate.ProfileProduction }
