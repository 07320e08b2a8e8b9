//go:build !race

package app_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/sample"
)

// heldBy are the rule and class of what holds, each once and in order; nil
// where nothing does. Any other error fails the test.
func heldBy(t *testing.T, err error) (by []string, findings []gate.Finding) {
	t.Helper()
	var held *ingest.HeldError
	if errors.As(err, &held) && held.Verdict != nil {
		findings = held.Verdict.Holding()
	} else if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		name := f.Rule
		if f.Class != "" {
			name += " " + f.Class
		}
		by = append(by, name)
	}
	slices.Sort(by)
	return slices.Compact(by), findings
}

// small is the small sample without the entries that are not kept.
func small(t *testing.T, keep func(*fest.Entry) bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fest251.zip")
	d := sample.Small(sample.DefaultRetrieved()).Damaged(func(e *fest.Entry) []*fest.Entry {
		if keep(e) {
			return []*fest.Entry{e}
		}
		return nil
	})
	if err := d.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// under says whether an entry is a drug or a package of the ATC code.
func under(e *fest.Entry, code string) bool {
	switch o := e.Object.(type) {
	case *fest.Drug:
		return o.Atc != nil && o.Atc.Code == code
	case *fest.Package:
		return o.Atc != nil && o.Atc.Code == code
	default:
		return false
	}
}

// A first release in production is vouched for by floors and by sentinels that
// the lookups of its own snapshot find. What lacks one, or is next to empty, is
// held, and nothing is served of it (FAULTS 4).
func TestFirstReleaseInProduction(t *testing.T) {
	ownFloors := gate.Production()
	ownFloors.Floors = map[fest.Filter]map[string]int{fest.FilterInstitution: {"drugs": 200, "packages": 300}}
	var floors []string
	for class := range gate.Production().Floors[fest.FilterInstitution] {
		floors = append(floors, "floor "+class)
	}
	slices.Sort(floors)
	all := func(*fest.Entry) bool { return true }

	for _, c := range []struct {
		name   string
		keep   func(*fest.Entry) bool
		config gate.Config
		holds  []string
		lost   []string // sentinels
	}{
		{"all sentinels are found", all, ownFloors, nil, nil},
		{"one code of the sentinels is gone", func(e *fest.Entry) bool { return !under(e, "C03CA01") }, ownFloors,
			[]string{"sentinel"}, []string{"drugs atc=C03CA01", "packages atc=C03CA01"}},
		{"of one code the packages are gone", func(e *fest.Entry) bool { return e.Class != fest.ClassPackage || !under(e, "N02BE01") }, ownFloors,
			[]string{"sentinel"}, []string{"packages atc=N02BE01"}},
		{"a file for a demonstration", all, gate.Production(),
			slices.DeleteFunc(slices.Clone(floors), func(f string) bool { return f == "floor code-systems" || f == "floor notifications" }), nil},
		{"next to empty", func(e *fest.Entry) bool { return e.Class == fest.ClassShortDose }, gate.Production(),
			append(slices.Clone(floors), "sentinel"), sentinels()},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			_, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: small(t, c.keep), Filter: fest.FilterInstitution, Gate: c.config})
			holds, findings := heldBy(t, err)
			if d := cmp.Diff(c.holds, holds); d != "" {
				t.Errorf("held by (-want +got)\n%s", d)
			}
			for _, f := range findings {
				if f.Rule != gate.RuleSentinel {
					continue
				}
				var lost []string
				for _, a := range f.Affected {
					lost = append(lost, a.ID)
				}
				if d := cmp.Diff(c.lost, lost); d != "" {
					t.Errorf("sentinels lost (-want +got)\n%s", d)
				}
			}
			s := start(t, app.Options{DataDir: dir, Sample: app.SampleOff})
			status, served := http.StatusOK, len(c.holds) == 0
			if !served {
				status = http.StatusServiceUnavailable
			}
			if a := s.ops("/readyz"); a.StatusCode != status {
				t.Errorf("/readyz: %s, want %d", a.Status, status)
			}
		})
	}
}

// sentinels are all that are looked for, as findings name them.
func sentinels() (out []string) {
	for _, s := range gate.Production().Sentinels {
		out = append(out, string(s.Resource)+" "+s.By+"="+s.Value)
	}
	return out
}
