package gate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

func TestRemap(t *testing.T) {
	bogus := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < n {
					d.Atc = ptr(cv("7180", "X99XX99", "feil"))
				}
			})
		}
	}
	january := func(n int, date time.Time) func(w *world) {
		return func(w *world) { bogus(n)(w); w.on(date) }
	}
	at := func(name string, n int, holds []string, after func(i int, w *world)) verdictCase {
		return verdictCase{name: fmt.Sprintf("%s: %d", name, n), holds: holds, after: func(w *world) { after(n, w) }}
	}
	group := func(n int, w *world) {
		change(w, func(i int, p *fest.Package) {
			if i < n {
				p.PrescriptionGroup.Code = "B"
			}
		})
	}
	strengths := func(n int, w *world) {
		change(w, func(i int, s *fest.IngredientStrength) {
			if i < n {
				s.Strength.Value += "0"
			}
		})
	}
	substances := func(n int, w *world) {
		change(w, func(i int, s *fest.IngredientStrength) {
			if i < n {
				s.ActiveSubstance = id[fest.Ref]("V", i+1)
			}
		})
	}
	drugs := func(n int, w *world) {
		change(w, func(i int, d *fest.Dose) {
			if i < n {
				d.Drug = id[fest.Ref]("M", i+1)
			}
		})
	}
	relevance := func(n int, w *world) {
		change(w, func(i int, x *fest.Interaction) {
			if i < n {
				x.Relevance.Code = "3"
			}
		})
	}
	run(t, []verdictCase{
		{name: "ATC: twenty of a thousand", after: bogus(20)},
		{name: "ATC: 21", after: bogus(21), holds: []string{"remap-atc drugs"}},
		{name: "ATC emptied", after: func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < 21 {
					d.Atc = nil
				}
			})
		}, holds: []string{"remap-atc drugs"}},
		{name: "ATC filled is no re-mapping (R144)", before: func() *world {
			return change(newWorld(), func(i int, d *fest.Drug) {
				if i < 40 {
					d.Atc = nil
				}
			})
		}, after: bogus(40)},
		at("prescription group", 20, nil, group),
		at("prescription group", 21, []string{"remap-prescription-group packages"}, group),
		// A generic and a drug each have the strength that changed.
		at("strength", 10, nil, strengths),
		at("strength", 11, []string{"remap-strength drugs", "remap-strength ingredient-strengths"}, strengths),
		at("ingredient", 10, nil, substances),
		at("ingredient", 11, []string{"remap-ingredient drugs", "remap-ingredient ingredient-strengths"}, substances),
		at("drug", 20, nil, drugs),
		at("drug", 21, []string{"remap-drug doses"}, drugs),
		at("relevance", 20, nil, relevance),
		at("relevance", 21, []string{"remap-relevance interactions"}, relevance),
		{name: "package to drug", after: func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i < 21 {
					p.PackageInformation[0].Drug = id[fest.Ref]("M", 999)
				}
			})
		}, holds: []string{"remap-drug packages"}},
		{name: "another strength that says the same is no other strength (R42)", after: func(w *world) {
			for i := range 100 {
				s := strength(i, 1000)
				s.ID = id[fest.ID]("VS2", i)
				w.add(fest.ClassIngredientStrength, s)
			}
			change(w, func(i int, d *fest.Drug) {
				if i < 100 {
					d.SortedActiveSubstancesWithStrength[0].ActiveSubstanceWithStrength = id[fest.Ref]("VS2", i)
				}
			})
		}},
		{name: "January: 5 %", after: january(50, time.Date(2027, 1, 4, 3, 0, 0, 0, time.UTC)), config: late},
		{name: "January: just over 5 %", after: january(51, time.Date(2027, 1, 4, 3, 0, 0, 0, time.UTC)), config: late,
			holds: []string{"field-value drugs atc", "remap-atc drugs"}},
		{name: "made in December for January", after: january(50, time.Date(2026, 12, 29, 3, 0, 0, 0, time.UTC)), config: late},
		{name: "February", after: january(50, time.Date(2027, 2, 1, 3, 0, 0, 0, time.UTC)), config: late, holds: []string{"remap-atc drugs"}},
		{name: "first ever", first: true, after: bogus(1000)},
		{name: "empty, nothing left to map", after: func(w *world) { remove(w, func(int, *fest.Drug) bool { return true }) },
			config: quiet(gate.RuleDangling), holds: []string{"class-gone drugs"}},
	})
}

