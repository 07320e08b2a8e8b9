package sample

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// refund is a reimbursement group of drugs.
type refund struct {
	number, atc, use, condition string
	codes                       []refundCode
}

// refundCode is a diagnosis; ICPC-2 codes (7170) may have a sub-term.
type refundCode struct{ list, code, display, subTerm string }

func icpc(code, display string) refundCode { return refundCode{"7170", code, display, ""} }
func icd(code, display string) refundCode  { return refundCode{"7435", code, display, ""} }

var palliative = []refundCode{{"7434", "-90", "Palliativ behandling i livets sluttfase", ""}, {"7435", "-90", "Palliativ behandling i livets sluttfase", ""}}

var refunds = []refund{
	{"M01AB05_1", "M01AB05", "Revmatoid artritt og andre betennelsestilstander i ledd.", "", append([]refundCode{icpc("L88", "Revmatoid artritt"), icd("M05", "Seropositiv revmatoid artritt"), icd("M06", "Annen revmatoid artritt")}, palliative...)},
	{"M01AE01_1", "M01AE01", "Revmatoid artritt og spondyloartritt.", "", append([]refundCode{icpc("L88", "Revmatoid artritt"), icd("M45", "Ankyloserende spondylitt")}, palliative...)},
	{"B01AC06_1", "B01AC06", "Forebygging av ny hendelse ved kjent aterosklerotisk sykdom.", "", []refundCode{icpc("K74", "Iskemisk hjertesykdom med angina"), icpc("K90", "Hjerneslag"), icd("I20", "Angina pectoris"), icd("I63", "Hjerneinfarkt"), {"7434", "-22", "Sekundærprofylakse etter hjerteinfarkt", ""}}},
	{"M04AA01_1", "M04AA01", "Urinsyregikt.", "", []refundCode{icpc("T92", "Urinsyregikt"), icd("M10", "Urinsyregikt")}},
	{"J01CA04_1", "J01CA04", "Langvarig behandling ved kronisk lungesykdom.", "", []refundCode{icpc("R79", "Kronisk bronkitt"), icpc("R95", "Kronisk obstruktiv lungesykdom"), icd("J44", "Annen kronisk obstruktiv lungesykdom")}},
	{"J01CE02_1", "J01CE02", "Forebygging hos pasienter uten fungerende milt og ved immunsvikt.", "", []refundCode{{"7170", "B99", "Blod/lymfe/milt sykdom IKA", "Immunsvikt INA"}, {"7170", "B79", "Medfødt blod/lymfe anomali IKA", "Medfødt mangel på milt"}, icd("D80", "Immunsvikt med overveiende antistoffmangel")}},
	{"J01CF01_1", "J01CF01", "Langvarig beininfeksjon.", "", []refundCode{icpc("L70", "Infeksjon muskel-skjelettsystem"), icd("M86", "Osteomyelitt")}},
	{"J01AA02_1", "J01AA02", "Alvorlig akne med behov for langvarig behandling.", "", []refundCode{icpc("S96", "Akne"), icd("L70", "Akne")}},
	{"J01FA09_1", "J01FA09", "Kronisk lungesykdom når penicillin ikke kan brukes.", "second-line", []refundCode{icpc("R95", "Kronisk obstruktiv lungesykdom"), icd("E84", "Cystisk fibrose")}},
	{"J01EA01_1", "J01EA01", "Forebygging av stadig tilbakevendende urinveisinfeksjon.", "", []refundCode{icpc("U71", "Cystitt/urinveisinfeksjon"), icd("N30", "Cystitt")}},
	{"C07AB02_1", "C07AB02", "Hypertensjon, angina pectoris, hjertesvikt og rytmeforstyrrelser; forebygging av migrene.", "", []refundCode{icpc("K86", "Hypertensjon ukomplisert"), icpc("K87", "Hypertensjon med komplikasjoner"), icpc("K77", "Hjertesvikt"), icpc("N89", "Migrene"), icd("I10", "Essensiell (primær) hypertensjon"), icd("I50", "Hjertesvikt"), icd("G43", "Migrene")}},
	{"C08CA01_1", "C08CA01", "Hypertensjon og angina pectoris.", "", []refundCode{icpc("K86", "Hypertensjon ukomplisert"), icpc("K74", "Iskemisk hjertesykdom med angina"), icd("I10", "Essensiell (primær) hypertensjon"), icd("I20", "Angina pectoris")}},
	{"C09AA05_1", "C09AA05", "Hypertensjon, hjertesvikt og diabetisk nyresykdom.", "", []refundCode{icpc("K86", "Hypertensjon ukomplisert"), icpc("K77", "Hjertesvikt"), icd("I10", "Essensiell (primær) hypertensjon"), icd("N08", "Glomerulære lidelser ved sykdom klassifisert annet sted")}},
	{"C09CA01_1", "C09CA01", "Hypertensjon og hjertesvikt når ACE-hemmer ikke tåles.", "", []refundCode{icpc("K86", "Hypertensjon ukomplisert"), icpc("K77", "Hjertesvikt"), icd("I10", "Essensiell (primær) hypertensjon")}},
	{"C03CA01_1", "C03CA01", "Ødem ved hjertesvikt, lever- og nyresykdom.", "", append([]refundCode{icpc("K77", "Hjertesvikt"), icd("I50", "Hjertesvikt")}, palliative...)},
	{"C10AA05_1", "C10AA05", "Forebygging av hjerte- og karsykdom ved høy samlet risiko.", "statin", []refundCode{icpc("T93", "Forstyrrelse lipidmetabolisme"), icpc("K74", "Iskemisk hjertesykdom med angina"), icd("E78", "Forstyrrelser i omsetningen av lipoproteiner og andre lipidemier"), {"7435", "-22", "Sekundærprofylakse etter hjerteinfarkt", ""}}},
	{"A10BA02_1", "A10BA02", "Diabetes type 2.", "", []refundCode{icpc("T90", "Diabetes type 2"), icd("E11", "Diabetes mellitus type 2")}},
	{"A10BK03_1", "A10BK03", "Diabetes type 2 i kombinasjon med metformin; hjertesvikt.", "second-line", []refundCode{icpc("T90", "Diabetes type 2"), icpc("K77", "Hjertesvikt"), icd("E11", "Diabetes mellitus type 2"), icd("I50", "Hjertesvikt")}},
	{"A10BJ06_1", "A10BJ06", "Diabetes type 2 i kombinasjon med metformin.", "second-line", []refundCode{icpc("T90", "Diabetes type 2"), icd("E11", "Diabetes mellitus type 2")}},
	{"A10AE04_1", "A10AE04", "Diabetes.", "", []refundCode{icpc("T89", "Diabetes type 1"), icpc("T90", "Diabetes type 2"), icd("E10", "Diabetes mellitus type 1"), icd("E11", "Diabetes mellitus type 2")}},
	{"B01AA03_1", "B01AA03", "Forebygging og behandling av venetrombose, lungeemboli og emboli ved atrieflimmer.", "", []refundCode{icpc("K78", "Atrieflimmer/flutter"), icpc("K93", "Lungeemboli"), icpc("K94", "Dyp venetrombose"), icd("I48", "Atrieflimmer og atrieflutter"), icd("I26", "Lungeemboli")}},
	{"B01AF02_1", "B01AF02", "Forebygging av hjerneslag ved atrieflimmer; behandling av venetrombose.", "", []refundCode{icpc("K78", "Atrieflimmer/flutter"), icd("I48", "Atrieflimmer og atrieflutter"), icd("I80", "Flebitt og tromboflebitt")}},
	{"H03AA01_1", "H03AA01", "Lavt stoffskifte.", "", []refundCode{icpc("T86", "Hypotyreose/myksødem"), icd("E03", "Annen hypotyreose")}},
	{"H02AB06_1", "H02AB06", "Langvarige betennelsessykdommer.", "", append([]refundCode{icpc("L88", "Revmatoid artritt"), icpc("R96", "Astma"), {"7434", "-51", "Organtransplantasjon", ""}, icd("M31.5", "Kjempecellearteritt med polymyalgia rheumatica")}, palliative...)},
	{"R03AC02_1", "R03AC02", "Astma og kronisk obstruktiv lungesykdom.", "", []refundCode{icpc("R96", "Astma"), icpc("R95", "Kronisk obstruktiv lungesykdom"), icd("J45", "Astma"), icd("J44", "Annen kronisk obstruktiv lungesykdom")}},
	{"A02BC01_1", "A02BC01", "Refluksøsofagitt; forebygging av magesår hos risikopasienter.", "", []refundCode{icpc("D84", "Spiserørsykdom"), icd("K21", "Gastroøsofageal reflukssykdom"), {"7434", "-61", "Forebygging av legemiddelinduserte mage- og duodenalsår hos risikopasienter", ""}}},
	{"N06AB06_1", "N06AB06", "Behandlingskrevende depresjon og angst.", "", []refundCode{{"7434", "-73", "Behandlingskrevende forstyrrelse i stemningsleie ved psykisk lidelse", ""}, {"7434", "-74", "Behandlingskrevende angstsymptomer ved psykisk lidelse", ""}, {"7435", "-F3", "Behandlingskrevende forstyrrelse i stemningsleie ved psykisk lidelse", ""}, {"7435", "-F4", "Behandlingskrevende angstsymptomer ved psykisk lidelse", ""}}},
	{"N05AH04_1", "N05AH04", "Schizofreni og bipolar lidelse.", "specialist", []refundCode{icpc("P72", "Schizofreni"), icpc("P73", "Affektiv psykose"), icd("F20", "Schizofreni"), icd("F31", "Bipolar affektiv lidelse")}},
	{"N05AN01_1", "N05AN01", "Bipolar lidelse.", "", []refundCode{icpc("P73", "Affektiv psykose"), icd("F31", "Bipolar affektiv lidelse")}},
	{"N03AF01_1", "N03AF01", "Epilepsi.", "", []refundCode{icpc("N88", "Epilepsi"), icd("G40", "Epilepsi")}},
	{"N06BA04_1", "N06BA04", "ADHD hos barn og ungdom.", "children", []refundCode{icpc("P81", "Hyperkinetisk forstyrrelse"), icd("F90", "Hyperkinetiske forstyrrelser")}},
	{"R06AE07_1", "R06AE07", "Allergisk rhinitt og kronisk urtikaria.", "", []refundCode{icpc("R97", "Allergisk rinitt"), icpc("S98", "Urtikaria"), icd("J30", "Vasomotorisk og allergisk rhinitt"), icd("L50", "Urtikaria")}},
	{"L04AX03_1", "L04AX03", "Revmatoid artritt og alvorlig psoriasis.", "specialist", []refundCode{icpc("L88", "Revmatoid artritt"), icpc("S91", "Psoriasis"), icd("M05", "Seropositiv revmatoid artritt"), icd("L40", "Psoriasis")}},
	{"L02BA01_1", "L02BA01", "Brystkreft.", "", []refundCode{icpc("X76", "Ondartet svulst bryst kvinne"), icd("C50", "Ondartet svulst i bryst")}},
	{"G04CA02_1", "G04CA02", "Godartet forstørret prostata med moderate eller store plager.", "", []refundCode{icpc("Y85", "Godartet prostatahyperplasi"), icd("N40", "Forstørret prostata")}},
	{"C10AA05_2", "C10AA05", "Familiær hyperkolesterolemi hos barn og voksne.", "", []refundCode{{"7170", "T93", "Forstyrrelse lipidmetabolisme", "Familiær hyperkolesterolemi"}, icd("E78.0", "Ren hyperkolesterolemi")}},
}

