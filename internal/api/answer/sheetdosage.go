package answer

import (
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SheetDosage is what FEST suggests for the label of one entry: short doses
// with their texts, and precautions (R105–R109).
type SheetDosage struct {
	// Of is the entry that it stands on: packages take it from their drugs
	// (R56).
	Of Reference `json:"of"`
	// Units are the dosage units; of several the prescriber chooses one (R105).
	Units      []SheetDosageUnit `json:"dosageUnits"`
	ChooseUnit bool              `json:"chooseUnit"`
	ShortDoses []SheetShortDose  `json:"shortDoses"`
	// Precautions are all preselected together with a short dose (R106).
	Precautions []SheetPrecaution `json:"ingestionPrecautions"`
	// LabelTexts are no indications (R109).
	LabelTexts []Code `json:"labelApplicationAreas"`
	// Incomplete: administration data of unregistered medicines are (R33).
	Incomplete bool `json:"incomplete,omitempty"`
	Basis
}

// SheetDosageUnit is a dosage unit in both numbers (list 7480).
type SheetDosageUnit struct {
	Code
	Singular string `json:"singular"`
	Plural   string `json:"plural"`
}

// SheetPrecaution is a precaution at ingestion.
type SheetPrecaution struct {
	Code
	Preselected bool `json:"preselected"`
}

// SheetShortDose is a short dose with its text in each of the dosage units.
type SheetShortDose struct {
	Code
	// State is "composed", "unit-not-stated" or "description-not-stated": the
	// display alone lacks the unit (R105).
	State       string            `json:"state"`
	Description string            `json:"termDescription,omitempty"`
	Texts       []SheetDosageText `json:"texts"`
	// Structured is left out where FEST has none: not every short dose has
	// (R108).
	Structured []SheetConsumption `json:"structured,omitempty"`
}

// SheetDosageText is what the label says; without a unit where the description
// needs none.
type SheetDosageText struct {
	Text string `json:"text"`
	Unit string `json:"unit,omitempty"`
}

// SheetConsumption is a quantity in a period, in sequence. Repeated is how
// often; ForEver where that is not stated (R108).
type SheetConsumption struct {
	Quantity Number        `json:"quantity"`
	Period   fest.Duration `json:"period"`
	Repeated Number        `json:"iterations,omitempty"`
	ForEver  bool          `json:"forEver,omitempty"`
}

// sheetDosages are those of a medicine: its own, of a package and a dose those
// of its drugs.
func (r *Register) sheetDosages(s *sheetSubject) []SheetDosage {
	out := []SheetDosage{}
	add := func(ref Reference, m *fest.Medicine) {
		if m.MedicineAdministration != nil {
			out = append(out, r.sheetDosage(ref, m, s.generic != nil))
		}
	}
	if s.generic != nil || s.isDrug() {
		add(s.ref, s.Medicine)
		return out
	}
	for _, d := range s.drugs {
		add(r.Reference(d), &d.Medicine)
	}
	return out
}

func (r *Register) sheetDosage(ref Reference, m *fest.Medicine, union bool) SheetDosage {
	a := m.MedicineAdministration
	words := r.dosageWords()
	d := SheetDosage{
		Of: ref, ChooseUnit: len(a.DosageUnits) > 1, Units: []SheetDosageUnit{}, ShortDoses: []SheetShortDose{}, Precautions: []SheetPrecaution{},
		LabelTexts: []Code{}, Basis: r.Basis("R105", "R106", "R107", "R108", "R109"),
	}
	if union {
		r.Cite(&d.Basis, "R63")
	}
	if unregistered, _ := rules.Unregistered(m); unregistered == rules.Yes {
		d.Incomplete = true
		r.Cite(&d.Basis, "R33")
	}
	for i := range a.DosageUnits {
		d.Units = append(d.Units, words.unit(&a.DosageUnits[i]))
	}
	for i := range a.ShortDoses {
		if c := CodeOf(&a.ShortDoses[i]); c != nil {
			d.ShortDoses = append(d.ShortDoses, r.sheetShortDose(*c, words, d.Units))
		}
	}
	for i := range a.IngestionPrecautions {
		if c := CodeOf(&a.IngestionPrecautions[i]); c != nil {
			d.Precautions = append(d.Precautions, SheetPrecaution{*c, len(d.ShortDoses) > 0})
		}
	}
	d.LabelTexts = append(d.LabelTexts, CodesOf(a.LabelApplicationAreas)...)
	return d
}

func (r *Register) sheetShortDose(code Code, words *dosageWords, units []SheetDosageUnit) SheetShortDose {
	s := SheetShortDose{Code: code, Description: words.descriptions[code.Code], Texts: []SheetDosageText{}, State: "composed"}
	o, ok := r.ShortDose(code.Code)
	if ok {
		for i := range o.MedicineConsumptions {
			c := &o.MedicineConsumptions[i]
			s.Structured = append(s.Structured, SheetConsumption{Number(c.Quantity), c.Period, Number(TextOf(c.Iterations)), c.Iterations == nil})
		}
		if s.Description == "" {
			s.Description = string(o.TermDescription)
		}
	}
	switch {
	case s.Description == "":
		s.State = "description-not-stated"
	case !rules.NeedsUnit(s.Description):
		s.Texts = append(s.Texts, SheetDosageText{Text: s.Description})
	case len(units) == 0:
		s.State = "unit-not-stated"
	default:
		for i := range units {
			u := &units[i]
			s.Texts = append(s.Texts, SheetDosageText{rules.DosageText(s.Description, u.Singular, u.Plural), u.Code.Code})
		}
	}
	return s
}

// dosageWords are the words that dosage texts are made of, by code.
type dosageWords struct {
	descriptions map[string]string    // of list 7478
	units        map[string]fest.Term // of list 7480: the term, and its description as the plural
}

// dosageWords are made once for a content.
func (r *Register) dosageWords() *dosageWords {
	w, err := cache.Once(r.snap, func(s *cache.Snapshot) (*dosageWords, error) {
		from := New(s, r.day, r.off)
		w := &dosageWords{map[string]string{}, map[string]fest.Term{}}
		from.eachTerm("7478", func(code string, t *fest.Term) {
			if text := TextOf(t.TermDescription); text != "" {
				w.descriptions[code] = text
			}
		})
		from.eachTerm("7480", func(code string, t *fest.Term) { w.units[code] = *t })
		return w, from.Err()
	})
	if err != nil {
		if r.err == nil {
			r.err = err
		}
		return &dosageWords{}
	}
	return w
}

// languageEnglish is that of terms that no label has.
const languageEnglish = "en"

// eachTerm goes over the codes of a list with the first term of each that is
// not English.
func (r *Register) eachTerm(list string, f func(code string, t *fest.Term)) {
	system, ok := r.CodeSystem(list)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for i := range system.Elements {
		e := &system.Elements[i]
		for k := range e.Terms {
			if t := &e.Terms[k]; (t.Language == nil || t.Language.Code != languageEnglish) && !seen[string(e.Code)] {
				seen[string(e.Code)] = true
				f(string(e.Code), t)
			}
		}
	}
}

// unit is a dosage unit in both numbers; the code's own display where the list
// has it not.
func (w *dosageWords) unit(c *fest.CV) SheetDosageUnit {
	u := SheetDosageUnit{Singular: c.Display}
	if code := CodeOf(c); code != nil {
		u.Code = *code
	}
	if t, ok := w.units[c.Code]; ok {
		if t.Term != "" {
			u.Singular = string(t.Term)
		}
		u.Plural = TextOf(t.TermDescription)
	}
	if u.Plural == "" {
		u.Plural = u.Singular
	}
	return u
}
