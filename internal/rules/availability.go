package rules

import (
	"github.com/festd/festd/internal/fest"
)

// Market is a package's state on a day (R51).
type Market string

// The states. A package that is not in FEST is removed, which is not for
// these functions to say.
const (
	NotYetMarketed Market = "notYetMarketed"
	Marketed       Market = "marketed"
	SellingOut     Market = "sellingOut"
	SoldOut        Market = "soldOut" // the three months are over, and FEST has it still
	NotStated      Market = "notStated"
)

// sellOutMonths is how long a package is dispensed after its withdrawal (R50).
const sellOutMonths = 3

// Availability of a package on a day. Prescribable and dispensable are two
// answers (R51).
type Availability struct {
	Market Market
	// Since is the day that made it so, and Until the last day of selling out;
	// "" where there is none.
	Since, Until Day
	Prescribable Answer
	Dispensable  Answer
}

// Answer is yes, no or not stated, and why.
type Answer struct {
	Value  Tristate
	Reason string // for programs, kebab-case; "" where there is nothing to say
	Rules  []string
	// Inferred: the rule has no source of its own (INF), or sources disagree.
	Inferred bool
}

// Tristate is yes, no or unknown: absent is not no (R28).
type Tristate string

// The three.
const (
	Yes     Tristate = "yes"
	No      Tristate = "no"
	Unknown Tristate = "unknown"
)

// AvailabilityOf is a package's on a day, by R49–R51. Packages that are not
// for e-prescription (R52, R53) are told by [Prescription].
func AvailabilityOf(m *fest.MarketingInformation, d Day) Availability {
	if m == nil {
		unknown := Answer{Value: Unknown, Reason: "marketing-not-stated", Rules: []string{"R32", "R51"}}
		return Availability{Market: NotStated, Prescribable: unknown, Dispensable: unknown}
	}
	if out, ok := withdrawn(m); ok && d >= out {
		until := out.Plus(sellOutMonths)
		if d > until {
			no := Answer{Value: No, Reason: "sold-out", Rules: []string{"R50", "R51"}, Inferred: true}
			return Availability{Market: SoldOut, Since: out, Until: until, Prescribable: no, Dispensable: no}
		}
		return Availability{
			Market: SellingOut, Since: out, Until: until,
			// Stated in the Norwegian guide only.
			Prescribable: Answer{Value: No, Reason: "selling-out", Rules: []string{"R50", "R51"}, Inferred: true},
			Dispensable:  Answer{Value: Yes, Reason: "selling-out", Rules: []string{"R50", "R51"}},
		}
	}
	if m.MarketingDate == nil {
		unknown := Answer{Value: Unknown, Reason: "marketing-date-not-stated", Rules: []string{"R28", "R51"}}
		return Availability{Market: NotStated, Prescribable: unknown, Dispensable: unknown}
	}
	from, ok := dayOf(*m.MarketingDate)
	if !ok {
		unknown := Answer{Value: Unknown, Reason: "marketing-date-not-stated", Rules: []string{"R28", "R51"}}
		return Availability{Market: NotStated, Prescribable: unknown, Dispensable: unknown}
	}
	if d < from {
		no := Answer{Value: No, Reason: "not-yet-marketed", Rules: []string{"R49", "R51"}}
		return Availability{Market: NotYetMarketed, Since: from, Prescribable: no, Dispensable: no}
	}
	yes := Answer{Value: Yes, Rules: []string{"R51"}}
	return Availability{Market: Marketed, Since: from, Prescribable: yes, Dispensable: yes}
}

// withdrawn is the first day of selling out: of AvregDato and MidlUtgattDato
// the earlier (R50).
func withdrawn(m *fest.MarketingInformation) (Day, bool) {
	var out Day
	for _, date := range []*fest.Date{m.WithdrawalDate, m.TemporarilyDiscontinuedDate} {
		if date == nil {
			continue
		}
		if day, ok := dayOf(*date); ok && (out == "" || day < out) {
			out = day
		}
	}
	return out, out != ""
}