// addReimbursements writes the drugs' reimbursement groups. The two of M01A
// share one entry (R81).
func (b *builder) addReimbursements() {
	var shared *fest.Reimbursement
	for i := range refunds {
		r := &refunds[i]
		h := &fest.Reimbursement{StatutoryAuthority: authorityBlue.cv("7427"), RequiresProductLink: "true", RequiresDecision: "false",
			ReimbursementGroups: []fest.ReimbursementGroup{b.refundGroup(r)}}
		if strings.HasPrefix(r.number, "M01A") {
			if shared != nil {
				shared.ReimbursementGroups = append(shared.ReimbursementGroups, h.ReimbursementGroups...)
				continue
			}
			shared = h
		}
		b.add(fest.ClassReimbursement, r.number, h)
	}
	// Individual reimbursement: any code of 7435, no list of products (R85).
	single := fest.ReimbursementGroup{
		ID: b.groupID("ATC_SAMLE"), GroupNumber: term{"ATC_SAMLE", "Individuell refusjon"}.cv("7451"), RequiresReimbursementCode: "true",
		ReimbursableUse: ptr(fest.Text("Etter søknad til Helfo.")),
	}
	for _, c := range []refundCode{icd("E66", "Fedme"), icd("G35", "Multippel sklerose"), {"7435", "-30", "Annen langvarig og alvorlig hudsykdom", ""}} {
		single.ReimbursementCodes = append(single.ReimbursementCodes, fest.ReimbursementCode{Code: term{c.code, c.display}.cv(c.list), ValidFromDate: "2018-01-01"})
	}
	b.add(fest.ClassReimbursement, "single", &fest.Reimbursement{StatutoryAuthority: authoritySingle.cv("7427"), RequiresProductLink: "false", RequiresDecision: "true",
		ReimbursementGroups: []fest.ReimbursementGroup{single}})
	// H-prescription: no codes, conditions on the group (R88).
	b.add(fest.ClassReimbursement, "h", &fest.Reimbursement{StatutoryAuthority: authorityH.cv("7427"), RequiresProductLink: "true", RequiresDecision: "false",
		ReimbursementGroups: []fest.ReimbursementGroup{{
			ID: b.groupID("L04AB04_H"), GroupNumber: term{"L04AB04_H", "L04AB04_H"}.cv("7451"), Atc: ptr(b.atc.cv("L04AB04")), RequiresReimbursementCode: "false",
			ReimbursableUse: ptr(fest.Text("Etter helseforetakenes retningslinjer.")), Conditions: []fest.Ref{b.conditions["hospital"]},
		}}})
}

