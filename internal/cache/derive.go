package cache

import (
	"slices"
)

// maxFamily bounds the family of a substance, so that a file cannot make the
// tables grow with the square of its size. Real families have a handful.
const maxFamily = 256

// families are the moieties of substances and the salts and esters of
// moieties, by the number of the substance (R34).
type families struct{ moieties, salts groups }

// none is no number.
const none = ^uint32(0)

// selves returns the number of each item's own id, none for other items.
func (b *Builder) selves(r relationNumber) []uint32 {
	out := make([]uint32, len(b.drafts))
	for i := range out {
		out[i] = none
	}
	for _, p := range b.relations[r].pairs {
		out[p.item] = p.key
	}
	return out
}

func (b *Builder) families() families {
	self := b.selves(relIngredientSelf)
	var edges []pair // moiety, salt
	for _, p := range b.relations[relIngredientSalt].pairs {
		if m := self[p.item]; m != none && m != p.key {
			edges = append(edges, pair{m, p.key})
		}
	}
	n := b.relations[relIngredientSelf].names.len()
	return families{moieties: group(edges, n, true), salts: group(edges, n, false)}
}

// root returns the substance's moiety, itself if it has none.
func (f families) root(u uint32) uint32 {
	if m := f.moieties.of(u); len(m) > 0 {
		return m[0]
	}
	return u
}

// of appends the substance, its moieties and their salts to dst, once each.
func (f families) of(dst []uint32, u uint32) []uint32 {
	dst = append(dst, u)
	roots := f.moieties.of(u)
	if len(roots) == 0 {
		roots = dst[len(dst)-1:]
	}
	for _, r := range roots {
		if r != u {
			dst = append(dst, r)
		}
		dst = append(dst, f.salts.of(r)...)
		if len(dst) > maxFamily {
			return dst[:maxFamily]
		}
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// expand gives every item the families of its substances.
func (f families) expand(pairs []pair) []pair {
	out := make([]pair, 0, 2*len(pairs))
	var family []uint32
	for _, p := range pairs {
		family = f.of(family[:0], p.key)
		for _, u := range family {
			out = append(out, pair{u, p.item})
		}
	}
	return out
}

// join replaces the key of each pair by what it leads to.
func join(pairs []pair, to groups) []pair {
	out := make([]pair, 0, len(pairs))
	for _, p := range pairs {
		for _, k := range to.of(p.key) {
			out = append(out, pair{k, p.item})
		}
	}
	return out
}

// derive completes the relations that follow from others.
func (b *Builder) derive() {
	f := b.families()
	rel := &b.relations
	ingredients := b.ingredientsOfStrengths()
	var single []pair // ATC code, substance (R43)
	for _, d := range []struct{ atc, strength, substance, derived relationNumber }{
		{relDrugATC, relDrugStrength, relDrugSubstance, relDrugIngredient},
		{relGenericATC, relGenericStrength, relGenericSubstance, relGenericIngredient},
	} {
		// With strength and without, both, always (R35).
		pairs := append(join(rel[d.strength].pairs, ingredients), rel[d.substance].pairs...)
		rel[d.derived].pairs = f.expand(pairs)
		single = append(single, b.singles(f, pairs, rel[d.atc].pairs)...)
	}
	rel[relStrengthIngredient].pairs = f.expand(rel[relStrengthIngredient].pairs)
	rel[relInteractionIngredient].pairs = f.expand(rel[relInteractionIngredient].pairs)
	b.singleIngredients = unique(single)
	// Of an ingredient: the codes of its family.
	flipped := make([]pair, len(b.singleIngredients))
	for i, p := range b.singleIngredients {
		flipped[i] = pair{p.item, p.key}
	}
	rel[relIngredientATC].pairs = f.expand(flipped)

	// A substitution group is found by id and by code.
	codes := b.selvesGrouped(relSubstitutionGroupSelf, relSubstitutionGroupSelfCode)
	pack := &rel[relPackageSubstitutionGroup]
	pack.pairs = append(pack.pairs, join(pack.pairs, codes)...)

	// Commodities stand under the group numbers of their reimbursement groups
	// (R130).
	numbers := b.selvesGrouped(relReimbursementSelf, relReimbursementGroupNumber)
	rel[relCommodityProductGroup].pairs = join(rel[relCommodityReimbursement].pairs, numbers)
}

// ingredientsOfStrengths lists the substances of a strength, by the number of
// its id.
func (b *Builder) ingredientsOfStrengths() groups {
	return b.selvesGrouped(relStrengthSelf, relStrengthIngredient)
}

// selvesGrouped lists the keys that items have in a relation by the numbers
// of the items' own ids.
func (b *Builder) selvesGrouped(self, to relationNumber) groups {
	own := b.selves(self)
	var edges []pair
	for _, p := range b.relations[to].pairs {
		if id := own[p.item]; id != none {
			edges = append(edges, pair{id, p.key})
		}
	}
	return group(edges, b.relations[self].names.len(), false)
}

// singles returns (ATC code, substance) of the items that hold one substance
// only, moiety and salts counting as one (R43).
func (b *Builder) singles(f families, substances, codes []pair) []pair {
	bySubstance := group(substances, len(b.drafts), true)
	var out []pair
	for _, p := range codes {
		subs := bySubstance.of(p.item)
		one := len(subs) > 0
		for _, u := range subs {
			one = one && f.root(u) == f.root(subs[0])
		}
		if !one {
			continue
		}
		for _, u := range subs {
			out = append(out, pair{p.key, u})
		}
	}
	return out
}

// unique sorts the pairs and drops repeated ones.
func unique(pairs []pair) []pair {
	slices.SortFunc(pairs, func(a, b pair) int {
		if a.key != b.key {
			return int(a.key) - int(b.key)
		}
		return int(a.item) - int(b.item)
	})
	return slices.Compact(pairs)
}
