package rules

import "github.com/festd/festd/internal/fest"

// Validity is how a day lies to a period.
type Validity string

// The validities.
const (
	Valid  Validity = "valid"
	NotYet Validity = "notYet" // from is after the day
	Over   Validity = "over"
)

// Period is what an entry says of when something holds. An absent end is open
// (R7); the first day counts (R2).
type Period struct {
	First Day // "": open
	Last  Day // the last day that counts; "": open
	// Unsure is the day of which nobody says whether it counts (R6); "": none.
	Unsure Day
}

// Through is a period whose until-date counts: ForskrivesTilDato and
// UtleveresTilDato (R4), PrisVare/GyldigTilDato (R5).
func Through(from, until *fest.Date) Period {
	var p Period
	if from != nil {
		p.First, _ = dayOf(*from)
	}
	if until != nil {
		p.Last, _ = dayOf(*until)
	}
	return p
}

// Before is a period whose until-date does not count: Refusjonsvilkar/TilDato
// (R3).
func Before(from, until *fest.Date) Period {
	p := Through(from, until)
	if p.Last != "" {
		p.Last = p.Last.last()
	}
	return p
}

// BeforeUnsure is [Before] for Byttegruppe and PakningByttegruppe, of whose
// until-date it is not stated whether it counts (R6, INF).
func BeforeUnsure(from, until *fest.Date) Period {
	p := Before(from, until)
	if p.Last != "" {
		p.Unsure = p.Last.next()
	}
	return p
}

// On is how a day lies to the period.
func (p Period) On(d Day) Validity {
	switch {
	case p.First != "" && d < p.First:
		return NotYet
	case p.Last != "" && d > p.Last:
		return Over
	default:
		return Valid
	}
}

// And is what holds only where both do.
func (p Period) And(q Period) Period {
	p.First = max(p.First, q.First)
	switch {
	case p.Last == "":
		p.Last, p.Unsure = q.Last, q.Unsure
	case q.Last != "" && q.Last < p.Last:
		p.Last, p.Unsure = q.Last, q.Unsure
	}
	return p
}
