package cache_test

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// register builds one release after the other and knows what left.
type register struct {
	t       *testing.T
	current *cache.Snapshot
	sets    []cache.RemovedSet
}

func day(n int) fest.DateTime {
	return fest.DateTime("2026-01-" + string(rune('0'+n/10)) + string(rune('0'+n%10)) + "T00:00:00")
}

// at gives a snapshot another serial and HentetDato.
func at(t testing.TB, s *cache.Snapshot, serial int) *cache.Snapshot {
	t.Helper()
	rel := s.Release()
	rel.Serial, rel.Content.RetrievalDate = fest.Serial(serial), day(serial)
	next := s.WithRelease(rel)
	t.Cleanup(next.Close)
	return next
}

// publish makes the entries release serial.
func (r *register) publish(serial int, entries ...*fest.Entry) *cache.Snapshot {
	r.t.Helper()
	next := at(r.t, open(r.t, entries...), serial)
	if r.current != nil {
		data, err := cache.Leaving(context.Background(), r.current, next)
		if err != nil {
			r.t.Fatal(err)
		}
		if data != nil {
			r.sets = append(r.sets, cache.RemovedSet{Serial: fest.Serial(serial), RetrievalDate: day(serial), Data: data})
		}
	}
	next.SetRemoved(r.graveyard())
	r.current = next
	return next
}

