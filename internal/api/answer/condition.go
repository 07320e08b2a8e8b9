package answer

import (
	"github.com/festd/festd/internal/fest"
)

// Audience is who asks: it decides what of diagnoses and conditions is shown
// (R72, R90, R91).
type Audience string

// The audiences; the zero one sees everything.
const (
	AudienceAll        Audience = ""
	AudiencePrescriber Audience = "prescriber"
	AudienceDispenser  Audience = "dispenser"
)

// The codes of list 7438: whom a condition applies to (R72).
const (
	appliesToPrescriber = "1"
	appliesToDispenser  = "2"
)

// sees reports whether a condition is for the audience. One that does not say
// whom it is for is for all.
func (a Audience) sees(c *fest.Condition) bool {
	switch c.AppliesTo.Code {
	case appliesToPrescriber:
		return a != AudienceDispenser
	case appliesToDispenser:
		return a != AudiencePrescriber
	default:
		return true
	}
}

// Condition is a condition, resolved. Its text is always to be shown; the
// structure may cover part of it, or nothing (R75).
type Condition struct {
	Reference
	Number     string                `json:"conditionNumber,omitempty"`
	Group      *Code                 `json:"conditionGroup,omitempty"`
	AppliesTo  *Code                 `json:"appliesTo,omitempty"`
	Text       string                `json:"text,omitempty"`
	Structured []StructuredCondition `json:"structuredConditions,omitempty"`
}

// StructuredCondition is a part of a condition that programs can act on. All
// parts apply; of several values one is enough (R76).
type StructuredCondition struct {
	Type        *Code    `json:"type"`
	TextValues  []string `json:"textValues,omitempty"`
	CodedValues []Code   `json:"codedValues,omitempty"`
}

// ConditionOf resolves a reference to a condition. Of one that the release has
// not, only the id is known.
func (r *Register) ConditionOf(id fest.Ref) Condition {
	out := Condition{Reference: r.ReferenceTo(fest.ResourceConditions, id)}
	c, ok := r.Condition(id)
	if !ok {
		return out
	}
	out.Number, out.Text = TextOf(c.ConditionNumber), string(c.Text)
	out.Group, out.AppliesTo = CodeOf(&c.ConditionGroup), CodeOfList(&c.AppliesTo, "7438")
	for i := range c.StructuredConditions {
		s := &c.StructuredConditions[i]
		part := StructuredCondition{Type: CodeOf(&s.Type), CodedValues: CodesOf(s.CodedValues)}
		for _, text := range s.TextValues {
			part.TextValues = append(part.TextValues, string(text))
		}
		out.Structured = append(out.Structured, part)
	}
	return out
}
