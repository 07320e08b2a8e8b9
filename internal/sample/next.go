package sample

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/festd/festd/internal/fest"
)

// Next is the release that follows after a change. The receiver stays as it
// is, so one release can have several successors. It makes every entry once.
func (d *Data) Next(c Change) (*Data, error) {
	if err := c.validate(d.retrieved); err != nil {
		return nil, err
	}
	c.Classes, c.Fill = maps.Clone(c.Classes), slices.Clone(c.Fill)
	n := nextRelease{
		old: d, r: newRNG(d.seed, streamNext, uint64(len(d.steps))),
		step: step{change: c, retrieved: c.Retrieved, seed: d.seed ^ uint64(len(d.steps)+1)*0xd1342543de82ef95,
			copies: map[string]string{}, removed: maps.Clone(d.removed)},
		copied: map[int32]bool{}, copies: d.copies,
		marks: make([]what, len(d.items)), gone: make([]bool, len(d.items)), kinds: newKinds(len(d.items)), stays: make([]bool, len(d.items)),
		outcome: Outcome{Added: map[fest.Class]int{}, Removed: map[fest.Class]int{}, Edited: map[fest.Class]int{}},
	}
	if n.step.removed == nil {
		n.step.removed = map[string]bool{}
	}
	n.read()
	n.remove()
	n.edit()
	n.move()
	n.add()
	return n.finish(), nil
}

// Fortnight is the release that follows in the calendar.
func (d *Data) Fortnight() *Data {
	next, err := d.Next(Calendar(d.retrieved))
	if err != nil { // Calendar's changes are valid
		return d
	}
	return next
}

// nextRelease is the making of a release from the one before.
type nextRelease struct {
	old     *Data
	r       rng
	step    step
	marks   []what // per old item
	gone    []bool // per old item
	kinds   kinds
	stays   []bool // per old item: indispensable
	added   []item
	outcome Outcome

	owner   map[string]int32 // object id to item
	targets [][]int32        // per item: items it refers to
	sources [][]int32        // per item: items that refer to it
	byClass map[fest.Class][]int
	fills   []bool
	copied  map[int32]bool // items copied in this step
	copies  uint32         // copies made so far, in all steps
}

// read makes every entry once and notes who refers to whom.
func (n *nextRelease) read() {
	d := n.old
	n.owner = make(map[string]int32, len(d.items))
	n.targets, n.sources = make([][]int32, len(d.items)), make([][]int32, len(d.items))
	n.byClass = map[fest.Class][]int{}
	n.fills = make([]bool, len(d.items))
	links := make([][]string, len(d.items))
	codes := map[string]string{}
	for i := range d.items {
		it := &d.items[i]
		n.byClass[it.class] = append(n.byClass[it.class], i)
		e := d.entry(it)
		ids(e, func(id fest.ID) { n.owner[string(id)] = int32(i) })
		refs(e, func(r fest.Ref) { links[i] = append(links[i], string(r)) })
		if m := medicineOf(e); m != nil && m.Atc != nil {
			n.kinds.read(i, e.Class, m.Atc.Code)
			n.stays[i] = isIndispensable(m.Atc.Code)
			if n.step.change.ATCYear > 0 && len(m.Atc.Code) == 7 && m.Atc.Code != "WITHOUT" && !n.stays[i] {
				codes[m.Atc.Code] = m.Atc.Display
			}
		}
		if n.step.condition == "" {
			if o, ok := e.Object.(*fest.Condition); ok {
				n.step.condition = fest.Ref(o.ID)
			}
		}
	}
	for i, l := range links {
		for _, id := range l {
			if to, ok := n.owner[id]; ok && int(to) != i {
				n.targets[i] = append(n.targets[i], to)
				n.sources[to] = append(n.sources[to], int32(i))
			}
		}
	}
	n.pickATC(codes)
	n.findFills()
}

// findFills notes what the step's fills would change; only now is the
// condition known that generics get.
func (n *nextRelease) findFills() {
	if len(n.step.change.Fill) == 0 {
		return
	}
	for _, class := range []fest.Class{fest.ClassDrug, fest.ClassGeneric, fest.ClassCodeSystem, fest.ClassSubstitutionGroup} {
		for _, i := range n.byClass[class] {
			n.fills[i] = n.step.fills(n.old.entry(&n.old.items[i]))
		}
	}
}

func medicineOf(e *fest.Entry) *fest.Medicine {
	switch o := e.Object.(type) {
	case *fest.Drug:
		return &o.Medicine
	case *fest.Package:
		return &o.Medicine
	case *fest.Generic:
		return &o.Medicine
	case *fest.Dose:
		return &o.Medicine
	default:
		return nil
	}
}

