package sample

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// planTerms fills the code lists to the numbers of codes they are known to
// have (DOMAIN §2), and lays out product groups and short doses.
func (f *full) planTerms() {
	r := newRNG(f.seed, streamPlan, 9)
	f.labels = f.fillTerms(&r, "7488", 311, 3000, func() string {
		return strings.ToUpper("mot " + pick(&r, f.words["qualifier"]) + " " + pick(&r, f.words["condition"]) + " i " + pick(&r, f.words["tissue"]))
	})
	f.packageList = f.fillTerms(&r, "7449", 263, 3000, func() string {
		return pick(&r, []string{"Flaske", "Boks", "Pose", "Ampulle", "Sprøyte", "Kartong", "Beholder", "Hetteglass"}) + " av " +
			pick(&r, []string{"glass", "plast", "aluminium", "polyetylen", "polypropylen", "brunt glass", "laminat"}) + ", " + pick(&r, []string{"med skrukork", "med doseringspumpe", "med beskyttelseskappe", "steril", "barnesikret", "med tørkemiddel", "todelt"})
	})
	f.planDiagnoses(&r)
	f.planGoodsGroups(&r)
	f.planShortDoses()
}

// fillTerms is the terms of a list that the tables know and made-up ones, n in
// all.
func (f *full) fillTerms(r *rng, list string, n, from int, make func() string) []term {
	var out []term
	used := map[string]bool{}
	for _, e := range knownTerms(list) {
		out = append(out, term{e.code, e.no})
		used[e.no] = true
	}
	for i := 0; len(out) < n; i++ {
		name := make()
		if used[name] {
			name += " " + strconv.Itoa(r.between(2, 99))
		}
		if !used[name] {
			used[name] = true
			out = append(out, term{strconv.Itoa(from + i), name})
		}
	}
	return out
}

// planDiagnoses are codes for reimbursement: those of the small sample, and
// made-up ones with codes of the right form.
func (f *full) planDiagnoses(r *rng) {
	seen := map[string]bool{}
	for i := range refunds {
		for _, c := range refunds[i].codes {
			if !seen[c.list+c.code] {
				seen[c.list+c.code] = true
				c.subTerm = ""
				f.diagnoses = append(f.diagnoses, c)
			}
		}
	}
	for i := 0; len(f.diagnoses) < 420; i++ {
		c := refundCode{list: "7435", code: fmt.Sprintf("%c%02d.%d", 'A'+r.intn(24), r.intn(100), r.intn(10))}
		if i%3 == 0 {
			c = refundCode{list: "7170", code: fmt.Sprintf("%c%02d", 'A'+r.intn(24), r.between(70, 99))}
		}
		if i%9 == 0 {
			c = refundCode{list: "7434", code: "-" + strconv.Itoa(r.between(100, 400))}
		}
		c.display = title(pick(r, f.words["qualifier"]) + " " + pick(r, f.words["condition"]) + " i " + pick(r, f.words["tissue"]))
		if !seen[c.list+c.code] {
			seen[c.list+c.code] = true
			f.diagnoses = append(f.diagnoses, c)
		}
	}
}

// planGoodsGroups grows list 7403 to about 400 codes of seven digits.
func (f *full) planGoodsGroups(r *rng) {
	want := f.scaled(400)
	for _, basis := range []string{"501", "502", "503", "504", "505", "506", "507", "508", "509", "510", "511", "601", "602", "603", "604", "605", "606", "607"} {
		if len(f.goodsGroups) >= want {
			return
		}
		f.groupTree = append(f.groupTree, productGroup{basis, "Produkter etter §" + basis[:1] + " nr. " + strings.TrimLeft(basis[1:], "0") + ": " + pick(r, f.words["group"])})
		for i := range r.between(4, 6) {
			five := basis + fmt.Sprintf("%02d", i+1)
			f.groupTree = append(f.groupTree, productGroup{five, title(pick(r, f.words["product"])) + " og tilbehør ved " + pick(r, f.words["group"])})
			for j := range r.between(3, 6) {
				g := productGroup{five + fmt.Sprintf("%02d", j+1), title(pick(r, f.words["product"])) + ", " + pick(r, f.words["qualifier"]) + " bruk, type " + strconv.Itoa(j+1)}
				f.groupTree = append(f.groupTree, g)
				f.goodsGroups = append(f.goodsGroups, g)
			}
		}
	}
}

// planShortDoses are those of the small sample and patterns a+b+c.
func (f *full) planShortDoses() {
	want := f.counts[fest.ClassShortDose]
	seen := map[string]bool{}
	for _, s := range shortDoses {
		seen[s.display] = true
		if len(s.consumption) > 0 && len(f.shortDoses) < want {
			f.shortDoses = append(f.shortDoses, s)
		}
	}
	steps := []string{"0", "0.5", "1", "1.5", "2", "3", "4", "5"}
	for n := 1; len(f.shortDoses) < want; n++ {
		a, b, c := steps[n%8], steps[n/8%8], steps[n/64%8]
		display := comma(a) + "+" + comma(b) + "+" + comma(c)
		if n >= 512 {
			display += "+" + strconv.Itoa(n/512)
		}
		if seen[display] {
			continue
		}
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		z, _ := strconv.ParseFloat(c, 64)
		f.shortDoses = append(f.shortDoses, shortDose{strconv.Itoa(6000 + n), display,
			comma(a) + " <dose> om morgenen, " + comma(b) + " <dose> midt på dagen og " + comma(c) + " <dose> om kvelden",
			[]consumption{{strconv.FormatFloat(x+y+z+float64(n/512), 'f', -1, 64), "P1D", 0, nil}}})
	}
}

// codeSystem is the n-th code list.
func (f *full) codeSystem(n int) *fest.CodeSystem {
	l := codeLists[n]
	var elements []codeElement
	plain := func(ts []term) {
		for _, t := range ts {
			elements = append(elements, codeElement{code: t.code, no: t.display})
		}
	}
	switch l.number {
	case "7180":
		for _, code := range f.atc.codes {
			elements = append(elements, codeElement{code: code, parent: atcParent(code), no: f.atc.names[code].no, en: f.atc.english(code)})
		}
	case "7403":
		for _, g := range f.groupTree {
			parent := ""
			if len(g.code) > 3 {
				parent = g.code[:len(g.code)-2]
			}
			elements = append(elements, codeElement{code: g.code, parent: parent, no: g.name})
		}
	case "7434", "7435":
		for _, d := range f.diagnoses {
			if d.list == l.number {
				elements = append(elements, codeElement{code: d.code, no: d.display})
			}
		}
		sortCodes(elements)
	case "7488":
		plain(f.labels)
	case "7449":
		plain(f.packageList)
	case "7478":
		elements = knownTerms("7478")
		for i := range f.shortDoses {
			if s := &f.shortDoses[i]; !strings.HasPrefix(shortDoseTerm(s.code).display, s.display) {
				elements = append(elements, codeElement{code: s.code, no: s.display, description: s.description})
			}
		}
	default:
		elements = knownTerms(l.number)
	}
	return codeSystem(l, "", elements, func(_ string, i int) fest.ID {
		if l.number == "7403" {
			return productGroupID(i)
		}
		return fest.ID(guidOf('k', f.seed, uint64(n)<<32|uint64(i), 0))
	})
}
