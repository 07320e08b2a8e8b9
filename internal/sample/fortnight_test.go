package sample_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// key tells an object across releases: its id, or what stands for it (R16).
func key(e *fest.Entry) string {
	if items := e.Items(); len(items) > 0 {
		return e.Class.String() + " " + items[0].Key
	}
	return string(e.EntryID)
}

// difference is what changed between two releases.
type difference struct {
	added, removed, edited, reissued map[fest.Class]int
	had                              map[fest.Class]int
}

// compare reads both releases. An entry that changed in content must have a
// new entry id, and one with the same entry id must be equal to the byte
// (R14).
func compare(t *testing.T, a, b *sample.Data) difference {
	t.Helper()
	d := difference{map[fest.Class]int{}, map[fest.Class]int{}, map[fest.Class]int{}, map[fest.Class]int{}, map[fest.Class]int{}}
	old := map[string]*fest.Entry{}
	for e := range a.Entries() {
		k := key(e)
		if old[k] != nil {
			t.Errorf("%s twice", k)
		}
		old[k] = e
		d.had[e.Class]++
	}
	for e := range b.Entries() {
		before := old[key(e)]
		delete(old, key(e))
		if before == nil {
			d.added[e.Class]++
			continue
		}
		same := cmp.Equal(before.Object, e.Object)
		switch {
		case before.EntryID == e.EntryID:
			if !same || before.Envelope != e.Envelope {
				t.Errorf("%s changed under one entry id", key(e))
			}
		case same:
			d.reissued[e.Class]++
		default:
			d.edited[e.Class]++
		}
		if before.EntryID != e.EntryID && e.RegistrationTime <= before.RegistrationTime {
			t.Errorf("%s: registered %s, before that %s", key(e), e.RegistrationTime, before.RegistrationTime)
		}
	}
	for _, e := range old {
		d.removed[e.Class]++
	}
	return d
}