// pickATC chooses the codes that move: to a free number under the same level
// 4, as WHO does it.
func (n *nextRelease) pickATC(codes map[string]string) {
	if len(codes) == 0 {
		return
	}
	all := slices.Sorted(maps.Keys(codes))
	n.step.atc, n.step.names = map[string]string{}, map[string]string{}
	for _, k := range n.r.permutation(len(all))[:share(len(all), n.step.change.ATCYear)] {
		code := all[k]
		for number := 1; number < 100; number++ {
			to := code[:5] + pad(strconv.Itoa((number+60)%100), 2)
			if _, used := codes[to]; !used && n.step.names[to] == "" {
				n.step.atc[code], n.step.names[to] = to, codes[code]
				break
			}
		}
	}
	n.outcome.ATC = n.step.atc
}

// share is a share of n, rounded, and at least 1 where it is not nothing.
func share(n int, of float64) int {
	if of <= 0 || n == 0 {
		return 0
	}
	return min(n, max(1, int(math.Round(float64(n)*of))))
}

// removalOrder is so that what falls with something else falls first.
var removalOrder = []fest.Class{
	fest.ClassDrug, fest.ClassPackage, fest.ClassDose, fest.ClassGeneric, fest.ClassIngredientStrength, fest.ClassIngredient,
	fest.ClassBreastProsthesis, fest.ClassMedicalConsumable, fest.ClassNutrient, fest.ClassReimbursement, fest.ClassCondition, fest.ClassNotification,
	fest.ClassSubstitutionGroup, fest.ClassInteraction, fest.ClassInteractionNotAssessed, fest.ClassShortDose, fest.ClassDiagnosis, fest.ClassOrderingSubstance,
}

// remove takes entries out, first those that nothing refers to; what cannot
// stand without them goes too and counts towards its class's share. What
// merely listed them is pruned. A kind of medicine is thinned out only where
// the share cannot be had otherwise.
func (n *nextRelease) remove() {
	for _, class := range removalOrder {
		of := n.byClass[class]
		want := share(len(of), n.step.change.share(class).Removed)
		if want <= n.outcome.Removed[class] {
			continue
		}
		order := n.r.permutation(len(of))
		for _, careful := range []bool{true, false} {
			for _, referred := range []bool{false, true} {
				n.removeOf(class, order, want, referred, careful)
			}
		}
	}
}

// removeOf removes entries of a class, in the order given, until as many are
// gone as are wanted: those that something refers to or those that nothing
// does, except in the classes that take along what refers to them.
func (n *nextRelease) removeOf(class fest.Class, order []int, want int, referred, careful bool) {
	cascades := class == fest.ClassDrug || class == fest.ClassPackage
	if referred && !mayBeReferred(class) {
		return
	}
	for _, k := range order {
		i := n.byClass[class][k]
		if n.outcome.Removed[class] >= want {
			return
		}
		if n.gone[i] || n.keeps(i) || !cascades && (n.liveSources(i) > 0) != referred {
			continue
		}
		if going := n.with(int32(i)); !careful || n.canLose(going) {
			n.drop(going)
		}
	}
}

// canLose says whether nothing indispensable is among the items, and no kind of
// medicine loses too much by them.
func (n *nextRelease) canLose(going []int32) bool {
	return n.kinds.canLose(going) && !slices.ContainsFunc(going, func(i int32) bool { return n.stays[i] })
}

// keeps reports whether the item is the condition that generics are filled
// with in this step.
func (n *nextRelease) keeps(i int) bool {
	return n.step.condition != "" && n.old.items[i].class == fest.ClassCondition && n.owner[string(n.step.condition)] == int32(i)
}

// mayBeReferred says which classes can be removed though something refers to
// them: the reference is then dropped. An ingredient of a product cannot.
func mayBeReferred(c fest.Class) bool {
	switch c {
	case fest.ClassIngredient, fest.ClassIngredientStrength, fest.ClassReimbursement:
		return false
	default:
		return true
	}
}

func (n *nextRelease) liveSources(i int) int {
	live := 0
	for _, s := range n.sources[i] {
		if !n.gone[s] {
			live++
		}
	}
	return live
}

// with is what leaves with an item: itself, and whatever cannot stand without
// what leaves.
func (n *nextRelease) with(i int32) []int32 {
	going, leaves := []int32{i}, map[string]bool{}
	for k := 0; k < len(going); k++ {
		ids(n.old.entry(&n.old.items[going[k]]), func(id fest.ID) { leaves[string(id)] = true })
		for _, s := range n.sources[going[k]] {
			if n.gone[s] || slices.Contains(going, s) {
				continue
			}
			if !pruneEntry(n.old.entry(&n.old.items[s]), func(id string) bool { return n.step.removed[id] || leaves[id] }) {
				going = append(going, s)
			}
		}
	}
	return going
}

// drop removes items, and takes them out of what merely lists them.
func (n *nextRelease) drop(going []int32) {
	for _, i := range going {
		n.gone[i] = true
		n.kinds.lose(i)
		it := &n.old.items[i]
		n.outcome.Removed[it.class]++
		ids(n.old.entry(it), func(id fest.ID) { n.step.removed[string(id)] = true })
		for _, s := range n.sources[i] {
			n.marks[s] |= whatPruned
		}
	}
}