func (b *builder) groupID(number string) fest.ID {
	id := b.id("reimbursement-groups", number)
	b.groups[number] = fest.Ref(id)
	return id
}

func (b *builder) refundGroup(r *refund) fest.ReimbursementGroup {
	g := fest.ReimbursementGroup{
		ID: b.groupID(r.number), GroupNumber: term{r.number, r.number}.cv("7451"), Atc: ptr(b.atc.cv(r.atc)), RequiresReimbursementCode: "true",
		ReimbursableUse: ptr(fest.Text(r.use)),
	}
	for i, c := range r.codes {
		code := fest.ReimbursementCode{Code: term{c.code, c.display}.cv(c.list), ValidFromDate: "2008-03-03"}
		if c.subTerm != "" {
			code.SubTerm = ptr(fest.Text(c.subTerm))
		}
		if r.condition != "" {
			code.ReimbursementConditions = []fest.ReimbursementCondition{{Condition: b.conditions[r.condition], FromDate: "2014-03-01"}}
		}
		if i > 0 && r.number == "C10AA05_1" { // a condition that ends: the day itself does not count (R3)
			code.ReimbursementConditions = append(code.ReimbursementConditions,
				fest.ReimbursementCondition{Condition: b.conditions["second-line"], FromDate: "2014-03-01", ToDate: ptr(b.day(20))})
		}
		if i == len(r.codes)-1 && r.number == "C07AB02_1" { // a code on its way out (R4)
			code.PrescribeUntilDate, code.DispenseUntilDate = ptr(b.day(45)), ptr(b.day(410))
		}
		g.ReimbursementCodes = append(g.ReimbursementCodes, code)
	}
	return g
}
