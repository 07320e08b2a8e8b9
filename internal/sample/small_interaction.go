package sample

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// pair is an interaction of the small sample. A side is a list of ATC codes
// or, with an equals sign, of ingredients without one: `=Perikum`. The text
// before a colon is the group's name.
type pair struct {
	left, right         string
	relevance, basis    int // indexes
	situation           string
	consequence, mechan string
	handling            string
	rules               []int
}

var pairs = []pair{
	{"B01AA03", "NSAID: M01A M01AB05 M01AE01 M01AE02 M01AC06", 0, 2, "", "Økt risiko for alvorlig blødning, særlig fra magen.", "Hemmet platefunksjon og skade på slimhinnen i tillegg til hemmet koagulasjon.",
		"Legemiddelalternativer: Paracetamol er førstevalg mot smerter.\nMonitorering: Må kombinasjonen brukes, kontrolleres INR etter få dager.\n", []int{0, 1, 2, 3}},
	{"B01AA03", "N02BE01", 1, 0, "Gjelder ved daglig bruk av minst 2 gram paracetamol i mer enn tre dager.", "Økt INR.", "En metabolitt av paracetamol hemmer trinn i vitamin K-syklusen.",
		"Monitorering: Kontroller INR oftere ved regelmessig bruk.\nDosetilpasning: Warfarindosen kan måtte reduseres.\n", []int{0, 1, 2, 3}},
	{"B01AA03", "J01FA09", 1, 2, "", "Økt effekt av warfarin.", "Hemmet metabolisme via CYP3A4 og påvirket tarmflora.", "Monitorering: Kontroller INR etter fire til seks dager og en uke etter avsluttet kur.\n", []int{0, 1, 2, 3}},
	{"B01AA03", "Johannesurt: =Perikum =Prikkperikum", 0, 2, "", "Nedsatt effekt av warfarin.", "Økt metabolisme via CYP2C9 og CYP3A4.", "Legemiddelalternativer: Plantebaserte midler mot nedstemthet bør unngås.\n", []int{0, 1, 2, 3}},
	{"C10AA01 C10AA05", "J01FA09", 0, 2, "", "Økt konsentrasjon av statinet og fare for rabdomyolyse.", "Hemmet metabolisme via CYP3A4.", "Justering av doseringstidspunkt: Hjelper ikke.\nTiltak: Stans statinet mens kuren varer.\n", []int{0, 1, 2, 3}},
	{"C10AA01", "C08CA01", 1, 0, "Gjelder ved simvastatindoser over 20 mg daglig.", "Økt konsentrasjon av simvastatin.", "Svak hemming av CYP3A4.", "Dosetilpasning: Bruk høyst 20 mg simvastatin daglig.\n", []int{0, 1, 3}},
	{"Betablokkere: C07A C07AA05 C07AB02 C07AB03", "R03AC R03AC02", 1, 0, "", "Nedsatt effekt av bronkodilaterende midler, størst for ikke-selektive betablokkere.", "Motsatt effekt på betareseptorer.", "Legemiddelalternativer: Velg et selektivt middel ved astma.\n", []int{0, 1, 2}},
	{"C07AB02", "N06AB", 1, 0, "", "Økt konsentrasjon av metoprolol og lav puls.", "Hemmet metabolisme via CYP2D6.", "Monitorering: Følg puls og blodtrykk ved oppstart.\n", []int{0, 1, 3}},
	{"N06AA N06AA09", "N06AB N06AB06 N06AB10", 1, 2, "", "Økt konsentrasjon av det trisykliske midlet; fare for serotonergt syndrom.", "Hemmet metabolisme via CYP2D6 og additiv effekt.", "Dosetilpasning: Start lavt og mål serumkonsentrasjon.\n", []int{0, 1, 2, 3}},
	{"N06AB N06AB06 N06AB10", "N02AX02", 0, 1, "", "Fare for serotonergt syndrom og kramper; nedsatt smertelindring.", "Additiv serotonerg effekt og hemmet omdanning til aktiv metabolitt.", "Legemiddelalternativer: Velg et annet opioid.\n", []int{0, 1, 2, 3}},
	{"Opioider: N02A N02AA01 N02AA05 N02AB03 N02AJ06", "Benzodiazepiner og lignende: N05BA N05BA01 N05BA04 N05CF01 N05CF02", 1, 2, "", "Økt sløvhet og fare for pustestans.", "Additiv dempende effekt.", "Dosetilpasning: Bruk lavest mulig dose av begge.\nMonitorering: Informer pasient og pårørende om tegn på overdose.\n", []int{0, 1, 2, 3}},
	{"N05AN01", "NSAID: M01A M01AB05 M01AE01 M01AE02", 0, 0, "", "Økt konsentrasjon av litium.", "Nedsatt utskillelse i nyrene.", "Legemiddelalternativer: Paracetamol.\nMonitorering: Mål litium etter fem dager dersom kombinasjonen ikke kan unngås.\n", []int{0, 1, 2, 3}},
	{"N05AN01", "C09A C09AA02 C09AA05 C09CA01 C09CA06", 1, 1, "", "Økt konsentrasjon av litium.", "Nedsatt utskillelse i nyrene.", "Monitorering: Mål litium etter en og fire uker.\n", []int{0, 1, 2}},
	{"C09A C09AA02 C09AA05", "C03DA01", 1, 1, "Gjelder særlig ved nedsatt nyrefunksjon.", "Fare for høyt kalium.", "Begge hemmer utskillelse av kalium.", "Monitorering: Kontroller kalium og kreatinin etter en uke.\n", []int{0, 1, 2, 3}},
	{"H03AA01", "Jern og kalsium: B03AA07 A12AX01", 1, 0, "", "Nedsatt opptak av levotyroksin.", "Dannelse av komplekser i tarmen.", "Justering av doseringstidspunkt: Minst fire timer mellom inntakene.\n", []int{0, 3}},
	{"J01AA02", "Jern og kalsium: B03AA07 A12AX01", 1, 0, "", "Nedsatt opptak av doksysyklin.", "Dannelse av komplekser i tarmen.", "Justering av doseringstidspunkt: Ta doksysyklin to timer før.\n", []int{0, 3}},
	{"L04AX03 L01BA01", "J01EA01 J01EE01", 0, 1, "", "Benmargshemming.", "Additiv hemming av folsyreomsetningen og nedsatt utskillelse.", "Legemiddelalternativer: Velg et annet antibiotikum.\n", []int{0, 1, 2, 3}},
	{"B01AF02", "J04AB02", 0, 0, "", "Nedsatt effekt av apiksaban og fare for blodpropp.", "Økt metabolisme via CYP3A4 og P-glykoprotein.", "Legemiddelalternativer: Lavmolekylært heparin.\n", []int{0, 1, 2, 3}},
	{"G03AA07", "J04AB02 N03AF01", 0, 2, "", "Nedsatt prevensjonseffekt.", "Økt metabolisme via CYP3A4.", "Tiltak: Bruk annen prevensjon i behandlingstiden og fire uker etter.\n", []int{0, 1, 2, 3}},
	{"N05AH04", "N03AF01", 0, 0, "", "Kraftig fall i konsentrasjonen av kvetiapin.", "Økt metabolisme via CYP3A4.", "Legemiddelalternativer: Velg et antiepileptikum som ikke induserer.\n", []int{1, 2}},
	{"B01AC04", "A02BC01 A02BC05", 1, 0, "", "Nedsatt effekt av klopidogrel.", "Hemmet omdanning til aktiv metabolitt via CYP2C19.", "Legemiddelalternativer: Pantoprazol.\n", []int{0, 1, 2, 3}},
	{"B01AC04", "A02BC02", 2, 0, "", "Ingen klinisk viktig påvirkning.", "", "", nil},
	{"A10BA02", "C03CA01", 2, 3, "", "Liten økning i konsentrasjonen av metformin.", "", "", nil},
	{"Tobakk: ZV80AA01", "N05AH04", 2, 0, "", "Ingen endring av betydning.", "Kvetiapin metaboliseres ikke via CYP1A2.", "", nil},
	{"Tobakk: ZV80AA01", "N06AA09", 1, 1, "Gjelder ved røykestopp.", "Økt konsentrasjon av amitriptylin.", "Bortfall av induksjon av CYP1A2.", "Monitorering: Følg bivirkninger de første ukene etter røykestopp.\n", []int{0, 1}},
	{"Johannesurt: =Perikum =Prikkperikum", "N06AB N06AB06 N06AB10", 0, 1, "", "Fare for serotonergt syndrom.", "Additiv serotonerg effekt.", "Legemiddelalternativer: Ikke kombiner.\n", []int{0, 1, 3}},
}

