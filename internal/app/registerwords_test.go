package app_test

import (
	"testing"

	"github.com/festd/festd/internal/api/page"
	"github.com/festd/festd/internal/gate"
)

// The page of the register says of every rule of the gate what it means, in
// both languages.
func TestRegisterHasWordsForRules(t *testing.T) {
	set, err := page.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range append(gate.Rules(), gate.RuleFrozen) {
		for _, lang := range page.Langs() {
			if text, err := set.Text(lang, "register.rule."+rule); err != nil || text == "" {
				t.Errorf("%s in %s: %q, %v", rule, lang, text, err)
			}
		}
	}
}
