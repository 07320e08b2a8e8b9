package arch_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/festd/festd/internal/festtest"
)

// What answers depend on stands in docs/RULES.md, each rule with a number, and
// each is held by a test or by the slow reference, which cites it. Exempt are
// rules that say what others do or what the data look like: no answer can be
// right or wrong by them. Each has its reason here; a rule of which an answer
// depends has no place in the table.
var exempt = map[int]string{
	82:  "a promise of DMP about what stays in the file; the gate, not an answer, would notice",
	129: "what may be prescribed in a mixture is the prescriber's; all ingredients are served, used or not",
	134: "which lists DMP fills; a list that is not there has no entry, and codes of it are shown as used values",
}

// cited reads which rules a text cites: R49, or all of R49–R51. A range over
// many says where a text comes from, not what it holds.
func cited(text string) map[int]bool {
	const longest = 12
	out := map[int]bool{}
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		from, _ := strconv.Atoi(m[1])
		to := from
		if m[2] != "" {
			to, _ = strconv.Atoi(m[2])
		}
		if to-from >= longest {
			continue
		}
		for n := from; n <= to; n++ {
			out[n] = true
		}
	}
	return out
}

// noRule and above are numbers that tests call a rule to see it refused.
const noRule = 900

var (
	citation = regexp.MustCompile(`\bR([1-9][0-9]{0,2})\b(?:\s*[–-]\s*R([1-9][0-9]{0,2})\b)?`)
	ruleLine = regexp.MustCompile(`(?m)^- \*\*R([0-9]+)\*\* (.*)$`)
)

// rulesOf are the rules of docs/RULES.md, with the beginning of their text.
func rulesOf(t *testing.T) map[int]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", "RULES.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules := map[int]string{}
	for _, m := range ruleLine.FindAllStringSubmatch(string(b), -1) {
		n, _ := strconv.Atoi(m[1])
		if rules[n] != "" {
			t.Errorf("docs/RULES.md has R%d twice", n)
		}
		rules[n] = m[2][:min(len(m[2]), 90)]
	}
	return rules
}

func TestEveryRuleIsHeldByATest(t *testing.T) {
	rules := rulesOf(t)
	if len(rules) != 147 || slices.Max(slices.Collect(maps.Keys(rules))) != len(rules) {
		t.Fatalf("docs/RULES.md has %d rules; is it read right?", len(rules))
	}
	held := map[int][]string{}
	err := filepath.WalkDir(filepath.Join(festtest.Root(), "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		dir := filepath.Base(filepath.Dir(path))
		name := d.Name()
		test := strings.HasSuffix(name, "_test.go") || dir == "reference" && strings.HasSuffix(name, ".go")
		if !test || dir == "arch" || dir == "rules" && name == "set_test.go" { // which names rules as such
			return nil
		}
		b, err := os.ReadFile(path)
		for n := range cited(string(b)) {
			held[n] = append(held[n], filepath.Join(dir, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, n := range slices.Sorted(maps.Keys(rules)) {
		reason, isExempt := exempt[n]
		switch {
		case isExempt && len(reason) < 30:
			t.Errorf("R%d is exempt without a reason", n)
		case isExempt && len(held[n]) > 0:
			t.Logf("R%d is exempt and held all the same, by %s: it may leave the table", n, held[n][0])
		case !isExempt && len(held[n]) == 0:
			missing = append(missing, fmt.Sprintf("R%d %s", n, rules[n]))
		}
	}
	for n := range exempt {
		if rules[n] == "" {
			t.Errorf("R%d is exempt and no rule", n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(held)) {
		if rules[n] == "" && n < noRule {
			t.Errorf("R%d, which %s cites, is no rule", n, strings.Join(held[n], ", "))
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d rules are cited by no test and not by internal/reference. Test them, and cite them where that is done; or say in the table exempt why no answer depends on them:\n%s",
			len(missing), strings.Join(missing, "\n"))
	}
}

func TestCited(t *testing.T) {
	for text, want := range map[string][]int{
		"// (R49–R51)": {49, 50, 51}, `"R94", "R96"`: {94, 96}, "R1–R147": nil, "R7-R9 and R12": {7, 8, 9, 12}, "xR5 R05 R1000 AR7": nil, "R28, R62": {28, 62}, "(R18).": {18},
	} {
		if got := slices.Sorted(maps.Keys(cited(text))); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
