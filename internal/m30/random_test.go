package m30_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
)

// filler makes entries of every class with every field of the description in
// them, or with random ones.
type filler struct {
	rnd  *rand.Rand
	full bool
	n    int
}

// texts are hard to carry: markup, references, white space at the ends, line
// ends, characters of every length.
var texts = []string{"", " ", "a<b>&\"'c", "]]>", " \n x\t\n", "\r\n\r", "æøå Æ", "€ 𝄞", "&amp;", "<!-- x -->", "0,10", "\u00a0", "plain text of some length"}

func (f *filler) text() string {
	f.n++
	if f.full {
		return fmt.Sprintf("%d %s", f.n, texts[f.n%len(texts)])
	}
	return texts[f.rnd.IntN(len(texts))]
}

func (f *filler) fill(v reflect.Value, t *fest.Type) {
	skip := map[string]int{} // of each choice one member stands
	for i := range t.Fields {
		c := t.Fields[i].Choice
		if c == "" {
			continue
		}
		if _, ok := skip[c]; !ok {
			skip[c] = f.rnd.IntN(2)
		}
		skip[c]--
	}
	for i := range t.Fields {
		d := &t.Fields[i]
		fv := v.FieldByIndex(d.Index)
		if d.Choice != "" {
			if skip[d.Choice]++; skip[d.Choice] != 0 {
				continue
			}
		}
		switch {
		case d.Pointer:
			if f.full || f.rnd.IntN(2) == 0 {
				fv.Set(reflect.New(fv.Type().Elem()))
				f.one(fv.Elem(), d)
			}
		case d.Slice:
			n := d.Min + f.rnd.IntN(3)
			if f.full {
				n = max(n, 1)
			}
			for range n {
				fv.Grow(1)
				fv.SetLen(fv.Len() + 1)
				f.one(fv.Index(fv.Len()-1), d)
			}
		default:
			f.one(fv, d)
		}
	}
}

func (f *filler) one(v reflect.Value, d *fest.Field) {
	switch {
	case d.Kind == fest.KindObject:
		f.fill(v, d.Object)
	case d.Kind.Leaf():
		v.SetString(f.text())
	default:
		bits := map[string]fest.Attrs{
			"Code": fest.AttrV, "Value": fest.AttrV, "System": fest.AttrS, "Display": fest.AttrDN, "OriginalText": fest.AttrOT,
			"Unit": fest.AttrU, "Currency": fest.AttrU,
		}
		var present fest.Attrs
		for i := range v.NumField() {
			bit, ok := bits[v.Type().Field(i).Name]
			if ok && (f.full || f.rnd.IntN(3) > 0) {
				v.Field(i).SetString(f.text())
				present |= bit
			}
		}
		v.FieldByName("Present").SetUint(uint64(present))
	}
}

func (f *filler) entry(c fest.Class) *fest.Entry {
	e := &fest.Entry{Class: c, Object: c.New()}
	f.fill(reflect.ValueOf(&e.Envelope).Elem(), fest.EnvelopeType())
	f.fill(reflect.ValueOf(e.Object).Elem(), c.Type())
	e.RegistrationStatus.Code = "A"
	e.RegistrationStatus.Present |= fest.AttrV
	return e
}

