package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SheetSizes are the units and the package sizes that a prescription may name
// (R46–R48, R61).
type SheetSizes struct {
	// PrescribingUnits are those in which an amount of a generic is given.
	PrescribingUnits []Code `json:"prescribingUnits,omitzero"`
	// Packages are the sizes: of a package its own, else those of all below.
	Packages []SheetPackage `json:"packages"`
	// NotInRelease is how many packages are referred to and not there.
	NotInRelease int `json:"notInRelease,omitempty"`
	Basis
}

// SheetPackage is a package with its size and what may be done with it on the
// day.
type SheetPackage struct {
	Reference
	ItemNumber        string        `json:"itemNumber,omitempty"`
	PrescriptionGroup *Code         `json:"prescriptionGroup,omitempty"`
	Parts             []SheetPart   `json:"parts"`
	Availability      *Availability `json:"availability"`
	Prescribable      Verdict       `json:"prescribable"`
}

// SheetPart is one drug of a package; multiple strength and combination packs
// have several (R47).
type SheetPart struct {
	Drug Reference `json:"drug"`
	// Text is the size as FEST writes it.
	Text string `json:"packageSize"`
	// Size is multiple × number × quantity (R46); left out where it cannot be
	// reckoned.
	Size        Number `json:"size,omitempty"`
	PackageUnit *Code  `json:"packageUnit,omitempty"`
	PackageType *Code  `json:"packageType,omitempty"`
	Multiple    Number `json:"multiple,omitempty"`
	Number      Number `json:"number,omitempty"`
	Quantity    Number `json:"quantity"`
	// Kit: size and quantity count kits, whose contents are the components;
	// doses cannot be used for it (R48).
	Kit        bool             `json:"kit,omitempty"`
	Components []SheetComponent `json:"packageComponents,omitempty"`
}

// SheetComponent is a part of a kit.
type SheetComponent struct {
	PackageType *Code     `json:"packageType,omitempty"`
	Quantity    *Quantity `json:"quantity,omitempty"`
	Number      Number    `json:"number,omitempty"`
}

func (r *Register) sheetSizes(s *sheetSubject) SheetSizes {
	z := SheetSizes{Packages: []SheetPackage{}, NotInRelease: s.missing, Basis: r.Basis("R46", "R47", "R48", "R53")}
	if s.generic != nil {
		r.Cite(&z.Basis, "R61")
		z.PrescribingUnits = append([]Code{}, CodesOf(s.generic.PrescribingUnits)...)
	}
	if s.pack != nil {
		z.Packages = append(z.Packages, r.sheetPackage(s.pack))
	}
	for _, p := range s.packages {
		z.Packages = append(z.Packages, r.sheetPackage(p))
	}
	return z
}

func (r *Register) sheetPackage(p *fest.Package) SheetPackage {
	available := r.AvailabilityOf(p)
	out := SheetPackage{
		Reference: r.Reference(p), ItemNumber: string(p.ItemNumber), PrescriptionGroup: CodeOfList(&p.PrescriptionGroup, "7421"), Parts: []SheetPart{},
		Availability: &available, Prescribable: r.VerdictOf(r.packagePrescribable(p)),
	}
	for i := range p.PackageInformation {
		out.Parts = append(out.Parts, r.sheetPart(&p.PackageInformation[i]))
	}
	return out
}

func (r *Register) sheetPart(i *fest.PackageInformation) SheetPart {
	p := SheetPart{
		Drug: r.ReferenceTo(fest.ResourceDrugs, i.Drug), Text: string(i.PackageSize), PackageUnit: CodeOf(&i.PackageUnit), PackageType: CodeOf(&i.PackageType),
		Multiple: Number(TextOf(i.Multiple)), Number: Number(TextOf(i.Number)), Quantity: Number(i.Quantity), Kit: len(i.PackageComponents) > 0,
	}
	if size, ok := rules.SizeOf(i); ok {
		p.Size = Number(size)
	}
	for k := range i.PackageComponents {
		c := &i.PackageComponents[k]
		p.Components = append(p.Components, SheetComponent{CodeOf(&c.PackageType), QuantityOf(&c.Quantity), Number(TextOf(c.Number))})
	}
	return p
}
