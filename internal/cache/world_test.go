package cache_test

import "github.com/festd/festd/internal/fest"

// world is a small content with the relations that lookups follow.
func world() []*fest.Entry {
	strength := func(id, ingredient string) *fest.Entry {
		return entry(fest.ClassIngredientStrength, id, &fest.IngredientStrength{
			ID: fest.ID(id), Strength: fest.PQ{Value: "500", Unit: "mg"}, ActiveSubstance: fest.Ref(ingredient), StrengthOperator: cv("7445", "L", "Lik"),
			AtcOfCombinationComponent: atc("A02AA04"),
		})
	}
	drug := func(id, name, code, group string, with, without []string) *fest.Entry {
		d := &fest.Drug{ID: ptr(fest.ID(id)), BrandName: fest.Text(name)}
		d.NameFormStrength = fest.Text(name + " tab 500 mg")
		d.PrescriptionGroup.Code = group
		d.PharmaceuticalFormShort = ptr(cv("7448", "53", "Tablett"))
		if code != "" {
			d.Atc = atc(code)
		}
		for _, s := range with {
			d.SortedActiveSubstancesWithStrength = append(d.SortedActiveSubstancesWithStrength, fest.SortedStrength{Sorting: "1", ActiveSubstanceWithStrength: fest.Ref(s)})
		}
		for _, s := range without {
			d.SortedActiveSubstancesWithoutStrength = append(d.SortedActiveSubstancesWithoutStrength, fest.SortedSubstance{Sorting: "1", ActiveSubstance: fest.Ref(s)})
		}
		return entry(fest.ClassDrug, id, d)
	}
	ingredient := func(id, name, english string, salts ...fest.Ref) *fest.Entry {
		return entry(fest.ClassIngredient, id, &fest.Ingredient{ID: fest.ID(id), Name: fest.Text(name), NameEnglish: ptr(fest.Text(english)), FullActiveSubstances: salts})
	}
	pack := func(id, item, outgoing, ean, code, drug, group string) *fest.Entry {
		p := &fest.Package{ID: ptr(fest.ID(id)), ItemNumber: fest.Number(item), BarCodes: []fest.Number{fest.Number(ean)}}
		p.NameFormStrength, p.Atc = fest.Text("Pakning "+item), atc(code)
		p.PackageInformation = []fest.PackageInformation{{Drug: fest.Ref(drug)}}
		if outgoing != "" {
			p.MarketingInformation = &fest.MarketingInformation{DiscontinuedItemNumber: ptr(fest.Number(outgoing))}
		}
		if group != "" {
			p.PackageSubstitutionGroup = &fest.PackageSubstitutionGroup{SubstitutionGroup: fest.Ref(group)}
		}
		return entry(fest.ClassPackage, id, p)
	}
	interaction := func(id string, substances ...fest.Substance) *fest.Entry {
		return entry(fest.ClassInteraction, id, &fest.Interaction{ID: fest.ID(id), Relevance: fest.CS{Code: "2"}, SubstanceGroups: []fest.SubstanceGroup{
			{Name: ptr(fest.Text("A")), Substances: substances}, {Name: ptr(fest.Text("B")), Substances: []fest.Substance{{Substance: "Alkohol", Atc: atc("ZV80AA02")}}},
		}})
	}
	commodity := func(class fest.Class, item, name, group string) *fest.Entry {
		c := fest.Commodity{ItemNumber: fest.Number(item), Name: fest.Text(name), Reimbursement: &fest.ProductReimbursement{ReimbursementGroups: []fest.Ref{fest.Ref(group)}}}
		switch class {
		case fest.ClassNutrient:
			return entry(class, item, &fest.Nutrient{Commodity: c})
		default:
			return entry(class, item, &fest.MedicalConsumable{Commodity: c})
		}
	}
	return []*fest.Entry{
		// References point forward: drugs first, as in the XSD.
		drug("D-PARACET", "Paracet", "N02BE01", "CF", []string{"S-PARACETAMOL"}, nil),
		drug("D-PINEX", "Pinex Forte", "N02AJ06", "B", []string{"S-PARACETAMOL", "S-KODEIN"}, nil),
		drug("D-MORFIN", "Morfin", "N02AA01", "A", nil, []string{"I-MORFIN-HCL"}),
		drug("D-OESTRADIOL", "Østradiol Åkerblå", "G03CA03", "C", []string{"S-OESTRADIOL"}, nil),
		drug("D-NOATC", "Ukjent", "", "C", nil, nil),
		pack("P-1", "007421", "000042", "7046260012345", "N02BE01", "D-PARACET", "B-1"),
		pack("P-2", "1234567", "", "12345678901231", "N02BE01", "D-PARACET", "B-1"),
		pack("P-3", "500000", "", "70462600123", "N02AA01", "D-MORFIN", ""),
		ingredient("I-PARACETAMOL", "Paracetamol", "Paracetamol"),
		ingredient("I-KODEIN", "Kodein", "Codeine", "I-KODEIN-P"),
		ingredient("I-KODEIN-P", "Kodeinfosfat", "Codeine phosphate"),
		ingredient("I-MORFIN", "Morfin", "Morphine", "I-MORFIN-HCL", "I-MORFIN-SO4"),
		ingredient("I-MORFIN-HCL", "Morfinhydroklorid", "Morphine hydrochloride"),
		ingredient("I-OESTRADIOL", "Østradiol", "Estradiol"),
		strength("S-PARACETAMOL", "I-PARACETAMOL"),
		strength("S-KODEIN", "I-KODEIN-P"),
		strength("S-OESTRADIOL", "I-OESTRADIOL"),
		entry(fest.ClassGeneric, "G-1", &fest.Generic{Medicine: fest.Medicine{Atc: atc("N02BE01"), NameFormStrength: "Paracetamol tab 500 mg"}, ID: "G-1",
			SortedActiveSubstancesWithStrength: []fest.SortedStrength{{ActiveSubstanceWithStrength: "S-PARACETAMOL"}}, Drugs: []fest.Ref{"D-PARACET"}, Packages: []fest.Ref{"P-1", "P-2"}}),
		commodity(fest.ClassMedicalConsumable, "800001", "Bandasje", "RID_1"),
		commodity(fest.ClassNutrient, "800002", "Næringsdrikk", "RID_2"),
		commodity(fest.ClassMedicalConsumable, "800001", "Bandasje, ny", "RID_1"),
		entry(fest.ClassReimbursement, "R-1", &fest.Reimbursement{StatutoryAuthority: cv("7427", "200", "§2"), ReimbursementGroups: []fest.ReimbursementGroup{
			{ID: "RG-1", GroupNumber: cv("7451", "N02BE01_1", "N02BE01_1"), Atc: atc("N02BE01"), ReimbursementCodes: []fest.ReimbursementCode{
				{Code: cv("7434", "-90", "Palliativ")}, {Code: cv("7170", "A01", "Smerte")}, {Code: cv("7435", "R52", "Smerte")}, {Code: cv("9999", "X99", "?")}}},
			{ID: "RG-2", GroupNumber: cv("7451", "N02AA01_1", "N02AA01_1"), Atc: atc("N02A"), ReimbursementCodes: []fest.ReimbursementCode{{Code: cv("7435", "A01", "Tyfoid")}}}}}),
		entry(fest.ClassReimbursement, "R-2", &fest.Reimbursement{StatutoryAuthority: cv("7427", "500", "§5"), ReimbursementGroups: []fest.ReimbursementGroup{{ID: "RID_1", GroupNumber: cv("7403", "5010101", "Bandasjer")}}}),
		entry(fest.ClassReimbursement, "R-3", &fest.Reimbursement{StatutoryAuthority: cv("7427", "600", "§6"), ReimbursementGroups: []fest.ReimbursementGroup{{ID: "RID_2", GroupNumber: cv("7403", "6010201", "Næring")}}}),
		entry(fest.ClassCondition, "C-1", &fest.Condition{ID: "C-1", ConditionNumber: ptr(fest.Text("34")), ConditionGroup: cv("7437", "3", "Refusjon"), Text: "Særlig ansvar"}),
		entry(fest.ClassNotification, "N-1", &fest.Notification{NotificationType: cv("7441", "2", "Leveringssvikt"), Headline: "Mangel", FromDate: "2026-01-01",
			ReferencedElements: []fest.ReferencedElement{{Class: fest.CS{Code: "1"}, Elements: []fest.Ref{"D-PARACET"}}}}),
		entry(fest.ClassCodeSystem, "K-1", &fest.CodeSystem{Info: fest.CodeSystemInfo{OID: fest.OIDRoot + "7180", Designation: "ATC"}, Elements: []fest.CodeSystemElement{
			{ID: "A-N", Code: "N", Terms: []fest.Term{{Term: "Nervesystemet", Language: &fest.CS{Code: "no"}}, {Term: "Nervous system", Language: &fest.CS{Code: "en"}}}},
			{ID: "A-N02", Parent: ptr(fest.Ref("A-N")), Code: "N02", Terms: []fest.Term{{Term: "Analgetika"}}},
			{ID: "A-N02BE01", Parent: ptr(fest.Ref("A-N02")), Code: "N02BE01", Terms: []fest.Term{{Term: "Paracetamol"}}}}}),
		entry(fest.ClassSubstitutionGroup, "B-1", &fest.SubstitutionGroup{ID: "B-1", Code: fest.CS{Code: "001219", Display: "PARACETAMOL TABLETTER 500MG"}}),
		entry(fest.ClassDose, "L-1", &fest.Dose{Medicine: fest.Medicine{NameFormStrength: "Paracet", Atc: atc("N02BE01")}, ID: "L-1", LmrNumber: ptr(fest.Number("0347478")), Drug: "D-PARACET", Packages: []fest.Ref{"P-1", "P-2"}}),
		interaction("X-LEVEL5", fest.Substance{Substance: "paracetamol", Atc: atc("N02BE01")}, fest.Substance{Substance: "kodein", Atc: atc("R05DA04")}),
		interaction("X-LEVEL4", fest.Substance{Substance: "opioider", Atc: atc("N02AA")}),
		interaction("X-LEVEL1", fest.Substance{Substance: "alt", Atc: atc("N")}),
		interaction("X-REF", fest.Substance{Substance: "kodeinfosfat", ActiveSubstances: []fest.Ref{"I-KODEIN-P"}}),
		interaction("X-WITHOUT", fest.Substance{Substance: "Johannesurt", Atc: atc("WITHOUT")}),
		entry(fest.ClassInteractionNotAssessed, "U-1", &fest.InteractionNotAssessed{Atc: cv("7180", "N02BE05", "Propacetamol")}),
		entry(fest.ClassShortDose, "SD-1", &fest.ShortDose{ShortDose: cv("7478", "101", "1 tablett"), TermDescription: "1 <dose>"}),
		entry(fest.ClassDrug, "EXPIRED", nil), // Status U
	}
}
