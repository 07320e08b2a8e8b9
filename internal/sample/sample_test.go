package sample_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/sample"
)

// validate runs the published schema over the file.
func validate(t *testing.T, path string) {
	t.Helper()
	tool, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("xmllint is missing: install libxml2-utils")
		}
		t.Skip("xmllint is missing: install libxml2-utils")
	}
	xsd := festtest.File(t, "xsd/R1808-eResept-M30-2014-12-01/ER-M30-2014-12-01.xsd")
	out, err := exec.Command(tool, "--nonet", "--noout", "--stream", "--schema", xsd, path).CombinedOutput()
	if err != nil {
		t.Fatalf("xmllint: %v\n%s", err, out[:min(len(out), 4000)])
	}
}

// check walks a release and fails on what no published file has: ids that are
// not unique, references that name nothing, wrong check digits, dates that are
// none, a retail price below the purchase price.
func check(t *testing.T, d *sample.Data) fest.Counts {
	t.Helper()
	ids := map[string]string{}
	type ref struct{ from, to string }
	var refs []ref
	counts := fest.Counts{}
	numbers := map[fest.Number]bool{}
	bad := 0
	fail := func(format string, a ...any) {
		if bad++; bad < 20 {
			t.Errorf(format, a...)
		}
	}
	last := fest.Class(0)
	for e := range d.Entries() {
		counts.Add(e)
		if e.Class < last {
			fail("%s after %s: not in the order of the catalogues", e.Class, last)
		}
		last = e.Class
		where := e.Class.String() + " " + string(e.EntryID)
		own := func(id string) {
			if other, dup := ids[id]; dup || id == "" {
				fail("%s: id %q also in %s", where, id, other)
			}
			ids[id] = where
		}
		own(string(e.EntryID))
		if e.RegistrationTime > d.Document().RetrievalDate {
			fail("%s: registered %s, after HentetDato", where, e.RegistrationTime)
		}
		walk(reflect.ValueOf(e.Object).Elem(), e.Class.Type(), func(f *fest.Field, v reflect.Value) {
			switch f.Kind {
			case fest.KindID:
				own(v.String())
			case fest.KindRef:
				refs = append(refs, ref{where, v.String()})
			case fest.KindDate:
				if _, err := time.Parse("2006-01-02", v.String()); err != nil {
					fail("%s: %s %q is no date", where, f.Element, v.String())
				}
			case fest.KindDateTime:
				if _, err := time.Parse("2006-01-02T15:04:05", v.String()); err != nil {
					fail("%s: %s %q is no time", where, f.Element, v.String())
				}
			case fest.KindCV:
				if c := v.Interface().(fest.CV); c.Code == "" || c.System == "" || c.Display == "" {
					fail("%s: %s %+v is not whole (HIS 4.2.2)", where, f.Element, c)
				}
			case fest.KindCS:
				if c := v.Interface().(fest.CS); c.Code == "" || c.Display == "" {
					fail("%s: %s %+v is not whole (HIS 4.2.2)", where, f.Element, c)
				}
			}
		})
		if p, ok := e.Object.(*fest.Package); ok {
			if numbers[p.ItemNumber] {
				fail("%s: item number %s twice", where, p.ItemNumber)
			}
			numbers[p.ItemNumber] = true
			for _, g := range p.BarCodes {
				if !sample.ValidGTIN(g) {
					fail("%s: bar code %s has a wrong check digit", where, g)
				}
			}
			checkPrices(fail, where, p)
			if n := len(p.SpcSections); n > 0 && p.PackageInformation == nil {
				fail("%s: no drug", where)
			}
		}
	}
	for _, r := range refs {
		if ids[r.to] == "" {
			fail("%s refers to %q, which is nothing", r.from, r.to)
		}
	}
	if bad > 0 {
		t.Errorf("%d faults in all", bad)
	}
	return counts
}

