package sample

import (
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// planIngredients lays out first the moieties of products, then their salts,
// then the substances that no product has (R129).
func (f *full) planIngredients() {
	total := f.counts[fest.ClassIngredient]
	used := min(f.scaled(1750), total*2/5+1)
	r := newRNG(f.seed, streamPlan, 2)
	type salt struct{ no, en string }
	var salts [][]salt
	for row := range rows(ingredientTable) {
		if len(f.ingredients) == used {
			break
		}
		f.names.used[row[0]] = true
		f.ingredients = append(f.ingredients, fullIngredient{name: row[0], english: row[1]})
		var own []salt
		for pair := range strings.SplitSeq(column(row, 2), "|") {
			if no, en, ok := strings.Cut(pair, "="); ok && !f.names.used[no] {
				f.names.used[no] = true
				own = append(own, salt{no, en})
			}
		}
		salts = append(salts, own)
	}
	for len(f.ingredients) < used {
		n := f.names.substance()
		english := title(anglicisedWord(n))
		f.ingredients = append(f.ingredients, fullIngredient{name: n, english: english})
		var own []salt
		first := r.intn(len(saltsNO))
		for k := range []int{0, 0, 0, 0, 1, 1, 1, 1, 2, 3}[r.intn(10)] {
			s := (first + k*7) % len(saltsNO)
			own = append(own, salt{n + saltsNO[s], english + " " + saltsEN[s]})
		}
		salts = append(salts, own)
	}
	for i, own := range salts {
		own = own[:min(len(own), total-len(f.ingredients))]
		f.ingredients[i].salts, f.ingredients[i].nSalts = int32(len(f.ingredients)), int32(len(own))
		for _, s := range own {
			f.ingredients = append(f.ingredients, fullIngredient{name: s.no, english: s.en})
		}
	}
	for len(f.ingredients) < total {
		n := f.names.other(f.words)
		english := anglicise(n)
		if r.chance(0.1) { // NavnEngelsk is optional
			english = ""
		}
		f.ingredients = append(f.ingredients, fullIngredient{name: n, english: title(english)})
	}
	f.names.r = newRNG(f.seed, streamPlan, 3)
}

// planATC grows the tree: made-up groups below every true level 2, and a code
// for each moiety that the small sample's products do not give one.
func (f *full) planATC() {
	r := newRNG(f.seed, streamPlan, 4)
	var level2 []string
	perLevel2 := map[string]int{}
	for _, c := range f.atc.codes {
		human := c[0] != 'Q' && c[0] != 'Z' && c != "WITHOUT"
		switch {
		case human && len(c) == 3:
			level2 = append(level2, c)
		case human && len(c) == 5:
			perLevel2[c[:3]]++
		}
	}
	for _, c := range level2 {
		for l := byte('A'); perLevel2[c] < 9 && l <= 'J'; l++ {
			three := c + string(l)
			if _, ok := f.atc.names[three]; !ok {
				f.atc.set(three, atcName{no: pick(&r, f.words["chemistry"]) + "er og lignende midler, " + strings.ToLower(string(l))})
			}
			for m := byte('A'); m <= 'D' && perLevel2[c] < 9; m++ {
				four := three + string(m)
				if _, ok := f.atc.names[four]; !ok {
					f.atc.set(four, atcName{no: pick(&r, f.words["chemistry"]) + "derivater ved " + pick(&r, f.words["group"])})
					perLevel2[c]++
				}
			}
		}
	}
	f.atc.sort()
	var level4 []string
	for _, c := range f.atc.codes {
		if len(c) == 5 && c[0] != 'Q' && c[0] != 'Z' {
			level4 = append(level4, c)
		}
	}
	known := map[string]string{} // moiety to the code of products of it alone
	for row := range rows(productTable) {
		if !strings.Contains(row[5], "+") && row[2][0] != 'Q' {
			known[row[5]] = row[2]
		}
	}
	used := f.usedIngredients()
	f.codes5 = make([]string, used)
	for i := range used {
		code := known[f.ingredients[i].name]
		if code == "" {
			code = f.freeCode(&r, level4, 1, f.ingredients[i].name)
		}
		f.codes5[i] = code
	}
	f.atc.sort()
	for _, c := range f.atc.codes {
		if len(c) == 7 && c != "WITHOUT" {
			f.members[c[:5]] = append(f.members[c[:5]], c)
		}
	}
}

// freeCode adds a level-5 code under a drawn level 4, from a number on.
func (f *full) freeCode(r *rng, level4 []string, from int, name string) string {
	for {
		four := pick(r, level4)
		for n := from; n < from+49; n++ {
			code := four + pad(strconv.Itoa(n), 2)
			if _, ok := f.atc.names[code]; !ok {
				f.atc.set(code, atcName{no: name})
				return code
			}
		}
	}
}
