package cache

import "github.com/festd/festd/internal/fest"

// exhumation reads an item that left: all of it, or only what is known of it.
type exhumation func(*Graveyard, *grave) RemovedItem

// Departed is [Snapshot.Removed] without contents: Item has resource, key and
// entry id only. It is for those who ask for many.
func (s *Snapshot) Departed(r fest.Resource, key string) []RemovedItem {
	return s.removed(r, key, (*Graveyard).facts)
}

// DepartedNumber returns what had a number, code or bar code by one of the
// identifying filters of the resource and is not in the snapshot by it, without
// contents, in the order in which it left. It is nil for a filter that is none.
func (s *Snapshot) DepartedNumber(r fest.Resource, q Query) (out []RemovedItem) {
	if s.graves == nil || !Identifying(r, q.Filter) {
		return nil
	}
	match := matcher(filterTable[tableOf(r, q.Filter)].filter.Match, q.Value)
	for _, n := range s.left(r, []Query{q}, []func(string) bool{match}) {
		out = append(out, s.graves.facts(&s.graves.graves[n]))
	}
	return out
}