// checkPrices compares the two prices that start on the same day (R146).
func checkPrices(fail func(string, ...any), where string, p *fest.Package) {
	aip := map[fest.Date]float64{}
	for _, x := range p.Prices {
		if x.PriceType.Code == "3" {
			aip[*x.ValidFromDate], _ = strconv.ParseFloat(x.Price.Value, 64)
		}
		if x.ValidUntilDate != nil && *x.ValidUntilDate < *x.ValidFromDate {
			fail("%s: price until %s, from %s", where, *x.ValidUntilDate, *x.ValidFromDate)
		}
	}
	for _, x := range p.Prices {
		if x.PriceType.Code != "4" {
			continue
		}
		aup, err := strconv.ParseFloat(x.Price.Value, 64)
		if a := aip[*x.ValidFromDate]; err != nil || a <= 0 || aup < a {
			fail("%s: AUP %s, AIP %v", where, x.Price.Value, a)
		}
	}
}

// walk visits every value of an object that is no object itself.
func walk(v reflect.Value, ty *fest.Type, visit func(*fest.Field, reflect.Value)) {
	for i := range ty.Fields {
		f := &ty.Fields[i]
		one := func(x reflect.Value) {
			if f.Kind == fest.KindObject {
				walk(x, f.Object, visit)
			} else {
				visit(f, x)
			}
		}
		fv := v.FieldByIndex(f.Index)
		switch {
		case f.Slice:
			for j := range fv.Len() {
				one(fv.Index(j))
			}
		case f.Pointer:
			if !fv.IsNil() {
				one(fv.Elem())
			}
		default:
			one(fv)
		}
	}
}

func digest(t *testing.T, d *sample.Data) [32]byte {
	t.Helper()
	h := sha256.New()
	if err := d.WriteXML(h); err != nil {
		t.Fatal(err)
	}
	return [32]byte(h.Sum(nil))
}

func TestSmallIsWhole(t *testing.T) {
	d := sample.Small(time.Time{})
	counts := check(t, d)
	for _, c := range fest.Classes() {
		empty := c == fest.ClassDiagnosis || c == fest.ClassOrderingSubstance // as in the published file
		if (counts[c.String()] == 0) != empty {
			t.Errorf("%s: %d", c, counts[c.String()])
		}
	}
	if counts.Entries() != d.Len() {
		t.Errorf("%d entries counted, Len says %d", counts.Entries(), d.Len())
	}
	if n := counts[fest.ClassIngredient.String()]; n < 100 {
		t.Errorf("only %d ingredients", n)
	}
}

func TestSmallValidates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "small.xml")
	if err := sample.Small(time.Time{}).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	validate(t, path)
}

func TestSmallFollowsItsSeed(t *testing.T) {
	made := func(seed uint64) *sample.Data {
		d, err := sample.New(sample.Options{Size: sample.SizeSmall, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := digest(t, made(1))
	if again := digest(t, made(1)); again != first {
		t.Error("the same seed gave different bytes")
	}
	if digest(t, made(2)) == first {
		t.Error("another seed gave the same bytes")
	}
}

func TestPrologSaysSample(t *testing.T) {
	var b bytes.Buffer
	if err := sample.Small(time.Time{}).WriteXML(&b); err != nil {
		t.Fatal(err)
	}
	before, _, _ := bytes.Cut(b.Bytes(), []byte("<FEST"))
	for _, want := range []string{"<?festd-sample not for clinical use?>", "<!-- Made-up data."} {
		if !bytes.Contains(before, []byte(want)) {
			t.Errorf("prolog %q lacks %q", before, want)
		}
	}
}

type brokenWriter struct{ after int }

var errFull = errors.New("disk full")

func (w *brokenWriter) Write(b []byte) (int, error) {
	if w.after -= len(b); w.after < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteErrorsSurface(t *testing.T) {
	for _, after := range []int{0, 1000, 100_000} {
		if err := sample.Small(time.Time{}).WriteXML(&brokenWriter{after}); !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: %v", after, err)
		}
	}
}

var _ io.Writer = (*brokenWriter)(nil)

// validateData writes the release and runs the schema over it.
func validateData(t *testing.T, d *sample.Data) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.xml")
	if err := d.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	validate(t, path)
}
