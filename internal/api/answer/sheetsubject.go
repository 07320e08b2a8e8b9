package answer

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// sheetSubject is a medicine that a sheet or a check is about, with all above
// it and below it that bears on it.
type sheetSubject struct {
	*fest.Medicine
	ref     Reference
	object  any
	pack    *fest.Package // nil if it is something else
	generic *fest.Generic
	// drugs are those that it is (a drug), has inside (a package, a dose: R56)
	// or lists (a generic: R57).
	drugs []*fest.Drug
	// packages are those below it: of a generic those that it lists.
	packages []*fest.Package
	// generics are those above a drug, package or dose.
	generics []*fest.Generic
	// missing are references to packages that the release has not.
	missing int
}

// sheetSubjectOf gathers what bears on an object; false for what is no
// medicine.
func (r *Register) sheetSubjectOf(object any, ref Reference) (*sheetSubject, bool) {
	s := &sheetSubject{ref: ref, object: object}
	id := fest.Ref(ref.ID)
	switch o := object.(type) {
	case *fest.Generic:
		s.Medicine, s.generic = &o.Medicine, o
		for _, d := range o.Drugs {
			s.addDrug(r, d)
		}
		s.addPackages(r, o.Packages)
	case *fest.Drug:
		s.Medicine, s.drugs, s.packages, s.generics = &o.Medicine, []*fest.Drug{o}, r.PackagesOfDrug(id), r.GenericsOfDrug(id)
	case *fest.Package:
		s.Medicine, s.pack = &o.Medicine, o
		for i := range o.PackageInformation {
			s.addDrug(r, o.PackageInformation[i].Drug)
		}
		s.addGenerics(r, r.GenericsOfPackage(id))
	case *fest.Dose:
		s.Medicine = &o.Medicine
		s.addDrug(r, o.Drug)
		s.addPackages(r, o.Packages)
		s.addGenerics(r, nil)
	default:
		return nil, false
	}
	return s, true
}

func (s *sheetSubject) addDrug(r *Register, id fest.Ref) {
	if d, ok := r.Drug(id); ok && !slices.Contains(s.drugs, d) {
		s.drugs = append(s.drugs, d)
	}
}

func (s *sheetSubject) addPackages(r *Register, ids []fest.Ref) {
	for _, id := range ids {
		switch p, ok := r.Package(id); {
		case !ok:
			s.missing++
		case !slices.Contains(s.packages, p):
			s.packages = append(s.packages, p)
		}
	}
}

// addGenerics adds generics, and those of the drugs.
func (s *sheetSubject) addGenerics(r *Register, list []*fest.Generic) {
	for _, d := range s.drugs {
		list = append(list, r.GenericsOfDrug(fest.Ref(r.Key(d)))...)
	}
	s.generics = unique(list)
}

// isDrugs says whether the one drug of the subject is itself.
func (s *sheetSubject) isDrug() bool { return len(s.drugs) == 1 && s.object == any(s.drugs[0]) }
