package answer

import (
	"slices"

	"github.com/festd/festd/internal/rules"
)

// Basis is what a part of an answer rests on: rules of docs/RULES.md.
type Basis struct {
	// Rules are those that were applied.
	Rules []string `json:"rules,omitempty"`
	// Inferred are those of them that have no source (INF).
	Inferred []string `json:"inferred,omitempty"`
	// SwitchedOff are those that would have been applied, were they not
	// switched off here (--rules-off).
	SwitchedOff []string `json:"switchedOff,omitempty"`
}

// On reports whether a rule is to be applied. All are that are not switched
// off.
func (r *Register) On(rule string) bool { return !r.off.Has(rule) }

// Basis sorts the rules of a part: each once, in the order given.
func (r *Register) Basis(cited ...string) Basis {
	var b Basis
	b.cite(r.off, cited)
	return b
}

// Cite adds rules to a basis.
func (r *Register) Cite(b *Basis, cited ...string) { b.cite(r.off, cited) }

func (b *Basis) cite(off rules.Set, cited []string) {
	b.Rules = slices.Grow(b.Rules, len(cited))
	for _, rule := range cited {
		switch {
		case off.Has(rule):
			b.SwitchedOff = once(b.SwitchedOff, rule)
		default:
			b.Rules = once(b.Rules, rule)
			if rules.Inferred(rule) {
				b.Inferred = once(b.Inferred, rule)
			}
		}
	}
}

func once(list []string, rule string) []string {
	for _, r := range list {
		if r == rule {
			return list
		}
	}
	return append(list, rule)
}

// Verdict is yes, no or not stated, why, and by which rules.
type Verdict struct {
	Value rules.Tristate `json:"value"`
	// Reason is for programs, kebab-case; left out where there is nothing to
	// say.
	Reason string `json:"reason,omitempty"`
	Basis
}

// VerdictOf is what the rules said.
func (r *Register) VerdictOf(a rules.Answer) Verdict {
	return Verdict{a.Value, a.Reason, r.Basis(a.Rules...)}
}
