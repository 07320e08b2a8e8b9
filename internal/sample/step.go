package sample

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// what a step did to an item; several bits at once are possible.
type what uint8

const (
	whatAdded    what = 1 << iota // the item is a copy made in this step
	whatEdited                    // its content changed in a way that fits the class
	whatPrices                    // a price revision or a commodity quarter
	whatATC                       // an ATC code in it moved
	whatFilled                    // an empty field was filled
	whatPruned                    // it referred to something that was removed
	whatReissued                  // nothing but its entry id and time
)

// step is one change in the history of a sample.
type step struct {
	change    Change
	retrieved time.Time
	seed      uint64
	atc       map[string]string // codes that moved
	names     map[string]string // display of the new codes
	copies    map[string]string // object id of what was copied to that of the copy
	condition fest.Ref          // what FillGenericConditions fills in
	removed   map[string]bool   // all ids removed until and with this step
}

// entry makes the i-th entry as it stands in this release.
func (d *Data) entry(it *item) *fest.Entry {
	e := d.source.entry(int(it.base))
	copied := uint32(0) // as of the touch: the history of a copy starts with that of its template
	for _, t := range it.touches {
		if t.what&whatAdded != 0 {
			copied = t.copied
		}
		d.steps[t.step].apply(e, it.base, copied, t)
	}
	if n := len(it.touches); n > 0 {
		last := it.touches[n-1].step
		s := &d.steps[last]
		e.EntryID = fest.EntryID(guidOf('e', d.seed, uint64(it.base)<<32|uint64(it.copied), uint32(last)+1))
		r := newRNG(s.seed, streamTime, uint64(it.base)<<32|uint64(it.copied))
		e.RegistrationTime = dateTime(nightBefore(&r, s.retrieved, 13))
	}
	return e
}

// apply does to an entry what the step did.
func (s *step) apply(e *fest.Entry, base int32, copied uint32, t touch) {
	r := newRNG(s.seed, streamEdit, uint64(base)<<40^uint64(copied)<<16^uint64(t.step))
	if t.what&whatAdded != 0 {
		s.becomeCopy(e, copied)
	}
	if t.what&whatPruned != 0 {
		pruneEntry(e, func(id string) bool { return s.removed[id] })
	}
	if t.what&whatATC != 0 {
		s.moveATC(e)
	}
	if t.what&whatEdited != 0 {
		edit(e, s, &r)
	}
	if t.what&whatPrices != 0 {
		reprice(e, s, &r)
	}
	if t.what&whatFilled != 0 {
		s.fill(e, &r)
	}
}

// becomeCopy makes a new object of the entry: new ids, numbers and name; its
// references are to the copies of this step where there are any.
func (s *step) becomeCopy(e *fest.Entry, copied uint32) {
	n := strconv.Itoa(int(copied))
	leaves(e, fest.KindID, func(v reflect.Value) { v.SetString(copyID(s.seed, v.String(), copied)) })
	leaves(e, fest.KindRef, func(v reflect.Value) {
		if to, ok := s.copies[v.String()]; ok {
			v.SetString(to)
		}
	})
	number := fest.Number(strconv.Itoa(6_000_000 + int(copied))) // seven digits: clear of all others (R20)
	named := func(m *fest.Medicine) { m.NameFormStrength += fest.Text(" utg. " + n) }
	commodity := func(c *fest.Commodity) {
		c.ItemNumber = number
		c.Name += fest.Text(", modell " + n)
	}
	switch o := e.Object.(type) {
	case *fest.Drug:
		named(&o.Medicine)
		o.BrandName += fest.Text(" " + n)
	case *fest.Package:
		named(&o.Medicine)
		o.ItemNumber = number
		if len(o.BarCodes) > 0 {
			o.BarCodes = []fest.Number{ean13(number)}
		}
		if o.MarketingInformation != nil {
			o.MarketingInformation = &fest.MarketingInformation{MarketingDate: ptr(date(s.retrieved.AddDate(0, 0, 6)))}
		}
	case *fest.Ingredient:
		o.Name += fest.Text(" " + n)
		o.FullActiveSubstances = nil // a salt belongs to one moiety
		if o.NameEnglish != nil {
			*o.NameEnglish += fest.Text(" " + n)
		}
	case *fest.Generic:
		named(&o.Medicine)
	case *fest.Dose:
		named(&o.Medicine)
		o.LmrNumber = ptr(fest.Number(strconv.Itoa(7_000_000 + int(copied))))
	case *fest.BreastProsthesis:
		commodity(&o.Commodity)
	case *fest.MedicalConsumable:
		commodity(&o.Commodity)
	case *fest.Nutrient:
		commodity(&o.Commodity)
	case *fest.Reimbursement:
		for i := range o.ReimbursementGroups {
			g := &o.ReimbursementGroups[i]
			g.GroupNumber.Code += "_" + n
			g.GroupNumber.Display = g.GroupNumber.Code
		}
	case *fest.Condition:
		o.ConditionNumber = ptr(fest.Text(strconv.Itoa(5000 + int(copied))))
	case *fest.Notification:
		headline, _, _ := strings.Cut(strings.TrimPrefix(string(o.Headline), "Nytt: "), " (melding ")
		o.Headline = fest.Text("Nytt: " + headline + " (melding " + n + ")") // what tells it from others (R16)
		o.FromDate = date(s.retrieved)
	case *fest.SubstitutionGroup:
		o.Code.Code = strconv.Itoa(500_000 + int(copied))
	case *fest.Interaction:
		o.ClinicalConsequence += fest.Text(" Vurdering nr. " + n + ".")
	case *fest.InteractionNotAssessed:
		o.Atc.Code += "-" + n
	case *fest.ShortDose:
		o.ShortDose.Code = strconv.Itoa(90_000 + int(copied))
	}
}

