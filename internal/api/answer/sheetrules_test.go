package answer_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// ward is a content with one generic G, its drugs D1 and D2 and their packages
// P1 and P2, which tests change.
type ward struct {
	generic  *fest.Generic
	drugs    [2]*fest.Drug
	packages [2]*fest.Package
	more     []*fest.Entry
}

func newWard() *ward {
	w := &ward{generic: &fest.Generic{ID: "G", Drugs: []fest.Ref{"D1", "D2"}, Packages: []fest.Ref{"P1", "P2"}}}
	w.generic.PrescriptionGroup = fest.CS{Code: "C", Display: "Reseptgruppe C"}
	for i, n := range []string{"1", "2"} {
		d := &fest.Drug{ID: ptr(fest.ID("D" + n)), BrandName: fest.Text("Merke " + n)}
		d.NameFormStrength, d.PrescriptionGroup = fest.Text("Merke tab "+n), fest.CS{Code: "C", Display: "Reseptgruppe C"}
		d.MedicationType = &fest.CS{Code: "7", Display: "Legemiddel"}
		w.drugs[i] = d
		p := &fest.Package{ID: ptr(fest.ID("P" + n)), ItemNumber: fest.Number("01234" + n), MarketingInformation: &fest.MarketingInformation{MarketingDate: ptr(fest.Date("2020-01-01"))}}
		p.NameFormStrength, p.PrescriptionGroup, p.MedicationType = d.NameFormStrength, d.PrescriptionGroup, d.MedicationType
		p.PackageInformation = []fest.PackageInformation{{Drug: fest.Ref("D" + n), PackageSize: "100", Quantity: "100", PackageUnit: cv("7452", "stk", "stykk")}}
		w.packages[i] = p
	}
	return w
}

func (w *ward) add(class fest.Class, object any) { w.more = append(w.more, entry(class, object)) }

func (w *ward) condition(id, number, group string, parts ...fest.StructuredCondition) {
	w.add(fest.ClassCondition, &fest.Condition{
		ID: fest.ID(id), ConditionNumber: ptr(fest.Text(number)), ConditionGroup: cv("7437", group, ""), AppliesTo: fest.CS{Code: "3"}, Text: fest.Text("Tekst " + id), StructuredConditions: parts,
	})
}

func (w *ward) entries() []*fest.Entry {
	out := []*fest.Entry{entry(fest.ClassGeneric, w.generic)}
	for i := range w.drugs {
		out = append(out, entry(fest.ClassDrug, w.drugs[i]), entry(fest.ClassPackage, w.packages[i]))
	}
	return append(out, w.more...)
}

// sheet is that of G, a D or a P.
func (w *ward) sheet(t *testing.T, id string, q answer.SheetQuestion, day rules.Day, off rules.Set) answer.Sheet {
	t.Helper()
	r := answer.New(open(t, w.entries()), day, off)
	res := map[byte]fest.Resource{'G': fest.ResourceGenerics, 'D': fest.ResourceDrugs, 'P': fest.ResourcePackages}[id[0]]
	i, ok := r.Find(res, id)
	if !ok {
		t.Fatalf("no %s", id)
	}
	s, ok := r.Sheet(i, q)
	if !ok || r.Err() != nil {
		t.Fatalf("no sheet of %s: %v", id, r.Err())
	}
	return s
}

func (w *ward) today(t *testing.T, id string) answer.Sheet {
	t.Helper()
	return w.sheet(t, id, answer.SheetQuestion{}, today, rules.Set{})
}

