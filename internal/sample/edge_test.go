package sample_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/sample"
)

var update = flag.Bool("update", false, "rewrite docs/SAMPLE.md")

// smallIndex finds the small sample's entries.
type smallIndex struct {
	d    *sample.Data
	byID map[string]*fest.Entry // resource and key, or headline
	all  []*fest.Entry
}

func indexSmall(d *sample.Data) *smallIndex {
	x := &smallIndex{d: d, byID: map[string]*fest.Entry{}}
	for e := range d.Entries() {
		x.all = append(x.all, e)
		for _, it := range e.Items() {
			x.byID[string(it.Resource)+" "+it.Key] = e
		}
		if n, ok := e.Object.(*fest.Notification); ok {
			x.byID[string(fest.ResourceNotifications)+" "+string(n.Headline)] = e
		}
	}
	return x
}

func (x *smallIndex) condition(r fest.Ref) *fest.Condition {
	if e := x.byID[string(fest.ResourceConditions)+" "+string(r)]; e != nil {
		return e.Object.(*fest.Condition)
	}
	return &fest.Condition{}
}

func (x *smallIndex) hasCondition(refs []fest.Ref, ok func(*fest.Condition) bool) bool {
	return slices.ContainsFunc(refs, func(r fest.Ref) bool { return ok(x.condition(r)) })
}

func (x *smallIndex) day(days int) string {
	return x.d.Retrieved().AddDate(0, 0, days).Format("2006-01-02")
}

// group is the reimbursement group of a key.
func group(e *fest.Entry, key string) fest.ReimbursementGroup {
	for _, g := range e.Object.(*fest.Reimbursement).ReimbursementGroups {
		if string(g.ID) == key {
			return g
		}
	}
	return fest.ReimbursementGroup{}
}

func has[T any](in []T, ok func(T) bool) bool { return slices.ContainsFunc(in, ok) }

