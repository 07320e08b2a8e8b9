package app_test

import (
	"strings"
	"testing"

	"github.com/festd/festd/internal/app"
)

// What is no rule, or none that can be switched off, is told before anything
// starts.
func TestRulesOffAreChecked(t *testing.T) {
	options := app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: t.TempDir()}
	for text, want := range map[string]string{
		"R94":  "rules-off: rule R94 has a source and cannot be switched off; those that can are R6, ",
		"R28":  "rules-off: rule R28 is inferred, but says how all data are read and cannot be switched off",
		"R999": `rules-off: rule "R999": want a number of docs/RULES.md, R1 to R147`,
		"none": `rules-off: rule "NONE": want a number`,
	} {
		options.RulesOff = []string{"R99", text}
		if _, err := app.New(options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	options.RulesOff = []string{"R6,R99", "R98"}
	if _, err := app.New(options); err != nil {
		t.Errorf("three that can: %v", err)
	}
}