// notAssessed are ATC codes whose interactions nobody has assessed (R119).
// C03CA01, below C03CA, has an interaction all the same (R120).
var notAssessed = []string{"C03CA", "QM01AC06", "A16", "B02BD", "V08CA", "J07BB02", "N07BA01"}

func (b *builder) addInteractions() {
	for i, p := range pairs {
		name := p.left + " + " + p.right
		v := &fest.Interaction{
			ID: b.id("interactions", name), Relevance: relevances[p.relevance].cs(), ClinicalConsequence: fest.Text(p.consequence), SourceBasis: sourceBases[p.basis].cs(),
			SubstanceGroups: []fest.SubstanceGroup{b.substanceGroup(p.left), b.substanceGroup(p.right)},
		}
		if p.situation != "" {
			v.SituationCriterion = ptr(fest.Text(p.situation))
		}
		if p.mechan != "" {
			v.InteractionMechanism = ptr(fest.Text(p.mechan))
		}
		if p.handling != "" {
			v.Handling = ptr(fest.Text(p.handling))
		}
		for _, r := range p.rules {
			v.DisplayRules = append(v.DisplayRules, displayRules[r].cv("7442"))
		}
		v.References = []fest.InteractionReference{{Source: "Eksempelredaksjonen. Oppdiktet kilde uten faglig verdi."}}
		if i%2 == 0 {
			v.References[0].URL = &fest.URL{Value: "https://example.org/interaksjoner?kilde=" + string(integer(i)) + "&sprak=no"}
		}
		b.add(fest.ClassInteraction, name, v)
	}
	for _, code := range notAssessed {
		b.add(fest.ClassInteractionNotAssessed, code, &fest.InteractionNotAssessed{Atc: b.atc.cv(code)})
	}
}

func (b *builder) substanceGroup(side string) fest.SubstanceGroup {
	var g fest.SubstanceGroup
	if name, rest, ok := strings.Cut(side, ": "); ok {
		g.Name, side = ptr(fest.Text(name)), rest
	}
	for _, w := range strings.Fields(side) {
		if ing, ok := strings.CutPrefix(w, "="); ok {
			g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text(ing), ActiveSubstances: []fest.Ref{fest.Ref(b.ingredient(ing))}})
			continue
		}
		cv := b.atc.cv(w)
		g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text(cv.Display), Atc: &cv})
	}
	return g
}
