package sample_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// scaled is a full sample of a fraction of the size.
func scaled(t *testing.T, seed uint64, scale float64) *sample.Data {
	t.Helper()
	d, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: seed, Scale: scale})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFullHasTheRealCountsAndSize(t *testing.T) {
	d := sample.Full(1)
	counts := check(t, d)
	for c, want := range sample.FullCounts() {
		if got := counts[c.String()]; got != want {
			t.Errorf("%s: %d, want %d", c, got, want)
		}
	}
	if n := counts.Entries(); n != 68_971 || d.Len() != n {
		t.Errorf("%d entries, Len %d, want 68,971", n, d.Len())
	}
	dir := t.TempDir()
	plain, zipped := filepath.Join(dir, "full.xml"), filepath.Join(dir, "full.zip")
	for _, p := range []string{plain, zipped} {
		if err := d.WriteFile(p); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string][2]float64{plain: {118, 160}, zipped: {13, 16.5}} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mb := float64(info.Size()) / 1e6; mb < want[0] || mb > want[1] {
			t.Errorf("%s has %.1f MB, want %v", filepath.Base(path), mb, want)
		} else {
			t.Logf("%s: %.1f MB", filepath.Base(path), mb)
		}
	}
	validate(t, plain)
}

func TestFullFollowsItsSeed(t *testing.T) {
	first := digest(t, scaled(t, 1, 0.02))
	if again := digest(t, scaled(t, 1, 0.02)); again != first {
		t.Error("the same seed gave different bytes")
	}
	if digest(t, scaled(t, 2, 0.02)) == first {
		t.Error("another seed gave the same bytes")
	}
}

func TestScales(t *testing.T) {
	for _, scale := range []float64{sample.MinimumScale, 0.01, 0.05, 0.3} {
		t.Run(fmt.Sprint(scale), func(t *testing.T) {
			d := scaled(t, 7, scale)
			check(t, d)
			path := filepath.Join(t.TempDir(), "scaled.xml")
			if err := d.WriteFile(path); err != nil {
				t.Fatal(err)
			}
			validate(t, path)
		})
	}
}

func TestFullIsPlausible(t *testing.T) {
	var unregistered, withSPC, several, withPrice, packages, refunded, zero int
	level1 := map[byte]int{}
	for e := range scaled(t, 3, 0.2).Entries() {
		switch o := e.Object.(type) {
		case *fest.Drug:
			if o.MedicationType.Code == "11" {
				unregistered++
			}
			if len(o.SpcSections) > 0 {
				withSPC++
			}
			if o.Atc != nil {
				level1[o.Atc.Code[0]]++
			}
		case *fest.Generic:
			if len(o.Packages) > 1 {
				several++
			}
		case *fest.Package:
			packages++
			if len(o.Prices) > 0 {
				withPrice++
			}
			if len(o.Reimbursements) > 0 {
				refunded++
			}
			if o.ItemNumber[0] == '0' {
				zero++
			}
		}
	}
	near := func(what string, got int, want, slack float64) {
		if g := float64(got); g < want*(1-slack) || g > want*(1+slack) {
			t.Errorf("%s: %d, want about %.0f", what, got, want)
		}
	}
	near("unregistered drugs", unregistered, 2670*0.2, 0.02)
	near("drugs with SPC link", withSPC, 3650*0.2, 0.35)
	near("packages with a price", withPrice, float64(packages)*0.7, 0.15)
	near("item numbers with a leading zero", zero, float64(packages)*0.4, 0.1)
	if several < 100 || refunded < packages/10 {
		t.Errorf("%d generics with several packages, %d reimbursed packages", several, refunded)
	}
	if len(level1) < 14 {
		t.Errorf("drugs of %d of the 14 main groups: %v", len(level1), level1)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []sample.Options{
		{}, {Size: "large"}, {Size: sample.SizeFull, Scale: 9}, {Size: sample.SizeFull, Scale: -1}, {Size: sample.SizeFull, Scale: 0.001},
		{Size: sample.SizeSmall, Retrieved: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if _, err := sample.New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

// An entry that is asked for twice is equal and not shared: callers may change
// what they get.
func TestEntriesAreFresh(t *testing.T) {
	for _, d := range []*sample.Data{sample.Small(time.Time{}), scaled(t, 1, 0.01)} {
		var first []*fest.Entry
		for e := range d.Entries() {
			first = append(first, e)
		}
		i := 0
		for e := range d.Entries() {
			if diff := cmp.Diff(first[i], e); diff != "" {
				t.Fatalf("entry %d differs when made again:\n%s", i, diff)
			}
			scribble(e)
			i++
		}
		i = 0
		for e := range d.Entries() {
			if diff := cmp.Diff(first[i], e); diff != "" {
				t.Fatalf("a change to entry %d was seen by others:\n%s", i, diff)
			}
			i++
		}
	}
}

// scribble overwrites every text of an entry in place.
func scribble(e *fest.Entry) {
	walk(reflect.ValueOf(e.Object).Elem(), e.Class.Type(), func(_ *fest.Field, v reflect.Value) {
		if v.Kind() == reflect.String {
			v.SetString("!")
		} else {
			v.SetZero()
		}
	})
}
