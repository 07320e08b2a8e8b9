package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Sheet says what a prescriber is shown of a generic, a package or a drug
// (R46–R62, R67–R79, R105–R108, R123–R128).
type Sheet struct {
	of *Register
}

// NewSheet takes a release.
func NewSheet(r *Register) *Sheet { return &Sheet{r} }

// idOf is the id of a drug, package or generic.
func idOf(object any) fest.Ref { return fest.Ref((&fest.Entry{Object: object}).ObjectID()) }

// drugsOf are the drugs of an object: a generic's own list (R57), those in a
// package (R56), a drug itself.
func (s *Sheet) drugsOf(object any) []*fest.Drug {
	var refs []fest.Ref
	switch o := object.(type) {
	case *fest.Drug:
		return []*fest.Drug{o}
	case *fest.Generic:
		refs = o.Drugs
	case *fest.Package:
		for _, p := range o.PackageInformation {
			refs = append(refs, p.Drug)
		}
	}
	var out []*fest.Drug
	for _, ref := range refs {
		if d := one[fest.Drug](s.of, ref); d != nil && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// packagesOf are the packages of an object: a generic's own list (R57), those
// that hold a drug (R56), a package itself.
func (s *Sheet) packagesOf(object any) []*fest.Package {
	var out []*fest.Package
	switch o := object.(type) {
	case *fest.Package:
		out = append(out, o)
	case *fest.Generic:
		for _, e := range s.of.called(o.Packages...) {
			if p, ok := e.Object.(*fest.Package); ok {
				out = append(out, p)
			}
		}
	case *fest.Drug:
		for _, e := range s.of.referring(idOf(o)) {
			if p, ok := e.Object.(*fest.Package); ok && inPackage(p, idOf(o)) {
				out = append(out, p)
			}
		}
	}
	return out
}

// genericsOf are the generics above an object: those that list it, or a drug
// that it holds.
func (s *Sheet) genericsOf(object any) []*fest.Generic {
	if g, ok := object.(*fest.Generic); ok {
		return []*fest.Generic{g}
	}
	var packages, drugs []fest.Ref
	if p, ok := object.(*fest.Package); ok && p.ID != nil {
		packages = append(packages, idOf(p))
	}
	for _, d := range s.drugsOf(object) {
		if d.ID != nil {
			drugs = append(drugs, idOf(d))
		}
	}
	var out []*fest.Generic
	for _, e := range s.of.referring(append(packages, drugs...)...) {
		g, ok := e.Object.(*fest.Generic)
		if !ok {
			continue
		}
		lists := func(ref fest.Ref) bool { return slices.Contains(g.Packages, ref) }
		holds := func(ref fest.Ref) bool { return slices.Contains(g.Drugs, ref) }
		if slices.ContainsFunc(packages, lists) || slices.ContainsFunc(drugs, holds) {
			out = append(out, g)
		}
	}
	return out
}

// medicine is what drugs, packages and generics share.
func medicine(object any) *fest.Medicine {
	switch o := object.(type) {
	case *fest.Drug:
		return &o.Medicine
	case *fest.Package:
		return &o.Medicine
	case *fest.Generic:
		return &o.Medicine
	}
	return nil
}

// dayText is the day of a date, whose zone does not count (R1).
func dayText(d *fest.Date) string {
	if d == nil || len(*d) < 10 {
		return ""
	}
	return string(*d)[:10]
}
