package search

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWordsOfATextAreCut(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{" – / () ", ""},
		{"Paracet", "paracet"},
		{"paracet tab 500 mg", "paracet tab 500 mg 500mg"},
		{"500mg", "500 mg 500mg"},
		{"50 mg/ml", "50 mg 50mg ml"},
		{"9,6 mg/500 mg/150 mg", "9.6 mg 9.6mg 500 mg 500mg 150 mg 150mg"},
		{"0,5 mg", "0.5 mg 0.5mg"},
		{"0.50 mg", "0.5 mg 0.5mg"},
		{",5 mg", "0.5 mg 0.5mg"},
		{"2,0", "2"},
		{"007421", "007421"},
		{"N02BE01", "n 02 be 01 n02be01"},
		{"0,1 %", "0.1 % 0.1%"},
		{"0,1%", "0.1 % 0.1%"},
		{"5 µg", "5 mikrog 5mikrog"},
		{"5mcg", "5 mikrog 5mikrog"},
		{"100 E/ml", "100 ie 100ie ml"},
		{"100 iu", "100 ie 100ie"},
		{"E 100", "e 100"},
		{"Amitriptylin-CT", "amitriptylin ct"},
		{"D-vitamin", "d vitamin"},
		{"1 x 2 x 90", "1 x 2 x 90"},
		{"500. mg", "500 mg"}, // the end of a sentence
		{"1,2,3", "1.2 3"},
		{"Østradiol A\u030al", "ostradiol al"},
		{"soft\u00adhyphen", "softhyphen"},
		{"\u00ad", ""},
		{"🦷 tann", "tann"},
		{"a\xffb", "a b"},
	} {
		var c tokens
		c.cut(tc.text, false)
		var got []string
		for i := range c.list {
			got = append(got, string(c.form(i)))
			if tok := c.list[i]; tok.start < 0 || tok.start >= tok.end || tok.end > len(tc.text) {
				t.Errorf("%q: word %d at %d to %d", tc.text, i, tok.start, tok.end)
			}
		}
		if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", tc.text, diff)
		}
	}
}

func TestCodesAreCutToRuns(t *testing.T) {
	for text, want := range map[string]string{
		"N02BE01": "n02be01", "007421": "007421", "00777/7": "00777 7", "1.5": "1 5", "500mg": "500mg", "": "",
	} {
		var c tokens
		c.cut(text, true)
		var got []string
		for i := range c.list {
			got = append(got, string(c.form(i)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"paracet 500", "amoksicillin mikst 50mg/ml", "0,5 mg", ".5 %", "N02BE01", "a\xff", "ǻ 5", "\u00ad", "1,2,3 mg x 4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			return
		}
		for _, g := range q.groups {
			for _, way := range g.ways {
				if len(way) == 0 {
					t.Fatalf("%q: a way without words", s)
				}
				for _, w := range way {
					for _, form := range w.forms {
						if len(form) == 0 {
							t.Fatalf("%q: an empty word in %q", s, g.text)
						}
					}
				}
			}
		}
	})
}

func TestParse(t *testing.T) {
	for text, want := range map[string][]string{
		"paracet 500":                {"paracet", "500"},
		"amoksicillin mikst 50mg/ml": {"amoksicillin", "mikst", "50mg", "ml"},
		"amoksicillin 50 mg/ml":      {"amoksicillin", "50 mg", "ml"},
		"10 x 10 cm":                 {"10", "10 cm"},
		"x":                          {"x"},
		"  ":                         {},
		"?!":                         {},
		"N02BE01":                    {"N02BE01"},
	} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, q.Texts()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if _, err := Parse(strings.Repeat("a", MaxBytes)); err != nil {
		t.Error(err)
	}
	if _, err := Parse(strings.Repeat("a", MaxBytes+1)); err != ErrTooLong { //nolint:errorlint // returned as it is
		t.Errorf("201 bytes: %v", err)
	}
	if _, err := Parse(strings.Repeat("a ", MaxWords)); err != nil {
		t.Error(err)
	}
	if _, err := Parse(strings.Repeat("a ", MaxWords+1)); err != ErrTooManyWords { //nolint:errorlint // returned as it is
		t.Errorf("13 words: %v", err)
	}
}
