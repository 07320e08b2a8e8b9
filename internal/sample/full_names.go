package sample

import "strings"

// The names of the full sample's substances, groups and brands are put
// together from syllables and the stems that INN uses, spelled the Norwegian
// way. They are made up; one may by chance be a real one.

var (
	nameHeads = []string{"ab", "ak", "al", "am", "ari", "aza", "be", "bri", "bu", "dap", "de", "do", "ebu", "eko", "eli", "eri", "eza", "fa", "fe", "flu", "fo", "ga", "gi", "iba", "iks", "imi",
		"ka", "ke", "kla", "klo", "lan", "le", "lo", "lu", "ma", "me", "mo", "na", "ne", "ni", "no", "oba", "ola", "ome", "pa", "pe", "pra", "pro", "ra", "re", "ri", "ro", "sa", "se", "si", "so", "su", "ta", "te",
		"ti", "to", "tra", "ule", "va", "ve", "vi", "vo", "za", "ze", "zo"}
	nameMiddles = []string{"ba", "bi", "bo", "da", "di", "do", "fa", "fe", "ga", "gi", "go", "la", "le", "li", "lo", "lu", "ma", "me", "mi", "mo", "na", "ne", "ni", "no", "pa", "pe", "pi", "ra", "re", "ri", "ro", "sa",
		"se", "si", "so", "ta", "te", "ti", "to", "tra", "va", "ve", "vi", "xa", "za", "zi"}
	nameStems = []string{"pril", "sartan", "olol", "statin", "mab", "nib", "gliptin", "konazol", "cillin", "mycin", "floksacin", "vir", "tidin", "prazol", "setron", "triptan", "azepam", "oksetin", "dipin", "gliflozin", "parin",
		"profen", "kain", "metason", "solon", "terol", "tropin", "zosin", "idon", "azin", "peptid", "tinib", "ciklib", "zomib", "relin", "stigmin", "barbital", "fungin", "penem", "cef", "tiazid", "lukast", "grel", "ksaban",
		"dronat", "fibrat", "glinid", "oksid", "amid", "tamin", "drin", "bant"}
	saltsNO = []string{"hydroklorid", "natrium", "kalium", "mesilat", "maleat", "fumarat", "tartrat", "suksinat", "acetat", "fosfat", "sulfat", "sitrat", "besilat", "hydrobromid", "laktat", "magnesium", "kalsium", "trihydrat", "malat", "tosilat"}
	saltsEN = []string{"hydrochloride", "sodium", "potassium", "mesilate", "maleate", "fumarate", "tartrate", "succinate", "acetate", "phosphate", "sulfate", "citrate", "besilate", "hydrobromide", "lactate", "magnesium", "calcium", "trihydrate",
		"malate", "tosilate"}
	botanical = []string{"Urtica", "Salvia", "Betula", "Pinus", "Achillea", "Valeriana", "Melissa", "Rosa", "Sambucus", "Thymus", "Juniperus", "Arnica", "Calendula", "Gentiana", "Filipendula", "Plantago", "Viola", "Primula"}
	plantPart = []string{"herba", "folium", "radix", "flos", "cortex", "oleum", "semen", "fructus"}
)

// names hands out names that differ.
type names struct {
	r    rng
	used map[string]bool
}

func (n *names) fresh(make func() string) string {
	for {
		s := make()
		if !n.used[s] {
			n.used[s] = true
			return s
		}
	}
}

// substance is an INN-like name.
func (n *names) substance() string {
	return n.fresh(func() string {
		s := pick(&n.r, nameHeads) + pick(&n.r, nameMiddles)
		if n.r.chance(0.5) {
			s += pick(&n.r, nameMiddles)
		}
		return title(s + pick(&n.r, nameStems))
	})
}

// other is the name of a substance that no product has: plants, chemicals.
func (n *names) other(w words) string {
	return n.fresh(func() string {
		switch n.r.intn(3) {
		case 0:
			return pick(&n.r, botanical) + " " + pick(&n.r, nameMiddles) + pick(&n.r, nameMiddles) + "um " + pick(&n.r, plantPart)
		case 1:
			return title(pick(&n.r, nameMiddles)) + pick(&n.r, nameMiddles) + strings.ToLower(pick(&n.r, w["chemistry"]))
		default:
			return title(pick(&n.r, nameHeads)+pick(&n.r, nameMiddles)) + pick(&n.r, nameMiddles) + pick(&n.r, []string{"ol", "on", "id", "in", "an", "yl"})
		}
	})
}

// brand is a trade name.
func (n *names) brand() string {
	return n.fresh(func() string {
		s := title(pick(&n.r, nameHeads) + pick(&n.r, nameMiddles))
		if n.r.chance(0.6) {
			s += pick(&n.r, nameMiddles)
		}
		return s + pick(&n.r, []string{"x", "n", "s", "l", "ris", "ta", "vo", "xin", "dal", "ria", "ø", "um"})
	})
}

// title makes the first letter, a to z, upper case.
func title(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
