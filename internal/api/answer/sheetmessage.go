package answer

import (
	"reflect"
	"strings"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SheetMessage says what of a medicine may go into the prescription message M1
// (R138–R140).
type SheetMessage struct {
	// Fields go into it, with what they are.
	Fields []SheetField `json:"fields"`
	// KeptOut are the properties of the entry that must not, NotSaid those of
	// which the rules say nothing: the message's specification decides.
	KeptOut []string `json:"keptOut"`
	NotSaid []string `json:"notSaid"`
	// LegalBases are those that a prescription of it may stand under (R139).
	LegalBases []string `json:"legalBases"`
	Basis
}

// SheetField is a property that goes into the message, whole and never empty
// (R140).
type SheetField struct {
	Property string `json:"property"`
	Value    any    `json:"value"`
	// Missing are the attributes (V, DN, S) that FEST lacks, without which it
	// cannot be sent.
	Missing []string `json:"missing,omitempty"`
}

// SheetPackageInformation is PakningsinfoResept of a package's part, made of
// what FEST has in other places: it is not filled there.
type SheetPackageInformation struct {
	BrandName   string `json:"brandName"`
	PackageSize string `json:"packageSize"`
	PackageUnit *Code  `json:"packageUnit,omitempty"`
}

func (r *Register) sheetMessage(s *sheetSubject) SheetMessage {
	m := SheetMessage{
		Fields: []SheetField{}, KeptOut: []string{}, NotSaid: []string{}, LegalBases: append([]string{}, rules.LegalBases(s.PrescriptionGroup.Code)...),
		Basis: r.Basis("R138", "R139", "R140"),
	}
	text := func(property, value string) {
		f := SheetField{Property: property, Value: value}
		if value == "" {
			f.Missing = []string{"V"}
		}
		m.Fields = append(m.Fields, f)
	}
	text("nameFormStrength", string(s.NameFormStrength))
	group := SheetField{Property: "prescriptionGroup", Value: CodeOfList(&s.PrescriptionGroup, "7421")}
	group.Missing = missing(s.PrescriptionGroup.Code, s.PrescriptionGroup.Display)
	m.Fields = append(m.Fields, group)
	switch {
	case s.pack != nil:
		text("itemNumber", string(s.pack.ItemNumber))
		m.Fields = append(m.Fields, r.packageInformation(s.pack))
	case s.isDrug():
		text("brandName", string(s.drugs[0].BrandName))
	}
	for _, property := range stated(s.object) {
		switch rules.MessageFieldOf(property, s.pack != nil) {
		case rules.FieldKeptOut:
			m.KeptOut = append(m.KeptOut, property)
		case rules.FieldNotSaid:
			m.NotSaid = append(m.NotSaid, property)
		case rules.FieldGoes:
		}
	}
	return m
}

// packageInformation makes PakningsinfoResept of a package, one for each part.
func (r *Register) packageInformation(p *fest.Package) SheetField {
	parts := []SheetPackageInformation{}
	f := SheetField{Property: "prescriptionPackageInformation"}
	for i := range p.PackageInformation {
		part := &p.PackageInformation[i]
		info := SheetPackageInformation{PackageSize: string(part.PackageSize), PackageUnit: CodeOf(&part.PackageUnit)}
		if d, ok := r.Drug(part.Drug); ok {
			info.BrandName = string(d.BrandName)
		}
		if info.BrandName == "" || info.PackageSize == "" {
			f.Missing = once(f.Missing, "V")
		}
		for _, attribute := range missing(part.PackageUnit.Code, part.PackageUnit.Display, part.PackageUnit.System) {
			f.Missing = once(f.Missing, attribute)
		}
		parts = append(parts, info)
	}
	f.Value = parts
	return f
}

// missing names the attributes of a coded value that are empty, in the order
// V, DN, S.
func missing(attributes ...string) []string {
	var out []string
	for i, name := range []string{"V", "DN", "S"} {
		if i < len(attributes) && attributes[i] == "" {
			out = append(out, name)
		}
	}
	return out
}

// stated are the properties that an entry's object has something in.
func stated(object any) []string {
	var out []string
	var each func(v reflect.Value)
	each = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Anonymous {
				each(v.Field(i))
				continue
			}
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && !v.Field(i).IsZero() {
				out = append(out, name)
			}
		}
	}
	each(reflect.ValueOf(object).Elem())
	return out
}
