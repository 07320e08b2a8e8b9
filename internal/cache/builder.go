package cache

import (
	"errors"
	"fmt"
	"math"

	"github.com/festd/festd/internal/search"
	"github.com/festd/festd/internal/wire"
)

// Format is the version of the file: it changes when its layout, the keys of
// its tables, the order of the search or the renderer change. A file of another format is rebuilt.
const Format = 3

// Options of a Builder.
type Options struct {
	// Sample marks every item as made up: not for clinical use.
	Sample bool
	// TempDir holds the spill file, which is unlinked as soon as it is there;
	// empty means the system's. Small contents need none.
	TempDir string
	// InMemory: there is no spill file, whatever the size: for a node whose
	// disk takes nothing.
	InMemory bool
}

// Builder builds a snapshot file from decoded entries: Prepare from many
// goroutines, Add in file order from one, then Finish. Rendered entries go to
// an unlinked file; what stays in memory, per item and as keys and displays,
// has no pointers.
type Builder struct {
	options  Options
	renderer *wire.Renderer
	free     chan *Prepared
	err      error // of NewBuilder

	spill     spill
	drafts    []draft
	names     []byte
	strings   []byte
	relations [numRelations]relation
	atc       atcNames
	// What the search is made of: texts, which item has which, and what kinds
	// of commodities there are, by item.
	texts       interner
	found       []foundText
	commodities map[uint32]search.Kind
	// singleIngredients are (ATC code, substance) by R43, once derived.
	singleIngredients []pair
	spent             bool
}

// NewBuilder returns an empty builder.
func NewBuilder(o Options) *Builder {
	b := &Builder{options: o, spill: spill{dir: o.TempDir, inMemory: o.InMemory}, free: make(chan *Prepared, maxFree), commodities: map[uint32]search.Kind{}}
	b.renderer, b.err = wire.NewRenderer(o.Sample)
	shared := map[relationNumber]*interner{}
	for i := range b.relations {
		of := namesOf(relationNumber(i))
		if shared[of] == nil {
			shared[of] = &interner{}
		}
		b.relations[i].names = shared[of]
	}
	return b
}

// namesOf says whose names a relation shares: relations over the same ids are
// joined by the numbers of their names.
func namesOf(r relationNumber) relationNumber {
	switch r {
	case relStrengthIngredient, relDrugIngredient, relGenericIngredient, relInteractionIngredient, relIngredientATC,
		relIngredientSelf, relIngredientSalt, relDrugSubstance, relGenericSubstance:
		return relIngredientSelf
	case relStrengthSelf, relDrugStrength, relGenericStrength:
		return relStrengthSelf
	case relDrugATC, relGenericATC, relPackageATC, relReimbursementATC, relInteractionATC, relNotAssessedATC, relOtherATC:
		return relOtherATC
	case relPackageSubstitutionGroup, relSubstitutionGroupSelf, relSubstitutionGroupSelfCode:
		return relSubstitutionGroupSelf
	case relPackageDrug, relDrugSelf, relGenericDrug:
		return relDrugSelf
	case relPackageSelf, relGenericPackage:
		return relPackageSelf
	case relReimbursementSelf, relIngredientReimbursement, relGenericReimbursement, relPackageReimbursement, relCommodityReimbursement:
		return relReimbursementSelf
	case relDrugCondition, relGenericCondition, relPackageCondition, relCommodityCondition, relReimbursementCondition:
		return relDrugCondition
	case relReimbursementGroupNumber, relCommodityProductGroup:
		return relReimbursementGroupNumber
	default:
		return r
	}
}

// atcNames are the names of ATC codes, by the number of the code.
type atcNames struct {
	text  []byte
	codes []atcName
}

type atcName struct {
	used          span   // display where the code was used with one first
	name, english span   // of the code list
	parent        uint32 // number of the parent by the code list, plus 1
}

func (a *atcNames) put(text []byte) span {
	s := span{uint32(len(a.text)), uint32(len(text))}
	a.text = append(a.text, text...)
	return s
}

func (a *atcNames) at(s span) []byte { return a.text[s.at : s.at+s.len] }

// of returns the names of a code by its number, from 0.
func (a *atcNames) of(num uint32) *atcName {
	for int(num) >= len(a.codes) {
		a.codes = append(a.codes, atcName{})
	}
	return &a.codes[num]
}

