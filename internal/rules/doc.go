// Package rules has the clinical and regulatory rules that answers depend on,
// as pure functions over entries and a date. Each cites its rule by number
// (docs/RULES.md); what a rule marks as inferred (INF) is named so here, too,
// and an answer that rests on it says so.
//
// Functions take what the entry says and never guess what it does not: absent
// is not none (R28). A date that cannot be read counts as not stated. Nothing
// here keeps state, reads a clock or may import another room than fest.
package rules