func (r *register) graveyard() *cache.Graveyard {
	r.t.Helper()
	g, err := cache.OpenGraveyard(r.sets)
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

func ingredientOf(id, name string) *fest.Entry {
	return entry(fest.ClassIngredient, id, &fest.Ingredient{ID: fest.ID(id), Name: fest.Text(name)})
}

func packageOf(id, item, outgoing string, ean ...fest.Number) *fest.Entry {
	p := &fest.Package{ID: ptr(fest.ID(id)), ItemNumber: fest.Number(item), BarCodes: ean}
	p.NameFormStrength, p.Atc = fest.Text("Pakning "+item), atc("N02BE01")
	if outgoing != "" {
		p.MarketingInformation = &fest.MarketingInformation{DiscontinuedItemNumber: ptr(fest.Number(outgoing))}
	}
	return entry(fest.ClassPackage, id, p)
}

func edited(e *fest.Entry, entryID string) *fest.Entry {
	e.EntryID = fest.EntryID(entryID)
	return e
}

func TestRemovedAnswersWithItsLastContent(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	a, b := ingredientOf("ID_A", "Paracetamol"), ingredientOf("ID_B", "Ibuprofen")
	first := r.publish(1, a, b)
	second := r.publish(2, b)
	if got := first.Removed(fest.ResourceIngredients, "ID_A"); len(got) != 0 {
		t.Errorf("removed before it left: %+v", got)
	}
	for _, key := range []string{"ID_A", "ID_E-ID_A", "id_a"} {
		got := second.Removed(fest.ResourceIngredients, key)
		if len(got) != 1 {
			t.Fatalf("%s: %d answers", key, len(got))
		}
		it := got[0]
		want := first.Item(first.ByKey(nil, fest.ResourceIngredients, "ID_A")[0])
		if string(it.JSON) != strings.TrimSpace(string(want.JSON)) || !strings.Contains(string(it.XML), "ID_E-ID_A") || !strings.Contains(string(it.XML), "xmlns=") {
			t.Errorf("%s: last content %s, %s", key, it.JSON, it.XML)
		}
		if it.In != 2 || it.Since != day(2) || it.Last != day(1) || it.Reason != "deleted" || it.Name != "Paracetamol" || string(it.Key) != "ID_A" || it.Ordinal != -1 {
			t.Errorf("%s: %+v", key, it)
		}
	}
	for _, key := range []string{"ID_B", "ID_C", ""} {
		if got := second.Removed(fest.ResourceIngredients, key); len(got) != 0 {
			t.Errorf("%s is removed: %+v", key, got)
		}
	}
	if got := second.Removed(fest.ResourceDrugs, "ID_A"); len(got) != 0 {
		t.Errorf("an ingredient is a removed drug: %+v", got)
	}
}

// Removed in 2, back in 3, removed in 4: each release knows what it knew.
func TestRemovedAsOf(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	b := ingredientOf("ID_B", "Ibuprofen")
	r.publish(1, ingredientOf("ID_A", "Paracetamol"), b)
	second := r.publish(2, b)
	third := r.publish(3, edited(ingredientOf("ID_A", "Paracetamol igjen"), "ID_NEW"), b)
	fourth := r.publish(4, b)
	late := r.graveyard()
	for _, s := range []*cache.Snapshot{second, third, fourth} {
		s.SetRemoved(late) // an as-of read has what is known today
	}
	if got := second.Removed(fest.ResourceIngredients, "ID_A"); len(got) != 1 || got[0].In != 2 || got[0].Name != "Paracetamol" {
		t.Errorf("as of 2: %+v", got)
	}
	if got := third.Removed(fest.ResourceIngredients, "ID_A"); len(got) != 0 {
		t.Errorf("as of 3 it is back: %+v", got)
	}
	got := fourth.Removed(fest.ResourceIngredients, "ID_A")
	if len(got) != 2 || got[0].In != 4 || got[1].In != 2 || got[0].Name != "Paracetamol igjen" {
		t.Errorf("as of 4: %+v", got)
	}
	page, _, total, err := fourth.ListRemoved(fest.ResourceIngredients, nil, 0, 10)
	if err != nil || total != 1 || page[0].In != 4 {
		t.Errorf("listed: %+v of %d, %v", page, total, err)
	}
}

func TestRemovedNumbers(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	r.publish(1, packageOf("ID_P", "012387", "", "7046261234567"), packageOf("ID_Q", "000002", ""))
	// The item number changes and the old one is outgoing (R18); the bar code is gone.
	second := r.publish(2, packageOf("ID_P", "555555", "012387"), packageOf("ID_Q", "000002", ""))
	list := func(s *cache.Snapshot, filter, value string) []cache.RemovedItem {
		t.Helper()
		page, _, _, err := s.ListRemoved(fest.ResourcePackages, []cache.Query{{Filter: filter, Value: value}}, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	if got := list(second, "itemNumber", "012387"); len(got) != 0 {
		t.Errorf("the outgoing number finds its package: %+v", got)
	}
	for _, code := range []string{"7046261234567", "07046261234567", "0107046261234567"} {
		got := list(second, "gtin", code)
		if len(got) != 1 || got[0].Reason != "identifier-changed" || len(got[0].Successors) != 1 || got[0].Successors[0].ID != "ID_P" || got[0].Successors[0].Display != "Pakning 555555" {
			t.Errorf("gtin %s: %+v", code, got)
		}
	}
	if got := second.Removed(fest.ResourcePackages, "ID_P"); len(got) != 0 {
		t.Errorf("the package itself is removed: %+v", got)
	}
	third := r.publish(3, packageOf("ID_P", "555555", ""), packageOf("ID_Q", "000002", ""))
	if got := list(third, "itemNumber", "012387"); len(got) != 1 || got[0].In != 3 || got[0].Successors[0].ID != "ID_P" {
		t.Errorf("sold out: %+v", got)
	}
	// Another package says that the item number of one that left is its old one.
	fourth := r.publish(4, packageOf("ID_R", "777777", "555555"), packageOf("ID_Q", "000002", ""))
	gone := fourth.Removed(fest.ResourcePackages, "ID_P")
	if len(gone) != 1 || len(gone[0].Successors) != 1 || gone[0].Successors[0].ID != "ID_R" || gone[0].Successors[0].Reason != "item-number-replaced" {
		t.Errorf("the successor: %+v", gone)
	}
	// The number is another's now: nothing removed is listed by it, and the id still is.
	fifth := r.publish(5, packageOf("ID_Z", "012387", ""), packageOf("ID_Q", "000002", ""))
	if got := list(fifth, "itemNumber", "012387"); len(got) != 0 {
		t.Errorf("a number that is in use again: %+v", got)
	}
	if got := list(fifth, "atc", "N02"); len(got) != 2 {
		t.Errorf("removed packages under N02: %+v", got)
	}
	if got := list(fifth, "name", "pakning 77"); len(got) != 1 || string(got[0].Key) != "ID_R" {
		t.Errorf("by name: %+v", got)
	}
	if _, _, _, err := fifth.ListRemoved(fest.ResourcePackages, []cache.Query{{Filter: "colour", Value: "red"}}, 0, 1); !errors.Is(err, cache.ErrUnknownFilter) {
		t.Errorf("unknown filter: %v", err)
	}
}

func TestRemovedSupersededEntryID(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	var before, after []*fest.Entry
	for i := range 10 {
		id := "ID_" + string(rune('A'+i))
		before = append(before, ingredientOf(id, "Stoff "+id))
		after = append(after, ingredientOf(id, "Stoff "+id))
	}
	edited(after[3], "ID_E-2")
	r.publish(1, before...)
	second := r.publish(2, after...)
	got := second.Removed(fest.ResourceIngredients, "ID_E-ID_D")
	if len(got) != 1 || got[0].Reason != "identifier-changed" || got[0].Successors[0].ID != "ID_D" || string(got[0].Key) != "ID_D" || got[0].JSON != nil {
		t.Errorf("a superseded entry id: %+v", got)
	}
	if page, _, total, err := second.ListRemoved(fest.ResourceIngredients, nil, 0, 10); err != nil || total != 0 {
		t.Errorf("no object left, and yet %+v, %v", page, err)
	}
	// All issued anew (R142): every id that was ever served leads to its object.
	var anew []*fest.Entry
	for i := range 10 {
		anew = append(anew, edited(ingredientOf("ID_"+string(rune('A'+i)), "Stoff"), "ID_N-"+string(rune('A'+i))))
	}
	third := r.publish(3, anew...)
	leads := func(s *cache.Snapshot, entry, object string, in fest.Serial) {
		t.Helper()
		got := s.Removed(fest.ResourceIngredients, entry)
		if len(got) != 1 || got[0].Reason != "identifier-changed" || len(got[0].Successors) != 1 || got[0].Successors[0].ID != object || got[0].In != in || got[0].Last != day(int(in)-1) {
			t.Errorf("%s in release %d: %+v; want it to lead to %s since %d", entry, s.Release().Serial, got, object, in)
		}
	}
	for i := range 10 {
		id := "ID_" + string(rune('A'+i))
		if i == 3 {
			leads(third, "ID_E-2", id, 3)
			leads(third, "ID_E-"+id, id, 2)
			continue
		}
		leads(third, "ID_E-"+id, id, 3)
		if got := second.Removed(fest.ResourceIngredients, "ID_E-"+id); len(got) != 0 {
			t.Errorf("%s is removed before it was: %+v", id, got)
		}
	}
	// The object is gone: its last content answers for every entry id it had.
	fourth := r.publish(4, anew[1:]...)
	for _, entry := range []string{"ID_E-ID_A", "ID_N-A", "ID_A"} {
		got := fourth.Removed(fest.ResourceIngredients, entry)
		if len(got) != 1 || got[0].Reason != "deleted" || got[0].JSON == nil || string(got[0].Key) != "ID_A" {
			t.Errorf("%s: %+v", entry, got)
		}
	}
	if got := fourth.Graveyard().Superseded(); got != 11 {
		t.Errorf("%d superseded entry ids, want 11", got)
	}
}

// Ids of every form, exactly as they were: GUIDs are kept without their text.
func TestSupersededIDsOfEveryForm(t *testing.T) {
	t.Parallel()
	ids := []string{
		"ID_0A1B2C3D-0000-4FFF-8000-00000000000F", "ID_0A1B2C3D-0000-4FFF-8000-00000000000E", "ID_0a1b2c3d-0000-4fff-8000-00000000000f",
		"0A1B2C3D-0000-4FFF-8000-00000000000F", "ID_0A1B2C3D-0000-4FFF-8000-00000000000G", "ID_0A1B2C3D00004FFF-8000-00000000000F-0", "12", "ID_Æ",
	}
	r := &register{t: t}
	var before, after []*fest.Entry
	for i, id := range ids {
		object := "ID_OBJECT-" + string(rune('0'+i))
		if i%2 == 0 {
			object = "ID_FFFFFFFF-0000-4FFF-8000-00000000000" + string(rune('0'+i))
		}
		before = append(before, edited(ingredientOf(object, "Stoff"), id))
		after = append(after, edited(ingredientOf(object, "Stoff"), "ID_NEW-"+id))
	}
	r.publish(1, before...)
	second := r.publish(2, after...)
	for i, id := range ids {
		got := second.Removed(fest.ResourceIngredients, id)
		if len(got) != 1 || string(got[0].Key) != string(before[i].ObjectID()) || string(got[0].EntryID) != id {
			t.Errorf("%s: %+v", id, got)
		}
	}
	if got := second.Removed(fest.ResourceIngredients, "ID_0A1B2C3D-0000-4FFF-8000-00000000000D"); len(got) != 0 {
		t.Errorf("an id that never was: %+v", got)
	}
}

func TestRemovedPages(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	var all []*fest.Entry
	for i := range 25 {
		id := "ID_" + string(rune('A'+i))
		all = append(all, ingredientOf(id, "Stoff "+id))
	}
	r.publish(1, all...)
	last := r.publish(2, all[:5]...)
	var met []string
	for after := 0; ; {
		page, next, total, err := last.ListRemoved(fest.ResourceIngredients, []cache.Query{{Filter: "name", Value: "stoff"}}, after, 7)
		if err != nil || total != 20 {
			t.Fatalf("total %d, %v", total, err)
		}
		for _, it := range page {
			met = append(met, string(it.Key))
		}
		if after = next; next == 0 {
			break
		}
	}
	slices.Sort(met)
	if len(slices.Compact(met)) != 20 {
		t.Errorf("met %v", met)
	}
}

func TestHistories(t *testing.T) {
	t.Parallel()
	served := at(t, open(t, ingredientOf("ID_A", "A")), 9)
	set := func(date int, served *cache.Snapshot, entries ...*fest.Entry) cache.RemovedSet {
		older := at(t, open(t, entries...), date)
		data, err := cache.LeavingHistory(context.Background(), older, served)
		if err != nil {
			t.Fatal(err)
		}
		return cache.RemovedSet{RetrievalDate: day(date), Data: data}
	}
	check := func(sets ...cache.RemovedSet) {
		t.Helper()
		g, err := cache.OpenGraveyard(sets)
		if err != nil {
			t.Fatal(err)
		}
		if g.KnownSince() != day(1) {
			t.Errorf("known since %s", g.KnownSince())
		}
		served.SetRemoved(g)
		b, c := served.Removed(fest.ResourceIngredients, "ID_B"), served.Removed(fest.ResourceIngredients, "ID_C")
		if len(b) == 0 || b[0].Name != "B nyere" || b[0].Last != day(5) || b[0].Since != day(9) || b[0].In != 0 {
			t.Errorf("in both files: %+v", b)
		}
		if len(c) != 1 || c[0].Last != day(1) || c[0].Since != day(5) {
			t.Errorf("in the older file alone: %+v", c)
		}
		if a := served.Removed(fest.ResourceIngredients, "ID_A"); len(a) != 0 {
			t.Errorf("what is served: %+v", a)
		}
	}
	older := []*fest.Entry{ingredientOf("ID_A", "A"), ingredientOf("ID_B", "B"), ingredientOf("ID_C", "C")}
	newer := []*fest.Entry{ingredientOf("ID_A", "A"), edited(ingredientOf("ID_B", "B nyere"), "ID_E-B2")}
	check(set(1, served, older...), set(5, served, newer...))
	// The newer one first: the older one then tells of C alone.
	g, err := cache.OpenGraveyard([]cache.RemovedSet{set(5, served, newer...)})
	if err != nil {
		t.Fatal(err)
	}
	served.SetRemoved(g)
	second := set(1, served, older...)
	check(second, set(5, served, newer...))
	only, err := cache.OpenGraveyard([]cache.RemovedSet{second})
	if err != nil || only.Len() != 1 || only.Superseded() != 1 {
		t.Errorf("the older file tells of %d and %d entry ids, %v", only.Len(), only.Superseded(), err)
	}
	// The entry id that the object had before leads to its last content.
	if b := served.Removed(fest.ResourceIngredients, "ID_E-ID_B"); len(b) == 0 || b[0].Name != "B nyere" {
		t.Errorf("an entry id of the older file: %+v", b)
	}
	// And that of an object which lives leads to it.
	older[0] = edited(ingredientOf("ID_A", "A"), "ID_E-A0")
	third := set(1, served, older...)
	g, err = cache.OpenGraveyard([]cache.RemovedSet{third, set(5, served, newer...)})
	if err != nil {
		t.Fatal(err)
	}
	served.SetRemoved(g)
	if a := served.Removed(fest.ResourceIngredients, "ID_E-A0"); len(a) != 1 || a[0].Successors[0].ID != "ID_A" || a[0].Since != day(5) || a[0].Last != day(1) {
		t.Errorf("a superseded entry id of the older file: %+v", a)
	}
}

func TestNothingLeaves(t *testing.T) {
	t.Parallel()
	s := at(t, open(t, world()...), 1)
	data, err := cache.Leaving(context.Background(), s, at(t, s, 2))
	if err != nil || data != nil {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestGraveyardRefusesDamage(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	r.publish(1, world()...)
	r.publish(2, ingredientOf("ID_A", "A"))
	data := r.sets[0].Data
	for _, i := range []int{0, 9, 17, 40, 60} {
		bad := slices.Clone(data)
		bad[i] ^= 0x40
		if _, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, Data: bad}}); !errors.Is(err, cache.ErrDamaged) {
			t.Errorf("byte %d flipped: %v", i, err)
		}
	}
	if _, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, Data: data[:20]}}); !errors.Is(err, cache.ErrDamaged) {
		t.Errorf("cut off: %v", err)
	}
	again := &register{t: t}
	again.publish(1, world()...)
	again.publish(2, ingredientOf("ID_A", "A"))
	if !slices.Equal(again.sets[0].Data, data) {
		t.Error("the same input gives other bytes")
	}
}

