package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// axeVersion is the version that scripts/ensure-tools.sh fetches.
const axeVersion = "4.14.1"

// axe is the source of axe-core.
func (tab *Tab) axe() string {
	tab.t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		tab.t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(dir, "festd", "axe-core-"+axeVersion, "axe.min.js"))
	if err != nil {
		missing(tab.t, "axe-core "+axeVersion)
	}
	return string(source)
}

// axeRules are WCAG 2.2 at levels A and AA, with all before, and what axe
// holds for good practice.
const axeRules = `{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
	rules: {'target-size': {enabled: true}}}`

// colourRules are those of axe that depend on the colours alone.
const colourRules = `{runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}, resultTypes: ['violations']}`

// Axe fails the test for every violation of the rules of accessibility in what
// the tab shows.
func (tab *Tab) Axe() {
	tab.t.Helper()
	tab.runAxe(axeRules, 10)
}

// AxeColours does so for what depends on colours, where [Tab.Axe] looked at
// the same page in the other scheme.
func (tab *Tab) AxeColours() {
	tab.t.Helper()
	tab.runAxe(colourRules, 1)
}

// runAxe runs rules, of which so many must have found something to look at.
func (tab *Tab) runAxe(rules string, least int) {
	tab.t.Helper()
	if !Eval[bool](tab, `typeof axe === 'object'`) {
		_ = Eval[bool](tab, tab.axe()+"\n;true")
	}
	result := Eval[string](tab, fmt.Sprintf(`axe.run(document, %s).then((r) => JSON.stringify({passes: r.passes.length, violations: r.violations.map((v) => ({
		id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' — ' + n.failureSummary)}))}))`, rules))
	var found struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    []string
		}
	}
	if err := json.Unmarshal([]byte(result), &found); err != nil {
		tab.t.Fatal(err)
	}
	if found.Passes < least { // it looked at nothing
		tab.t.Errorf("axe: only %d rules passed", found.Passes)
	}
	for _, v := range found.Violations {
		tab.t.Errorf("axe: %s (dark %v, %d px): %s: %s\n\t%s", tab.Path(), tab.view.Dark, tab.view.Width, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}
