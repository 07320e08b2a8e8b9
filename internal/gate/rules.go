package gate

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// The rules of the gate, as findings, configuration and waivers name them.
// docs/GATE.md says what each means and what to do about it.
const (
	RuleFirstRelease      = "first-release"
	RuleFloor             = "floor"
	RuleSentinel          = "sentinel"
	RuleRetrievalDate     = "retrieval-date"
	RuleFilter            = "filter"
	RuleUnknownMarkup     = "unknown-markup"
	RuleSchema            = "schema"
	RuleClassGone         = "class-gone"
	RuleRemoved           = "removed"
	RuleRemovedAnchor     = "removed-anchor"
	RuleRemovedATC        = "removed-atc"
	RuleRemovedCodeList   = "removed-code-list"
	RuleAdded             = "added"
	RuleChanged           = "changed"
	RuleDangling          = "dangling-reference"
	RuleDuplicateID       = "duplicate-id"
	RuleDuplicateKey      = "duplicate-key"
	RuleDuplicateItem     = "duplicate-item-number"
	RuleFieldLoss         = "field-loss"
	RuleFieldValue        = "field-value"
	RuleFieldGain         = "field-gain"
	RuleRemapATC          = "remap-atc"
	RuleRemapPrescription = "remap-prescription-group"
	RuleRemapStrength     = "remap-strength"
	RuleRemapIngredient   = "remap-ingredient"
	RuleRemapDrug         = "remap-drug"
	RuleRemapRelevance    = "remap-relevance"
	RulePriceOrder        = "price-order"
	RulePriceRatio        = "price-ratio"
	RuleWaiverExpired     = "waiver-expired"
)

// rule is one row of the gate.
type rule struct {
	name  string
	limit Limit
	// production: the rule holds in that profile, and is a note elsewhere.
	production bool
	// numbers of the limit that the rule heeds.
	numbers numbers
	// classes that the rule can speak of; none = it concerns no class.
	classes []class
	// meaning is one sentence for people at night, advice what to look at.
	meaning, advice string
	check           func(*judgement)
}

// numbers says which numbers of its limit a rule heeds. To set another would
// be to believe in something that is not so, and is refused.
type numbers uint8

const (
	noNumbers numbers = iota // broken by the thing itself
	countOnly                // so many are let pass, beyond what was before where that counts
	shareAndCount
)

// rules returns the rules in the order they are judged and told.
func rules() []rule {
	return []rule{
		ruleFirstRelease(), ruleFloor(), ruleSentinel(),
		ruleRetrievalDate(), ruleFilter(), ruleUnknownMarkup(), ruleSchema(),
		ruleClassGone(), ruleRemoved(), ruleRemovedAnchor(), ruleRemovedATC(), ruleRemovedCodeList(),
		ruleAdded(), ruleChanged(),
		ruleDangling(), ruleDuplicateID(), ruleDuplicateKey(), ruleDuplicateItem(),
		ruleFieldLoss(), ruleFieldValue(), ruleFieldGain(),
		ruleRemap(RuleRemapATC, mapATC), ruleRemap(RuleRemapPrescription, mapPrescriptionGroup),
		ruleRemap(RuleRemapStrength, mapStrength), ruleRemap(RuleRemapIngredient, mapIngredient),
		ruleRemap(RuleRemapDrug, mapDrug), ruleRemap(RuleRemapRelevance, mapRelevance),
		rulePriceOrder(), rulePriceRatio(), ruleWaiverExpired(),
	}
}

// Rules returns the names of all rules, in the order they are told.
func Rules() []string {
	var out []string
	for _, r := range rules() {
		out = append(out, r.name)
	}
	return out
}

// Meaning says in a sentence what a finding of the rule means, and what to
// look at; both are "" for a rule that is none.
func Meaning(name string) (meaning, advice string) {
	for _, r := range rules() {
		if r.name == name {
			return r.meaning, r.advice
		}
	}
	return "", ""
}

// withColumn are the classes that map to something.
func withColumn(m mapping) []class {
	var out []class
	for _, c := range allClasses() {
		if c.column(m) >= 0 {
			out = append(out, c)
		}
	}
	return out
}

func only(cs ...fest.Class) []class {
	var out []class
	for _, c := range cs {
		out = append(out, class(c))
	}
	return out
}

func without(not func(class) bool) []class {
	return slices.DeleteFunc(allClasses(), not)
}
