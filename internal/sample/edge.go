package sample

import "github.com/festd/festd/internal/fest"

// Edge is a case of RULES that the small sample holds, and where to find it.
type Edge struct {
	Name     string // kebab-case, unique
	Rules    string // the rules it is a case of
	Resource fest.Resource
	// Key is the item's key (object id, Nr, OID, ATC code); of a notification
	// it is the headline, since its key depends on dates.
	Key string
	// ItemNumber of a package, for people.
	ItemNumber fest.Number
	What       string
}

// Edges are the edge cases of the small sample. They are the same for every
// seed and HentetDato; docs/SAMPLE.md lists them.
func Edges() []Edge {
	pack := func(name, rules string, number fest.Number, what string) Edge {
		return Edge{name, rules, fest.ResourcePackages, objectID("packages", string(number)), number, what}
	}
	object := func(name, rules string, r fest.Resource, of, what string) Edge {
		kind := string(r)
		if r == fest.ResourceReimbursements {
			kind = "reimbursement-groups"
		}
		return Edge{name, rules, r, objectID(kind, of), "", what}
	}
	keyed := func(name, rules string, r fest.Resource, key, what string) Edge {
		return Edge{name, rules, r, key, "", what}
	}
	const (
		drugs        = fest.ResourceDrugs
		strengths    = fest.ResourceIngredientStrengths
		groups       = fest.ResourceReimbursements
		substitution = fest.ResourceSubstitutionGroups
		interactions = fest.ResourceInteractions
	)
	return []Edge{
		pack("leading-zeros", "R20", "000193", "an item number that starts with three zeros"),
		pack("seven-digits", "R20", "1000247", "an item number of seven digits"),
		pack("number-shared-with-commodity", "R21", "078021", "a package and a commodity with the same number"),
		pack("outgoing-number", "R18", "034570", "034567 is the number it had before"),
		pack("two-bar-codes", "R22", "045678", "two bar codes, of 13 and 14 digits"),
		pack("bar-code-of-12", "R22", "078002", "a bar code of 12 digits"),
		pack("no-bar-code", "R32", "1000247", "no bar code, no price, no marketing information"),
		pack("no-price", "R32", "078003", "registered, without a price"),
		pack("combination-pack", "R47", "078011", "two drugs in one package; form Kombinasjonspakning"),
		object("twin-drugs", "R44", drugs, "Canesten kombi vagtab", "alike in all but id: the tablet of the combination pack and the one sold alone"),
		pack("kit", "R48", "078012", "one kit; its contents are package components"),
		object("group-cf", "R53 R54", drugs, "Paracet tab 500 mg", "prescription group CF; package 012387 is F, 012395 is C"),
		pack("group-f", "R53", "012387", "the F package of a drug in CF"),
		pack("group-k", "R53", "078004", "a food supplement: cannot be e-prescribed"),
		pack("selling-out-withdrawn", "R50 R51", "100200", "withdrawn 30 days before HentetDato: dispensable, not prescribable"),
		pack("selling-out-temporarily", "R50 R51", "100201", "temporarily discontinued 20 days before HentetDato; its reimbursement link ends"),
		pack("not-yet-marketed", "R49 R51", "100203", "marketed 35 days after HentetDato"),
		pack("two-prices", "R5 R102", "100202", "prices in force, and those that follow 12 days after HentetDato"),
		pack("unit-dose-repack", "R52 R74", "078020", "repacked by a hospital pharmacy; condition 41 on the package"),
		pack("bulk-pack", "R52 R74", "078021", "for machine dispensing; condition 40 on the package"),
		pack("spc-on-package", "R55", "567001", "centrally approved: the SPC link is on the package, not the drug"),
		pack("several-reimbursements", "R81", "045678", "two links, the second to two groups"),
		pack("opioid-application", "R29 R93", "017101", "needs an application to Helfo"),
		object("unregistered-pharmacy-decides", "R127 R128 R79", drugs, "Amitriptyline Vestland mikst 10 mg/5 ml", "medication type 11, application type 2, condition 34"),
		object("unregistered-application", "R127 R128", drugs, "Rifampicin Tundra kaps 150 mg", "medication type 11, application type 3"),
		object("validity-by-sex", "R68", drugs, "Isotretinoin Fjordmed kaps 10 mg", "P1Y for men, P7D for women"),
		object("validity-ten-days", "R69", drugs, "Apocillin tab 650 mg", "P10D, and a condition of type 28 that makes it P1Y when reimbursed"),
		object("no-atc", "R32", drugs, "Eksempelvann", "a drug without an ATC code, and without strength"),
		object("without", "R115", drugs, "Hyperikum Eksempel", "ATC code WITHOUT, shared with another drug"),
		object("black-triangle", "R29", drugs, "Kvetiapin Fjordmed tab 25 mg", "additional monitoring; condition of group 6"),
		object("warning-triangle", "R32 R78", drugs, "Imovane tab 7.5 mg", "driving; condition of group 7"),
		object("no-strength", "R35", drugs, "Influvac Eksempel injsusp -", "a vaccine: its ingredient has no strength"),
		object("veterinary", "R65", drugs, "Metacam mikst 1.5 mg/1 ml", "a veterinary ATC code"),
		object("mixing-proposals", "R63", drugs, "Metotreksat Tundra konsinf 100 mg/1 ml", "proposals name a generic and a drug"),
		object("several-dosage-units", "R105", drugs, "Lantus inj 100 E/1 ml", "the prescriber chooses between ml and E"),
		object("taste", "R45", drugs, "Paracetamol Fjordmed mikst 24 mg/1 ml", "taste, which has no code list"),
		object("magistral-substance", "R129", fest.ResourceIngredients, "Tymol", "in no product; no English name either"),
		object("moiety-and-salts", "R34", fest.ResourceIngredients, "Metoprolol", "a moiety with two salts"),
		object("equal-strengths", "R42", strengths, "Amitriptylin 25 mg twin", "the content of another one, under another id"),
		object("interval-strength", "R36", strengths, "Prikkperikum 425-525 mg", "operator I with an upper value"),
		object("greater-than-strength", "R36", strengths, "Perikum >300 mg", "operator S"),
		object("alternative-strength", "R39", strengths, "Hydrokortison 10 mg/1 g", "also said as 1 %"),
		object("component-atc-of-another-salt", "R43", strengths, "Kalsium 500 mg combined", "the code of calcium carbonate alone"),
		object("icpc-sub-term", "R89 R90", groups, "J01CE02_1", "sub-terms on codes of ICPC-2, and a code of ICD-10"),
		object("several-groups-in-one-entry", "R81", groups, "M01AE01_1", "shares its entry with M01AB05_1"),
		object("condition-ends", "R3 R92", groups, "C10AA05_1", "a condition whose to-date, 20 days after HentetDato, does not count"),
		object("code-runs-out", "R4 R80", groups, "C07AB02_1", "one code may be prescribed for 45 days more, dispensed for 410"),
		object("individual-reimbursement", "R85", groups, "ATC_SAMLE", "§ 3: needs a decision, no product link"),
		object("h-prescription", "R88", groups, "L04AB04_H", "no codes; the condition is on the group"),
		keyed("commodity-group", "R17 R131", groups, string(commodityGroupID(productGroupIndex("5100101"))), "RID_; condition of type 11, so it can be prescribed as a group"),
		object("age-from-to", "R76 R77", fest.ResourceConditions, "children", "from 6 to under 18: both apply"),
		object("specialities", "R76 R77", fest.ResourceConditions, "specialist", "five specialities, any of which will do"),
		object("deleted-later", "R8", fest.ResourceConditions, "second-line", "an until-date that does not limit it"),
		object("substitution-remark", "R96", substitution, "Warfarin|Peroral, fast|2,5 mg|STOR", "limited, with a description"),
		object("substitution-until", "R6 R95", substitution, "Losartan|Peroral, fast|100 mg|STOR", "the group has an until-date"),
		object("substitution-across-generics", "R97", substitution, "Amoksicillin|Peroral, fast|500 mg|LITEN", "tablets and capsules"),
		object("level-4-group", "R111", interactions, "C07AB02 + N06AB", "one side is the whole of N06AB"),
		object("by-reference", "R112", interactions, "B01AA03 + Johannesurt: =Perikum =Prikkperikum", "substances without ATC code"),
		object("situation", "R118", interactions, "B01AA03 + N02BE01", "a situation criterion, and handling in headed lines that end in a newline"),
		object("no-action-needed", "R116", interactions, "B01AC04 + A02BC02", "relevance 3, no display rule"),
		object("smoking", "R115", interactions, "Tobakk: ZV80AA01 + N06AA09", "a code that is not WHO's"),
		keyed("not-assessed", "R119", fest.ResourceNotAssessed, "J07BB02", "nobody has assessed it"),
		keyed("not-assessed-and-interaction", "R120", fest.ResourceNotAssessed, "C03CA", "C03CA01 below it has an interaction"),
		keyed("no-product", "R125", fest.ResourceNotifications, "Råd om bruk av antibiotika ved luftveisinfeksjoner", "a notification on no product"),
		keyed("notification-on-generic", "R123", fest.ResourceNotifications, "Metotreksat tas én gang i uken", "on a generic, its drugs and their packages"),
		keyed("notification-to-come", "R124", fest.ResourceNotifications, "Ventet mangel fra neste måned", "from 14 days after HentetDato"),
		keyed("breast-prosthesis", "R131", fest.ResourceCommodities, "009002", "may cost more than the maximum price; left out of prescribing"),
		keyed("consumable", "R130 R132", fest.ResourceCommodities, "009001", "test strips"),
		keyed("nutrient", "R130", fest.ResourceCommodities, "009003", "a nutrient"),
		keyed("product-groups", "R130", fest.ResourceCodeSystems, fest.OIDRoot+"7403", "a tree of codes of 3, 5 and 7 digits"),
		keyed("several-terms", "R136 R144", fest.ResourceCodeSystems, fest.OIDRoot+"7180", "Norwegian and English terms; parents of all levels"),
		keyed("dose-in-sequence", "R108", fest.ResourceShortDoses, "258", "one day, then four days of half the dose"),
	}
}

func productGroupIndex(code string) int {
	for i, g := range productGroups {
		if g.code == code {
			return i
		}
	}
	return -1
}
