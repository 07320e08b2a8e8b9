package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// PackageAvailability says whether a package can be had on the day, and, apart
// from that, whether it may stand on an e-prescription (R49–R53).
type PackageAvailability struct {
	Package    Reference `json:"package"`
	ItemNumber string    `json:"itemNumber,omitempty"`
	// Outgoing is the same package's old number, until it is sold out (R18).
	Outgoing string `json:"discontinuedItemNumber,omitempty"`
	Availability
	Prescribable Verdict `json:"prescribable"`
	// The dates that it is told from, as FEST states them.
	Marketing    fest.Date `json:"marketingDate,omitempty"`
	Withdrawal   fest.Date `json:"withdrawalDate,omitempty"`
	Discontinued fest.Date `json:"temporarilyDiscontinuedDate,omitempty"`
	Group        *Code     `json:"prescriptionGroup,omitempty"`
	Storage      *Code     `json:"storage,omitempty"`
	Basis
}

// PackageAvailability is that of a package that the register handed out.
func (r *Register) PackageAvailability(p *fest.Package) PackageAvailability {
	out := PackageAvailability{
		Package: r.Reference(p), ItemNumber: string(p.ItemNumber), Availability: r.AvailabilityOf(p), Prescribable: r.Prescribable(p),
		Group: CodeOfList(&p.PrescriptionGroup, "7421"), Storage: CodeOfList(p.Storage, "7487"),
	}
	cited := []string{"R51"}
	if m := p.MarketingInformation; m != nil {
		out.Outgoing = TextOf(m.DiscontinuedItemNumber)
		out.Marketing, out.Withdrawal, out.Discontinued = fest.Date(TextOf(m.MarketingDate)), fest.Date(TextOf(m.WithdrawalDate)), fest.Date(TextOf(m.TemporarilyDiscontinuedDate))
	}
	switch out.State {
	case rules.NotStated:
		cited = append(cited, "R32")
	case rules.SellingOut, rules.SoldOut:
		cited = append(cited, "R50")
	case rules.NotYetMarketed, rules.Marketed:
		cited = append(cited, "R49")
	}
	if out.Outgoing != "" {
		cited = append(cited, "R18")
	}
	out.Basis = r.Basis(cited...)
	return out
}

// Prescribable says whether a package may stand on an e-prescription on the
// day. A condition that the release has not may be one that forbids it: then
// yes is not known.
func (r *Register) Prescribable(p *fest.Package) Verdict {
	return r.VerdictOf(r.prescribable(p))
}

func (r *Register) prescribable(p *fest.Package) rules.Answer {
	var numbers []string
	missing := false
	for _, ref := range p.Conditions {
		c, ok := r.Condition(ref)
		missing = missing || !ok
		if ok && c.ConditionNumber != nil {
			numbers = append(numbers, string(*c.ConditionNumber))
		}
	}
	a := rules.Prescription(p, numbers, r.day)
	if a.Value == rules.Yes && missing {
		return rules.Answer{Value: rules.Unknown, Reason: "condition-not-in-release", Rules: []string{"R28", "R52"}}
	}
	return a
}

// genericPrescribable is a generic's: a package that the release has not is
// unknown (R62).
func (r *Register) genericPrescribable(g *fest.Generic) rules.Answer {
	var of []rules.Answer
	for _, ref := range g.Packages {
		a := rules.Answer{Value: rules.Unknown}
		if p, ok := r.Package(ref); ok {
			if a = r.prescribable(p); a.Value == rules.Yes {
				return rules.GenericPrescribable([]rules.Answer{a})
			}
		}
		of = append(of, a)
	}
	return rules.GenericPrescribable(of)
}