func next(t *testing.T, d *sample.Data, c sample.Change) *sample.Data {
	t.Helper()
	n, err := d.Next(c)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNextKeepsToTheShares(t *testing.T) {
	classes := []fest.Class{fest.ClassDrug, fest.ClassPackage, fest.ClassIngredient, fest.ClassGeneric, fest.ClassDose, fest.ClassMedicalConsumable, fest.ClassReimbursement,
		fest.ClassCondition, fest.ClassSubstitutionGroup, fest.ClassInteraction, fest.ClassShortDose, fest.ClassInteractionNotAssessed}
	shares := map[fest.Class]sample.Share{}
	for _, c := range classes {
		shares[c] = sample.Share{Added: 0.04, Removed: 0.03, Edited: 0.1}
	}
	shares[fest.ClassCodeSystem] = sample.Share{Edited: 0.3}
	a := scaled(t, 1, 0.1)
	b := next(t, a, sample.Change{Classes: shares})
	check(t, b)
	d := compare(t, a, b)
	for _, c := range classes {
		n := float64(d.had[c])
		for what, got := range map[string][2]float64{"added": {float64(d.added[c]), 0.04}, "removed": {float64(d.removed[c]), 0.03}, "edited": {float64(d.edited[c]), 0.1}} {
			slack := 1.5 // of rounding
			if what == "edited" {
				slack += n * 0.1 // pruning edits too: generics lose packages
			}
			if what == "edited" && c == fest.ClassReimbursement {
				slack += n * 0.3 // conditions are dropped from it
			}
			if what != "added" && (c == fest.ClassPackage || c == fest.ClassDose) {
				slack += n * 0.02 // what falls with a drug
			}
			if math.Abs(got[0]-n*got[1]) > slack {
				t.Errorf("%s: %v %s of %v, want %.1f", c, got[0], what, n, n*got[1])
			}
		}
	}
	for _, c := range fest.Classes() {
		if d.added[c] != b.Outcome().Added[c] || d.removed[c] != b.Outcome().Removed[c] || d.edited[c] != b.Outcome().Edited[c] {
			t.Errorf("%s: outcome says +%d -%d ~%d, seen +%d -%d ~%d", c, b.Outcome().Added[c], b.Outcome().Removed[c], b.Outcome().Edited[c], d.added[c], d.removed[c], d.edited[c])
		}
	}
}

func TestNextIsReproducible(t *testing.T) {
	run := func() [32]byte {
		d := scaled(t, 5, 0.02)
		for range 4 {
			d = d.Fortnight()
		}
		return digest(t, d)
	}
	if first, second := run(), run(); first != second {
		t.Error("the same steps gave different bytes")
	}
	d := scaled(t, 5, 0.02)
	before := digest(t, d)
	d.Fortnight().Fortnight()
	if digest(t, d) != before {
		t.Error("a release changed when its successor was made")
	}
}

func TestNothingChanges(t *testing.T) {
	a := sample.Small(time.Time{})
	b := next(t, a, sample.Change{})
	if b.Document().RetrievalDate <= a.Document().RetrievalDate {
		t.Errorf("HentetDato %s, before that %s", b.Document().RetrievalDate, a.Document().RetrievalDate)
	}
	d := compare(t, a, b)
	for _, c := range fest.Classes() {
		if d.added[c]+d.removed[c]+d.edited[c]+d.reissued[c] != 0 {
			t.Errorf("%s: +%d -%d ~%d, re-issued %d", c, d.added[c], d.removed[c], d.edited[c], d.reissued[c])
		}
	}
}

func TestReissueChangesNoContent(t *testing.T) {
	a := scaled(t, 1, 0.05)
	b := next(t, a, sample.Change{Reissue: 0.58})
	d := compare(t, a, b)
	total := 0
	for _, c := range fest.Classes() {
		total += d.reissued[c]
		if d.added[c]+d.removed[c]+d.edited[c] != 0 {
			t.Errorf("%s: content changed", c)
		}
	}
	if want := int(math.Round(0.58 * float64(a.Len()))); total != want || b.Outcome().Reissued != want {
		t.Errorf("%d re-issued (outcome %d), want %d", total, b.Outcome().Reissued, want)
	}
}

func TestCommodityQuarter(t *testing.T) {
	a := sample.Small(time.Date(2026, 9, 20, 3, 9, 6, 0, time.UTC))
	b := next(t, a, sample.Change{CommodityQuarter: true})
	check(t, b)
	d := compare(t, a, b)
	for _, c := range fest.Classes() {
		want := 0
		if c.Resource() == fest.ResourceCommodities {
			want = d.had[c]
		}
		if d.edited[c] != want {
			t.Errorf("%s: %d edited, want %d", c, d.edited[c], want)
		}
	}
	for e := range b.Entries() {
		if o, ok := e.Object.(*fest.Nutrient); ok {
			if p := o.Prices[0]; *p.ValidFromDate != "2026-10-01" || *p.ValidUntilDate != "2026-12-31" {
				t.Errorf("%s: price from %s until %s", o.Name, *p.ValidFromDate, *p.ValidUntilDate)
			}
		}
	}
}

func TestPriceRevision(t *testing.T) {
	a := scaled(t, 1, 0.05)
	b := next(t, a, sample.Change{Retrieved: time.Date(2027, 1, 2, 3, 9, 6, 0, time.UTC), Prices: 0.6})
	check(t, b)
	d := compare(t, a, b)
	if share := float64(d.edited[fest.ClassPackage]) / float64(d.had[fest.ClassPackage]); share < 0.54 || share > 0.62 {
		t.Errorf("%.2f of the packages got new prices, want 0.6", share)
	}
	from := 0
	for e := range b.Entries() {
		if p, ok := e.Object.(*fest.Package); ok && len(p.Prices) > 0 && *p.Prices[0].ValidFromDate == "2027-01-01" {
			from++
		}
	}
	if from != d.edited[fest.ClassPackage] {
		t.Errorf("%d packages have prices from 2027-01-01, %d changed", from, d.edited[fest.ClassPackage])
	}
}

func TestATCYear(t *testing.T) {
	a := scaled(t, 1, 0.05)
	b := next(t, a, sample.Change{ATCYear: 0.05})
	check(t, b)
	moved := b.Outcome().ATC
	if len(moved) < 2 {
		t.Fatalf("only %d codes moved", len(moved))
	}
	seen := map[string]int{}
	old := map[string]string{}
	for e := range a.Entries() {
		if o, ok := e.Object.(*fest.Drug); ok && o.Atc != nil {
			old[string(*o.ID)] = o.Atc.Code
		}
	}
	changed := 0
	for e := range b.Entries() {
		switch o := e.Object.(type) {
		case *fest.Drug:
			if o.Atc == nil {
				continue
			}
			was := old[string(*o.ID)]
			if to, ok := moved[was]; ok && o.Atc.Code != to || !ok && o.Atc.Code != was {
				t.Errorf("drug %s went from %s to %s", *o.ID, was, o.Atc.Code)
			}
			if was != o.Atc.Code {
				changed++
			}
		case *fest.CodeSystem:
			if o.Info.OID == fest.OIDRoot+"7180" {
				for _, x := range o.Elements {
					seen[string(x.Code)]++
				}
			}
		}
	}
	if changed == 0 {
		t.Error("no drug changed its code")
	}
	for from, to := range moved {
		if seen[from] != 0 || seen[to] != 1 || from[:5] != to[:5] {
			t.Errorf("%s became %s: %d and %d times in the code list", from, to, seen[from], seen[to])
		}
	}
}

func TestFill(t *testing.T) {
	a := scaled(t, 1, 0.05)
	b := next(t, a, sample.Change{Fill: []sample.Fill{sample.FillGenericConditions, sample.FillTerms, sample.FillSubstitutionUntil, sample.FillValidity}})
	check(t, b)
	until := func(d *sample.Data) (n int) {
		for e := range d.Entries() {
			switch o := e.Object.(type) {
			case *fest.SubstitutionGroup:
				if o.ValidUntilDate != nil {
					n++
				}
			}
		}
		return n
	}
	if until(b) <= until(a) {
		t.Error("no substitution group got an until-date")
	}
	for e := range b.Entries() {
		switch o := e.Object.(type) {
		case *fest.Generic:
			if len(o.Conditions) == 0 {
				t.Errorf("generic %s has no condition", o.ID)
			}
		case *fest.CodeSystem:
			for _, x := range o.Elements {
				if len(x.Terms) < 2 {
					t.Fatalf("%s %s has %d terms", o.Info.OID, x.Code, len(x.Terms))
				}
			}
		}
	}
	// Later releases keep what was filled.
	if d := compare(t, b, next(t, b, sample.Change{})); d.edited[fest.ClassGeneric] != 0 {
		t.Errorf("%d generics changed again", d.edited[fest.ClassGeneric])
	}
}

// Thirty fortnights of a calendar year and more: no release has a fault, and
// commodities and prices turn at their dates.
func TestThirtyFortnights(t *testing.T) {
	d := scaled(t, 9, 0.02)
	quarters, revisions := 0, 0
	for i := range 30 {
		n := d.Fortnight()
		if i%6 == 5 || i == 29 {
			check(t, n)
		}
		if n.Outcome().Edited[fest.ClassMedicalConsumable] > 0 {
			quarters++
		}
		if len(n.Outcome().ATC) > 0 {
			revisions++
		}
		for c, k := range n.Outcome().Removed {
			if had := d.Outcome().Added[c]; k > 40+had {
				t.Errorf("fortnight %d removes %d %s", i, k, c)
			}
		}
		d = n
	}
	if quarters != 4 && quarters != 5 || revisions != 1 {
		t.Errorf("%d quarters and %d Januaries in thirty fortnights from September", quarters, revisions)
	}
	validateData(t, d)
}

func TestWithout(t *testing.T) {
	a := scaled(t, 1, 0.1)
	b := a.Without(fest.ClassIngredient, 800)
	if n := a.Counts()[fest.ClassIngredient.String()] - b.Counts()[fest.ClassIngredient.String()]; n != 800 {
		t.Errorf("%d ingredients missing, want 800", n)
	}
	if a.Len()-b.Len() != 800 {
		t.Errorf("%d entries missing in all", a.Len()-b.Len())
	}
	if n := a.Without(fest.ClassCondition, 1_000_000).Counts()[fest.ClassCondition.String()]; n != 0 {
		t.Errorf("%d conditions left of none", n)
	}
}

func TestChangesAreChecked(t *testing.T) {
	d := sample.Small(time.Time{})
	for _, c := range []sample.Change{
		{Retrieved: d.Retrieved()}, {Retrieved: d.Retrieved().AddDate(0, 0, -1)}, {Reissue: 1.5}, {Prices: math.NaN()}, {ATCYear: -0.1}, {Default: sample.Share{Removed: 2}},
		{Classes: map[fest.Class]sample.Share{99: {}}}, {Fill: []sample.Fill{77}},
	} {
		if _, err := d.Next(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestSmallGoesOn(t *testing.T) {
	a := sample.Small(time.Time{})
	b := next(t, a, sample.Ordinary())
	check(t, b)
	validateData(t, b)
	d := compare(t, a, b)
	if d.edited[fest.ClassPackage] == 0 || d.added[fest.ClassPackage] == 0 || d.removed[fest.ClassNotification] == 0 {
		t.Errorf("an ordinary fortnight: %+v", d)
	}
}
