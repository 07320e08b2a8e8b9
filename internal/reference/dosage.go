package reference

import (
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Dosages are the texts that the short doses of an object make with each of
// its dosage units (R105), in the order of FEST. A short dose whose
// description FEST does not state makes none.
func (s *Sheet) Dosages(object any) []string {
	var out []string
	administered := []*fest.MedicineAdministration{medicine(object).MedicineAdministration}
	if _, ok := object.(*fest.Package); ok { // packages have none of their own
		administered = nil
		for _, d := range s.drugsOf(object) {
			administered = append(administered, d.MedicineAdministration)
		}
	}
	for _, a := range administered {
		if a == nil {
			continue
		}
		for _, k := range a.ShortDoses {
			description := s.description("7478", k.Code)
			if description == "" {
				continue
			}
			if !strings.Contains(description, "<dose>") && !strings.Contains(description, "<doser>") {
				out = appendNew(out, description)
				continue
			}
			for _, u := range a.DosageUnits {
				singular, plural := s.unit(u)
				text := strings.ReplaceAll(description, "<dose>", singular)
				out = appendNew(out, strings.ReplaceAll(text, "<doser>", plural))
			}
		}
	}
	return out
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// unit is a dosage unit in the singular and in the plural (list 7480); the
// singular is also the plural where none is stated.
func (s *Sheet) unit(u fest.CV) (singular, plural string) {
	singular = u.Display
	if t := s.term("7480", u.Code); t != nil {
		if t.Term != "" {
			singular = string(t.Term)
		}
		if t.TermDescription != nil {
			plural = string(*t.TermDescription)
		}
	}
	if plural == "" {
		plural = singular
	}
	return singular, plural
}

// description is that of a short dose: in the code list, else where it is
// structured (R105, R108).
func (s *Sheet) description(list, code string) string {
	if t := s.term(list, code); t != nil && t.TermDescription != nil && *t.TermDescription != "" {
		return string(*t.TermDescription)
	}
	for _, e := range s.of.byClass[fest.ClassShortDose] {
		if k, ok := e.Object.(*fest.ShortDose); ok && k.ShortDose.Code == code {
			return string(k.TermDescription)
		}
	}
	return ""
}

// term is the first term of a code in a list that is not in English.
func (s *Sheet) term(list, code string) *fest.Term {
	for _, e := range s.of.byClass[fest.ClassCodeSystem] {
		k, ok := e.Object.(*fest.CodeSystem)
		if !ok || !strings.HasSuffix(string(k.Info.OID), "."+list) {
			continue
		}
		for i := range k.Elements {
			if string(k.Elements[i].Code) != code {
				continue
			}
			for j := range k.Elements[i].Terms {
				t := &k.Elements[i].Terms[j]
				if t.Language == nil || t.Language.Code != "en" {
					return t
				}
			}
		}
	}
	return nil
}