// Sets of the first form, without renewals, are read as ever.
func TestGraveyardOfTheFirstForm(t *testing.T) {
	t.Parallel()
	r := &register{t: t}
	r.publish(1, ingredientOf("ID_A", "A"), ingredientOf("ID_B", "B"))
	last := r.publish(2, ingredientOf("ID_B", "B"))
	data := r.sets[0].Data
	index, renewed := binary.LittleEndian.Uint64(data[8:]), binary.LittleEndian.Uint64(data[16:])
	old := append([]byte("FESTGRV1"), data[8:16]...)
	old = append(append(old, data[24:24+index]...), data[24+index+renewed:]...)
	g, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, RetrievalDate: day(2), Data: old}})
	if err != nil {
		t.Fatal(err)
	}
	want := last.Removed(fest.ResourceIngredients, "ID_A")
	last.SetRemoved(g)
	if diff := cmp.Diff(want, last.Removed(fest.ResourceIngredients, "ID_A")); len(want) != 1 || diff != "" {
		t.Errorf("%d answers, (-want +got):\n%s", len(want), diff)
	}
}

func FuzzGraveyard(f *testing.F) {
	f.Add([]byte("FESTGRV1"))
	if none, err := cache.NothingLeaves(); err == nil {
		f.Add(none)
	}
	f.Add([]byte{})
	before, after := at(f, open(f, ingredientOf("ID_0A1B2C3D-0000-4FFF-8000-00000000000F", "A"), ingredientOf("ID_B", "B")), 1),
		at(f, open(f, edited(ingredientOf("ID_0A1B2C3D-0000-4FFF-8000-00000000000F", "A"), "ID_1A1B2C3D-0000-4FFF-8000-00000000000F"), ingredientOf("ID_C", "C")), 2)
	if data, err := cache.Leaving(context.Background(), before, after); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 1, Data: data}})
		if err != nil {
			return
		}
		s := at(t, open(t, ingredientOf("ID_A", "A")), 2)
		s.SetRemoved(g)
		for _, r := range fest.Resources() {
			if _, _, _, err := s.ListRemoved(r, nil, 0, 10); err != nil {
				t.Error(err)
			}
			s.Removed(r, "ID_0A1B2C3D-0000-4FFF-8000-00000000000F")
			s.Removed(r, "ID_E-ID_B")
		}
	})
}
