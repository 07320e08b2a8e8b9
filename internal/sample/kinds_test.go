package sample_test

import (
	"strings"
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// coded is the ATC code of a drug, package or generic, and its id.
func coded(e *fest.Entry) (code, object string) {
	var atc *fest.CV
	switch o := e.Object.(type) {
	case *fest.Drug:
		atc = o.Atc
	case *fest.Package:
		atc = o.Atc
	case *fest.Generic:
		atc = o.Atc
	}
	if atc == nil || len(atc.Code) < 5 {
		return "", ""
	}
	return atc.Code, key(e)
}

// Of no kind of medicine much leaves at once, and what every extract has
// stays.
func TestRemovalsAreSpread(t *testing.T) {
	needed := []string{"A10AB05", "B01AA03", "C03CA01", "H02AB06", "J01CA04", "N02AA01", "N02BE01", "R03AC02"}
	type kind struct {
		class fest.Class
		atc   string
	}
	d := scaled(t, 3, 0.2)
	for range 3 {
		next := d.Fortnight()
		left, codes := map[string]bool{}, map[string]int{}
		for e := range next.Entries() {
			code, object := coded(e)
			left[object] = true
			codes[e.Class.String()+" "+code]++
		}
		had, gone := map[kind]int{}, map[kind]int{}
		total := 0
		for e := range d.Entries() {
			code, object := coded(e)
			if code == "" {
				continue
			}
			n := 4
			if strings.HasPrefix(code, "Q") {
				n = 5
			}
			k := kind{e.Class, code[:n]}
			had[k]++
			if !left[object] {
				gone[k]++
				total++
			}
		}
		if total < 10 {
			t.Errorf("only %d left in a fortnight", total)
		}
		for k, n := range gone {
			if n > max(1, had[k]/5) {
				t.Errorf("%d of %d %s of %s left at once", n, had[k], k.class, k.atc)
			}
		}
		for _, code := range needed {
			for _, class := range []fest.Class{fest.ClassDrug, fest.ClassPackage} {
				if codes[class.String()+" "+code] == 0 {
					t.Errorf("no %s of %s", class, code)
				}
			}
		}
		d = next
	}
}

// New notifications differ, though each is made after another one.
func TestNewNotificationsDiffer(t *testing.T) {
	d := scaled(t, 3, 0.5)
	for range 4 {
		d = next(t, d, sample.Change{Classes: map[fest.Class]sample.Share{fest.ClassNotification: {Added: 1}}})
	}
	seen, n := map[string]bool{}, 0
	for e := range d.Entries() {
		if o, ok := e.Object.(*fest.Notification); ok && strings.HasPrefix(string(o.Headline), "Nytt: ") {
			if n++; seen[string(o.Headline)] {
				t.Errorf("twice: %s", o.Headline)
			}
			seen[string(o.Headline)] = true
		}
	}
	if n < 500 {
		t.Errorf("%d new notifications", n)
	}
}