func TestR67R68R70ValidityOfASheet(t *testing.T) {
	w := newWard()
	if v := w.today(t, "G").Validity; v.Duration != "" || v.Reason != "not-stated" || len(v.Stated) != 0 {
		t.Errorf("R70: nothing is stated, and the answer is %+v", v)
	}
	w.drugs[0].PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P1Y"}}
	w.drugs[1].PrescriptionValidities = []fest.PrescriptionValidity{{Duration: "P3M"}}
	v := w.today(t, "G").Validity
	if v.Duration != "P3M" || v.Reason != "drugs-differ-shortest" || len(v.Stated) != 2 || !slices.Contains(v.Inferred, "R67") {
		t.Errorf("R67: drugs differ: %+v", v)
	}
	if v := w.sheet(t, "G", answer.SheetQuestion{}, today, off(t, "R67")).Validity; v.Duration != "" || v.Reason != "drugs-differ-shortest" || !slices.Contains(v.SwitchedOff, "R67") {
		t.Errorf("R67 off: %+v", v)
	}
	if v := w.today(t, "P1").Validity; v.Duration != "P1Y" || v.Reason != "stated" || v.Inferred != nil {
		t.Errorf("the package has its drug's: %+v", v)
	}
	w.drugs[1].PrescriptionValidities = nil
	w.drugs[0].PrescriptionValidities = []fest.PrescriptionValidity{{Gender: &fest.CS{Code: "1"}, Duration: "P1Y"}, {Gender: &fest.CS{Code: "2"}, Duration: "P7D"}}
	for sex, want := range map[rules.Sex][2]string{rules.Male: {"P1Y", "by-sex"}, rules.Female: {"P7D", "by-sex"}, "": {"P7D", "sex-unknown-shortest"}} {
		if v := w.sheet(t, "D1", answer.SheetQuestion{Sex: sex}, today, rules.Set{}).Validity; string(v.Duration) != want[0] || v.Reason != want[1] {
			t.Errorf("R68: of %q %+v", sex, v)
		}
	}
	if v := w.sheet(t, "D1", answer.SheetQuestion{}, today, off(t, "R68")).Validity; v.Duration != "" || !slices.Contains(v.SwitchedOff, "R68") {
		t.Errorf("R68 off: %+v", v)
	}
}

func TestR69R73ConditionsOfASheet(t *testing.T) {
	w := newWard()
	year := fest.StructuredCondition{Type: cv("7439", "28", ""), TextValues: []fest.Text{"P1Y"}}
	w.condition("ON-G", "60", "5", year)
	w.condition("ON-D1", "61", "5", year)
	w.condition("ON-P2", "70", "6")
	w.drugs[0].Conditions, w.packages[1].Conditions = []fest.Ref{"ON-D1"}, []fest.Ref{"ON-P2", "GONE"}
	g := w.today(t, "G")
	if v := g.Validity.WhenReimbursed; v == nil || v.Duration != "" || len(v.OnSomeProducts) != 1 || v.OnSomeProducts[0].Duration != "P1Y" {
		t.Errorf("R69: on some products only: %+v", v)
	}
	ids := func(list []answer.SheetCondition) (out []string) {
		for _, c := range list {
			out = append(out, c.ID)
		}
		return out
	}
	equal(t, "own of G", ids(g.Conditions.Own))
	equal(t, "on some products of G", ids(g.Conditions.OnSomeProducts), "ON-D1", "ON-P2", "GONE")
	if c := g.Conditions.OnSomeProducts; c[0].Text != "Tekst ON-D1" || c[0].Structure != "stated" || c[1].Structure != "none" || c[1].Shown != "in-use-and-criteria-hold" || c[2].Text != "" || c[2].Structure != "" {
		t.Errorf("R75, R78: %+v", c)
	}
	if c := w.sheet(t, "G", answer.SheetQuestion{}, today, off(t, "R73")).Conditions; c.OnSomeProducts != nil || !slices.Contains(c.SwitchedOff, "R73") {
		t.Errorf("R73 off: %+v", c)
	}
	// A condition on a generic is on all its drugs, and they are in the packages.
	w.generic.Conditions = []fest.Ref{"ON-G"}
	equal(t, "own of P1", ids(w.today(t, "P1").Conditions.Own), "ON-D1", "ON-G")
	equal(t, "own of D2", ids(w.today(t, "D2").Conditions.Own), "ON-G")
	if v := w.today(t, "G").Validity.WhenReimbursed; v == nil || v.Duration != "P1Y" || len(v.Conditions) != 1 {
		t.Errorf("R69: on the generic: %+v", v)
	}
}

