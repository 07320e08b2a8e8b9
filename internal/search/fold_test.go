package search_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/festd/festd/internal/search"
)

func TestFold(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"   \t\n", ""},
		{"Paracet", "paracet"},
		{"paracet tab 500 mg", "paracet tab 500 mg"},
		{"  Paracet \t tab\u00a0500  mg\n", "paracet tab 500 mg"},
		{"Østradiol", "ostradiol"},
		{"ÆØÅ æøå", "aeoa aeoa"},
		{"Væske til inh damp", "vaeske til inh damp"},
		{"A\u030angstrøm", "angstrom"}, // decomposed å
		{"\u212bngstrom", "angstrom"},  // the unit sign
		{"Crème Émulsion naïve", "creme emulsion naive"},
		{"Cre\u0300me", "creme"},
		{"Müller & Söhne", "muller & sohne"},
		{"STRASSE straße ẞ", "strasse strasse ss"},
		{"Þór Ðað", "thor dad"},
		{"ΑΣ ας", "ασ ασ"},
		{"5 µg/ml", "5 μg/ml"}, // micro sign and Greek mu are one
		{"5 μg/ml", "5 μg/ml"},
		{"ﬁlm", "film"},
		{"soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"},
		{"5–14 ‘x’", "5-14 'x'"},
		{"İstanbul ısı", "istanbul isi"},
		{"a\xffb", "a\ufffdb"},
		{"9,6 mg/500 mg", "9,6 mg/500 mg"},
	} {
		if got := search.Fold(tc.in); got != tc.want {
			t.Errorf("Fold(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

// Whichever way the letters are typed, the fold of what was typed is among
// the indexed spellings.
func TestSpellingsMeetWhatPeopleType(t *testing.T) {
	for name, typed := range map[string][]string{
		"Østradiol":     {"østradiol", "OSTRADIOL", "oestradiol"},
		"Åkerlandsål":   {"åkerlandsål", "akerlandsal", "aakerlandsaal", "A\u030akerlandsa\u030al"},
		"Høyblå":        {"høyblå", "hoybla", "hoeybla", "hoyblaa", "hoeyblaa"},
		"Væske":         {"væske", "vaeske", "VÆSKE"},
		"Paracetamol":   {"paracetamol"},
		"Ha\u030andsap": {"håndsap", "handsap", "haandsap"},
	} {
		index := map[string]bool{search.Fold(name): true}
		for _, sp := range search.Spellings() {
			if v, ok := search.AppendVariant(nil, name, sp); ok {
				if index[string(v)] {
					t.Errorf("%q in spelling %+v: %q is there already", name, sp, v)
				}
				index[string(v)] = true
			}
		}
		for _, q := range typed {
			if !index[search.Fold(q)] {
				t.Errorf("%q typed for %q is not found in %v", q, name, index)
			}
		}
	}
}

func TestFoldReturnsFoldedTextAsItIs(t *testing.T) {
	s := "paracet tab 500 mg"
	if n := testing.AllocsPerRun(100, func() { _ = search.Fold(s) }); n != 0 {
		t.Errorf("folding folded text allocates %v times", n)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Paracet", "Østradiol", "A\u030a", "\xff\xfe", "ﬁ ½ ẞ İ ς", " a  b ", "e\u0301\u0327", "ǻ", "\u00ad", "\u0000x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := search.Fold(s)
		if again := search.Fold(got); again != got {
			t.Errorf("Fold(%q) = %q, and again %q", s, got, again)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Fold(%q) = %q is not UTF-8", s, got)
		}
		if got != strings.TrimSpace(got) || strings.Contains(got, "  ") {
			t.Errorf("Fold(%q) = %q: white space", s, got)
		}
		if !utf8.ValidString(s) {
			return
		}
		for name, form := range map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC} {
			if other := search.Fold(form.String(s)); other != got {
				t.Errorf("Fold(%s(%q)) = %q, want %q", name, s, other, got)
			}
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for _, s := range []string{"Paracet tab 500 mg", "Sevofluran Baxter Væske til inh damp", "Crème 5 µg"} {
		b.Run(s, func(b *testing.B) {
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				buf = search.AppendFold(buf[:0], s)
			}
		})
	}
}
