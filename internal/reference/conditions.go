package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Conditions are the ids of those that an object has, and of those that are
// only on some of the products below it (R73), each once, sorted.
func (s *Sheet) Conditions(object any) (own, some []fest.Ref) {
	own = s.ownConditions(object)
	if _, ok := object.(*fest.Generic); ok {
		for _, d := range s.drugsOf(object) {
			some = append(some, d.Conditions...)
		}
	}
	if _, ok := object.(*fest.Package); !ok {
		for _, p := range s.packagesOf(object) {
			some = append(some, p.Conditions...)
		}
	}
	slices.Sort(some)
	some = slices.DeleteFunc(slices.Compact(some), func(r fest.Ref) bool { return slices.Contains(own, r) })
	return own, some
}

// ownConditions are those on an object itself and on all that it is one of: a
// condition on a generic is also on all its drugs (R73), one on a drug on what
// is in the package (R56); packages have their own, too (R74).
func (s *Sheet) ownConditions(object any) []fest.Ref {
	out := slices.Clone(medicine(object).Conditions)
	if _, ok := object.(*fest.Generic); !ok {
		for _, d := range s.drugsOf(object) {
			out = append(out, d.Conditions...)
		}
		for _, g := range s.genericsOf(object) {
			out = append(out, g.Conditions...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
