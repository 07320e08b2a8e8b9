package sample

import (
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

func (f *full) commodity(c fest.Class, n int, r *rng) any {
	groups := 0
	for groups < len(f.refunds) && f.refunds[groups].kind == 'g' {
		groups++
	}
	g := r.intn(groups)
	supplier := pick(r, f.words["supplier"])
	// Item numbers go on after those of the packages, class by class.
	at := f.counts[fest.ClassPackage] + n + 1
	switch c {
	case fest.ClassNutrient:
		at += f.counts[fest.ClassMedicalConsumable]
		fallthrough
	case fest.ClassMedicalConsumable:
		at += f.counts[fest.ClassBreastProsthesis]
	}
	number := spread(at)
	name := title(pick(r, f.words["product"])) + " " + supplier + " " + pick(r, nameHeads) + strconv.Itoa(r.between(10, 999))
	if c == fest.ClassNutrient {
		name += ", " + pick(r, f.words["flavour"])
	}
	item := commodity{class: c, name: name + ", " + strconv.Itoa(r.between(1, 90)) + " x " + strconv.Itoa(r.between(2, 60)) + " cm", volume: strconv.Itoa(r.between(1, 500)) + " ml",
		unit: "stk", count: r.between(1, 100), buy: r.between(40, 60_000)}
	v := makeCommodity(item, number, strings.ToUpper(supplier[:3])+pad(strconv.Itoa(r.intn(1_000_000)), 6), fest.Ref(f.groupID(g, 0)), f.retrieved)
	v.Supplier = &fest.Supplier{Name: fest.Text(strings.ToUpper(supplier) + " NORGE AS"), Address: fest.Text("EKSEMPELVEIEN " + strconv.Itoa(r.between(1, 99)) + " 0001 OSLO"), Telephone: "00000000"}
	if r.chance(0.25) && groups > 1 {
		v.Reimbursement.ReimbursementGroups = append(v.Reimbursement.ReimbursementGroups, fest.Ref(f.groupID((g+1)%groups, 0)))
	}
	return wrapCommodity(c, v)
}

func (f *full) refund(n int, r *rng) *fest.Reimbursement {
	e := &f.refunds[n]
	t := writer{w: f.words, r: newRNG(f.seed, streamText, uint64(n))}
	v := &fest.Reimbursement{RequiresProductLink: "true", RequiresDecision: "false"}
	switch e.kind {
	case 'g':
		g := f.goodsGroups[e.goods]
		v.StatutoryAuthority = legalBasis(g.code[:3]).cv("7427")
		group := fest.ReimbursementGroup{ID: f.groupID(n, 0), GroupNumber: term{g.code, g.name}.cv("7403"), RequiresReimbursementCode: "false"}
		if r.chance(0.5) {
			group.Conditions = []fest.Ref{f.conditionRef(fixedConditions + r.intn(60))}
		}
		v.ReimbursementGroups = []fest.ReimbursementGroup{group}
	case 'h':
		v.StatutoryAuthority = authorityH.cv("7427")
		number := e.atc + "_H" + strconv.Itoa(n)
		v.ReimbursementGroups = []fest.ReimbursementGroup{{ID: f.groupID(n, 0), GroupNumber: term{number, number}.cv("7451"), Atc: ptr(f.atc.cv(e.atc)), RequiresReimbursementCode: "false",
			ReimbursableUse: ptr(fest.Text(t.sentences(useTemplates, 1, ""))), Conditions: []fest.Ref{f.conditionRef(conditionHospital)}}}
	case '3':
		v.StatutoryAuthority, v.RequiresProductLink, v.RequiresDecision = authoritySingle.cv("7427"), "false", "true"
		group := fest.ReimbursementGroup{ID: f.groupID(n, 0), GroupNumber: term{"ATC_SAMLE", "Individuell refusjon"}.cv("7451"), RequiresReimbursementCode: "true"}
		for i := range f.diagnoses {
			if f.diagnoses[i].list == "7435" {
				group.ReimbursementCodes = append(group.ReimbursementCodes, f.reimbursementCode(i, r, &t))
			}
		}
		v.ReimbursementGroups = []fest.ReimbursementGroup{group}
	default:
		v.StatutoryAuthority = authorityBlue.cv("7427")
		for k := range e.groups {
			v.ReimbursementGroups = append(v.ReimbursementGroups, f.refundGroup(n, k, r, &t))
		}
	}
	return v
}

func (f *full) refundGroup(n, k int, r *rng, t *writer) fest.ReimbursementGroup {
	e := &f.refunds[n]
	number := e.atc + "_" + strconv.Itoa(e.suffix)
	if k > 0 {
		number += string(rune('a' + k))
	}
	g := fest.ReimbursementGroup{ID: f.groupID(n, k), GroupNumber: term{number, number}.cv("7451"), Atc: ptr(f.atc.cv(e.atc)), RequiresReimbursementCode: "true",
		ReimbursableUse: ptr(fest.Text(t.sentences(useTemplates, r.between(1, 3), "")))}
	first := r.intn(len(f.diagnoses))
	for i := range r.between(1, 24) {
		g.ReimbursementCodes = append(g.ReimbursementCodes, f.reimbursementCode((first+i*11)%len(f.diagnoses), r, t))
	}
	return g
}

func (f *full) reimbursementCode(i int, r *rng, t *writer) fest.ReimbursementCode {
	d := &f.diagnoses[i]
	c := fest.ReimbursementCode{Code: term{d.code, d.display}.cv(d.list), ValidFromDate: "2008-03-03"}
	if r.chance(0.3) {
		c.ValidFromDate = f.pastDay(r, 5000)
	}
	if d.list == "7170" && r.chance(0.3) {
		t.b = t.b[:0]
		t.fill("{qualifier} {condition} i {tissue}", "")
		t.capitalise(0)
		c.SubTerm = ptr(fest.Text(t.b))
	}
	if r.chance(0.02) {
		c.PrescribeUntilDate, c.DispenseUntilDate = ptr(date(f.retrieved.AddDate(0, 0, r.between(10, 100)))), ptr(date(f.retrieved.AddDate(0, 0, r.between(365, 465))))
	}
	for k := range r.intn(3) {
		rc := fest.ReimbursementCondition{Condition: f.conditionRef(fixedConditions + r.intn(160)), FromDate: f.pastDay(r, 3000)}
		if k > 0 && r.chance(0.2) {
			rc.ToDate = ptr(date(f.retrieved.AddDate(0, 0, r.between(5, 200))))
		}
		c.ReimbursementConditions = append(c.ReimbursementConditions, rc)
	}
	return c
}

func (f *full) condition(n int, r *rng) *fest.Condition {
	t := writer{w: f.words, r: newRNG(f.seed, streamText, uint64(n)|1<<32)}
	v := &fest.Condition{ID: f.id(fest.ClassCondition, n), ConditionNumber: ptr(fest.Text(strconv.Itoa(100 + n))), ConditionGroup: conditionGroup("3").cv("7437"), AppliesTo: appliesPrescr.cs(),
		Text: fest.Text(t.sentences(conditionTemplates, t.r.between(1, 5), "legemidlet")), ValidFromDate: ptr(f.pastDay(r, 4000))}
	structure := func(s structured) { v.StructuredConditions = append(v.StructuredConditions, s.value()) }
	switch {
	case n == conditionUnregistered:
		v.ConditionNumber, v.ConditionGroup = ptr(fest.Text("34")), conditionGroup("4").cv("7437")
	case n == conditionAntibiotic:
		v.ConditionGroup, v.AppliesTo = conditionGroup("5").cv("7437"), appliesBoth.cs()
		structure(structured{"28", "", text("P1Y")})
	case n == conditionDriving:
		v.ConditionGroup = conditionGroup("7").cv("7437")
	case n == conditionReview:
		v.ConditionGroup = conditionGroup("6").cv("7437")
		structure(structured{"1", "", text("65")})
	case n == conditionSpecialist:
		structure(structured{"10", "7426", specialities})
	case n == conditionHospital:
		structure(structured{"9", "1101", []term{yes}})
	case n < fixedConditions+60 && n%2 == 0:
		v.ConditionGroup = conditionGroup("2").cv("7437")
		structure(structured{"11", "1101", []term{yes}})
		structure(structured{"15", "", text(strconv.Itoa(r.between(1, 40) * 50))})
	case r.chance(0.3):
		structure(structured{"1", "", text(strconv.Itoa(r.between(2, 18)))})
	}
	return v
}

func (f *full) notification(n int, r *rng) *fest.Notification {
	drug := r.intn(len(f.drugs))
	name := f.brand(&f.drugs[drug])
	t := writer{w: f.words, r: newRNG(f.seed, streamText, uint64(n)|2<<32)}
	v := &fest.Notification{NotificationType: notificationTypes[r.intn(8)].cv("7441"), Headline: fest.Text(name + ": " + pick(r, f.words["effect"])),
		Text: fest.Text(t.sentences(noticeTemplates, t.r.between(2, 6), name)), FromDate: f.pastDay(r, 900)}
	for i, rule := range displayRules[:4] {
		if i == 0 || r.chance(0.7) {
			v.DisplayRules = append(v.DisplayRules, rule.cv("7442"))
		}
	}
	if r.chance(0.6) {
		v.Link = &fest.Link{Description: ptr(fest.Text("Les mer om " + name)), URL: fest.URL{Value: "https://example.org/varsler/" + strconv.Itoa(10_000+n)}}
	}
	if r.chance(0.12) { // concerns no product (R125)
		v.Headline = fest.Text("Generelt råd nr. " + strconv.Itoa(n+1))
		return v
	}
	d := &f.drugs[drug]
	element := func(class term, refs ...fest.Ref) {
		v.ReferencedElements = append(v.ReferencedElements, fest.ReferencedElement{Class: class.cs(), Elements: refs})
	}
	if g := f.units[d.unit].generic; g >= 0 && r.chance(0.3) {
		element(classGeneric, f.ref(fest.ClassGeneric, int(g)))
	}
	element(classDrug, f.ref(fest.ClassDrug, drug))
	var packs []fest.Ref
	for k := range d.nPacks {
		packs = append(packs, f.ref(fest.ClassPackage, int(d.packs+k)))
	}
	if len(packs) > 0 {
		element(classPackage, packs...)
	}
	if fam := &f.families[f.units[d.unit].family]; v.NotificationType.Code == "4" && fam.refund >= 0 {
		element(classGroup, fest.Ref(f.groupID(int(fam.refund), 0)))
	}
	return v
}

func (f *full) interaction(n int, r *rng) *fest.Interaction {
	t := writer{w: f.words, r: newRNG(f.seed, streamText, uint64(n)|3<<32)}
	left, name := f.substances(r)
	right, other := f.substances(r)
	relevance := []int{0, 0, 0, 1, 1, 1, 1, 1, 2, 2}[r.intn(10)]
	v := &fest.Interaction{ID: f.id(fest.ClassInteraction, n), Relevance: relevances[relevance].cs(), SourceBasis: pick(r, sourceBases).cs(),
		ClinicalConsequence: fest.Text(t.sentences(consequenceTemplates, t.r.between(2, 5), name)), SubstanceGroups: []fest.SubstanceGroup{left, right}}
	if r.chance(0.2) {
		v.SituationCriterion = ptr(fest.Text("Gjelder ved " + other + " i doser over " + strconv.Itoa(r.between(5, 800)) + " mg daglig hos " + pick(r, f.words["patient"]) + "."))
	}
	if r.chance(0.9) {
		v.InteractionMechanism = ptr(fest.Text(t.sentences(mechanismTemplates, t.r.between(1, 5), other)))
	}
	if relevance < 2 || r.chance(0.2) {
		v.Handling = ptr(fest.Text(t.handling(t.r.between(1, 4), name)))
		for _, k := range []int{0, 3, 1, 2} {
			if k == 0 || r.chance(0.85) {
				v.DisplayRules = append(v.DisplayRules, displayRules[k].cv("7442"))
			}
		}
	}
	for k := range r.between(2, 5) {
		s := fest.InteractionReference{Source: fest.Text(t.sentences(sourceTemplates, 1, name))}
		if r.chance(0.8) {
			s.URL = &fest.URL{Value: "https://example.org/kilder?id=" + strconv.Itoa(r.intn(40_000_000)) + "&nr=" + strconv.Itoa(k+1)}
		}
		v.References = append(v.References, s)
	}
	return v
}

// substances is a side of an interaction: a code, a whole group with the codes
// below it, or ingredients without a code.
func (f *full) substances(r *rng) (fest.SubstanceGroup, string) {
	var g fest.SubstanceGroup
	add := func(code string) {
		cv := f.atc.cv(code)
		g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text(cv.Display), Atc: &cv})
	}
	i := r.intn(len(f.codes5))
	code := f.codes5[i]
	name := strings.ToLower(f.atc.names[code].no)
	switch k := r.intn(100); {
	case k < 52:
		add(code)
	case k < 92:
		four := code[:5]
		g.Name = ptr(fest.Text(f.atc.names[four].no))
		add(four)
		for m, c := range f.members[four] {
			if m == 40 {
				break
			}
			add(c)
		}
	case k < 97:
		g.Name = ptr(fest.Text(pick(r, f.words["group"]) + ", midler ved"))
		for range r.between(2, 8) {
			add(pick(r, f.codes5))
		}
	case k < 98:
		add("ZV80AA01")
	default:
		g.Name = ptr(fest.Text("Plantebaserte midler"))
		for m := range r.between(1, 3) {
			at := len(f.ingredients) - 1 - (i+m)%(len(f.ingredients)/2)
			g.Substances = append(g.Substances, fest.Substance{Substance: fest.Text(f.ingredients[at].name), ActiveSubstances: []fest.Ref{f.ref(fest.ClassIngredient, at)}})
		}
		name = "plantebaserte midler"
	}
	return g, name
}

// notAssessed are codes from the end of the tree's level 5, then of level 4.
func (f *full) notAssessed(n int) string {
	k := 0
	for _, level := range []int{7, 5, 4} {
		for i := len(f.atc.codes) - 1; i >= 0; i-- {
			c := f.atc.codes[i]
			if len(c) != level || c[0] == 'Q' || c[0] == 'Z' || c == "WITHOUT" || level == 7 && i%3 != 0 {
				continue
			}
			if k == n {
				return c
			}
			k++
		}
	}
	return f.atc.codes[n%len(f.atc.codes)]
}
