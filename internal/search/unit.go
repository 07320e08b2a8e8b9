package search

// units are what a number may be measured in, and what they are compared as:
// people write micrograms in five ways, and FEST has E and IE for what is typed
// as either. This is for finding; what is shown is what FEST says.
var units = map[string]string{
	"mg": "mg", "g": "g", "kg": "kg", "ng": "ng", "mikrog": "mikrog",
	"milligram": "mg", "gram": "g", "kilogram": "kg", "nanogram": "ng",
	"ml": "ml", "l": "l", "dl": "dl", "cl": "cl", "mikrol": "mikrol",
	"milliliter": "ml", "liter": "l", "desiliter": "dl", "μl": "mikrol", "ul": "mikrol",
	"mmol": "mmol", "mol": "mol", "mikromol": "mikromol", "meq": "meq", "mekv": "mekv",
	"ie": "ie", "iu": "ie", "e": "ie", "u": "ie", "enheter": "ie",
	"mill": "mill", "kj": "kj", "kcal": "kcal", "mbq": "mbq", "gbq": "gbq", "kbq": "kbq",
	"mm": "mm", "cm": "cm", "ppm": "ppm", "%": "%",
	"timer": "timer", "time": "timer", "dose": "dose", "doser": "dose", "stk": "stk", "stykk": "stk",
}

// always are the spellings that mean a unit wherever they stand.
var always = map[string]string{"μg": "mikrog", "mcg": "mikrog", "ug": "mikrog", "mikrogram": "mikrog", "iu": "ie"}

// unitOf returns what a folded word is compared as if it is a unit, "" if it
// is none: most are only so after a number.
func unitOf(word string, afterNumber bool) string {
	if len(word) > len("milliliter") {
		return ""
	}
	if u := always[word]; u != "" {
		return u
	}
	if !afterNumber {
		return ""
	}
	return units[word]
}

// small are words that mean little by themselves: who typed pa is on the way to
// paracetamol, not to på. Having them exactly is no better than having a word
// that starts so.
var small = map[string]bool{
	"pa": true, "og": true, "til": true, "for": true, "med": true, "av": true, "i": true, "ved": true, "som": true, "er": true,
	"en": true, "et": true, "and": true, "of": true, "with": true, "in": true, "to": true, "a": true,
}

// plurals are forms of words that one or two typos do not lead to.
var plurals = map[string]string{"kapsler": "kapsel", "kapslar": "kapsel", "kremer": "krem", "salver": "salve"}
