package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/festtest"
)

// The table of inferred rules is that of docs/RULES.md.
func TestInferredRulesAreThoseOfTheDocs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", "RULES.md"))
	if err != nil {
		t.Fatal(err)
	}
	rule := regexp.MustCompile(`(?ms)^- \*\*(R\d+)\*\* (.*?)(?:\n- |\n\n|\z)`)
	source := regexp.MustCompile(`\[[^\]]*\bINF\b[^\]]*\]`)
	highest := 0
	var want []string
	// One at a time: the match of one takes the mark of the next.
	for rest := string(text); ; {
		m := rule.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		name := rest[m[2]:m[3]]
		if source.MatchString(rest[m[4]:m[5]]) {
			want = append(want, name)
		}
		n, _ := strconv.Atoi(name[1:])
		highest = max(highest, n)
		rest = rest[m[5]:]
	}
	var got []string
	for _, r := range inferred {
		got = append(got, r.rule)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-docs +table:\n%s", d)
	}
	if highest != Highest {
		t.Errorf("the last rule is R%d, not R%d", highest, Highest)
	}
}

func TestParseSet(t *testing.T) {
	s, err := ParseSet("R99, r6", "", "R98,")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"R6", "R98", "R99"}, s.Rules()); d != "" || s.String() != "R6,R98,R99" {
		t.Errorf("got %s, -want +got:\n%s", s, d)
	}
	for rule, want := range map[string]bool{"R6": true, "R98": true, "R99": true, "R7": false, "R96": false, "R": false, "": false, "R70": false, "R134": false} {
		if s.Has(rule) != want {
			t.Errorf("Has(%q) is %v", rule, !want)
		}
	}
	if none, err := ParseSet(); err != nil || none != (Set{}) || none.Rules() != nil {
		t.Errorf("nothing is %v, %v", none, err)
	}
	for text, want := range map[string]string{
		"R148": `rule "R148": want a number`, "R0": "want a number", "62": "want a number", "R06": "want a number", "inf": "want a number",
		"R94": "rule R94 has a source and cannot be switched off; those that can are R6, R62", "R28": "rule R28 is inferred, but",
		"R62,R50": "rule R50 has a source",
	} {
		if s, err := ParseSet(text); err == nil || !strings.Contains(err.Error(), want) || s != (Set{}) {
			t.Errorf("%s: got %v, %v; want %q", text, s, err, want)
		}
	}
}
