//go:build !race

package fullsize_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/sample"
)

// A file of full size is published as the first release of a service that
// people prescribe by. What could hurt them in the next file holds it, each
// fault by the rules that are there for it, and what is served stays.
func TestDamagedFilesAreHeld(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	base := sample.Full(1)
	first, err := try(t, dir, base)
	if err != nil || first.Release.Serial != 1 {
		t.Fatalf("release %d, %v; want the first published", first.Release.Serial, err)
	}
	next := base.WithRetrieved(base.Retrieved().AddDate(0, 0, 14))
	damaged := func(damage func(e *fest.Entry)) *sample.Data {
		return next.Damaged(func(e *fest.Entry) []*fest.Entry { damage(e); return []*fest.Entry{e} })
	}
	lacks := func(gone func(e *fest.Entry) bool) *sample.Data {
		return next.Damaged(func(e *fest.Entry) []*fest.Entry {
			if gone(e) {
				return nil
			}
			return []*fest.Entry{e}
		})
	}
	drugs := 0
	for _, c := range []struct {
		name string
		file *sample.Data
		by   []string // rule and class of what must hold it
		also []string // rules that see the same fault from another side
	}{
		{"one bogus ATC code on 2000 drugs", damaged(func(e *fest.Entry) {
			if d, ok := e.Object.(*fest.Drug); ok && d.Atc != nil && drugs < 2000 {
				d.Atc.Code = "X99XX99"
				drugs++
			}
		}), []string{"remap-atc drugs"}, []string{gate.RuleFieldValue, gate.RuleSentinel}},
		{"all of one ATC level 3 is gone", lacks(func(e *fest.Entry) bool { return strings.HasPrefix(atc(e), "C03C") }),
			[]string{"removed-atc drugs", "removed-atc generics", "removed-atc packages"}, []string{gate.RuleDangling, gate.RuleSentinel}},
		{"a code list is emptied of its elements", damaged(func(e *fest.Entry) {
			if s, ok := e.Object.(*fest.CodeSystem); ok && s.Info.OID == fest.OIDRoot+"7448" {
				s.Elements = nil
			}
		}), []string{"class-gone code-system-elements"}, []string{gate.RuleSchema}},
		{"every row stands twice", next.Damaged(func(e *fest.Entry) []*fest.Entry { return []*fest.Entry{e, e} }),
			[]string{"duplicate-id", "added drugs", "added packages", "added ingredients", "added interactions", "duplicate-key notifications", "duplicate-key code-systems"},
			[]string{gate.RuleAdded, gate.RuleDuplicateKey}},
		{"the price mapping is inverted", damaged(func(e *fest.Entry) {
			if p, ok := e.Object.(*fest.Package); ok {
				for i := range p.Prices {
					switch c := &p.Prices[i].PriceType.Code; *c {
					case "3":
						*c = "4"
					case "4":
						*c = "3"
					}
				}
			}
		}), []string{"price-order packages", "price-ratio packages"}, nil},
		{"HentetDato is in the future", base.WithRetrieved(time.Now().AddDate(0, 0, 2)), []string{"retrieval-date"}, nil},
		{"HentetDato is older", base.WithRetrieved(base.Retrieved().AddDate(0, 0, -1)), []string{"retrieval-date"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := try(t, dir, c.file)
			var held *ingest.HeldError
			if !errors.As(err, &held) || held.Verdict == nil {
				t.Fatalf("release %d, %v; want it held", r.Release.Serial, err)
			}
			missing := slices.Clone(c.by)
			for _, f := range held.Verdict.Holding() {
				name := strings.TrimSpace(f.Rule + " " + f.Class)
				if i := slices.Index(missing, name); i >= 0 {
					missing = slices.Delete(missing, i, i+1)
				} else if !slices.Contains(c.also, f.Rule) {
					t.Errorf("held by %s too: %s", name, f.Text)
				}
			}
			if len(missing) > 0 {
				t.Errorf("not held by %q", missing)
			}
			if s := held.Verdict.Baseline; s == nil || s.RetrievalDate != base.Document().RetrievalDate {
				t.Errorf("compared with %+v, want the first release still served", s)
			}
		})
	}
}

// try imports a release as a service in production would.
func try(t *testing.T, dir string, d *sample.Data) (ingest.Result, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fest251.xml")
	if err := d.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: path, Gate: gate.Production()})
}

// atc is the code of a drug, package or generic; "" of anything else.
func atc(e *fest.Entry) string {
	var m *fest.Medicine
	switch o := e.Object.(type) {
	case *fest.Drug:
		m = &o.Medicine
	case *fest.Package:
		m = &o.Medicine
	case *fest.Generic:
		m = &o.Medicine
	}
	if m == nil || m.Atc == nil {
		return ""
	}
	return m.Atc.Code
}
