package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Notifications are the keys of those that concern an object on a day, and of
// those that only concern some of the products below it (R123), sorted;
// audience is a code of list 7442, "" for all (R126). A notification begins on
// its from-date (R124).
func (s *Sheet) Notifications(object any, day, audience string) (own, some []string) {
	var mine, below []fest.Ref
	add := func(to *[]fest.Ref, objects ...any) {
		for _, o := range objects {
			*to = append(*to, idOf(o))
		}
	}
	add(&mine, object)
	_, generic := object.(*fest.Generic)
	_, pack := object.(*fest.Package)
	for _, d := range s.drugsOf(object) {
		if generic {
			add(&below, d)
		} else {
			add(&mine, d)
		}
	}
	if !generic {
		for _, g := range s.genericsOf(object) {
			add(&mine, g)
		}
	}
	if !pack {
		for _, p := range s.packagesOf(object) {
			add(&below, p)
		}
	}
	for _, e := range s.of.referring(append(slices.Clone(mine), below...)...) {
		n, ok := e.Object.(*fest.Notification)
		if !ok || day < dayText(&n.FromDate) {
			continue
		}
		shown := audience == "" || len(n.DisplayRules) == 0
		for _, r := range n.DisplayRules {
			shown = shown || r.Code == audience
		}
		on := func(ids []fest.Ref) bool {
			for _, el := range n.ReferencedElements {
				for _, id := range el.Elements {
					if slices.Contains(ids, id) {
						return true
					}
				}
			}
			return false
		}
		switch {
		case !shown:
		case on(mine):
			own = append(own, n.Key())
		case on(below):
			some = append(some, n.Key())
		}
	}
	slices.Sort(own)
	slices.Sort(some)
	return own, some
}