// late lets a release of next winter be judged by the clock of this autumn.
func late(c *gate.Config) { c.Parameters.FutureBy = gate.Duration(365 * 24 * time.Hour) }

func TestPrices(t *testing.T) {
	invert := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i < n {
					p.Prices[0].PriceType, p.Prices[1].PriceType = p.Prices[1].PriceType, p.Prices[0].PriceType
				}
			})
		}
	}
	scale := func(n int, factor string) func(w *world) {
		return func(w *world) {
			change(w, func(i int, c *fest.MedicalConsumable) {
				if i < n {
					c.Prices[0].Price.Value = factor
				}
			})
		}
	}
	even := func() *world {
		return change(newWorld(), func(_ int, c *fest.MedicalConsumable) { c.Prices[0].Price.Value = "100" })
	}
	run(t, []verdictCase{
		{name: "AUP equal to AIP (R146)", after: func(w *world) {
			change(w, func(_ int, p *fest.Package) { p.Prices[1].Price.Value = p.Prices[0].Price.Value })
		}},
		{name: "AUP an øre below AIP", after: func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i == 4 {
					p.Prices[0].Price.Value, p.Prices[1].Price.Value = "100.00", "99.99"
				}
			})
		}, holds: []string{"price-order packages"}},
		{name: "an inverted mapping", after: invert(1200), holds: []string{"price-order packages"}},
		{name: "an inverted mapping, first ever", first: true, after: invert(1200), holds: []string{"price-order packages"}},
		{name: "only one of the two", after: func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i < 10 {
					p.Prices = p.Prices[:1]
				}
			})
		}},
		{name: "a coming AIP above today's AUP, with its own AUP", after: func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i == 4 {
					p.Prices = append(p.Prices, prices(200, 250, "2026-10-15")...)
				}
			})
		}},
		{name: "a coming AIP above the AUP that stays", after: func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i == 4 {
					p.Prices = append(p.Prices, prices(200, 250, "2026-10-15")[:1]...)
				}
			})
		}, holds: []string{"price-order packages"}},
		{name: "doubled and halved exactly", before: even, after: func(w *world) { scale(300, "200")(w); scale(150, "50.0")(w) }},
		{name: "1 % more than doubled", before: even, after: scale(6, "200.01")},
		{name: "more than 1 % more than doubled", before: even, after: scale(7, "200.01"), holds: []string{"price-ratio medical-consumables"}},
		{name: "more than 1 % less than half", before: even, after: scale(7, "49.99"), holds: []string{"price-ratio medical-consumables"}},
		{name: "a shifted decimal point", before: even, after: scale(600, "1.00"), holds: []string{"price-ratio medical-consumables"}},
		{name: "free all at once", before: even, after: scale(7, "0"), holds: []string{"price-ratio medical-consumables"}},
		{name: "another currency", before: even, after: func(w *world) {
			change(w, func(i int, c *fest.MedicalConsumable) {
				if i < 7 {
					c.Prices[0].Price.Currency = "EUR"
				}
			})
		}, holds: []string{"price-ratio medical-consumables"}},
		{name: "no number", before: even, after: scale(7, "hundre")},
		{name: "the prices are gone", before: even, after: func(w *world) {
			change(w, func(_ int, c *fest.MedicalConsumable) { c.Prices = nil })
		}, holds: []string{"field-loss medical-consumables prices.price", "field-loss medical-consumables prices.priceType"}},
		{name: "a coming price beside today's", before: even, after: func(w *world) {
			change(w, func(i int, c *fest.MedicalConsumable) {
				if i < 7 {
					c.Prices = append(c.Prices, fest.Price{PriceType: c.Prices[0].PriceType, Price: fest.MO{Value: "201", Currency: "NOK"}, ValidFromDate: ptr(fest.Date("2026-10-01"))})
				}
			})
		}, holds: []string{"price-ratio medical-consumables"}},
		{name: "first ever", first: true, after: scale(600, "1")},
	})
}
