package sample

import "github.com/festd/festd/internal/fest"

// addNotifications writes notifications of every type. One on a generic is
// also listed on its drugs and packages (R123).
func (b *builder) addNotifications() {
	drugs := func(want func(*product) bool) (d, k, g []fest.Ref) {
		seen := map[fest.Ref]bool{}
		for _, p := range b.products {
			if !want(p) {
				continue
			}
			if !p.has("shared") {
				d = append(d, fest.Ref(p.drugID()))
			}
			for _, pk := range p.packs {
				k = append(k, fest.Ref(pk.id()))
			}
			if p.generic != "" && !seen[p.generic] {
				seen[p.generic] = true
				g = append(g, p.generic)
			}
		}
		return d, k, g
	}
	isotretinoin, _, _ := drugs(func(p *product) bool { return p.atc == "D10BA01" })
	metoprolol, metoprololPacks, _ := drugs(func(p *product) bool { return p.brand == "Metoprolol Nordlys" && p.strengths[0] == "100 mg" })
	methotrexate, methotrexatePacks, methotrexateGenerics := drugs(func(p *product) bool { return p.atc == "L04AX03" })
	_, morphinePacks, _ := drugs(func(p *product) bool { return p.brand == "Dolcontin" && p.strengths[0] == "10 mg" })
	quetiapine, _, _ := drugs(func(p *product) bool { return p.atc == "N05AH04" })
	vet, _, _ := drugs(func(p *product) bool { return p.has("vet") })

	element := func(class term, refs []fest.Ref) fest.ReferencedElement {
		return fest.ReferencedElement{Class: class.cs(), Elements: refs}
	}
	for _, n := range []struct {
		kind           int // index in notificationTypes
		headline, text string
		rules          []int
		days           int // before HentetDato
		link, url      string
		elements       []fest.ReferencedElement
	}{
		{0, "Isotretinoin: svangerskap må utelukkes", "Behandlingen kan gi alvorlig fosterskade. Kvinner som kan bli gravide, skal ha sikker prevensjon fra en måned før oppstart til en måned etter avsluttet behandling. Resepten er gyldig i sju dager.", []int{0, 1, 2, 3}, 420,
			"Les mer om forebyggende tiltak", "https://example.org/varsler/isotretinoin", []fest.ReferencedElement{element(classDrug, isotretinoin)}},
		{1, "Forsinket levering av Metoprolol Nordlys depottabletter 100 mg", "Leverandøren melder om forsinkelse. Pakninger med 98 tabletter ventes tilbake om seks uker. Andre preparater i samme byttegruppe kan leveres ut.", []int{0, 1, 2, 3}, 20,
			"Oversikt over mangelsituasjoner", "https://example.org/mangel/metoprolol", []fest.ReferencedElement{element(classPackage, metoprololPacks)}},
		{2, "Salgsstopp for Dolcontin 10 mg, ett produksjonsnummer", "Et produksjonsnummer er trukket tilbake på grunn av feil i merkingen. Apotek skal kontrollere beholdningen.", []int{0, 1, 2, 3}, 12, "", "",
			[]fest.ReferencedElement{element(classPackage, morphinePacks[:1])}},
		{3, "Nye vilkår for refusjon av statiner", "Vilkåret om rimeligere førstevalg faller bort. Endringen gjelder for nye resepter.", []int{0, 1, 3}, 35, "Les vedtaket", "https://example.org/refusjon/statiner",
			[]fest.ReferencedElement{element(classGroup, []fest.Ref{b.groups["C10AA05_1"]})}},
		{4, "Kvetiapin: utvidet bruksområde", "Godkjent også som tilleggsbehandling ved alvorlige depressive episoder.", []int{0, 1}, 200, "", "", []fest.ReferencedElement{element(classDrug, quetiapine)}},
		{5, "Anmeldelse: nytt langtidsvirkende insulin", "En omtale av nytteverdi og plass i behandlingen er publisert.", []int{0, 1}, 90, "Les anmeldelsen", "https://example.org/anmeldelser/insulin", nil},
		{6, "Råd om bruk av antibiotika ved luftveisinfeksjoner", "De fleste luftveisinfeksjoner går over av seg selv. Vent-og-se-resept kan være et alternativ. Rådet gjelder ikke et bestemt legemiddel.", []int{0, 1, 2}, 300, "Retningslinjen", "https://example.org/rad/antibiotika", nil},
		{7, "Eksempeldata: ikke til klinisk bruk", "Dette er oppdiktede data som følger med programmet. Ingen opplysning her skal brukes i behandlingen av pasienter.", []int{0, 1, 2, 3, 4}, 1, "", "", nil},
		{8, "Metotreksat tas én gang i uken", "Daglig inntak ved en feil har ført til dødsfall. Skriv ukedagen på resepten og etiketten.", []int{0, 1, 2, 3}, 800, "Les mer om sikker bruk", "https://example.org/varsler/metotreksat",
			[]fest.ReferencedElement{element(classGeneric, methotrexateGenerics), element(classDrug, methotrexate), element(classPackage, methotrexatePacks)}},
		{9, "Tilbakeholdelsestid for meloksikam til storfe", "Tilbakeholdelsestiden for slakt er endret.", []int{4}, 150, "", "", []fest.ReferencedElement{element(classDrug, vet)}},
		{0, "Metoprolol depottabletter skal ikke knuses", "Knusing ødelegger depoteffekten og kan gi alvorlig fall i blodtrykk.", []int{0, 3}, 60, "", "", []fest.ReferencedElement{element(classDrug, metoprolol)}},
		{1, "Ventet mangel fra neste måned", "Produsenten varsler en kort periode uten leveranser. Varselet gjelder fra datoen som er oppgitt.", []int{3}, -14, "", "", nil},
	} {
		v := &fest.Notification{NotificationType: notificationTypes[n.kind].cv("7441"), Headline: fest.Text(n.headline), Text: fest.Text(n.text), FromDate: b.day(-n.days), ReferencedElements: n.elements}
		for _, r := range n.rules {
			v.DisplayRules = append(v.DisplayRules, displayRules[r].cv("7442"))
		}
		if n.url != "" {
			v.Link = &fest.Link{Description: ptr(fest.Text(n.link)), URL: fest.URL{Value: n.url}}
		}
		b.add(fest.ClassNotification, n.headline, v)
	}
}