// Every class with every field, and many with random ones, comes back from
// XML as it was, without findings, whichever way it is written; and
// encoding/xml reads every text and attribute of it.
func TestEveryFieldComesBack(t *testing.T) {
	doc := fest.Document{RetrievalDate: "2026-09-08T03:09:06", ValidFromDateHelfo: new(fest.Date)}
	for seed := range uint64(60) {
		f := &filler{rnd: rand.New(rand.NewPCG(seed, 1)), full: seed < 2}
		var b bytes.Buffer
		w := m30.NewWriter(&b, doc, m30.WriterOptions{Indent: seed%2 == 0, Sample: "not for clinical use"})
		var want []*fest.Entry
		for _, c := range fest.Classes() {
			e := f.entry(c)
			want = append(want, e)
			if err := w.Entry(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := m30.NewReader(bytes.NewReader(b.Bytes()), m30.Limits{})
		d := m30.NewDecoder(m30.Limits{})
		i := 0
		for s, err := range r.Slices() {
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			e, err := d.Decode(s)
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, s.XML)
			}
			if diff := cmp.Diff(want[i], e); diff != "" {
				t.Fatalf("seed %d, %s (-in +out):\n%s", seed, want[i].Class, diff)
			}
			alone, err := d.Decode(m30.SliceOf(e))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want[i], alone); diff != "" {
				t.Fatalf("seed %d, %s by SliceOf:\n%s", seed, want[i].Class, diff)
			}
			i++
		}
		if i != len(want) {
			t.Errorf("seed %d: %d entries came back of %d", seed, i, len(want))
		}
		d.Tally().Merge(r.Tally())
		if found := d.Tally().Findings(); len(found) > 0 {
			t.Errorf("seed %d: findings %v", seed, found)
		}
		if !r.Sample() {
			t.Error("the mark of a sample was not read")
		}
		if diff := cmp.Diff(doc, r.Document()); diff != "" {
			t.Error(diff)
		}
		for x := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
			if _, err := x.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("seed %d: encoding/xml: %v", seed, err)
			}
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	f := &filler{rnd: rand.New(rand.NewPCG(1, 1)), full: true}
	doc := fest.Document{RetrievalDate: "2026-09-08T03:09:06"}
	for _, tt := range []struct {
		name    string
		entries []*fest.Entry
		want    string
	}{
		{"order", []*fest.Entry{f.entry(fest.ClassCondition), f.entry(fest.ClassDrug)}, "KatLegemiddelMerkevare stands before KatVilkar in the schemas"},
		{"no class", []*fest.Entry{{}}, "its object is of no class"},
		{"strange object", []*fest.Entry{{Class: fest.ClassDrug, Object: &struct{}{}}}, "its object is of no class"},
	} {
		w := m30.NewWriter(io.Discard, doc, m30.WriterOptions{})
		var err error
		for _, e := range tt.entries {
			err = w.Entry(e)
		}
		var e *m30.Error
		if !errors.As(err, &e) || !errors.Is(err, m30.ErrOrder) || e.Detail != tt.want {
			t.Errorf("%s: got %v", tt.name, err)
		}
		if w.Close() == nil {
			t.Errorf("%s: Close forgot the error", tt.name)
		}
	}
	w := m30.NewWriter(io.Discard, doc, m30.WriterOptions{})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Entry(f.entry(fest.ClassDrug)); !errors.Is(err, m30.ErrOrder) {
		t.Errorf("an entry after Close: %v", err)
	}
}

// A new value needs no Present bits, and what XML cannot hold is replaced, not
// written.
func TestAppendEntryOfMadeUpValues(t *testing.T) {
	e := &fest.Entry{Class: fest.ClassCondition, Object: &fest.Condition{
		ID: "ID_2", ConditionGroup: fest.CV{Code: "3", System: "1.2", OriginalText: "a\"\n"}, Text: "a\x00\xff\uFFFEb",
	}}
	e.EntryID = "ID_1"
	want := `<OppfVilkar><Id>ID_1</Id><Tidspunkt /><Status /><Vilkar><Id>ID_2</Id><Gruppe V="3" S="1.2" OT="a&quot;&#10;" /><GjelderFor />` +
		"<Tekst>a\uFFFD\uFFFD\uFFFDb</Tekst></Vilkar></OppfVilkar>"
	if diff := cmp.Diff(want, string(m30.AppendEntry(nil, e))); diff != "" {
		t.Error(diff)
	}
	note := &fest.Entry{Class: fest.ClassNotification, Object: &fest.Notification{Link: &fest.Link{URL: fest.URL{Value: "u"}}}}
	if got := string(m30.AppendEntry(nil, note)); !strings.Contains(got, `<Lenke xmlns="http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01"><Www V="u" /></Lenke>`) {
		t.Errorf("a Forskrivning element in an M30 one: %s", got)
	}
}