func TestR49ToR53R62PrescribableOfASheet(t *testing.T) {
	w := newWard()
	w.condition("BULK", "40", "4")
	w.packages[0].Conditions = []fest.Ref{"BULK"}
	w.packages[1].MarketingInformation.WithdrawalDate = ptr(fest.Date("2026-06-09"))
	for day, want := range map[rules.Day][4]string{ // G prescribable, dispensable, P2 prescribable, dispensable
		"2026-06-08": {"yes", "yes", "yes", "yes"}, "2026-06-09": {"no", "yes", "no", "yes"}, "2026-09-09": {"no", "yes", "no", "yes"}, "2026-09-10": {"no", "yes", "no", "no"},
	} {
		g, p := w.sheet(t, "G", answer.SheetQuestion{}, day, rules.Set{}), w.sheet(t, "P2", answer.SheetQuestion{}, day, rules.Set{})
		got := [4]string{string(g.Prescribable.Value), string(g.Dispensable.Value), string(p.Prescribable.Value), string(p.Dispensable.Value)}
		if got != want {
			t.Errorf("on %s: %v, want %v", day, got, want)
		}
	}
	if v := w.today(t, "P1").Prescribable; v.Reason != "machine-dispensing-pack" || !slices.Contains(v.Rules, "R52") {
		t.Errorf("R52: %+v", v)
	}
	if v := w.sheet(t, "G", answer.SheetQuestion{}, "2026-06-08", off(t, "R62")).Prescribable; v.Value != rules.Unknown || v.Reason != "see-packages" || !slices.Contains(v.SwitchedOff, "R62") {
		t.Errorf("R62 off: %+v", v)
	}
	w.packages[0].Conditions = []fest.Ref{"GONE"}
	if v := w.today(t, "P1").Prescribable; v.Value != rules.Unknown || v.Reason != "condition-not-in-release" {
		t.Errorf("R74: of a condition that the release has not: %+v", v)
	}
	w.packages[0].Conditions, w.packages[0].MarketingInformation = nil, nil
	if v := w.today(t, "P1").Prescribable; v.Value != rules.Unknown || v.Reason != "marketing-not-stated" {
		t.Errorf("R28: %+v", v)
	}
	w.generic.Packages = []fest.Ref{"P2", "P3"}
	if s := w.today(t, "G"); s.Prescribable.Value != rules.Unknown || s.Sizes.NotInRelease != 1 {
		t.Errorf("a package that the release has not: %+v, %+v", s.Prescribable, s.Sizes)
	}
	w.generic.PrescriptionGroup.Code = "K"
	if v := w.today(t, "G").Prescribable; v.Value != rules.No || v.Reason != "food-supplement" {
		t.Errorf("R53: %+v", v)
	}
	w.packages[0].PrescriptionGroup.Code, w.generic.Packages = "F", []fest.Ref{"P1", "P2"}
	if g := w.today(t, "G").PrescriptionGroup; len(g.OnPackages) != 2 || g.OnPackages[0] != (answer.SheetGroupCount{Code: "F", Packages: 1}) {
		t.Errorf("R53: the package decides: %+v", g)
	}
}

func TestR123ToR126NotificationsOfASheet(t *testing.T) {
	w := newWard()
	add := func(headline, from string, audiences []string, class string, ids ...fest.Ref) {
		n := &fest.Notification{NotificationType: cv("7441", "1", ""), Headline: fest.Text(headline), FromDate: fest.Date(from), ReferencedElements: []fest.ReferencedElement{{Class: fest.CS{Code: class}, Elements: ids}}}
		for _, a := range audiences {
			n.DisplayRules = append(n.DisplayRules, cv("7442", a, ""))
		}
		w.add(fest.ClassNotification, n)
	}
	add("on G", "2026-09-09", []string{"1", "4"}, "3", "G")
	add("on D1", "2026-09-01", nil, "1", "D1")
	add("on P2", "2026-09-02", []string{"4"}, "2", "P2")
	heads := func(list []answer.SheetNotification) (out []string) {
		for _, n := range list {
			out = append(out, n.Headline)
		}
		return out
	}
	for _, test := range []struct {
		id, audience   string
		day            rules.Day
		own, some      string
		hidden, coming int
	}{
		{"G", "", "2026-09-09", "on G", "on P2 on D1", 0, 0}, // the newest first
		{"G", "", "2026-09-08", "", "on P2 on D1", 0, 1},     // R124: the day before it is not shown
		{"G", "1", "2026-09-09", "on G", "on D1", 1, 0},      // R126: not for general practitioners, and counted
		{"G", "5", "2026-09-09", "", "on D1", 2, 0},          // no display rule is to all
		{"P1", "", "2026-09-09", "on G on D1", "", 0, 0},     // R123: of its drug and generic
		{"P2", "", "2026-09-09", "on G on P2", "", 0, 0},
		{"D2", "", "2026-09-09", "on G", "on P2", 0, 0},
	} {
		n := w.sheet(t, test.id, answer.SheetQuestion{Audience: test.audience}, test.day, rules.Set{}).Notifications
		if own, some := strings.Join(heads(n.Own), " "), strings.Join(heads(n.OnSomeProducts), " "); own != test.own || some != test.some || n.Hidden != test.hidden || n.Coming != test.coming {
			t.Errorf("%+v: own %q, some %q, hidden %d, coming %d", test, own, some, n.Hidden, n.Coming)
		}
	}
	if n := w.sheet(t, "G", answer.SheetQuestion{}, today, off(t, "R123")).Notifications; n.OnSomeProducts != nil || !slices.Contains(n.SwitchedOff, "R123") {
		t.Errorf("R123 off: %+v", n)
	}
}

