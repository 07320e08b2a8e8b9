package sample

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// codeList is a code list that FEST carries (R134).
type codeList struct{ number, name, short string }

var codeLists = []codeList{
	{"7180", "ATC", "ATC"}, {"7448", "Legemiddelform kort", "Legemiddelform"}, {"7452", "Enhet for pakning", "Pakningsenhet"}, {"7447", "Vaksinestandard", "Vaksinestandard"},
	{"7449", "Pakningstype", "Pakningstype"}, {"9090", "Enhet for styrke", "Styrkeenhet"}, {"7434", "Refusjonskoder ICPC", "ICPC refusjon"}, {"7435", "Refusjonskoder ICD", "ICD refusjon"},
	{"7479", "Forholdsregel ved inntak", "Forholdsregel"}, {"7477", "Administrasjonsvei", "Administrasjonsvei"}, {"7478", "Kortdose", "Kortdose"}, {"7480", "Enhet dosering", "Doseringsenhet"},
	{"7403", "Produktgruppe", "Produktgruppe"}, {"7488", "Bruksområde etikett", "Etikett"},
}

// codeElement is a code with its names before it is written.
type codeElement struct {
	code, parent string
	no, en       string
	description  string
}

func codeSystem(l codeList, remark string, elements []codeElement, id func(code string, i int) fest.ID) *fest.CodeSystem {
	v := &fest.CodeSystem{Info: fest.CodeSystemInfo{OID: fest.OID(fest.OIDRoot + l.number), Designation: fest.Text(l.name), ShortName: fest.Text(l.short),
		ResponsiblePublisher: "Eksempelutgiver (oppdiktet)"}}
	if remark != "" {
		v.Info.Remark = ptr(fest.Text(remark))
	}
	ids := make(map[string]fest.ID, len(elements))
	for i, e := range elements {
		ids[e.code] = id(e.code, i)
	}
	v.Elements = make([]fest.CodeSystemElement, len(elements))
	for i, e := range elements {
		o := &v.Elements[i]
		o.ID, o.Code = ids[e.code], fest.Text(e.code)
		if p, ok := ids[e.parent]; ok && e.parent != "" {
			o.Parent = ptr(fest.Ref(p))
		}
		first := fest.Term{Term: fest.Text(e.no), Language: ptr(languageNO.cs())}
		if e.description != "" {
			first.TermDescription = ptr(fest.Text(e.description))
		}
		o.Terms = []fest.Term{first}
		if e.en != "" {
			o.Terms = append(o.Terms, fest.Term{Term: fest.Text(e.en), Language: ptr(languageEN.cs())})
		}
	}
	return v
}

// addCodeSystems writes the code lists: what the tables know and what the
// entries use, of ATC also everything above (R136).
func (b *builder) addCodeSystems() {
	used := map[string]map[string]string{}
	for _, e := range b.entries {
		leaves(e, fest.KindCV, func(v reflect.Value) {
			c := v.Addr().Interface().(*fest.CV)
			list := strings.TrimPrefix(c.System, fest.OIDRoot)
			if used[list] == nil {
				used[list] = map[string]string{}
			}
			used[list][c.Code] = c.Display
		})
	}
	for _, l := range codeLists {
		remark := "Oppdiktet utdrag til eksempelbruk."
		if l.number == "7180" {
			remark = ""
		}
		v := codeSystem(l, remark, b.codeElements(l.number, used[l.number]), func(code string, i int) fest.ID {
			if l.number == "7403" {
				return productGroupID(i)
			}
			return b.id("code-system-elements", l.number+" "+code)
		})
		b.add(fest.ClassCodeSystem, l.number, v)
	}
}

func (b *builder) codeElements(list string, used map[string]string) []codeElement {
	switch list {
	case "7180":
		return atcElements(b.atc, used)
	case "7403":
		return productGroupElements()
	default:
		known := knownTerms(list)
		seen := map[string]bool{}
		for _, e := range known {
			seen[e.code] = true
		}
		for code, display := range used {
			if !seen[code] {
				known = append(known, codeElement{code: code, no: display})
			}
		}
		sortCodes(known)
		return known
	}
}

// atcElements are the codes in use and all above them.
func atcElements(t *atcTree, used map[string]string) []codeElement {
	with := map[string]bool{}
	for code := range used {
		for ; code != ""; code = atcParent(code) {
			with[code] = true
		}
	}
	for _, code := range t.codes { // the upper levels are there in full
		if len(code) <= 3 && !strings.HasPrefix(code, "Q") && !strings.HasPrefix(code, "Z") {
			with[code] = true
		}
	}
	var out []codeElement
	for _, code := range t.codes {
		if with[code] {
			out = append(out, codeElement{code: code, parent: atcParent(code), no: t.names[code].no, en: t.english(code)})
		}
	}
	return out
}

func productGroupElements() []codeElement {
	out := make([]codeElement, len(productGroups))
	for i, g := range productGroups {
		parent := ""
		if len(g.code) > 3 {
			parent = g.code[:len(g.code)-2]
		}
		out[i] = codeElement{code: g.code, parent: parent, no: g.name}
	}
	return out
}

// knownTerms are the codes of a list that the tables of this package have.
func knownTerms(list string) []codeElement {
	var out []codeElement
	add := func(t term) { out = append(out, codeElement{code: t.code, no: t.display}) }
	switch list {
	case "7448":
		for _, f := range forms {
			add(term{f.code, f.name})
		}
	case "7449":
		for _, t := range packageTypes {
			add(t)
		}
	case "7452":
		for _, t := range units {
			add(t)
		}
	case "9090":
		for _, t := range strengthUnits {
			add(t)
		}
	case "7477":
		for _, t := range routes {
			add(t)
		}
	case "7479":
		for _, t := range precautions {
			add(t)
		}
	case "7478":
		for _, s := range shortDoses {
			out = append(out, codeElement{code: s.code, no: s.display, description: s.description})
		}
	case "7480":
		for _, u := range dosageUnits { // the plural is what <doser> needs
			out = append(out, codeElement{code: u.code, no: u.singular, description: u.plural})
		}
	case "7488":
		seen := map[string]bool{}
		for _, l := range labels {
			for _, t := range l.terms {
				if !seen[t.code] {
					seen[t.code] = true
					add(t)
				}
			}
		}
	case "7447":
		for _, t := range vaccineStandards {
			add(t)
		}
	}
	sortCodes(out)
	return out
}

var vaccineStandards = []term{{"INF", "Influensa"}, {"HEP", "Hepatitt B"}, {"TET", "Tetanus"}, {"DTP", "Difteri, tetanus og kikhoste"}, {"MMR", "Meslinger, kusma og røde hunder"}}

// sortCodes orders numbers as numbers, everything else as text.
func sortCodes(c []codeElement) {
	slices.SortFunc(c, func(a, b codeElement) int {
		x, errX := strconv.Atoi(a.code)
		y, errY := strconv.Atoi(b.code)
		switch {
		case errX == nil && errY == nil && x != y:
			return x - y
		case (errX == nil) != (errY == nil):
			if errX == nil {
				return -1
			}
			return 1
		}
		return strings.Compare(a.code, b.code)
	})
}