func val[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// edgeChecks says of each edge case what makes it one.
var edgeChecks = map[string]func(x *smallIndex, e *fest.Entry, key string) bool{
	"leading-zeros": pack(func(_ *smallIndex, p *fest.Package) bool { return strings.HasPrefix(string(p.ItemNumber), "000") }),
	"seven-digits":  pack(func(_ *smallIndex, p *fest.Package) bool { return len(p.ItemNumber) == 7 }),
	"number-shared-with-commodity": pack(func(x *smallIndex, p *fest.Package) bool {
		return x.byID[string(fest.ResourceCommodities)+" "+string(p.ItemNumber)] != nil
	}),
	"outgoing-number": pack(func(_ *smallIndex, p *fest.Package) bool {
		return val(p.MarketingInformation.DiscontinuedItemNumber) == "034567"
	}),
	"two-bar-codes": pack(func(_ *smallIndex, p *fest.Package) bool {
		return len(p.BarCodes) == 2 && len(p.BarCodes[0]) == 13 && len(p.BarCodes[1]) == 14
	}),
	"bar-code-of-12": pack(func(_ *smallIndex, p *fest.Package) bool { return len(p.BarCodes) == 1 && len(p.BarCodes[0]) == 12 }),
	"no-bar-code": pack(func(_ *smallIndex, p *fest.Package) bool {
		return p.BarCodes == nil && p.Prices == nil && p.MarketingInformation == nil
	}),
	"no-price": pack(func(_ *smallIndex, p *fest.Package) bool { return p.Prices == nil && p.MedicationType.Code != "11" }),
	"combination-pack": pack(func(_ *smallIndex, p *fest.Package) bool {
		return len(p.PackageInformation) == 2 && p.PackageInformation[0].Drug != p.PackageInformation[1].Drug && p.PharmaceuticalFormShort.Display == "Kombinasjonspakning"
	}),
	"twin-drugs": drug(func(x *smallIndex, d *fest.Drug) bool {
		return has(x.all, func(e *fest.Entry) bool {
			o, ok := e.Object.(*fest.Drug)
			if !ok || *o.ID == *d.ID {
				return false
			}
			other := *o
			other.ID = d.ID
			return cmp.Equal(&other, d)
		})
	}),
	"kit": pack(func(_ *smallIndex, p *fest.Package) bool {
		i := p.PackageInformation[0]
		return len(i.PackageComponents) == 2 && i.PackageUnit.Code == "S" && i.PackageType.Display == "Sett"
	}),
	"group-cf": drug(func(x *smallIndex, d *fest.Drug) bool {
		groups := map[string]bool{}
		for _, e := range x.all {
			if p, ok := e.Object.(*fest.Package); ok && p.PackageInformation[0].Drug == fest.Ref(*d.ID) {
				groups[p.PrescriptionGroup.Code] = true
			}
		}
		return d.PrescriptionGroup.Code == "CF" && groups["C"] && groups["F"] && len(groups) == 2
	}),
	"group-f": pack(func(_ *smallIndex, p *fest.Package) bool { return p.PrescriptionGroup.Code == "F" }),
	"group-k": pack(func(_ *smallIndex, p *fest.Package) bool { return p.PrescriptionGroup.Code == "K" }),
	"selling-out-withdrawn": pack(func(x *smallIndex, p *fest.Package) bool {
		return string(val(p.MarketingInformation.WithdrawalDate)) == x.day(-30)
	}),
	"selling-out-temporarily": pack(func(x *smallIndex, p *fest.Package) bool {
		return string(val(p.MarketingInformation.TemporarilyDiscontinuedDate)) == x.day(-20) && p.Reimbursements[0].DispenseUntilDate != nil
	}),
	"not-yet-marketed": pack(func(x *smallIndex, p *fest.Package) bool {
		return string(val(p.MarketingInformation.MarketingDate)) == x.day(35)
	}),
	"two-prices": pack(func(x *smallIndex, p *fest.Package) bool {
		from := map[fest.Date]bool{}
		for _, v := range p.Prices {
			if v.PriceType.Code == "4" {
				from[*v.ValidFromDate] = true
			}
		}
		return len(from) == 2 && from[fest.Date(x.day(12))]
	}),
	"unit-dose-repack": pack(func(x *smallIndex, p *fest.Package) bool {
		return p.MarketingInformation.UnitDoseRepackager != nil && x.hasCondition(p.Conditions, numbered("41"))
	}),
	"bulk-pack": pack(func(x *smallIndex, p *fest.Package) bool { return x.hasCondition(p.Conditions, numbered("40")) }),
	"spc-on-package": pack(func(x *smallIndex, p *fest.Package) bool {
		d := x.byID[string(fest.ResourceDrugs)+" "+string(p.PackageInformation[0].Drug)].Object.(*fest.Drug)
		return len(p.SpcSections) == 1 && d.SpcSections == nil
	}),
	"several-reimbursements": pack(func(_ *smallIndex, p *fest.Package) bool {
		return len(p.Reimbursements) == 2 && len(p.Reimbursements[1].ReimbursementGroups) == 2
	}),
	"opioid-application": pack(func(_ *smallIndex, p *fest.Package) bool { return val(p.OpioidApplication) == "true" }),
	"unregistered-pharmacy-decides": drug(func(x *smallIndex, d *fest.Drug) bool {
		return d.MedicationType.Code == "11" && d.ApplicationType.Code == "2" && x.hasCondition(d.Conditions, numbered("34"))
	}),
	"unregistered-application": drug(func(_ *smallIndex, d *fest.Drug) bool {
		return d.MedicationType.Code == "11" && d.ApplicationType.Code == "3"
	}),
	"validity-by-sex": drug(func(_ *smallIndex, d *fest.Drug) bool {
		return len(d.PrescriptionValidities) == 2 && d.PrescriptionValidities[1].Gender.Code == "2" && d.PrescriptionValidities[1].Duration == "P7D"
	}),
	"validity-ten-days": drug(func(x *smallIndex, d *fest.Drug) bool {
		return d.PrescriptionValidities[0].Duration == "P10D" && x.hasCondition(d.Conditions, func(c *fest.Condition) bool {
			return c.ConditionGroup.Code == "5" && has(c.StructuredConditions, func(s fest.StructuredCondition) bool { return s.Type.Code == "28" && s.TextValues[0] == "P1Y" })
		})
	}),
	"no-atc": drug(func(_ *smallIndex, d *fest.Drug) bool {
		return d.Atc == nil && len(d.SortedActiveSubstancesWithStrength) == 0
	}),
	"without": drug(func(x *smallIndex, d *fest.Drug) bool {
		n := 0
		for _, e := range x.all {
			if o, ok := e.Object.(*fest.Drug); ok && o.Atc != nil && o.Atc.Code == "WITHOUT" {
				n++
			}
		}
		return d.Atc.Code == "WITHOUT" && n == 2
	}),
	"black-triangle": drug(func(x *smallIndex, d *fest.Drug) bool {
		return d.BlackTriangle != nil && x.hasCondition(d.Conditions, func(c *fest.Condition) bool { return c.ConditionGroup.Code == "6" })
	}),
	"warning-triangle": drug(func(x *smallIndex, d *fest.Drug) bool {
		return val(d.ProductInformation.WarningTriangle) == "true" && x.hasCondition(d.Conditions, func(c *fest.Condition) bool { return c.ConditionGroup.Code == "7" })
	}),
	"no-strength": drug(func(_ *smallIndex, d *fest.Drug) bool {
		return len(d.SortedActiveSubstancesWithoutStrength) == 1 && d.ProductInformation.VaccineStandard != nil
	}),
	"veterinary": drug(func(_ *smallIndex, d *fest.Drug) bool { return d.Atc.Code[0] == 'Q' && d.MedicationType.Code == "2" }),
	"mixing-proposals": drug(func(x *smallIndex, d *fest.Drug) bool {
		refs := d.MedicineAdministration.MixingLiquidProposals
		return len(refs) == 2 && x.byID[string(fest.ResourceGenerics)+" "+string(refs[0])] != nil && x.byID[string(fest.ResourceDrugs)+" "+string(refs[1])] != nil
	}),
	"several-dosage-units": drug(func(_ *smallIndex, d *fest.Drug) bool { return len(d.MedicineAdministration.DosageUnits) == 2 }),
	"taste": drug(func(_ *smallIndex, d *fest.Drug) bool {
		return d.Taste != nil && strings.HasSuffix(string(d.NameFormStrength), d.Taste.Display)
	}),
	"magistral-substance": func(x *smallIndex, e *fest.Entry, key string) bool {
		used := has(x.all, func(e *fest.Entry) bool {
			s, ok := e.Object.(*fest.IngredientStrength)
			return ok && string(s.ActiveSubstance) == key
		})
		return !used && e.Object.(*fest.Ingredient).NameEnglish == nil
	},
	"moiety-and-salts": func(_ *smallIndex, e *fest.Entry, _ string) bool {
		return len(e.Object.(*fest.Ingredient).FullActiveSubstances) == 2
	},
	"equal-strengths": strength(func(x *smallIndex, s *fest.IngredientStrength) bool {
		return has(x.all, func(e *fest.Entry) bool {
			o, ok := e.Object.(*fest.IngredientStrength)
			if !ok || o.ID == s.ID {
				return false
			}
			other := *o
			other.ID = s.ID
			return cmp.Equal(&other, s)
		})
	}),
	"interval-strength": strength(func(_ *smallIndex, s *fest.IngredientStrength) bool {
		return s.StrengthOperator.Code == "I" && val(s.StrengthUpperValue) == "525"
	}),
	"greater-than-strength": strength(func(_ *smallIndex, s *fest.IngredientStrength) bool {
		return s.StrengthOperator.Code == "S" && s.Strength.Value == "300"
	}),
	"alternative-strength": strength(func(_ *smallIndex, s *fest.IngredientStrength) bool { return val(s.AlternativeStrength).Unit == "%" }),
	"component-atc-of-another-salt": strength(func(_ *smallIndex, s *fest.IngredientStrength) bool {
		return val(s.AtcOfCombinationComponent).Display == "Kalsiumkarbonat"
	}),
	"icpc-sub-term": func(_ *smallIndex, e *fest.Entry, key string) bool {
		codes := group(e, key).ReimbursementCodes
		return has(codes, func(c fest.ReimbursementCode) bool {
			return c.SubTerm != nil && strings.HasSuffix(c.Code.System, ".7170")
		}) &&
			has(codes, func(c fest.ReimbursementCode) bool { return strings.HasSuffix(c.Code.System, ".7435") })
	},
	"several-groups-in-one-entry": func(_ *smallIndex, e *fest.Entry, _ string) bool {
		return len(e.Object.(*fest.Reimbursement).ReimbursementGroups) == 2
	},
	"condition-ends": func(x *smallIndex, e *fest.Entry, key string) bool {
		return has(group(e, key).ReimbursementCodes, func(c fest.ReimbursementCode) bool {
			return has(c.ReimbursementConditions, func(r fest.ReimbursementCondition) bool { return string(val(r.ToDate)) == x.day(20) })
		})
	},
	"code-runs-out": func(x *smallIndex, e *fest.Entry, key string) bool {
		return has(group(e, key).ReimbursementCodes, func(c fest.ReimbursementCode) bool {
			return string(val(c.PrescribeUntilDate)) == x.day(45) && string(val(c.DispenseUntilDate)) == x.day(410)
		})
	},
	"individual-reimbursement": func(_ *smallIndex, e *fest.Entry, _ string) bool {
		r := e.Object.(*fest.Reimbursement)
		return r.StatutoryAuthority.Code == "300" && r.RequiresDecision == "true" && r.RequiresProductLink == "false"
	},
	"h-prescription": func(_ *smallIndex, e *fest.Entry, key string) bool {
		g := group(e, key)
		return e.Object.(*fest.Reimbursement).StatutoryAuthority.Code == "950" && len(g.ReimbursementCodes) == 0 && len(g.Conditions) == 1 && g.RequiresReimbursementCode == "false"
	},
	"commodity-group": func(x *smallIndex, e *fest.Entry, key string) bool {
		return strings.HasPrefix(key, "RID_") && x.hasCondition(group(e, key).Conditions, func(c *fest.Condition) bool {
			return has(c.StructuredConditions, func(s fest.StructuredCondition) bool { return s.Type.Code == "11" })
		})
	},
	"age-from-to": condition(func(c *fest.Condition) bool {
		return len(c.StructuredConditions) == 2 && len(c.StructuredConditions[0].TextValues) == 1
	}),
	"specialities": condition(func(c *fest.Condition) bool {
		return len(c.StructuredConditions) == 1 && len(c.StructuredConditions[0].CodedValues) == 5
	}),
	"deleted-later": condition(func(c *fest.Condition) bool { return c.ValidUntilDate != nil }),
	"substitution-remark": substitution(func(_ *smallIndex, g *fest.SubstitutionGroup) bool {
		return g.RemarkRegardingSubstitution == "true" && g.SubstitutionDescription != nil
	}),
	"substitution-until": substitution(func(x *smallIndex, g *fest.SubstitutionGroup) bool { return string(val(g.ValidUntilDate)) == x.day(60) }),
	"substitution-across-generics": substitution(func(x *smallIndex, g *fest.SubstitutionGroup) bool {
		seen := map[string]bool{}
		for _, e := range x.all {
			if p, ok := e.Object.(*fest.Package); ok && p.PackageSubstitutionGroup != nil && p.PackageSubstitutionGroup.SubstitutionGroup == fest.Ref(g.ID) {
				seen[p.PharmaceuticalFormShort.Display] = true
			}
		}
		return seen["Tablett"] && seen["Kapsel"]
	}),
	"level-4-group": interaction(func(i *fest.Interaction) bool { return len(i.SubstanceGroups[1].Substances[0].Atc.Code) == 5 }),
	"by-reference": interaction(func(i *fest.Interaction) bool {
		s := i.SubstanceGroups[1].Substances[0]
		return s.Atc == nil && len(s.ActiveSubstances) == 1
	}),
	"situation": interaction(func(i *fest.Interaction) bool {
		return i.SituationCriterion != nil && strings.Count(string(*i.Handling), ": ") == 2 && strings.HasSuffix(string(*i.Handling), "\n")
	}),
	"no-action-needed": interaction(func(i *fest.Interaction) bool { return i.Relevance.Code == "3" && i.DisplayRules == nil }),
	"smoking": interaction(func(i *fest.Interaction) bool {
		return strings.HasPrefix(i.SubstanceGroups[0].Substances[0].Atc.Code, "ZV80AA")
	}),
	"not-assessed": func(_ *smallIndex, e *fest.Entry, _ string) bool { return e.Class == fest.ClassInteractionNotAssessed },
	"not-assessed-and-interaction": func(x *smallIndex, e *fest.Entry, key string) bool {
		return e.Class == fest.ClassInteractionNotAssessed && has(x.all, func(o *fest.Entry) bool {
			i, ok := o.Object.(*fest.Interaction)
			return ok && has(i.SubstanceGroups, func(g fest.SubstanceGroup) bool {
				return has(g.Substances, func(s fest.Substance) bool { return s.Atc != nil && strings.HasPrefix(s.Atc.Code, key) })
			})
		})
	},
	"no-product": notification(func(_ *smallIndex, n *fest.Notification) bool { return n.ReferencedElements == nil }),
	"notification-on-generic": notification(func(_ *smallIndex, n *fest.Notification) bool {
		return len(n.ReferencedElements) == 3 && n.ReferencedElements[0].Resource() == fest.ResourceGenerics
	}),
	"notification-to-come": notification(func(x *smallIndex, n *fest.Notification) bool { return string(n.FromDate) == x.day(14) }),
	"breast-prosthesis": func(_ *smallIndex, e *fest.Entry, _ string) bool {
		o, ok := e.Object.(*fest.BreastProsthesis)
		return ok && o.ProductInformation.AboveMaximumPriceAllowed == "true"
	},
	"consumable": func(_ *smallIndex, e *fest.Entry, _ string) bool { return e.Class == fest.ClassMedicalConsumable },
	"nutrient":   func(_ *smallIndex, e *fest.Entry, _ string) bool { return e.Class == fest.ClassNutrient },
	"product-groups": func(_ *smallIndex, e *fest.Entry, _ string) bool {
		lengths := map[int]int{}
		for _, c := range e.Object.(*fest.CodeSystem).Elements {
			if !strings.HasPrefix(string(c.ID), "IDK_") || (c.Parent == nil) != (len(c.Code) == 3) {
				return false
			}
			lengths[len(c.Code)]++
		}
		return lengths[3] > 0 && lengths[5] > 0 && lengths[7] > 0
	},
	"several-terms": func(_ *smallIndex, e *fest.Entry, _ string) bool {
		for _, c := range e.Object.(*fest.CodeSystem).Elements {
			if len(c.Terms) != 2 || c.Terms[0].Language.Code != "no" || c.Terms[1].Language.Code != "en" {
				return false
			}
		}
		return true
	},
	"dose-in-sequence": func(_ *smallIndex, e *fest.Entry, _ string) bool {
		m := e.Object.(*fest.ShortDose).MedicineConsumptions
		return len(m) == 2 && val(m[1].Iterations) == "4" && m[1].Quantity == "0.5"
	},
}

func pack(ok func(*smallIndex, *fest.Package) bool) func(*smallIndex, *fest.Entry, string) bool {
	return func(x *smallIndex, e *fest.Entry, _ string) bool { return ok(x, e.Object.(*fest.Package)) }
}

func drug(ok func(*smallIndex, *fest.Drug) bool) func(*smallIndex, *fest.Entry, string) bool {
	return func(x *smallIndex, e *fest.Entry, _ string) bool { return ok(x, e.Object.(*fest.Drug)) }
}

func strength(ok func(*smallIndex, *fest.IngredientStrength) bool) func(*smallIndex, *fest.Entry, string) bool {
	return func(x *smallIndex, e *fest.Entry, _ string) bool { return ok(x, e.Object.(*fest.IngredientStrength)) }
}

func condition(ok func(*fest.Condition) bool) func(*smallIndex, *fest.Entry, string) bool {
	return func(_ *smallIndex, e *fest.Entry, _ string) bool { return ok(e.Object.(*fest.Condition)) }
}

func substitution(ok func(*smallIndex, *fest.SubstitutionGroup) bool) func(*smallIndex, *fest.Entry, string) bool {
	return func(x *smallIndex, e *fest.Entry, _ string) bool { return ok(x, e.Object.(*fest.SubstitutionGroup)) }
}

func interaction(ok func(*fest.Interaction) bool) func(*smallIndex, *fest.Entry, string) bool {
	return func(_ *smallIndex, e *fest.Entry, _ string) bool { return ok(e.Object.(*fest.Interaction)) }
}

func notification(ok func(*smallIndex, *fest.Notification) bool) func(*smallIndex, *fest.Entry, string) bool {
	return func(x *smallIndex, e *fest.Entry, _ string) bool { return ok(x, e.Object.(*fest.Notification)) }
}

func numbered(n fest.Text) func(*fest.Condition) bool {
	return func(c *fest.Condition) bool { return val(c.ConditionNumber) == n }
}

func TestEdges(t *testing.T) {
	for _, retrieved := range []time.Time{{}, time.Date(2027, 1, 2, 3, 9, 6, 0, time.UTC)} {
		x := indexSmall(sample.Small(retrieved))
		seen := map[string]bool{}
		for _, g := range sample.Edges() {
			if seen[g.Name] {
				t.Errorf("%s twice", g.Name)
			}
			seen[g.Name] = true
			e := x.byID[string(g.Resource)+" "+g.Key]
			if e == nil {
				t.Errorf("%s: %s has no %q", g.Name, g.Resource, g.Key)
				continue
			}
			if p, ok := e.Object.(*fest.Package); ok && p.ItemNumber != g.ItemNumber {
				t.Errorf("%s: item number %s, want %s", g.Name, p.ItemNumber, g.ItemNumber)
			}
			ok := edgeChecks[g.Name]
			if ok == nil {
				t.Errorf("%s is checked by nothing", g.Name)
				continue
			}
			if !ok(x, e, g.Key) {
				t.Errorf("%s: %s %s is not: %s", g.Name, g.Resource, g.Key, g.What)
			}
		}
		for name := range edgeChecks {
			if !seen[name] {
				t.Errorf("%s is no edge case", name)
			}
		}
	}
}

// TestEdgesAreDocumented compares the table of docs/SAMPLE.md with Edges;
// -update rewrites it.
func TestEdgesAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("| case | rules | where | what |\n|---|---|---|---|\n")
	for _, g := range sample.Edges() {
		where := fmt.Sprintf("`%s` %s", g.Resource, g.Key)
		if g.ItemNumber != "" {
			where = fmt.Sprintf("`%s?itemNumber=%s`", g.Resource, g.ItemNumber)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", g.Name, g.Rules, where, g.What)
	}
	path := filepath.Join(festtest.Root(), "docs", "SAMPLE.md")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const from, to = "<!-- edges -->\n", "<!-- /edges -->"
	before, rest, ok1 := strings.Cut(string(doc), from)
	old, after, ok2 := strings.Cut(rest, to)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks %q or %q", path, from, to)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+from+b.String()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(b.String(), old); diff != "" {
		t.Errorf("docs/SAMPLE.md differs from Edges (run with -update):\n%s", diff)
	}
}
