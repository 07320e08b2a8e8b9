package gate

import (
	"fmt"

	"github.com/festd/festd/internal/fest"
)

// What the extracts must not or must hold. The file does not name its filter,
// so content is the only witness (R27).
const (
	// fullExtract is how many packages an extract has that must show what is
	// its own; smaller files are extracts of extracts.
	fullExtract = 1000
	// mostly is the share from which an extract is said to be of a kind.
	mostly = 0.5
)

// ruleFilter holds what contradicts the filter that the operator gave:
//
//   - repacked unit doses (OmpakkerAvEndose, condition 41) and bulk packs
//     (condition 40) are only in the extracts for institutions and Helfo (R52);
//     and a whole extract for institutions that has none is none;
//   - prices of H-prescriptions are only in those for Helfo and Farmalogg (R88);
//   - GyldigFradatoHelfo is only in that for Helfo (XSD);
//   - most products of the veterinary extract have a veterinary ATC code (Q…),
//     and of no other (INF);
//   - the extract of commodities has commodities, and more of them than drugs
//     (INF);
//   - the served release has the same filter: extracts are not compared (R27).
//
// For a first release outside production all of these are notes.
func ruleFilter() rule {
	return rule{
		name:    RuleFilter,
		limit:   Limit{Severity: fest.SeverityHold},
		meaning: "The content is not what the extract of this filter holds: probably another of DMP's files than configured.",
		advice:  "Check --source and --filter: fest251.zip is Rekvirent, fest251_inst.zip Institusjon, fest251_vet.zip Veterinær. Import again with what is right.",
		check: func(j *judgement) {
			if j.otherFilter {
				j.contradiction(nil, 1, "the served release is of the filter %s, this file is said to be %s; extracts differ in content and are not compared",
					j.served.before.Filter, j.candidate.Filter)
			}
			j.filterSigns()
			j.filterProducts()
		},
	}
}

func (j *judgement) contradiction(rows []uint32, n int, format string, args ...any) {
	f := Finding{Finding: fest.Finding{Count: n, Text: fmt.Sprintf(format, args...)}, Measured: Level{Count: n}}
	for _, row := range rows {
		f.Affected = append(f.Affected, j.candidate.affected(packageClass, row))
	}
	if rows != nil {
		f.Class = packageClass.String()
	}
	if j.served == nil && j.cfg.Profile != ProfileProduction {
		// Nothing is served that could get worse, and nobody prescribes by it:
		// an extract of an extract may be looked at.
		j.add(f)
		return
	}
	j.report(f)
}

func (j *judgement) filterSigns() {
	var rows [numSigns][]uint32
	for _, s := range j.candidate.signs {
		rows[s.kind] = append(rows[s.kind], s.row)
	}
	filter := j.candidate.Filter
	repacked := filter == fest.FilterInstitution || filter == fest.FilterHelfo
	for _, s := range [...]struct {
		kind signKind
		what string
	}{
		{signRepackager, "are repacked unit doses (OmpakkerAvEndose)"},
		{signUnitDose, "have condition 41 (repacked unit dose)"},
		{signBulk, "have condition 40 (bulk pack for machine dispensing)"},
	} {
		if r := rows[s.kind]; len(r) > 0 && !repacked {
			j.contradiction(r, len(r), "%d packages %s, which only the extracts Institusjon and NAV/Helfo have; this file is said to be %s (R52)",
				len(r), s.what, filter)
		}
	}
	packages := j.candidate.count(packageClass)
	if none := len(rows[signRepackager])+len(rows[signUnitDose])+len(rows[signBulk]) == 0; none && filter == fest.FilterInstitution && packages >= fullExtract {
		j.contradiction(nil, packages, "none of %d packages is a repacked unit dose or bulk pack, which the extract Institusjon has (R52)", packages)
	}
	if r := rows[signHospital]; len(r) > 0 && filter != fest.FilterHelfo && filter != fest.FilterFarmalogg {
		j.contradiction(r, len(r), "%d packages have a price of H-prescriptions, which only the extracts NAV/Helfo and Farmalogg have; "+
			"this file is said to be %s (R88)", len(r), filter)
	}
	if d := j.candidate.Document.ValidFromDateHelfo; d != nil && filter != fest.FilterHelfo {
		j.contradiction(nil, 1, "the file has GyldigFradatoHelfo, which only the extract NAV/Helfo has; it is said to be %s", filter)
	}
}

func (j *judgement) filterProducts() {
	f := j.candidate
	drugs := f.count(class(fest.ClassDrug))
	commodities := 0
	for _, c := range allClasses() {
		if c.isCommodity() {
			commodities += f.count(c)
		}
	}
	if f.Filter == fest.FilterConsumables {
		if commodities <= drugs {
			j.contradiction(nil, drugs, "the file has %d drugs and %d commodities; the extract Bandasjist is of commodities", drugs, commodities)
		}
		return
	}
	coded, veterinary := 0, 0
	column := class(fest.ClassDrug).column(mapATC)
	for row := range drugs {
		if code := f.value(class(fest.ClassDrug), column, uint32(row)); code != "" {
			coded++
			if code[0] == 'Q' { // R65
				veterinary++
			}
		}
	}
	most := levelOf(veterinary, coded).Share > mostly
	switch {
	case coded == 0:
	case f.Filter == fest.FilterVeterinary && !most:
		j.contradiction(nil, coded-veterinary, "only %d of %d drugs have a veterinary ATC code (Q…); the file is said to be %s", veterinary, coded, f.Filter)
	case f.Filter != fest.FilterVeterinary && most:
		j.contradiction(nil, veterinary, "%d of %d drugs have a veterinary ATC code (Q…); the file is said to be %s", veterinary, coded, f.Filter)
	}
}
