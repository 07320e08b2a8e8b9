package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Sheet says what a prescriber is shown of a generic, a package or a drug
// (R46–R62, R67–R79, R105–R108, R123–R128).
type Sheet struct {
	entries []*fest.Entry
	byID    map[fest.ID][]*fest.Entry
}

// NewSheet takes all entries of a release, in any order.
func NewSheet(entries []*fest.Entry) *Sheet {
	s := &Sheet{entries, map[fest.ID][]*fest.Entry{}}
	for _, e := range entries {
		s.byID[e.ObjectID()] = append(s.byID[e.ObjectID()], e)
	}
	return s
}

// of is the object of a class that has the id.
func of[T any](s *Sheet, id fest.Ref) *T {
	for _, e := range s.byID[fest.ID(id)] {
		if o, ok := e.Object.(*T); ok {
			return o
		}
	}
	return nil
}

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
		if d := of[fest.Drug](s, ref); d != nil && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// packagesOf are the packages of an object: a generic's own list (R57), those
// that hold a drug (R56), a package itself.
func (s *Sheet) packagesOf(object any) []*fest.Package {
	var out []*fest.Package
	for _, e := range s.entries {
		p, ok := e.Object.(*fest.Package)
		if !ok {
			continue
		}
		hit := false
		switch o := object.(type) {
		case *fest.Package:
			hit = p == o
		case *fest.Generic:
			hit = slices.Contains(o.Packages, fest.Ref(e.ObjectID()))
		case *fest.Drug:
			for _, i := range p.PackageInformation {
				hit = hit || o.ID != nil && i.Drug == fest.Ref(*o.ID)
			}
		}
		if hit {
			out = append(out, p)
		}
	}
	return out
}

// genericsOf are the generics above an object: those that list it, or a drug
// that it holds.
func (s *Sheet) genericsOf(object any) []*fest.Generic {
	var out []*fest.Generic
	drugs := s.drugsOf(object)
	for _, e := range s.entries {
		g, ok := e.Object.(*fest.Generic)
		if !ok {
			continue
		}
		hit := object == any(g)
		if p, ok := object.(*fest.Package); ok && p.ID != nil {
			hit = slices.Contains(g.Packages, fest.Ref(*p.ID))
		}
		if object != any(g) {
			if _, generic := object.(*fest.Generic); !generic {
				for _, d := range drugs {
					hit = hit || d.ID != nil && slices.Contains(g.Drugs, fest.Ref(*d.ID))
				}
			}
		}
		if hit {
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