// edit marks what is edited, filled and re-issued.
func (n *nextRelease) edit() {
	c := &n.step.change
	for _, class := range fest.Classes() {
		of := n.byClass[class]
		left := share(len(of), c.share(class).Edited)
		for _, k := range n.r.permutation(len(of)) {
			if left == 0 {
				break
			}
			if i := of[k]; !n.gone[i] {
				n.marks[i] |= whatEdited
				left--
			}
		}
	}
	if c.Prices > 0 {
		of := n.byClass[fest.ClassPackage]
		left := share(len(of), c.Prices)
		for _, k := range n.r.permutation(len(of)) {
			if left == 0 {
				break
			}
			i := of[k]
			if p, ok := n.old.entry(&n.old.items[i]).Object.(*fest.Package); !n.gone[i] && ok && len(p.Prices) > 0 {
				n.marks[i] |= whatPrices
				left--
			}
		}
	}
	if c.CommodityQuarter {
		for _, class := range commodityClasses {
			for _, i := range n.byClass[class] {
				n.marks[i] |= whatPrices
			}
		}
	}
	for i, fills := range n.fills {
		if fills && !n.gone[i] {
			n.marks[i] |= whatFilled
		}
	}
}

// move marks what has a code that moves, then what is merely re-issued.
func (n *nextRelease) move() {
	if len(n.step.atc) > 0 {
		for i := range n.old.items {
			if !n.gone[i] && usesATC(n.old.entry(&n.old.items[i]), n.step.atc) {
				n.marks[i] |= whatATC
			}
		}
	}
	left := share(len(n.old.items), n.step.change.Reissue)
	for _, i := range n.r.permutation(len(n.old.items)) {
		if left == 0 {
			break
		}
		if !n.gone[i] {
			left--
			if n.marks[i] == 0 {
				n.marks[i] = whatReissued
				n.outcome.Reissued++
			}
		}
	}
}

// add copies entries: of packages first those of drugs that were copied, so
// that a new drug has a package, and likewise doses.
func (n *nextRelease) add() {
	for _, class := range []fest.Class{
		fest.ClassIngredient, fest.ClassIngredientStrength, fest.ClassDrug, fest.ClassSubstitutionGroup, fest.ClassCondition, fest.ClassReimbursement,
		fest.ClassPackage, fest.ClassDose, fest.ClassGeneric, fest.ClassBreastProsthesis, fest.ClassMedicalConsumable, fest.ClassNutrient,
		fest.ClassNotification, fest.ClassInteraction, fest.ClassInteractionNotAssessed, fest.ClassShortDose, fest.ClassDiagnosis, fest.ClassOrderingSubstance,
	} {
		of := n.byClass[class]
		want := share(len(of), n.step.change.share(class).Added)
		if want == 0 {
			continue
		}
		var first, rest []int
		for _, k := range n.r.permutation(len(of)) {
			i := of[k]
			if n.gone[i] {
				continue
			}
			if (class == fest.ClassPackage || class == fest.ClassDose) && slices.ContainsFunc(n.targets[i], func(t int32) bool { return n.copied[t] }) {
				first = append(first, i)
			} else {
				rest = append(rest, i)
			}
		}
		for _, i := range slices.Concat(first, rest) {
			if want == 0 {
				break
			}
			n.copyItem(i)
			want--
		}
	}
}

// copyItem adds a copy of an item as it stood before this step, with what this
// step had to take out of it.
func (n *nextRelease) copyItem(i int) {
	it := n.old.items[i]
	n.copies++
	it.touches = append(slices.Clip(it.touches), touch{uint16(len(n.old.steps)), whatAdded | n.marks[i]&(whatPruned|whatATC), n.copies})
	of := n.old.entry(&n.old.items[i])
	it.copied = n.copies
	ids(of, func(id fest.ID) { n.step.copies[string(id)] = copyID(n.step.seed, string(id), it.copied) })
	n.copied[int32(i)] = true
	n.added = append(n.added, it)
	n.outcome.Added[it.class]++
}

// finish puts the release together.
func (n *nextRelease) finish() *Data {
	d := *n.old
	d.retrieved = n.step.retrieved
	d.steps = append(slices.Clip(slices.Clone(d.steps)), n.step)
	d.removed, d.copies = n.step.removed, n.copies
	d.outcome = n.outcome
	d.items = make([]item, 0, len(n.old.items)+len(n.added))
	for i := range n.old.items {
		if n.gone[i] {
			continue
		}
		it := n.old.items[i]
		if w := n.marks[i]; w != 0 {
			it.touches = append(slices.Clip(it.touches), touch{step: uint16(len(n.old.steps)), what: w})
			if w&^whatReissued != 0 {
				d.outcome.Edited[it.class]++
			}
			if w&whatPrices != 0 {
				d.outcome.Repriced++
			}
			if w&whatFilled != 0 {
				d.outcome.Filled++
			}
		}
		d.items = append(d.items, it)
	}
	d.items = append(d.items, n.added...)
	slices.SortStableFunc(d.items, func(a, b item) int { return cmp.Compare(a.class, b.class) })
	return &d
}