// copyID derives the id of a copy. Commodities' ids keep their form (R17).
func copyID(seed uint64, of string, n uint32) string {
	switch {
	case len(of) > 4 && of[:4] == "RID_":
		return "RID_9" + pad(strconv.Itoa(int(n)), 6) + of[4:]
	case len(of) > 4 && of[:4] == "IDK_":
		return "IDK_9" + pad(strconv.Itoa(int(n)), 6) + of[4:]
	default:
		return guid("copy/" + strconv.FormatUint(seed, 10) + "/" + of + "/" + strconv.Itoa(int(n)))
	}
}

// moveATC writes the new codes of an ATC year.
func (s *step) moveATC(e *fest.Entry) {
	leaves(e, fest.KindCV, func(v reflect.Value) {
		c := v.Addr().Interface().(*fest.CV)
		if c.System == fest.OIDRoot+"7180" {
			if to, ok := s.atc[c.Code]; ok {
				c.Code, c.Display = to, s.names[to]
			}
		}
	})
	if o, ok := e.Object.(*fest.CodeSystem); ok && o.Info.OID == fest.OIDRoot+"7180" {
		for i := range o.Elements {
			if to, ok := s.atc[string(o.Elements[i].Code)]; ok {
				o.Elements[i].Code = fest.Text(to)
			}
		}
	}
}

// usesATC reports whether the entry has a code that moves.
func usesATC(e *fest.Entry, moved map[string]string) bool {
	found := false
	leaves(e, fest.KindCV, func(v reflect.Value) {
		c := v.Addr().Interface().(*fest.CV)
		if _, ok := moved[c.Code]; ok && c.System == fest.OIDRoot+"7180" {
			found = true
		}
	})
	if o, ok := e.Object.(*fest.CodeSystem); ok && o.Info.OID == fest.OIDRoot+"7180" {
		for i := range o.Elements {
			if _, ok := moved[string(o.Elements[i].Code)]; ok {
				return true
			}
		}
	}
	return found
}

// fills reports whether a fill of the step would change the entry.
func (s *step) fills(e *fest.Entry) bool {
	return s.eachFill(e, nil)
}

func (s *step) fill(e *fest.Entry, r *rng) { s.eachFill(e, r) }

// eachFill reports whether anything is to fill, and with a generator fills it.
func (s *step) eachFill(e *fest.Entry, r *rng) bool {
	any := false
	for _, f := range s.change.Fill {
		switch o := e.Object.(type) {
		case *fest.Drug:
			if f == FillValidity && o.Atc != nil && len(o.Atc.Code) > 3 && o.Atc.Code[:3] == "J01" && !validFor(o, "P10D") {
				any = true
				if r != nil {
					o.PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P10D"}}
				}
			}
		case *fest.Generic:
			if f == FillGenericConditions && len(o.Conditions) == 0 && s.condition != "" {
				any = true
				if r != nil {
					o.Conditions = []fest.Ref{s.condition}
				}
			}
		case *fest.CodeSystem:
			if f == FillTerms {
				for i := range o.Elements {
					if ts := o.Elements[i].Terms; len(ts) == 1 {
						any = true
						if r != nil {
							o.Elements[i].Terms = append(ts, fest.Term{Term: fest.Text(anglicise(string(ts[0].Term))), Language: ptr(languageEN.cs())})
						}
					}
				}
			}
		case *fest.SubstitutionGroup:
			if f == FillSubstitutionUntil && o.ValidUntilDate == nil && hashOf(string(o.ID))%10 == 0 {
				any = true
				if r != nil {
					o.ValidUntilDate = ptr(date(s.retrieved.AddDate(0, 0, r.between(20, 200))))
				}
			}
		}
	}
	return any
}

func validFor(d *fest.Drug, duration fest.Duration) bool {
	for _, v := range d.PrescriptionValidities {
		if v.Duration == duration {
			return true
		}
	}
	return false
}