var errSpent = errors.New("cache: the builder is spent")

// Add adds a prepared entry with that ordinal, its number in the content. It
// is called in file order from one goroutine; p is not to be touched again.
func (b *Builder) Add(p *Prepared, ordinal int) error {
	switch {
	case b.err != nil:
		return b.err
	case b.spent:
		return errSpent
	case ordinal < 0 || ordinal >= noOrdinal:
		return fmt.Errorf("cache: ordinal %d is out of range", ordinal)
	case len(b.drafts)+len(p.items) > math.MaxInt32/2:
		return errors.New("cache: more items than a snapshot can number")
	}
	at, err := b.spill.append(p.buf)
	if err != nil {
		b.err = err
		return err
	}
	first := uint32(len(b.drafts))
	for _, d := range p.items {
		d.at += at
		d.names += uint32(len(b.names))
		d.ordinal = uint32(ordinal)
		if d.key.at&inStrings != 0 {
			d.key.at += uint32(len(b.strings))
		}
		if d.entry.at&inStrings != 0 {
			d.entry.at += uint32(len(b.strings))
		}
		b.drafts = append(roomy(b.drafts, 1), d)
	}
	b.names = append(roomy(b.names, len(p.names)), p.names...)
	b.strings = append(b.strings, p.strings...)
	for i := range p.keys {
		k := &p.keys[i]
		r := &b.relations[k.relation]
		num, _ := r.names.add(p.at(k.key), k.hash)
		if k.note.len > 0 && b.atc.of(num).used.len == 0 {
			b.atc.of(num).used = b.atc.put(p.at(k.note))
		}
		r.pairs = append(roomy(r.pairs, 1), pair{num, first + k.item})
	}
	for i := range p.texts {
		t := &p.texts[i]
		num, _ := b.texts.add(p.at(t.text), t.hash)
		b.found = append(roomy(b.found, 1), foundText{first + t.item, num, t.field})
	}
	if p.commodityKind > 0 {
		b.commodities[first] = p.commodityKind
	}
	b.addCodes(p)
	if n := len(b.drafts); n>>12 != int(first)>>12 {
		b.err = b.checkSizes()
	}
	b.recycle(p)
	return b.err
}

// A Prepared that was added is used again, unlike one in a sync.Pool also
// after a collection of garbage: so many of them, and none with large buffers.
const (
	maxFree   = 1 << 10
	maxReused = 64 << 10
)

func (b *Builder) recycle(p *Prepared) {
	if cap(p.buf) > maxReused {
		return
	}
	select {
	case b.free <- p:
	default:
	}
}

// checkSizes keeps the numbers of the tables within 32 bits.
func (b *Builder) checkSizes() error {
	if len(b.names) > math.MaxInt32 || len(b.texts.bytes) > math.MaxInt32/2 || len(b.found) > math.MaxInt32/4 {
		return errors.New("cache: more names than a snapshot can hold")
	}
	for i := range b.relations {
		r := &b.relations[i]
		if len(r.names.bytes) > math.MaxInt32/2 || len(r.pairs) > math.MaxInt32/4 || len(b.strings) > math.MaxInt32/2 {
			return errors.New("cache: more keys than a snapshot can hold")
		}
	}
	return nil
}

// addCodes adds the elements of the ATC code list.
func (b *Builder) addCodes(p *Prepared) {
	names := b.relations[relOtherATC].names
	for _, c := range p.codes {
		if c.code.len == 0 {
			continue
		}
		num, _ := names.addString(string(p.at(c.code)))
		parent := uint32(0)
		if c.parent.len > 0 {
			n, _ := names.addString(string(p.at(c.parent)))
			parent = n + 1
		}
		a := b.atc.of(num)
		a.name, a.english, a.parent = b.atc.put(p.at(c.name)), b.atc.put(p.at(c.nameEnglish)), parent
	}
}

// Discard gives back what the builder holds. It may be called at any time
// from the goroutine of Add, also after Finish.
func (b *Builder) Discard() {
	b.spill.close()
	b.spent = true
	b.drafts, b.names, b.strings = nil, nil, nil
	b.relations = [numRelations]relation{}
	b.atc = atcNames{}
	b.texts, b.found, b.commodities = interner{}, nil, nil
}
