package sample

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// administration is AdministreringLegemiddel of a drug (and, as the union, of
// a generic).
func (b *builder) administration(p *product) *fest.MedicineAdministration {
	f := forms[p.form]
	a := &fest.MedicineAdministration{}
	for _, r := range f.routes {
		a.RoutesOfAdministration = append(a.RoutesOfAdministration, routes[r].cv("7477"))
	}
	a.DosageUnits = []fest.CV{dosageTerm(f.dosage).cv("7480")}
	if p.atc == "A10AE04" || p.atc == "A10AB05" { // several units: the prescriber chooses (R105)
		a.DosageUnits = append(a.DosageUnits, dosageTerm("E").cv("7480"))
	}
	if p.has("mix") {
		a.MixingLiquid = ptr(fest.Boolean("true"))
	}
	if p.form == "konsinf" || p.form == "pulvinj" {
		a.MixingLiquidProposals = b.mixingProposals()
	}
	if f.solid {
		crushed := unknown
		if p.has("nocrush") || f.short != "tab" {
			crushed = no
		}
		if p.has("div") && !p.has("nocrush") && p.form == "tab" {
			crushed = yes
		}
		a.CanBeCrushed = ptr(crushed.cs())
		division := divisionUnspecified
		switch {
		case p.has("div"):
			division = divisionTwo
		case p.has("nocrush") || f.capsule:
			division = divisionNone
		}
		if p.brand == "Marevan" {
			division = divisionFour
		}
		a.DivisionOfDose = ptr(division.cs())
	}
	if f.capsule {
		a.CanBeOpened = ptr(no.cs())
		if p.form == "ekaps" {
			a.CanBeOpened = ptr(yes.cs())
		}
	}
	if f.parenteral {
		if p.form == "inf" || p.form == "konsinf" {
			a.Bolus = ptr(bolusNo.cs())
		} else {
			a.Bolus, a.InjectionRateBolus = ptr(bolusYes.cs()), ptr(bolusRateSlow.cs())
		}
	}
	for _, code := range shortDosesFor(p) {
		a.ShortDoses = append(a.ShortDoses, shortDoseTerm(code).cv("7478"))
	}
	for _, code := range precautionsFor(p) {
		a.IngestionPrecautions = append(a.IngestionPrecautions, precaution(code).cv("7479"))
	}
	a.LabelApplicationAreas = labelsFor(p.atc)
	return a
}

// mixingProposals name a generic and a drug: the reference is polymorphic.
func (b *builder) mixingProposals() []fest.Ref {
	var drug fest.Ref
	for _, p := range b.products {
		if p.atc == "B05BA03" {
			drug = fest.Ref(p.drugID())
		}
	}
	return []fest.Ref{fest.Ref(objectID("generics", "Natriumklorid inf 9 mg/1 ml")), drug}
}

// shortDosesFor are the codes of list 7478 that fit the product.
func shortDosesFor(p *product) []string {
	switch {
	case p.has("mix") || p.has("vaccine") || p.form == "konsinf" || p.form == "pulvinj":
		return nil
	case p.form == "plaster":
		return []string{"359"}
	case strings.HasPrefix(p.atc, "J01"):
		return []string{"201", "216", "5358"}
	case strings.HasPrefix(p.atc, "N05C"):
		return []string{"2", "3"}
	case strings.HasPrefix(p.atc, "N02"), strings.HasPrefix(p.atc, "M01"):
		return []string{"93", "201", "216", "217", "304", "305"}
	case strings.HasPrefix(p.atc, "H02"):
		return []string{"195", "295", "258"}
	case p.atc == "N06AA09":
		return []string{"5508", "5559"}
	case strings.HasPrefix(p.atc, "D"):
		return []string{"145"}
	case p.has("unreg2"), p.has("unreg3"):
		return nil
	default:
		return []string{"93", "195", "201"}
	}
}

func precautionsFor(p *product) []string {
	f := forms[p.form]
	switch {
	case strings.HasPrefix(p.atc, "M01A"):
		return []string{"64", "92"}
	case p.has("nocrush"):
		return []string{"49"}
	case p.atc == "H03AA01":
		return []string{"66", "92"}
	case p.form == "mikst" || p.form == "mikstpulv":
		return []string{"6"}
	case f.parenteral && p.atc != "A10AE04" && p.atc != "A10AB05":
		return []string{"84"}
	case f.solid:
		return []string{"92"}
	default:
		return nil
	}
}

func precaution(code string) term {
	for _, t := range precautions {
		if t.code == code {
			return t
		}
	}
	return term{code, code}
}

// labelsFor are the label texts (list 7488) of an ATC code.
func labelsFor(atc string) []fest.CV {
	for _, l := range labels {
		if strings.HasPrefix(atc, l.atc) {
			var out []fest.CV
			for _, t := range l.terms {
				out = append(out, t.cv("7488"))
			}
			return out
		}
	}
	return nil
}

// labels by ATC, the most exact first. Codes from 2001 on are ours.
var labels = []struct {
	atc   string
	terms []term
}{
	{"N02CC", []term{{"1194", "VED MIGRENEANFALL"}}},
	{"N02BF", []term{{"905", "NERVEMEDISIN"}}},
	{"N02A", []term{{"770", "MOT STERKE SMERTER"}, {"1225", "VED SMERTER"}}},
	{"N02", []term{{"730", "MOT SMERTER"}, {"1060", "SMERTESTILLENDE"}, {"2001", "MOT FEBER"}}},
	{"M01", []term{{"730", "MOT SMERTER"}, {"240", "MOT BETENNELSE"}}},
	{"M04", []term{{"830", "MOT URINSYREGIKT"}, {"650", "MOT PODAGRA"}}},
	{"J01", []term{{"530", "MOT INFEKSJON"}, {"585", "MOT LUFTVEISINFEKSJON"}}},
	{"J04", []term{{"530", "MOT INFEKSJON"}}},
	{"C07", []term{{"50", "MOT HØYT BLODTRYKK"}, {"110", "HJERTEMEDISIN"}, {"100", "FOREBYGGER MIGRENE"}}},
	{"C03", []term{{"2002", "VANNDRIVENDE"}, {"495", "MOT HJERTESVIKT"}}},
	{"C0", []term{{"50", "MOT HØYT BLODTRYKK"}, {"60", "BLODTRYKKSMEDISIN"}}},
	{"C10", []term{{"2003", "KOLESTEROLSENKENDE"}}},
	{"A10", []term{{"335", "MOT DIABETES"}}},
	{"A02", []term{{"590", "MOT MAGESÅR"}, {"669", "MOT REFLUKSØSOFAGITT"}}},
	{"B01", []term{{"2004", "BLODFORTYNNENDE"}}},
	{"H03", []term{{"2005", "MOT LAVT STOFFSKIFTE"}}},
	{"G03", []term{{"120", "HORMONTILSKUDD"}, {"639", "MOT OVERGANGSPLAGER"}}},
	{"N05C", []term{{"2006", "MOT SØVNVANSKER"}}},
	{"N05B", []term{{"638", "MOT PANIKKANGST"}, {"905", "NERVEMEDISIN"}}},
	{"N06A", []term{{"330", "MOT DEPRESJON"}}},
	{"N06B", []term{{"515", "MOT HYPERAKTIVITET"}}},
	{"N03", []term{{"2007", "MOT EPILEPSI"}}},
	{"R03", []term{{"2008", "MOT ASTMA"}}},
	{"R06", []term{{"2009", "MOT ALLERGI"}}},
	{"D0", []term{{"1156", "TIL BRUK PÅ HUDEN"}}},
}
