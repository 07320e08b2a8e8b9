package sample

import "github.com/festd/festd/internal/fest"

// structured is a StrukturertVilkar: type and values; list is empty where the
// values are text (R77).
type structured struct {
	kind, list string
	values     []term
}

func (s structured) value() fest.StructuredCondition {
	c := fest.StructuredCondition{Type: term{s.kind, structuredTypes[s.kind]}.cv("7439")}
	for _, v := range s.values {
		if s.list == "" {
			c.TextValues = append(c.TextValues, fest.Text(v.code))
		} else {
			c.CodedValues = append(c.CodedValues, v.cv(s.list))
		}
	}
	return c
}

func text(values ...string) []term {
	var out []term
	for _, v := range values {
		out = append(out, term{code: v})
	}
	return out
}

// addConditions writes conditions of every group in use (R71).
func (b *builder) addConditions() {
	for _, c := range []struct {
		name, number, group string
		applies             term
		text                string
		structured          []structured
	}{
		{"unregistered", "34", "4", appliesPrescr, "Legemidlet har ikke markedsføringstillatelse i Norge. Den som rekvirerer, har et særlig ansvar for at behandlingen er forsvarlig.", nil},
		{"bulk", "40", "4", appliesBoth, "Bulkpakning til maskinell dosepakking. Kan ikke forskrives på e-resept.", nil},
		{"unit-dose", "41", "4", appliesBoth, "Ompakket endose til bruk i institusjon. Kan ikke forskrives på e-resept.", nil},
		{"dispense-monthly", "42", "4", appliesDispens, "Utleveres for høyst 30 dagers bruk om gangen.", []structured{{"19", "", text("30")}}},
		{"antibiotic", "60", "5", appliesBoth, "Resepten er gyldig i ti dager. Ved refusjon etter § 2 eller § 4 er den gyldig i ett år.", []structured{{"28", "", text("P1Y")}}},
		{"review", "70", "6", appliesPrescr, "Vurder metabolsk kontroll og behovet for videre behandling ved legemiddelgjennomgang hos pasienter over 65 år.", []structured{{"1", "", text("65")}}},
		{"driving", "80", "7", appliesPrescr, "Kan påvirke evnen til å kjøre. Helsekravene til førerkort må vurderes ved oppstart og ved doseøkning.", nil},
		{"pregnancy", "43", "4", appliesBoth, "Kvinner som kan bli gravide, skal ha negativ graviditetstest før hver utlevering.", []structured{{"3", "8459", []term{{"2", "Kvinne"}}}}},
		{"children", "209", "3", appliesPrescr, "Refusjon ytes bare til pasienter fra og med 6 år til fylte 18 år.", []structured{{"1", "", text("6")}, {"2", "", text("18")}}},
		{"specialist", "210", "3", appliesPrescr, "Behandlingen skal være startet av lege i relevant spesialitet eller på sykehus.", []structured{{"10", "7426", specialities}}},
		{"hospital", "211", "3", appliesPrescr, "Forskrives bare av sykehuslege eller avtalespesialist.", []structured{{"9", "1101", []term{yes}}}},
		{"statin", "212", "3", appliesPrescr, "Refusjon forutsetter at kost og livsstil er forsøkt endret, og at samlet risiko er vurdert.", nil},
		{"second-line", "213", "3", appliesPrescr, "Refusjon ytes bare når rimeligere førstevalg er prøvd uten tilstrekkelig effekt eller ikke tåles.", nil},
		{"article-group", "301", "2", appliesPrescr, "Kan forskrives på artikkelgruppe.", []structured{{"11", "1101", []term{yes}}}},
		{"yearly-limit", "302", "2", appliesBoth, "Høyst 1200 enheter per år uten særskilt begrunnelse.", []structured{{"15", "", text("1200")}, {"16", "", text("300")}}},
		{"strips", "303", "2", appliesPrescr, "Antall teststrimler per dag skal angis på resepten.", []structured{{"22", "1101", []term{yes}}}},
		{"child-nutrition", "304", "2", appliesPrescr, "Bare til barn under 16 år.", []structured{{"2", "", text("16")}}},
	} {
		v := &fest.Condition{
			ID: b.id("conditions", c.name), ConditionNumber: ptr(fest.Text(c.number)), ConditionGroup: conditionGroup(c.group).cv("7437"),
			AppliesTo: c.applies.cs(), Text: fest.Text(c.text), ValidFromDate: ptr(fest.Date("2012-01-01")),
		}
		for _, s := range c.structured {
			v.StructuredConditions = append(v.StructuredConditions, s.value())
		}
		if c.name == "second-line" { // says when FEST will delete it, not when it binds (R8)
			v.ValidUntilDate = ptr(b.day(400))
		}
		b.conditions[c.name] = fest.Ref(v.ID)
		b.add(fest.ClassCondition, c.name, v)
	}
}

func conditionGroup(code string) term {
	for _, g := range conditionGroups {
		if g.code == code {
			return g
		}
	}
	return term{code, code}
}
