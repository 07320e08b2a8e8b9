package wire

import (
	"bytes"
	"unicode"

	"github.com/festd/festd/internal/fest"
)

// AppendDisplay appends the display of an item, escaped for a JSON string,
// without quotes; the rules stand in the package's doc. If of is not empty,
// the display of that ingredient and a space go before what was appended.
func AppendDisplay(dst []byte, e *fest.Entry, it fest.Item) (display []byte, of fest.Ref) {
	switch o := e.Object.(type) {
	case *fest.IngredientStrength:
		return appendStrength(dst, o), o.ActiveSubstance
	case *fest.Ingredient:
		return AppendEscaped(dst, string(o.Name)), ""
	case *fest.Drug:
		return AppendEscaped(dst, first(string(o.NameFormStrength), string(o.BrandName))), ""
	case *fest.Generic:
		return AppendEscaped(dst, string(o.NameFormStrength)), ""
	case *fest.Dose:
		return AppendEscaped(dst, string(o.NameFormStrength)), ""
	case *fest.Package:
		dst = AppendEscaped(dst, string(o.NameFormStrength))
		return appendNote(dst, string(o.ItemNumber)), ""
	case *fest.BreastProsthesis:
		return AppendEscaped(dst, string(o.Name)), ""
	case *fest.MedicalConsumable:
		return AppendEscaped(dst, string(o.Name)), ""
	case *fest.Nutrient:
		return AppendEscaped(dst, string(o.Name)), ""
	case *fest.SubstitutionGroup:
		return AppendEscaped(dst, first(o.Code.Display, o.Code.Code)), ""
	case *fest.Reimbursement:
		if it.Group >= 0 && it.Group < len(o.ReimbursementGroups) {
			g := &o.ReimbursementGroups[it.Group]
			dst = AppendEscaped(dst, first(g.GroupNumber.Display, g.GroupNumber.Code))
		}
		return appendNote(dst, first(o.StatutoryAuthority.Display, o.StatutoryAuthority.Code)), ""
	case *fest.Condition:
		if o.ConditionNumber != nil && *o.ConditionNumber != "" {
			return AppendEscaped(dst, string(*o.ConditionNumber)), ""
		}
		return AppendEscaped(dst, start(string(o.Text))), ""
	case *fest.Notification:
		return AppendEscaped(dst, string(o.Headline)), ""
	case *fest.Interaction:
		return appendInteraction(dst, o), ""
	case *fest.InteractionNotAssessed:
		return AppendEscaped(dst, first(o.Atc.Display, o.Atc.Code)), ""
	case *fest.ShortDose:
		return AppendEscaped(dst, first(o.ShortDose.Display, o.ShortDose.Code)), ""
	case *fest.CodeSystem:
		return AppendEscaped(dst, string(o.Info.Designation)), ""
	case *fest.Diagnosis:
		return AppendEscaped(dst, first(o.DiagnosisCode.Display, o.DiagnosisCode.Code)), ""
	case *fest.OrderingSubstance:
		return AppendEscaped(dst, string(o.Name)), ""
	default:
		return dst, ""
	}
}

// Display is [AppendDisplay] as plain text. If of is not empty, the display of
// that ingredient and a space go before it.
func Display(e *fest.Entry, it fest.Item) (display string, of fest.Ref) {
	escaped, of := AppendDisplay(nil, e, it)
	if bytes.IndexByte(escaped, '\\') < 0 {
		return string(escaped), of
	}
	text, _, _ := unescape(string(escaped) + `"`) // what was escaped here can be read here
	return text, of
}

// appendNote appends text in parentheses, unless it is empty.
func appendNote(dst []byte, text string) []byte {
	if text == "" {
		return dst
	}
	dst = append(dst, ' ', '(')
	dst = AppendEscaped(dst, text)
	return append(dst, ')')
}

// appendStrength appends numerator over denominator (R36): no denominator, or
// a denominator of 1 without a unit, is per 1.
func appendStrength(dst []byte, s *fest.IngredientStrength) []byte {
	switch s.StrengthOperator.Code {
	case "M":
		dst = append(dst, "< "...)
	case "S":
		dst = append(dst, "> "...)
	}
	dst = AppendEscaped(dst, s.Strength.Value)
	if s.StrengthOperator.Code == "I" && s.StrengthUpperValue != nil {
		dst = append(dst, "–"...)
		dst = AppendEscaped(dst, string(*s.StrengthUpperValue))
	}
	if s.Strength.Unit != "" {
		dst = append(dst, ' ')
		dst = AppendEscaped(dst, s.Strength.Unit)
	}
	d := s.StrengthDenominator
	if d == nil || d.Unit == "" && (d.Value == "" || d.Value == "1") {
		return dst
	}
	dst = append(dst, '/')
	if d.Value != "1" && d.Value != "" {
		dst = AppendEscaped(dst, d.Value)
		if d.Unit != "" {
			dst = append(dst, ' ')
		}
	}
	return AppendEscaped(dst, d.Unit)
}

func appendInteraction(dst []byte, o *fest.Interaction) []byte {
	n := len(dst)
	for i := range o.SubstanceGroups {
		name := o.SubstanceGroups[i].Name
		if name == nil || *name == "" {
			continue
		}
		if len(dst) > n {
			dst = append(dst, " – "...)
		}
		dst = AppendEscaped(dst, string(*name))
	}
	if len(dst) > n {
		return dst
	}
	return AppendEscaped(dst, start(string(o.ClinicalConsequence)))
}

func appendElementDisplay(dst []byte, e *fest.CodeSystemElement) []byte {
	dst = AppendEscaped(dst, string(e.Code))
	if len(e.Terms) > 0 && e.Terms[0].Term != "" {
		dst = append(dst, ' ')
		dst = AppendEscaped(dst, string(e.Terms[0].Term))
	}
	return dst
}

// first returns a, or b if a is empty.
func first(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// startLen is how many characters of a text a display holds at most.
const startLen = 80

// start returns the beginning of a text, cut between words, with an ellipsis
// if something was cut.
func start(s string) string {
	n, cut := 0, 0
	for i, r := range s {
		if n == startLen {
			if cut == 0 {
				cut = i
			}
			return s[:cut] + "…"
		}
		if unicode.IsSpace(r) {
			cut = i
		}
		n++
	}
	return s
}
