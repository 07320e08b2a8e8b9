package answer

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// audiencePharmacy is a dispenser, by list 7442: it is shown codes and no
// diagnosis texts (R91).
const audiencePharmacy = "4"

// reimbursementAudience is who is shown what of diagnoses and conditions, by
// an audience of display rules.
func reimbursementAudience(audience string) Audience {
	switch audience {
	case "":
		return AudienceAll
	case audiencePharmacy:
		return AudienceDispenser
	default:
		return AudiencePrescriber
	}
}

// sheetReimbursement is a medicine's (R80–R92), with those of the codes that
// hold on the day for prescribing or dispensing.
func (r *Register) sheetReimbursement(s *sheetSubject, audience string) Reimbursement {
	a := reimbursementAudience(audience)
	var out Reimbursement
	switch {
	case s.pack != nil:
		out = r.PackageReimbursement(s.pack, a)
	case s.generic != nil:
		out = r.GenericReimbursement(s.generic, a)
	default:
		x := r.reimbursement(a)
		out = x.done(x.product(s.object, s.Reimbursements, true))
	}
	return validCodes(out)
}

// validCodes leaves out the codes that do not hold on the day.
func validCodes(out Reimbursement) Reimbursement {
	for i := range out.Groups {
		g := &out.Groups[i]
		g.Codes = slices.DeleteFunc(g.Codes, func(c ReimbursementCode) bool { return !c.Prescribing.valid() && !c.Dispensing.valid() })
	}
	return out
}

// commodityReimbursement is a commodity's likewise.
func (r *Register) commodityReimbursement(c *fest.Commodity, audience string) Reimbursement {
	return validCodes(r.CommodityReimbursement(c, reimbursementAudience(audience)))
}
