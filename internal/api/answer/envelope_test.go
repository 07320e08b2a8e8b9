package answer_test

import (
	"encoding/json"
	"testing"

	"github.com/festd/festd/internal/fest"
)

// answersOf are the answers about substitution for all packages, as JSON.
func answersOf(t *testing.T, entries []*fest.Entry) map[string]string {
	t.Helper()
	r := register(t, entries)
	out := map[string]string{}
	for _, e := range entries {
		if e.Class != fest.ClassPackage {
			continue
		}
		p, ok := r.Package(fest.Ref(e.ObjectID()))
		if !ok {
			t.Fatalf("no package %s", e.ObjectID())
		}
		js, err := json.Marshal(r.Substitution(p))
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			t.Fatal(err)
		}
		out[string(e.ObjectID())] = string(js)
	}
	if len(out) < 10 {
		t.Fatalf("only %d packages", len(out))
	}
	return out
}

func sameAnswers(t *testing.T, want, got map[string]string) {
	t.Helper()
	for id, answer := range want {
		if got[id] != answer {
			t.Errorf("%s: %.300s, want %.300s", id, got[id], answer)
		}
	}
}

// The time and the status of an entry say when it got its content and nothing
// of validity: answers are the same whatever they are (R10).
func TestEnvelopesAreNoValidity(t *testing.T) {
	t.Parallel()
	var other []*fest.Entry
	for i, e := range small() {
		o := *e
		o.RegistrationTime = []fest.DateTime{"1999-01-01T00:00:00", "2099-12-31T23:59:59"}[i%2]
		o.RegistrationStatus = fest.CS{Code: "A"}
		other = append(other, &o)
	}
	sameAnswers(t, answersOf(t, small()), answersOf(t, other))
}

// The substitution group of an ordering substance is about changing the form in
// a hospital, and makes nothing substitutable (R100).
func TestOrderingSubstancesDoNotSubstitute(t *testing.T) {
	t.Parallel()
	with := append([]*fest.Entry(nil), small()...)
	for _, e := range small() {
		if e.Class == fest.ClassSubstitutionGroup {
			o := &fest.OrderingSubstance{ID: "ID_ORDERING-" + e.ObjectID(), Name: "Ordinering", FormSubstitutionGroup: ptr(fest.Ref(e.ObjectID()))}
			for _, g := range small() {
				if g.Class == fest.ClassGeneric {
					o.Generics = append(o.Generics, fest.Ref(g.ObjectID()))
				}
			}
			with = append(with, entry(fest.ClassOrderingSubstance, o))
		}
	}
	sameAnswers(t, answersOf(t, small()), answersOf(t, with))
}