func TestR105ToR108DosagesOfASheet(t *testing.T) {
	w := newWard()
	term := func(list string, of ...[3]string) {
		s := &fest.CodeSystem{Info: fest.CodeSystemInfo{OID: fest.OID(fest.OIDRoot + list), Designation: "x", ShortName: "x", ResponsiblePublisher: "x"}}
		for _, e := range of {
			one := fest.CodeSystemElement{ID: fest.ID("E-" + list + e[0]), Code: fest.Text(e[0]), Terms: []fest.Term{{Term: fest.Text(e[1])}}}
			if e[2] != "" {
				one.Terms[0].TermDescription = ptr(fest.Text(e[2]))
			}
			s.Elements = append(s.Elements, one)
		}
		w.add(fest.ClassCodeSystem, s)
	}
	term("7478", [3]string{"93", "1 daglig", "1 <dose> daglig"}, [3]string{"266", "2 daglig", "2 <doser> daglig"}, [3]string{"7", "uten", ""}, [3]string{"8", "smøres", "Smøres tynt"})
	term("7480", [3]string{"13", "tablett", "tabletter"}, [3]string{"8", "ml", ""})
	w.add(fest.ClassShortDose, &fest.ShortDose{ShortDose: cv("7478", "93", ""), TermDescription: "annet", MedicineConsumptions: []fest.MedicineConsumption{{SequenceNumber: "1", Quantity: "1", Period: "P1D"}}})
	w.generic.MedicineAdministration = &fest.MedicineAdministration{
		RoutesOfAdministration: []fest.CV{cv("7477", "53", "oral")},
		DosageUnits:            []fest.CV{cv("7480", "13", "tablett"), cv("7480", "8", "ml")},
		ShortDoses:             []fest.CV{cv("7478", "93", ""), cv("7478", "266", ""), cv("7478", "7", ""), cv("7478", "8", "")},
		IngestionPrecautions:   []fest.CV{cv("7479", "92", "Svelges")},
	}
	d := w.today(t, "G").Dosages
	if len(d) != 1 || !d[0].ChooseUnit || !d[0].Precautions[0].Preselected {
		t.Fatalf("R105, R106: %+v", d)
	}
	var got []string
	for _, k := range d[0].ShortDoses {
		line := k.Code.Code + " " + k.State
		for _, text := range k.Texts {
			line += "|" + text.Text + " (" + text.Unit + ")"
		}
		got = append(got, line)
	}
	want := []string{
		"93 composed|1 tablett daglig (13)|1 ml daglig (8)", "266 composed|2 tabletter daglig (13)|2 ml daglig (8)", "7 description-not-stated", "8 composed|Smøres tynt ()",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("R105 -want +got:\n%s", diff)
	}
	if k := d[0].ShortDoses; len(k[0].Structured) != 1 || !k[0].Structured[0].ForEver || k[1].Structured != nil {
		t.Errorf("R108: not every short dose is structured: %+v", k)
	}
	w.generic.MedicineAdministration.DosageUnits = nil
	if k := w.today(t, "G").Dosages[0].ShortDoses; k[0].State != "unit-not-stated" || len(k[0].Texts) != 0 {
		t.Errorf("without a unit: %+v", k[0])
	}
	w.generic.MedicineAdministration.ShortDoses = nil
	if p := w.today(t, "G").Dosages[0].Precautions; p[0].Preselected {
		t.Error("R106: preselected without a short dose")
	}
	if d := w.today(t, "P1").Dosages; d == nil || len(d) != 0 {
		t.Errorf("a package whose drugs have none: %+v", d)
	}
}

