package reference

import (
	"reflect"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Register holds the entries of a release in groups, which are made once: what
// answers a question looks at all entries of a group, one after the other, and
// not at those that cannot matter. In a group they stand in the order of the
// file, each once.
type Register struct {
	place   map[*fest.Entry]int
	byClass map[fest.Class][]*fest.Entry
	// byID has what has an id, or an entry id where it has none (R16), and
	// reimbursements by the ids of their groups.
	byID map[string][]*fest.Entry
	// byReference has entries by all that they refer to, with whatever field.
	byReference map[fest.Ref][]*fest.Entry
	// byDiagnosis has reimbursements by the codes of their groups, as plain text.
	byDiagnosis map[string][]*fest.Entry
}

// NewRegister takes all entries of a release, in the order of the file.
func NewRegister(entries []*fest.Entry) *Register {
	r := &Register{
		place: map[*fest.Entry]int{}, byClass: map[fest.Class][]*fest.Entry{}, byID: map[string][]*fest.Entry{},
		byReference: map[fest.Ref][]*fest.Entry{}, byDiagnosis: map[string][]*fest.Entry{},
	}
	for i, e := range entries {
		r.place[e] = i
		put(r.byClass, e.Class, e)
		put(r.byID, nameOf(e), e)
		referencesIn(reflect.ValueOf(e.Object), func(ref fest.Ref) { put(r.byReference, ref, e) })
		of, ok := e.Object.(*fest.Reimbursement)
		if !ok {
			continue
		}
		for k := range of.ReimbursementGroups {
			g := &of.ReimbursementGroups[k]
			put(r.byID, string(g.ID), e)
			for c := range g.ReimbursementCodes {
				put(r.byDiagnosis, plainDiagnosis(g.ReimbursementCodes[c].Code.Code), e)
			}
		}
	}
	return r
}

// put adds an entry to a group, if it is not the last there.
func put[K comparable](groups map[K][]*fest.Entry, key K, e *fest.Entry) {
	if list := groups[key]; len(list) == 0 || list[len(list)-1] != e {
		groups[key] = append(list, e)
	}
}

// referencesIn finds all fields that are references.
func referencesIn(v reflect.Value, found func(fest.Ref)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			referencesIn(v.Elem(), found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			referencesIn(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			referencesIn(v.Field(i), found)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[fest.Ref]() {
			found(fest.Ref(v.String()))
		}
	default: // has none
	}
}

// plainDiagnosis is a code as it is compared: without case and dot.
func plainDiagnosis(code string) string {
	return strings.ToUpper(strings.ReplaceAll(code, ".", ""))
}

// referring are the entries that refer to one of some ids.
func (r *Register) referring(ids ...fest.Ref) []*fest.Entry {
	var out []*fest.Entry
	for _, id := range ids {
		out = append(out, r.byReference[id]...)
	}
	return r.inFileOrder(out)
}

// called are the entries that have one of some ids.
func (r *Register) called(ids ...fest.Ref) []*fest.Entry {
	var out []*fest.Entry
	for _, id := range ids {
		out = append(out, r.byID[string(id)]...)
	}
	return r.inFileOrder(out)
}

func (r *Register) inFileOrder(list []*fest.Entry) []*fest.Entry {
	slices.SortFunc(list, func(a, b *fest.Entry) int { return r.place[a] - r.place[b] })
	return slices.Compact(list)
}

// one is the object of a class that has an id: the first in the file, nil for
// none.
func one[T any](r *Register, id fest.Ref) *T {
	for _, e := range r.byID[string(id)] {
		if o, ok := e.Object.(*T); ok {
			return o
		}
	}
	return nil
}

// reimbursementGroup is the group of an id, and what it is of; nil for none.
func (r *Register) reimbursementGroup(id string) (*fest.Reimbursement, *fest.ReimbursementGroup) {
	for _, e := range r.byID[id] {
		of, ok := e.Object.(*fest.Reimbursement)
		if !ok {
			continue
		}
		for i := range of.ReimbursementGroups {
			if g := &of.ReimbursementGroups[i]; string(g.ID) == id {
				return of, g
			}
		}
	}
	return nil, nil
}
