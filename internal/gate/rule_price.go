package gate

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// rulePriceOrder: nobody sells for less than they pay (R146). An inverted
// mapping of the two types, which the printed code list invites (R101), shows
// here.
func rulePriceOrder() rule {
	return rule{
		name:    RulePriceOrder,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold},
		classes: only(fest.ClassPackage),
		meaning: "Packages have a retail price (AUP) below their purchase price (AIP).",
		advice: "Nearly all packages: the price types are swapped; reject. A few: DMP's slip; approve if these prices do no harm, and tell DMP. " +
			"A waiver keeps a known slip from holding every release.",
		check: func(j *judgement) {
			f := j.candidate
			size := f.count(packageClass)
			measured, limit := levelOf(len(f.below), size), j.limit(packageClass, size)
			if len(f.below) == 0 || !measured.exceeds(limit) {
				return
			}
			found := Finding{Finding: fest.Finding{
				Class: packageClass.String(), Count: len(f.below),
				Text: fmt.Sprintf("%d packages have a retail price (AUP) below their purchase price (AIP)", len(f.below)),
			}, Measured: measured, Limit: limit}
			for _, b := range f.below {
				a := f.affected(packageClass, b.row)
				a.Name += fmt.Sprintf(": AUP %s < AIP %s", f.text[b.aup], f.text[b.aip])
				found.Affected = append(found.Affected, a)
			}
			j.report(found)
		},
	}
}

// rulePriceRatio compares the newest price of each type with the newest of the
// same type and currency before.
func rulePriceRatio() rule {
	return rule{
		name:    RulePriceRatio,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold, Share: 0.01, Count: 5},
		classes: only(fest.ClassPackage, fest.ClassBreastProsthesis, fest.ClassMedicalConsumable,
			fest.ClassNutrient),
		meaning: "Prices have more than doubled or been more than halved on more of the class than ever happens.",
		advice:  "A shifted decimal point, another currency, or one price on everything. Look at a few of the named; approve only what DMP or Helfo has announced.",
		check: func(j *judgement) {
			if j.served == nil || j.baseline == nil {
				return
			}
			for _, c := range j.rule.classes {
				j.checkRatio(c)
			}
		},
	}
}

func (j *judgement) checkRatio(c class) {
	b, a := j.baseline, j.candidate
	before, after := b.pricesOf(c), a.pricesOf(c)
	allowed := j.cfg.Parameters.PriceRatio
	compared, last := 0, ""
	var affected []fest.Affected
	for i, k := 0, 0; i < len(before) && k < len(after); {
		p, q := before[i], after[k]
		switch order := cmp.Or(strings.Compare(b.key(c, p.row), a.key(c, q.row)), strings.Compare(b.text[p.typ], a.text[q.typ])); {
		case order < 0:
			i++
			continue
		case order > 0:
			k++
			continue
		}
		i, k = i+1, k+1
		key := a.key(c, q.row)
		if b.text[p.currency] == a.text[q.currency] && p.amount <= 0 && q.amount <= 0 {
			continue // free before and after
		}
		outside := b.text[p.currency] != a.text[q.currency] || p.amount <= 0 || q.amount <= 0
		if !outside {
			ratio := float64(q.amount) / float64(p.amount)
			outside = ratio < allowed.Low || ratio > allowed.High
		}
		if key != last {
			compared++
		}
		if outside && (len(affected) == 0 || affected[len(affected)-1].ID != key) {
			x := a.affected(c, q.row)
			x.Name += fmt.Sprintf(": %s %s → %s", priceName(a.text[q.typ]), amount(p, b), amount(q, a))
			affected = append(affected, x)
		}
		last = key
	}
	measured, limit := levelOf(len(affected), compared), j.limit(c, compared)
	if len(affected) == 0 || !measured.exceeds(limit) {
		return
	}
	j.report(Finding{Finding: fest.Finding{
		Class: c.String(), Count: len(affected), Affected: affected,
		Text: fmt.Sprintf("%d of %d %s with a price (%s) have one outside %g to %g times what it was; more than %s and more than %d is held",
			len(affected), compared, c, percent(measured.Share), allowed.Low, allowed.High, percent(limit.Share), limit.Count),
	}, Measured: measured, Limit: limit, Against: AgainstServed})
}

// pricesOf are the prices of a class, ascending by key and type.
func (f *Facts) pricesOf(c class) []price {
	from := 0
	for from < len(f.prices) && f.prices[from].class < c {
		from++
	}
	until := from
	for until < len(f.prices) && f.prices[until].class == c {
		until++
	}
	return f.prices[from:until]
}

func priceName(typ string) string {
	switch typ {
	case priceAIP:
		return "AIP"
	case priceAUP:
		return "AUP"
	default:
		return "price " + typ
	}
}

func amount(p price, f *Facts) string {
	return fmt.Sprintf("%.2f %s", float64(p.amount)/priceUnit, f.text[p.currency])
}