func TestR29R127R128MarksOfASheet(t *testing.T) {
	w := newWard()
	s := w.today(t, "P1")
	if s.Opioid.Value || s.BlackTriangle.Value || s.Registration.Unregistered != rules.No || s.Registration.Justification != rules.No {
		t.Errorf("R29: absent is no: %+v %+v %+v", s.Opioid, s.BlackTriangle, s.Registration)
	}
	if g := w.today(t, "G").Registration; g.Unregistered != rules.No || g.SomeUnregistered != nil {
		t.Errorf("a generic of registered products: %+v", g)
	}
	w.drugs[0].OpioidApplication, w.drugs[0].BlackTriangle = ptr(fest.Boolean("true")), ptr(cv("7510", "1", "x"))
	if s := w.today(t, "P1"); !s.Opioid.Value || !s.BlackTriangle.Value || len(s.Opioid.On) != 1 {
		t.Errorf("R93: what is in the package has it: %+v %+v", s.Opioid, s.BlackTriangle)
	}
	if s := w.today(t, "G"); s.Opioid.Value || len(s.Opioid.On) != 1 || s.Opioid.On[0].ID != "D1" {
		t.Errorf("R93: on some drugs of a generic: %+v", s.Opioid)
	}
	w.packages[1].MedicationType, w.packages[1].ApplicationType = &fest.CS{Code: "11"}, &fest.CS{Code: "3"}
	if s := w.today(t, "P2").Registration; s.Unregistered != rules.Yes || s.Application != "applicationFirst" || s.Justification != rules.Yes {
		t.Errorf("R127, R128: %+v", s)
	}
	if g := w.today(t, "G").Registration; g.Unregistered != rules.Unknown || len(g.SomeUnregistered) != 1 {
		t.Errorf("R62: a generic may hold unregistered packages: %+v", g)
	}
	w.packages[0].MedicationType, w.drugs[0].MedicationType = nil, nil
	if s := w.today(t, "P1").Registration; s.Unregistered != rules.Unknown || s.Justification != rules.Unknown {
		t.Errorf("R28: not stated: %+v", s)
	}
}

// Every property of the entries either goes into the message, is kept out, or
// is said to be neither; none is forgotten (R138).
func TestR138R140FieldsOfTheMessage(t *testing.T) {
	w := newWard()
	m := w.today(t, "P1").Message
	goes := map[string]bool{}
	for _, f := range m.Fields {
		goes[f.Property] = true
		if f.Missing != nil {
			t.Errorf("R140: %+v", f)
		}
	}
	for _, property := range []string{"nameFormStrength", "prescriptionGroup", "itemNumber", "prescriptionPackageInformation"} {
		if !goes[property] {
			t.Errorf("%s does not go", property)
		}
	}
	for _, property := range []string{"packageInformation", "marketingInformation"} {
		if !slices.Contains(m.KeptOut, property) {
			t.Errorf("%s is not kept out: %v", property, m.KeptOut)
		}
	}
	if slices.Contains(m.KeptOut, "prices") {
		t.Error("the entry has no prices")
	}
	info, ok := m.Fields[3].Value.([]answer.SheetPackageInformation)
	if !ok || len(info) != 1 || info[0].BrandName != "Merke 1" || info[0].PackageSize != "100" {
		t.Errorf("%+v", m.Fields[3])
	}
	w.packages[0].PrescriptionGroup.Display, w.packages[0].PackageInformation[0].PackageUnit.System = "", ""
	if f := w.today(t, "P1").Message.Fields; !slices.Equal(f[1].Missing, []string{"DN"}) || !slices.Equal(f[3].Missing, []string{"S"}) {
		t.Errorf("R140: coded values are sent whole: %+v", f)
	}
	if s := w.today(t, "G").Message; !slices.Contains(s.KeptOut, "id") {
		t.Errorf("ids of generics are not used outside M30: %+v", s)
	}
	// The rules know no property that there is not.
	known := map[string]bool{}
	for _, typ := range []reflect.Type{reflect.TypeFor[fest.Drug](), reflect.TypeFor[fest.Package](), reflect.TypeFor[fest.Generic](), reflect.TypeFor[fest.Medicine]()} {
		for i := range typ.NumField() {
			known[typ.Field(i).Tag.Get("json")] = true
		}
	}
	for _, property := range rules.MessageProperties() {
		if !known[property] {
			t.Errorf("%s is no property of a product", property)
		}
	}
}

func TestR46ToR48SizesOfASheet(t *testing.T) {
	w := newWard()
	w.generic.PrescribingUnits = []fest.CV{cv("7452", "stk", "stykk")}
	w.packages[0].PackageInformation = append(w.packages[0].PackageInformation, fest.PackageInformation{
		Drug: "D2", PackageSize: "2 x 5", Number: ptr(fest.Integer("2")), Quantity: "5.0", PackageUnit: cv("7452", "S", "sett"),
		PackageComponents: []fest.PackageComponent{{PackageType: cv("7449", "1", "Hetteglass"), Quantity: fest.PQ{Value: "10", Unit: "ml"}}},
	}, fest.PackageInformation{Drug: "GONE", PackageSize: "?", Quantity: "mange"})
	z := w.today(t, "G").Sizes
	if len(z.PrescribingUnits) != 1 || len(z.Packages) != 2 {
		t.Fatalf("R61: %+v", z)
	}
	p := z.Packages[0].Parts
	if len(p) != 3 || p[0].Size != "100" || p[0].Kit || p[1].Size != "10" || !p[1].Kit || len(p[1].Components) != 1 || p[2].Size != "" || p[2].Drug.Display != "" || p[2].Text != "?" {
		t.Errorf("R46-R48: %+v", p)
	}
	if u := w.today(t, "P2").Sizes.PrescribingUnits; u != nil {
		t.Errorf("units are a generic's: %v", u)
	}
}

// What stands on administration is told for what it is worth: R33 of
// unregistered medicines, R63 of the union that a generic carries, R64 of what
// is not passed on, R109 of label texts.
func TestAdministrationOfASheet(t *testing.T) {
	w := newWard()
	w.generic.MedicineAdministration = &fest.MedicineAdministration{
		CanBeCrushed: &fest.CS{Code: "1"}, LabelApplicationAreas: []fest.CV{cv("7488", "5", "Mot smerter")},
	}
	g := w.today(t, "G").Dosages
	if len(g) != 1 || !slices.Contains(g[0].Rules, "R63") || g[0].Incomplete {
		t.Fatalf("R63: a generic carries a union: %+v", g)
	}
	if len(g[0].LabelTexts) != 1 || g[0].LabelTexts[0].Display != "Mot smerter" || !slices.Contains(g[0].Inferred, "R109") {
		t.Errorf("R109: %+v", g[0])
	}
	for _, id := range []string{"D1", "P1"} {
		if d := w.today(t, id).Dosages; len(d) != 0 {
			t.Errorf("R64: %s has what stands on its generic: %+v", id, d)
		}
	}
	w.drugs[0].MedicineAdministration = &fest.MedicineAdministration{}
	if d := w.today(t, "P1").Dosages; len(d) != 1 || d[0].Incomplete || slices.Contains(d[0].Rules, "R63") {
		t.Errorf("a registered drug's own: %+v", d)
	}
	w.drugs[0].MedicationType = &fest.CS{Code: "11"}
	if d := w.today(t, "P1").Dosages; len(d) != 1 || !d[0].Incomplete || !slices.Contains(d[0].Rules, "R33") {
		t.Errorf("R33: %+v", d)
	}
}

// R76: all parts of a condition apply, and values of one are alternatives, so
// none is left out or joined. R79: condition 34 is told by its number and text.
func TestPartsOfConditions(t *testing.T) {
	w := newWard()
	w.condition("AGES", "34", "5",
		fest.StructuredCondition{Type: cv("7439", "1", ""), TextValues: []fest.Text{"6"}},
		fest.StructuredCondition{Type: cv("7439", "3", ""), CodedValues: []fest.CV{cv("8459", "1", "a"), cv("8459", "2", "b")}})
	w.packages[0].Conditions = []fest.Ref{"AGES"}
	own := w.today(t, "P1").Conditions.Own
	if len(own) != 1 || own[0].Number != "34" || own[0].Text != "Tekst AGES" {
		t.Fatalf("R79: %+v", own)
	}
	if s := own[0].Structured; len(s) != 2 || len(s[0].TextValues) != 1 || len(s[1].CodedValues) != 2 {
		t.Errorf("R76: %+v", own[0].Structured)
	}
}
